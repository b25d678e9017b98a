"""A safe manning document as claims and back, and its signing. Reading is strict, and depends on no order.

Writers keep one order: `iss vct iat nbf exp status`, flag, authority and number as in every certificate, then
`ship`, `posts` and the days. It is bound to no phone, and has no holder.
"""

from datetime import date
from typing import Any, Final

from keys.encoding import Json
from keys.said import Said
from keys.signer import Signer
from verifier.credential import vc
from verifier.credential.claims import (
    Claims,
    MalformedCredential,
    array,
    calendar_date,
    instant,
    integer,
    member,
    optional_boolean,
    optional_date,
    optional_integer,
    optional_text,
    text,
    texts,
)
from verifier.credential.model import CertificateType, InvalidCertificate, StatusReference
from verifier.credential.safe_manning import MOST_PERSONS, Post, SafeManning, SignedManning, Vessel

_LAST_INDEX: Final = 2**31 - 1
_MOST_SIZE: Final = 10_000_000  # GT and kW


def sign(signed: SignedManning, signer: Signer, kid: str) -> str:
    """The document as SD-JWT VC text without disclosures, `<jws>~`."""
    return vc.sign_payload(vc.encode(to_claims(signed)), signer, kid)


def to_claims(signed: SignedManning) -> dict[str, Json]:
    """All claims of the document, in the fixed order. Raises ValueError as `document_claims` does."""
    claims: dict[str, Json] = {
        "iss": signed.issuer,
        "vct": CertificateType.SAFE_MANNING.vct,
        "iat": vc.seconds(signed.issued_at),
        "nbf": vc.seconds(signed.not_before),
    }
    if signed.expires is not None:
        claims["exp"] = vc.seconds(signed.expires)
    claims["status"] = {"status_list": {"idx": signed.status.idx, "uri": signed.status.uri}}
    return {**claims, **document_claims(signed.document)}


def document_claims(document: SafeManning) -> dict[str, Json]:
    """The document's own claims. Raises ValueError without authority and day of issue."""
    if document.issuing_authority is None or document.issue_date is None:
        raise ValueError("a document to sign names its authority and its day of issue")
    claims: dict[str, Json] = {"issuing_country": document.issuing_country}
    claims["issuing_authority"] = document.issuing_authority
    claims["document_number"] = document.document_number
    claims["ship"] = {name: found for name, found in document.vessel._asdict().items() if found is not None}
    claims["posts"] = [_post_claims(post) for post in document.posts]
    claims["issue_date"] = document.issue_date.isoformat()
    if document.expiry_date is not None:
        claims["expiry_date"] = document.expiry_date.isoformat()
    if document.remarks is not None:
        claims["remarks"] = document.remarks
    return claims


def from_claims(claims: Claims) -> SignedManning:
    """The document of processed claims. Raises MalformedCredential with the claim's path."""
    if text(claims, "vct") != CertificateType.SAFE_MANNING.vct:
        raise MalformedCredential("vct", "not a safe manning document")
    status = member(member(claims, "status"), "status_list")
    return SignedManning(
        issuer=vc.url(claims, "iss"),
        issued_at=instant(claims, "iat"),
        not_before=instant(claims, "nbf"),
        expires=instant(claims, "exp") if "exp" in claims else None,
        status=StatusReference(vc.url(status, "uri"), integer(status, "idx", _LAST_INDEX)),
        document=document_from_claims(claims),
    )


def contradiction(signed: SignedManning) -> Said | None:
    """Why the document's own dates cannot all be true (row C4b), or None."""
    first, last = signed.document.issue_date or date.min, signed.document.expiry_date
    if (signed.expires is None) is not (last is None):
        return Said("exp and expiry_date: one is given, the other is not")
    if last is not None and last < first:
        return Said(
            "expiry_date {} is before issue_date {}",
            (
                last,
                first,
            ),
        )
    if signed.expires is not None and signed.not_before >= signed.expires:
        return Said("nbf is not before exp")
    return None


def document_from_claims(claims: Claims) -> SafeManning:
    """The document of its own claims, as `document_claims` writes them. Raises MalformedCredential."""
    country = text(claims, "issuing_country")
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise MalformedCredential("issuing_country", "two capital letters (ISO 3166-1) are needed")
    try:
        return SafeManning(
            document_number=text(claims, "document_number"),
            issuing_country=country,
            issuing_authority=text(claims, "issuing_authority"),
            vessel=_vessel(claims),
            posts=tuple(_post(one, f"posts[{at}]") for at, one in enumerate(array(claims, "posts"))),
            issue_date=calendar_date(claims, "issue_date"),
            expiry_date=optional_date(claims, "expiry_date"),
            remarks=optional_text(claims, "remarks"),
        )
    except InvalidCertificate as error:
        raise MalformedCredential(error.claim, "{}", error.what) from None


def _vessel(claims: Claims) -> Vessel:
    inner = member(claims, "ship")
    try:
        return Vessel(
            name=text(inner, "name"),
            imo=optional_text(inner, "imo"),
            gt=optional_integer(inner, "gt", _MOST_SIZE),
            kw=optional_integer(inner, "kw", _MOST_SIZE),
            type=optional_text(inner, "type"),
            area=optional_text(inner, "area"),
            ums=optional_boolean(inner, "ums"),
        )
    except MalformedCredential as error:
        raise error.inside("ship") from None


def _post(found: Any, where: str) -> Post:
    if type(found) is not dict:
        raise MalformedCredential(where, "an object is needed")
    try:
        count = integer(found, "count", MOST_PERSONS) if "count" in found else 1
        return Post(text(found, "capacity_code"), count, texts(found, "also"), texts(found, "regulations"))
    except MalformedCredential as error:
        raise error.inside(where) from None


def _post_claims(post: Post) -> dict[str, Json]:
    claims: dict[str, Json] = {"capacity_code": post.capacity_code}
    if post.count != 1:
        claims["count"] = post.count
    if post.also:
        claims["also"] = list(post.also)
    if post.regulations:
        claims["regulations"] = list(post.regulations)
    return claims
