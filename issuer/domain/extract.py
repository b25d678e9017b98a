"""The register's extract, line by line: another system's register on its way in, and ours on its way out.

JSON Lines in UTF-8. The first line is `{"format":"ombord-register","version":1,"authority":"NO"}`; each other
one is a seafarer, a certificate of a seafarer that came before, or a ship's safe manning document. Claims are
named as in `vc`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

from issuer.domain.register import CertificateState
from keys.encoding import EncodingError, Json, json_dumps, json_object
from verifier.credential import safe_manning_claims, vc
from verifier.credential.model import Certificate, CertificateType, Credential, StatusReference
from verifier.inspection.ship import imo_number

FORMAT: Final = "ombord-register"
VERSION: Final = 1
MAX_LINE: Final = 65_536  # bytes
HOLDER_CLAIMS: Final = ("seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender")
_STANDING: Final = ("state_since", "state_reason", "replaced_by")
ORIGIN: Final = ("rule", "reporter", "provider")  # by what and whom it came about
_OWN: Final = frozenset(("kind", "type", "state", "seafarer_id", *_STANDING, *ORIGIN))
_LEFT_OUT: Final = (("count", 1),)  # said by its absence
_MAX_REASON: Final = 500
_MAX_ORIGIN: Final = 100
# Tracking numbers are typed, stand in addresses and are read aloud.
_DOCUMENT_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,63}", re.ASCII)
_CONTROL: Final = re.compile(rb"\\u00[01]")  # as `json_dumps` writes NUL and its like


class BadRow(ValueError):
    """A line that is no row of the extract; says why, without personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeafarerRow:
    """A seafarer: the holder's claims in their fixed order."""

    seafarer_id: str
    claims: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """Identity of the row's contents."""
        return _digest(self.claims)

    def render(self) -> bytes:
        """The row's line."""
        return json_dumps({"kind": "seafarer", **self.claims}) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate: its own claims, without the holder's, and where it stands; a ship's has no holder."""

    document_number: str
    type: CertificateType
    state: CertificateState
    seafarer_id: str | None
    claims: Mapping[str, Json]
    expiry_date: str | None
    state_since: str | None = None
    state_reason: str | None = None
    replaced_by: str | None = None
    rule: str | None = None
    reporter: str | None = None
    provider: str | None = None

    @property
    def digest(self) -> str:
        """Identity of the row's contents."""
        return _digest(self._members())

    def render(self) -> bytes:
        """The row's line."""
        return json_dumps(self._members()) + b"\n"

    def _members(self) -> dict[str, Json]:
        standing = {name: getattr(self, name) for name in (*_STANDING, *ORIGIN)}
        return {
            "kind": "certificate",
            "type": self.type.value,
            "state": self.state.value,
            **({} if self.seafarer_id is None else {"seafarer_id": self.seafarer_id}),
            **self.claims,
            **{name: value for name, value in standing.items() if value is not None},
        }


def render_head(flag: str) -> bytes:
    """The first line of an extract."""
    return json_dumps({"format": FORMAT, "version": VERSION, "authority": flag}) + b"\n"


def check_head(line: bytes, flag: str) -> None:
    """Raise BadRow unless `line` opens an extract of this authority in a version that we read."""
    head = _object(line)
    if head.get("format") != FORMAT:
        raise BadRow(f'the first line does not say "format": "{FORMAT}"')
    if head.get("version") != VERSION:
        raise BadRow(f"version {head.get('version')} of the extract; version {VERSION} is read")
    if head.get("authority") != flag:
        raise BadRow(f"the extract is of authority {head.get('authority')}, and this service is {flag}'s")


def parse_line(line: bytes) -> Mapping[str, Json]:
    """A line's members, of a kind that we know. Raises BadRow."""
    members = _object(line)
    if members.get("kind") not in ("seafarer", "certificate"):
        raise BadRow('"kind" is neither "seafarer" nor "certificate"')
    return members


def read_seafarer(members: Mapping[str, Json]) -> SeafarerRow:
    """The seafarer of a line. Raises BadRow."""
    unknown = members.keys() - {"kind", *HOLDER_CLAIMS}
    if unknown:
        raise BadRow(f"no such claim of a seafarer: {', '.join(sorted(unknown))[:80]}")
    try:
        holder = vc.holder_from_claims(members)
    except ValueError as error:
        raise BadRow(str(error)) from error
    claims = vc.holder_claims(holder)
    _refuse_control(claims)
    return SeafarerRow(seafarer_id=holder.seafarer_id, claims=claims)


def read_certificate(members: Mapping[str, Json], holder: Mapping[str, Json], flag: str) -> CertificateRow:
    """The certificate of a line, whose seafarer has the claims `holder`. Raises BadRow."""
    kind, state = _type(members), _state(members)
    given = {name: value for name, value in members.items() if name not in _OWN}
    certificate = _certificate(kind, {**given, **holder})
    claims = own_claims(certificate)
    unknown = sorted(_not_kept(given, claims))
    if unknown:
        raise BadRow(f"no such claim of a certificate: {', '.join(unknown)[:80]}")
    _refuse_control(claims)
    _check(certificate, flag)
    return CertificateRow(
        document_number=certificate.document_number,
        type=kind,
        state=state,
        seafarer_id=certificate.holder.seafarer_id,
        claims=claims,
        expiry_date=certificate.expiry_date.isoformat() if certificate.expiry_date else None,
        **_standing_of(members),
    )


def read_ship_document(members: Mapping[str, Json], flag: str) -> CertificateRow:
    """The safe manning document of a line, which has no seafarer. Raises BadRow."""
    given = {name: value for name, value in members.items() if name not in _OWN}
    try:
        document = safe_manning_claims.document_from_claims(given)
        imo = document.vessel.imo
        if imo is not None and imo_number(imo) != imo:
            raise BadRow("ship.imo: the seven digits alone are needed")
        claims = safe_manning_claims.document_claims(document)
    except ValueError as error:
        raise BadRow(str(error)) from error
    unknown = sorted(_not_kept(given, claims))
    if unknown or "seafarer_id" in members:
        named = ", ".join(unknown) or "seafarer_id"
        raise BadRow(f"no such claim of a ship's document: {named[:80]}")
    _refuse_control(claims)
    _check_flag(document.issuing_country, flag)
    check_document_number(document.document_number)
    first, last = document.issue_date, document.expiry_date
    if first is not None and last is not None and last < first:
        raise BadRow(f"expiry_date {last} is before issue_date {first}")
    return CertificateRow(
        document_number=document.document_number,
        type=CertificateType.SAFE_MANNING,
        state=_state(members),
        seafarer_id=None,
        claims=claims,
        expiry_date=None if last is None else last.isoformat(),
        **_standing_of(members),
    )


def own_claims(certificate: Certificate) -> dict[str, Json]:
    """A certificate's claims without its holder's, as rows and the register keep them."""
    claims = vc.certificate_claims(certificate)
    return {name: value for name, value in claims.items() if name not in HOLDER_CLAIMS}


def first_day(claims: Mapping[str, Json]) -> date:
    """From when on a certificate may be in force; one that does not say has begun."""
    said = claims.get("issue_date")
    return date.min if said is None else date.fromisoformat(str(said))


def check_document_number(number: str) -> str:
    """`number` if it can be a tracking number. Raises BadRow."""
    if _DOCUMENT_NUMBER.fullmatch(number) is None:
        raise BadRow("document_number: 1 to 64 letters, digits and . _ : - are needed, no space")
    return number


def check_reason(reason: str) -> str:
    """`reason` if a row can carry it as `state_reason`. Raises BadRow."""
    _text({"state_reason": reason}, "state_reason", _MAX_REASON)
    return reason


def _not_kept(given: Json, claims: Json, where: str = "") -> Iterator[str]:
    """What was given and is in no claim: a limitation that is misspelt would be none, and be signed so."""
    if given == claims:
        return
    if isinstance(given, Mapping) and isinstance(claims, Mapping):
        for name, value in given.items():
            if name in claims:
                yield from _not_kept(value, claims[name], f"{where}{name}.")
            elif (name, value) not in _LEFT_OUT:
                yield f"{where}{name}"
    elif isinstance(given, list) and isinstance(claims, list):
        if len(given) != len(claims):
            yield where.rstrip(".")
        for one, claim in zip(given, claims, strict=False):
            yield from _not_kept(one, claim, where)


def _check_flag(country: str, flag: str) -> None:
    if country != flag:
        raise BadRow(f"issuing_country: {country} is not this authority's flag, {flag}")


def _check(certificate: Certificate, flag: str) -> None:
    _check_flag(certificate.issuing_country, flag)
    check_document_number(certificate.document_number)
    at = datetime(
        certificate.issue_date.year, certificate.issue_date.month, certificate.issue_date.day, tzinfo=UTC
    )
    not_before, expires = vc.issue_times(certificate, "UTC", at)
    contradiction = vc.date_contradiction(
        Credential(
            issuer="https://rehearsal.invalid",
            issued_at=not_before,
            not_before=not_before,
            expires=expires,
            holder_key=None,
            status=StatusReference("https://rehearsal.invalid/status/1", 0),
            certificate=certificate,
        )
    )
    if contradiction is not None:
        raise BadRow(str(contradiction))


def _certificate(kind: CertificateType, claims: Mapping[str, Json]) -> Certificate:
    try:
        return vc.certificate_from_claims(kind, claims)
    except ValueError as error:
        raise BadRow(str(error)) from error


def _object(line: bytes) -> dict[str, Json]:
    try:
        return json_object(line, max_size=MAX_LINE)
    except EncodingError as error:
        raise BadRow(str(error)) from error


def _type(members: Mapping[str, Json]) -> CertificateType:
    try:
        return CertificateType(str(members.get("type")))
    except ValueError as error:
        raise BadRow(f"type: there is no document type {str(members.get('type'))[:40]}") from error


def _state(members: Mapping[str, Json]) -> CertificateState:
    try:
        return CertificateState(str(members.get("state")))
    except ValueError as error:
        known = ", ".join(CertificateState)
        raise BadRow(f"state: {str(members.get('state'))[:40]} is none of {known}") from error


def _standing_of(members: Mapping[str, Json]) -> dict[str, str | None]:
    """Since when, why, and what took its place; by what and whom it came about."""
    return {
        "state_since": _day(members, "state_since"),
        "state_reason": _text(members, "state_reason", _MAX_REASON),
        "replaced_by": _number(members, "replaced_by"),
        **{name: _text(members, name, _MAX_ORIGIN) for name in ORIGIN},
    }


def _text(members: Mapping[str, Json], name: str, longest: int) -> str | None:
    value = members.get(name)
    if value is None and name not in members:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadRow(f"{name}: text of at most {longest} characters is needed")
    _refuse_control({name: value})
    return value


def _day(members: Mapping[str, Json], name: str) -> str | None:
    value = _text(members, name, 10)
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise BadRow(f"{name}: a date such as 2026-11-21 is needed") from error


def _number(members: Mapping[str, Json], name: str) -> str | None:
    value = _text(members, name, 64)
    return None if value is None else check_document_number(value)


def _refuse_control(claims: Mapping[str, Json]) -> None:
    if _CONTROL.search(json_dumps(dict(claims))):
        raise BadRow("text with control characters")


def _digest(members: Mapping[str, Json]) -> str:
    return sha256(json_dumps(dict(members))).hexdigest()
