"""What a printed safe manning document says: the ship, the posts, and until when (IMO Res. A.1047(27)).

It is laid out as certificates of seafarers are (`document_form`), and read out of what was signed.
"""

from collections.abc import Iterator
from typing import Final

from issuer.services.paper.document_form import (
    ENGLISH,
    LANGUAGE_OF,
    Form,
    Line,
    Table,
    authority_of,
    day,
    title_of,
)
from verifier.credential import codelists, schemas
from verifier.credential.model import CertificateType
from verifier.credential.safe_manning import Post, SafeManning, SignedManning

_SOLAS: Final = (
    "Issued under the provisions of regulation V/14 of the International Convention for the Safety of Life "
    "at Sea, 1974, as amended"
)
_COMPARE: Final = "Anybody can copy paper: compare name and IMO number with the ship's own."


def form_of(signed: SignedManning) -> Form:
    """What is printed of a signed document."""
    document = signed.document
    own = LANGUAGE_OF.get(document.issuing_country, ENGLISH)
    state, authority, english = authority_of(document.issuing_country, document.issuing_authority or "")
    return Form(
        language=own,
        state=state,
        authority=authority,
        english_authority=english,
        title=schemas.title(CertificateType.SAFE_MANNING),
        own_title="" if own == ENGLISH else schemas.title(CertificateType.SAFE_MANNING, own),
        provisions=_SOLAS,
        number=document.document_number,
        name=document.vessel.name,
        native_name="",
        native_is_rtl=False,
        facts=tuple(_facts(document)),
        tables=(_posts(document),),
        lines=tuple(_lines(document)),
        official="",
        official_title="",
        signed_on=day(signed.issued_at.date()),
        holder_label="Ship",
        compare=_COMPARE,
    )


def _facts(document: SafeManning) -> Iterator[Line]:
    ship, last = document.vessel, document.expiry_date
    yield Line("Document number", "", document.document_number)
    yield Line("Valid until", "", "Until further notice" if last is None else day(last))
    if ship.imo is not None:
        yield Line("IMO number", "", ship.imo)
    if ship.type is not None:
        yield Line("Type of ship", "", title_of(codelists.ship_types(), ship.type))
    if ship.gt is not None:
        yield Line("Gross tonnage", "", f"{ship.gt:,}")
    if ship.kw is not None:
        yield Line("Main propulsion power", "", f"{ship.kw:,} kW")


def _posts(document: SafeManning) -> Table:
    rows = tuple((_capacity(post.capacity_code), str(post.count), _also(post)) for post in document.posts)
    return Table("Persons required", "", ("Grade or capacity", "Number", "Also accepted; certificates"), rows)


def _also(post: Post) -> str:
    instead = [f"or {_capacity(code)}" for code in post.also]
    regulations = [f"STCW {code}" for code in post.regulations]
    return "\n".join([*instead, *([", ".join(regulations)] if regulations else [])]) or "None"


def _lines(document: SafeManning) -> Iterator[Line]:
    ship = document.vessel
    if ship.area is not None:
        yield Line("Trading area", "", title_of(codelists.trade_areas(), ship.area))
    if ship.ums is not None:
        yield Line("Periodically unattended machinery space", "", "Yes" if ship.ums else "No")
    if document.issue_date is not None:
        yield Line("Date of issue", "", day(document.issue_date))
    if document.remarks is not None:
        yield Line("Special requirements or conditions", "", document.remarks)


def _capacity(code: str) -> str:
    return title_of(codelists.capacities(), code)
