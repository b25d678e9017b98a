"""What a printed certificate says: the fields of the form of STCW Code A-I/2, in its order, as plain text.

In English, and beside it in the language of the issuing state where we have its words (STCW Reg. I/2: a
certificate in another language includes a translation into English). The typesetting knows no certificate.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from verifier.credential import codelists, schemas
from verifier.credential.codelists import Entry
from verifier.credential.icao import NotLatin
from verifier.credential.model import (
    Certificate,
    CertificateType,
    Credential,
    Endorsement,
    Limitations,
    MedicalCertificate,
    Reference,
)
from verifier.limitations import phrases

ENGLISH: Final = "en"
LANGUAGE_OF: Final = {flag: one.code for one in codelists.languages().values() for flag in one.flags}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
# Written from right to left, by Unicode's bidirectional class.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_STCW: Final = (
    "Issued under the provisions of the International Convention on Standards of Training, Certification and "
    "Watchkeeping for Seafarers, 1978, as amended"
)
PROVISIONS_OF: Final[Mapping[CertificateType, str]] = {
    **dict.fromkeys(
        (
            CertificateType.COMPETENCY,
            CertificateType.GMDSS,
            CertificateType.TANKER,
            CertificateType.PROFICIENCY,
            CertificateType.RECOGNITION,
            CertificateType.APPLICATION_PROOF,
            CertificateType.DISPENSATION,
        ),
        _STCW,
    ),
    CertificateType.MEDICAL: (
        "Issued under regulation I/9 of the STCW Convention, 1978, as amended, and the Maritime Labour "
        "Convention, 2006, as amended"
    ),
}


class Line(NamedTuple):
    """One field: its label in English and in the state's language (which may be empty), and its value."""

    label: str
    own_label: str
    value: str


class Table(NamedTuple):
    """Functions or capacities: a heading for each column, and rows of cells."""

    title: str
    own_title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Form(NamedTuple):
    """A whole document. `facts` stand beside the code, `tables` and `lines` below."""

    language: str
    state: str
    authority: str
    english_authority: str
    title: str
    own_title: str
    provisions: str
    number: str
    name: str
    native_name: str
    native_is_rtl: bool
    facts: tuple[Line, ...]
    tables: tuple[Table, ...]
    lines: tuple[Line, ...]
    official: str
    official_title: str
    signed_on: str
    native_note: str = ""  # in place of a name in a script that cannot be printed
    holder_label: str = "Holder"
    compare: str = "Anybody can copy paper: compare the holder with the identity document."

    def to_json(self) -> dict[str, Any]:
        """For the template: objects and lists of text."""
        return {
            **self._asdict(),
            "facts": [one._asdict() for one in self.facts],
            "tables": [one._asdict() for one in self.tables],
            "lines": [one._asdict() for one in self.lines],
        }


def form_of(credential: Credential) -> Form:
    """What is printed of a signed credential: what was signed, and nothing from elsewhere."""
    certificate = credential.certificate
    own = LANGUAGE_OF.get(certificate.issuing_country, ENGLISH)
    labels = _Labels(certificate.type, own)
    state, authority, english = authority_of(certificate.issuing_country, certificate.issuing_authority)
    title = schemas.title(certificate.type)
    native = certificate.holder.native_name or ""
    official = certificate.official
    parts = () if official is None else (official.given_name, official.family_name)
    return Form(
        language=own,
        state=state,
        authority=authority,
        english_authority=english,
        title=title,
        own_title="" if own == ENGLISH else schemas.title(certificate.type, own),
        provisions=PROVISIONS_OF.get(certificate.type, ""),
        number=certificate.document_number,
        name=certificate.holder.full_name,
        native_name=native,
        native_is_rtl=any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in native),
        facts=tuple(_facts(certificate, labels)),
        tables=tuple(_tables(certificate, labels)),
        lines=tuple(_lines(certificate, labels)),
        official=" ".join(part for part in parts if part),
        official_title="" if official is None else official.title,
        signed_on=day(credential.issued_at.date()),
    )


def authority_of(country: str, authority: str) -> tuple[str, str, str]:
    """The state's name, the authority's, and that in English where it is another."""
    flag = codelists.flags().get(country)
    # The list of flags has authorities' names in English; the certificate says its own.
    english = flag.authority if flag and authority == flag.own_name else ""
    return country if flag is None else flag.name, authority, english


def day(value: date) -> str:
    """A date that nobody reads the wrong way round: 4 July 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


class _Labels:
    """Labels of claims in English and in the state's language."""

    def __init__(self, kind: CertificateType, own: str) -> None:
        self._kind = kind
        self._own = own

    def line(self, path: str, value: str) -> Line:
        return Line(*self.pair(path), value)

    def pair(self, path: str) -> tuple[str, str]:
        steps = tuple(path.split("."))
        english = schemas.label(self._kind, steps)
        own = schemas.label(self._kind, steps, self._own)
        return english, "" if own == english else own


def _facts(certificate: Certificate, labels: _Labels) -> Iterator[Line]:
    holder, last = certificate.holder, certificate.expiry_date
    yield labels.line("document_number", certificate.document_number)
    yield labels.line("expiry_date", "Until further notice" if last is None else day(last))
    yield labels.line("birth_date", day(holder.birth_date))
    if holder.gender is not None:
        yield labels.line("gender", holder.gender.value)
    yield labels.line("seafarer_id", holder.seafarer_id)
    try:
        yield Line("As in the passport's machine-readable zone", "", holder.mrz_name)
    except NotLatin:
        return


def _tables(certificate: Certificate, labels: _Labels) -> Iterator[Table]:
    if certificate.stcw_code:
        rows = tuple((code, title_of(codelists.regulations(), code)) for code in certificate.stcw_code)
        yield Table(*labels.pair("stcw_code"), ("Regulation", "Concerning"), rows)
    if certificate.functions:
        functions = tuple(
            (
                title_of(codelists.functions(), one.code),
                title_of(codelists.levels(), one.level.value),
                limits_of(one.limitations),
            )
            for one in certificate.functions
        )
        yield Table(*labels.pair("functions"), ("Function", "Level", "Limitations applying"), functions)
    if certificate.capacities:
        capacities = tuple(
            (title_of(codelists.capacities(), one.code), limits_of(one.limitations))
            for one in certificate.capacities
        )
        yield Table(*labels.pair("capacities"), ("Capacity", "Limitations applying"), capacities)


def _lines(certificate: Certificate, labels: _Labels) -> Iterator[Line]:
    if isinstance(certificate, MedicalCertificate):
        yield from _fitness(certificate, labels)
    if isinstance(certificate, Endorsement):
        yield labels.line("recognises", _reference(certificate.recognises))
    if certificate.rests_on is not None:
        yield labels.line("rests_on", _reference(certificate.rests_on))
    if certificate.endorsement_number:
        yield labels.line("endorsement_number", certificate.endorsement_number)
    yield labels.line("issue_date", day(certificate.issue_date))
    if certificate.issue_place:
        yield labels.line("issue_place", certificate.issue_place)
    if certificate.revalidation_date is not None:
        yield labels.line("revalidation_date", day(certificate.revalidation_date))
    if certificate.replaces:
        yield labels.line("replaces", certificate.replaces)
    if certificate.acceptance is not None:
        flags = ", ".join(_country(code) for code in certificate.acceptance.flags)
        where = [f"on ships of {flags}"] if flags else []
        areas = _areas(certificate.acceptance.areas)
        yield labels.line("acceptance", "; ".join([*where, *([f"in {areas}"] if areas else [])]))
    if certificate.ship is not None:
        yield labels.line("ship", " IMO ".join(part for part in certificate.ship if part))
    if certificate.remarks:
        yield labels.line("remarks", certificate.remarks)


def _fitness(certificate: MedicalCertificate, labels: _Labels) -> Iterator[Line]:
    """The statements of STCW Code A-I/9, paragraph 7; never a diagnosis."""
    fitness = certificate.fitness
    yield labels.line("medical.identity_checked", _yes(fitness.identity_checked))
    yield labels.line("medical.hearing", _yes(fitness.hearing))
    yield labels.line("medical.hearing_unaided", _yes(fitness.hearing_unaided))
    yield labels.line("medical.visual_acuity", _yes(fitness.visual_acuity))
    yield labels.line("medical.colour_vision", _yes(fitness.colour_vision))
    if fitness.colour_test_date is not None:
        yield labels.line("medical.colour_test_date", day(fitness.colour_test_date))
    yield labels.line("medical.lookout", _yes(fitness.lookout))
    if fitness.areas:
        yield labels.line("medical.areas", _areas(fitness.areas))
    yield labels.line("medical.restrictions", fitness.restrictions or "None")
    free = _yes(fitness.free_from_aggravated_condition)
    yield labels.line("medical.free_from_aggravated_condition", free)
    yield labels.line("medical.examination_date", day(fitness.examination_date))
    yield labels.line("medical.practitioner", fitness.practitioner)
    yield labels.line("medical.review_informed", _yes(fitness.review_informed))


def limits_of(limits: Limitations | None) -> str:
    """Each limit as a phrase of its own line."""
    return "\n".join(phrases(limits, Entry.title, title_of)) or "None"


def title_of(entries: Mapping[str, Entry], code: str) -> str:
    """What a code of a list means in English; one that it lacks stays as it is."""
    entry = entries.get(code)
    return code if entry is None else entry.title()


def _areas(codes: tuple[str, ...]) -> str:
    return ", ".join(title_of(codelists.trade_areas(), code) for code in codes)


def _country(code: str) -> str:
    flag = codelists.flags().get(code)
    return code if flag is None else flag.name


def _reference(reference: Reference) -> str:
    return f"{reference.document_number}, {_country(reference.issuing_country)}"


def _yes(answer: bool | None) -> str:
    return "Not applicable" if answer is None else "Yes" if answer else "No"
