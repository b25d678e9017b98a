"""What the signer is asked to sign, read strictly: nothing is signed that it does not understand. Pure.

A credential or status list is a JWS signing input, `header.payload`. What is said of a list for ships, and a
checkpoint of the transparency log, name no key: each is put below a line `ships KEY-ID` or `log KEY-ID`.
"""

import re
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from keys import jws
from keys.algorithms import Algorithm
from keys.custody import list_draft, pass_draft
from keys.custody.approval import claims_hash
from keys.custody.list_draft import ListDraft
from keys.custody.pass_draft import PassDraft
from keys.encoding import EncodingError, Json, b64url_decode, json_dumps, json_object
from keys.transparency.anchor import anchor_of
from keys.transparency.checkpoint import Checkpoint, CheckpointError, from_text
from keys.trust.directory import CERTIFICATES, LOG, PASS, STATUS
from keys.trust.record import MAX_INSTANT

CREDENTIAL_TYP: Final = "dc+sd-jwt"
LIST_TYP: Final = "statuslist+jwt"
MAX_LIST: Final = 4 << 20  # characters; a status list is longer than any credential

MAX_CHECKPOINT: Final = 1_024  # characters: a name, a number, a hash and the word on the audit trail

MAX_STATEMENT: Final = 2_048  # characters: an address, which is the most of it, numbers and hashes
_STATEMENT: Final = re.compile(r"ships ([A-Za-z0-9][A-Za-z0-9._-]{0,63})\nombord-status-1", re.ASCII)
_STATEMENT_MEMBERS: Final = ("uri", "number", "iat", "exp", "bits", "size", "before", "after")
_CHECKPOINT_KEY: Final = re.compile(r"log ([A-Za-z0-9][A-Za-z0-9._-]{0,63})", re.ASCII)
_HEADER: Final = frozenset(("alg", "kid", "typ"))
_NO_SIGNATURE: Final = "A" * 86  # 64 bytes of zero: a signing input lacks the third part that `parse` wants
_PURPOSE_OF_VCT: Final = {f"urn:ombord:{name}:1": name for name in (*CERTIFICATES, PASS)}
# A day ends from 10:00 UTC of that day (Kiritimati) to 26 hours later (Baker Island).
_END_AT_THE_EARLIEST: Final = 10 * 3_600
_END_AT_THE_LATEST: Final = 36 * 3_600
_STARTS_BEFORE: Final = 14 * 3_600
_EPOCH: Final = date(1970, 1, 1)


class DraftError(ValueError):
    """A signing input that is not one of an authority's; says why."""


class SigningDraft(NamedTuple):
    """What would be signed, and what it would say then."""

    text: bytes  # the very bytes
    digest: bytes  # SHA-256 of what was asked: the journal's name for this draft
    kid: str
    algorithm: str
    purpose: str  # as in keys' purposes
    issuer: str  # `iss`; of a status list its address, of a checkpoint the log's name
    issued_at: int | None  # None for a checkpoint, which has no date
    not_before: int | None
    expires: int | None
    claims: str | None  # hash of the canonical claims; None for a status list and a checkpoint
    checkpoint: Checkpoint | None = None
    sea_pass: PassDraft | None = None
    states: ListDraft | None = None
    after: bytes | None = None  # of a statement for ships: the SHA-256 of the states


def read(text: str) -> SigningDraft:
    """The draft of what was asked. Raises DraftError."""
    if text.startswith("ships "):
        return _statement(text)
    if "\n" in text:
        return _checkpoint(text)
    try:
        unsigned = jws.parse(f"{text}.{_NO_SIGNATURE}", max_size=MAX_LIST)
        if unsigned.header.keys() != _HEADER or unsigned.kid is None:
            raise DraftError("a header is exactly alg, kid and typ")
        claims = json_object(unsigned.payload, max_size=MAX_LIST)
    except (jws.MalformedJws, EncodingError) as error:
        raise DraftError(str(error)) from None
    if unsigned.typ == LIST_TYP:
        purpose, issuer, named = STATUS, _text(claims, "sub"), None
    elif unsigned.typ == CREDENTIAL_TYP:
        purpose, issuer, named = _purpose(claims), _text(claims, "iss"), claims_hash(claims)
    else:
        raise DraftError("\"typ\" is neither a credential's nor a status list's")
    draft = SigningDraft(
        text=unsigned.signing_input,
        digest=sha256(unsigned.signing_input).digest(),
        kid=unsigned.kid,
        algorithm=str(unsigned.header["alg"]),
        purpose=purpose,
        issuer=issuer,
        issued_at=_instant(claims, "iat"),
        not_before=_instant(claims, "nbf") if "nbf" in claims else None,
        expires=_instant(claims, "exp") if "exp" in claims else None,
        claims=named,
        sea_pass=_pass(claims) if purpose == PASS else None,
        states=_states(claims) if purpose == STATUS else None,
    )
    if purpose in CERTIFICATES:
        _refuse_other_dates(draft, claims)
    return draft


def text_below(kid: str, message: str) -> str:
    """How a key's `message` is put to the signer: one that names no key goes below a line that does."""
    if "\n" not in message:
        return message
    return (
        f"ships {kid}\n{message}"
        if message.startswith("ombord-status-1\n")
        else checkpoint_text(kid, message)
    )


def checkpoint_text(kid: str, text: str) -> str:
    """How a checkpoint is put to the signer: its unsigned text, below the key that is to sign it."""
    return f"log {kid}\n{text}"


def _statement(text: str) -> SigningDraft:
    """What ships read of a status list: docs/sea-pack-format.md, section 2."""
    first, _, body = text.rpartition("\n")
    named = _STATEMENT.fullmatch(first)
    if named is None or len(text) > MAX_STATEMENT or not text.isascii():
        raise DraftError("a list's statement is put as a line with ships and a key id, then its two lines")
    try:
        claims = json_object(body.encode("ascii"))
        before, after = (b64url_decode(_text(claims, name)) for name in ("before", "after"))
    except EncodingError as error:
        raise DraftError(str(error)) from None
    if tuple(claims) != _STATEMENT_MEMBERS or json_dumps(claims).decode() != body or claims["bits"] != 2:
        raise DraftError(f"a list's statement is, in this order, {', '.join(_STATEMENT_MEMBERS)}")
    if (len(before), len(after)) != (16, 32) or not all(
        _instant(claims, name) for name in ("number", "size")
    ):
        raise DraftError("a list's statement has a number, a size, and hashes of 16 and 32 bytes")
    message = text.partition("\n")[2].encode("ascii")
    return SigningDraft(
        text=message,
        digest=sha256(text.encode("ascii")).digest(),
        kid=named[1],
        algorithm="",
        purpose=STATUS,
        issuer=_text(claims, "uri"),
        issued_at=_instant(claims, "iat"),
        not_before=None,
        expires=None if claims["exp"] is None else _instant(claims, "exp"),
        claims=None,
        after=after,
    )


def _checkpoint(text: str) -> SigningDraft:
    line, _, note = text.partition("\n")
    named = _CHECKPOINT_KEY.fullmatch(line)
    if named is None or len(text) > MAX_CHECKPOINT or not text.isascii():
        raise DraftError("a checkpoint is put as a line with log and a key id, then at most 1,000 characters")
    try:
        checkpoint = from_text(note)
        anchor = anchor_of(checkpoint)
    except CheckpointError as error:
        raise DraftError(str(error)) from None
    if checkpoint.extensions != ((anchor.line,) if anchor else ()):
        raise DraftError("a checkpoint with another extension than the audit trail's")
    return SigningDraft(
        text=note.encode("ascii"),
        digest=sha256(text.encode("ascii")).digest(),
        kid=named[1],
        algorithm=Algorithm.ED25519.value,
        purpose=LOG,
        issuer=checkpoint.origin,
        issued_at=None,
        not_before=None,
        expires=None,
        claims=None,
        checkpoint=checkpoint,
    )


def certificate_purpose(claims: dict[str, Json]) -> str:
    """Which type of certificate a credential's claims are. Raises DraftError."""
    purpose = _purpose(claims)
    if purpose not in CERTIFICATES:
        raise DraftError('"vct" is no type of certificate')
    return purpose


def _pass(claims: dict[str, Json]) -> PassDraft:
    try:
        return pass_draft.read(claims)
    except pass_draft.PassError as error:
        raise DraftError(str(error)) from None


def _states(claims: dict[str, Json]) -> ListDraft:
    try:
        return list_draft.read(claims, _instant(claims, "iat"))
    except list_draft.ListError as error:
        raise DraftError(str(error)) from None


def _purpose(claims: dict[str, Json]) -> str:
    purpose = _PURPOSE_OF_VCT.get(_text(claims, "vct"))
    if purpose is None:
        raise DraftError('"vct" is a type that this version does not know')
    return purpose


def _refuse_other_dates(draft: SigningDraft, claims: dict[str, Json]) -> None:
    """An approval covers the dates that people read; `nbf` and `exp`, for programs, must be the same."""
    first = _day(claims, "issue_date")
    if draft.not_before is None or draft.not_before < first - _STARTS_BEFORE:
        raise DraftError("nbf is before the day of issue")
    if (draft.expires is None) is not ("expiry_date" not in claims):
        raise DraftError("exp and expiry_date: one is given, the other is not")
    if draft.expires is None:
        return
    last = _day(claims, "expiry_date")
    if not last + _END_AT_THE_EARLIEST <= draft.expires <= last + _END_AT_THE_LATEST:
        raise DraftError("exp does not fall on the end of expiry_date")
    if draft.not_before >= draft.expires:
        raise DraftError("nbf is not before exp")


def _text(claims: dict[str, Json], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise DraftError(f'"{name}" is no text')
    return value


def _instant(claims: dict[str, Json], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_INSTANT:
        raise DraftError(f'"{name}" is no instant within 1970-2199')
    return value


def _day(claims: dict[str, Json], name: str) -> int:
    try:
        return _midnight(_text(claims, name))
    except ValueError:
        raise DraftError(f'"{name}" is no date such as 2026-11-22') from None


@lru_cache(maxsize=4_096)  # of many certificates the dates are few
def _midnight(text: str) -> int:
    """00:00 UTC of a day, in Unix seconds. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.isoformat() != text or not 1970 <= day.year < 2200:
        raise ValueError(text)
    return (day - _EPOCH).days * 86_400
