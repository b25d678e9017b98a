"""Strict compact JWS (RFC 7515 § 3.1): parse, check, sign. Nothing else splits a token on dots."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from keys.algorithms import SIGNATURE_BYTES, Algorithm, SignatureMismatch
from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode, json_dumps, json_object
from keys.jwk import PublicKey
from keys.said import Reasoned
from keys.signer import Signer

__all__ = [
    "MalformedJws",
    "SignatureMismatch",
    "UnverifiedJws",
    "WrongType",
    "only_parameters",
    "parse",
    "sign",
    "signing_input",
    "verify",
    "with_signature",
]

MAX_TOKEN_CHARACTERS = 65_536
MAX_HEADER_BYTES = 4_096

# Parameters that would let a token choose how or with what it is verified (RFC 7515 § 4.1; RFC 7797).
_NEVER = frozenset(("crit", "b64", "jku", "x5u", "zip"))


class MalformedJws(Reasoned):
    """Text that is no compact JWS of the strict kind; says which rule it breaks."""


class WrongType(MalformedJws):
    """A JWS whose `typ` is not the one asked for."""


class UnverifiedJws(NamedTuple):
    """The parts of a compact JWS. Nothing in it may be believed before `verify`."""

    token: str
    header: Mapping[str, Json]
    payload: bytes
    signature: bytes
    signing_input: bytes

    @property
    def kid(self) -> str | None:
        """The key id that the header claims (RFC 7515 § 4.1.4)."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None

    @property
    def typ(self) -> str | None:
        """The media type that the header claims (RFC 7515 § 4.1.9)."""
        typ = self.header.get("typ")
        return typ if isinstance(typ, str) else None

    @property
    def header_bytes(self) -> bytes:
        """The header's JSON as it was signed, for formats that carry the token in another encoding."""
        return b64url_decode(self.signing_input.partition(b".")[0])


def from_parts(header: bytes, payload: bytes, signature: bytes) -> UnverifiedJws:
    """The compact JWS of decoded parts, as `parse` returns it. Raises MalformedJws."""
    segment = b64url_encode(header)
    signing_input = f"{segment}.{b64url_encode(payload)}"
    token = f"{signing_input}.{b64url_encode(signature)}"
    try:
        members = _header(segment)
    except EncodingError as error:
        raise MalformedJws("{}", error) from None
    _check_size(signature)
    return UnverifiedJws(token, members, payload, signature, signing_input.encode("ascii"))


def parse(token: str, *, max_size: int = MAX_TOKEN_CHARACTERS) -> UnverifiedJws:
    """Split and decode `token`, at most `max_size` characters. Raises MalformedJws."""
    if len(token) > max_size:
        raise MalformedJws("a token of {} characters; at most {} are read", len(token), max_size)
    # Not `split`, which looks at each character in turn.
    signed, _, third = token.rpartition(".")
    first, dot, second = signed.partition(".")
    if not dot or "." in second:
        raise MalformedJws("not three parts with a dot between each")
    try:
        header = _header(first)
        payload = b64url_decode(second)
        signature = b64url_decode(third)
    except EncodingError as error:
        raise MalformedJws("{}", error) from None
    _check_size(signature)
    return UnverifiedJws(token, header, payload, signature, signed.encode("ascii"))


def _check_size(signature: bytes) -> None:
    if len(signature) != SIGNATURE_BYTES:
        raise MalformedJws("a signature of {} bytes; {} are needed", len(signature), SIGNATURE_BYTES)


# Keys are few and tokens many: one authority's credentials all carry one of a handful of headers.
@lru_cache(maxsize=128)
def _header(segment: str) -> Mapping[str, Json]:
    header = json_object(b64url_decode(segment), max_size=MAX_HEADER_BYTES)
    if not isinstance(header.get("alg"), str):
        raise MalformedJws('the header names no "alg"')
    if not _NEVER.isdisjoint(header):
        raise MalformedJws("forbidden header parameter: {}", ", ".join(sorted(_NEVER.intersection(header))))
    for name in ("kid", "typ"):
        if not isinstance(header.get(name, ""), str):
            raise MalformedJws('"{}" of the header is no text', name)
    return MappingProxyType(header)


def only_parameters(jws: UnverifiedJws, allowed: AbstractSet[str]) -> None:
    """Raise MalformedJws if the header has a parameter outside `allowed`, the list of the format at hand."""
    if not jws.header.keys() <= allowed:
        extra = ", ".join(sorted(jws.header.keys() - allowed))
        raise MalformedJws("header parameter that this format does not have: {}", extra[:80])


def verify(jws: UnverifiedJws, key: PublicKey, *, typ: str | None) -> bytes:
    """The payload, once `key` is shown to have signed it and the header's `typ` is exactly `typ` (None: any).

    The algorithm is the key's; a header that names another is refused (RFC 8725 § 3.1).
    Raises WrongType, MalformedJws or SignatureMismatch.
    """
    _fits(jws.header, key, typ)
    key.verify(jws.signing_input, jws.signature)
    return jws.payload


def pending(jws: UnverifiedJws, key: PublicKey, *, typ: str | None) -> Callable[[], None]:
    """What `verify` would compute once all else fits, for a thread of its own; raises as it does."""
    _fits(jws.header, key, typ)
    return key.pending(jws.signing_input, jws.signature)


def _fits(header: Mapping[str, Json], key: PublicKey, typ: str | None) -> None:
    if typ is not None and header.get("typ") != typ:
        raise WrongType('"typ" is not "{}"', typ)
    if header["alg"] != key.algorithm:
        raise MalformedJws('"alg" is not that of the key, {}', key.algorithm.value)


def sign(
    payload: bytes,
    signer: Signer,
    *,
    typ: str | None,
    kid: str | None = None,
    header: Mapping[str, Json] | None = None,
) -> str:
    """The compact JWS of `payload`. The header is exactly alg, kid and typ where given, then `header`'s."""
    text = signing_input(payload, signer.algorithm, typ=typ, kid=kid, header=header)
    return with_signature(text, signer.sign(text.encode("ascii")))


def signing_input(
    payload: bytes,
    algorithm: Algorithm,
    *,
    typ: str | None,
    kid: str | None = None,
    header: Mapping[str, Json] | None = None,
) -> str:
    """What `sign` signs (RFC 7515 § 5.1), for those whose signer is elsewhere."""
    first = _encode(algorithm, typ, kid, header) if header else _common(algorithm, typ, kid)
    return f"{first}.{b64url_encode(payload)}"


def with_signature(text: str, signature: bytes) -> str:
    """The compact JWS of a signing input and its 64 raw bytes."""
    return f"{text}.{b64url_encode(signature)}"


@lru_cache(maxsize=32)
def _common(algorithm: Algorithm, typ: str | None, kid: str | None) -> str:
    return _encode(algorithm, typ, kid, {})


def _encode(algorithm: Algorithm, typ: str | None, kid: str | None, extra: Mapping[str, Json]) -> str:
    members: dict[str, Json] = {"alg": algorithm.value}
    if kid is not None:
        members["kid"] = kid
    if typ is not None:
        members["typ"] = typ
    return b64url_encode(json_dumps(members | dict(extra)))
