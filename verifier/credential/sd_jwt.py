"""SD-JWT (RFC 9901), strict: its parts, and the claims that a signed payload and its disclosures make.

Stricter than the RFC where SD-JWT VC is: claims that decide may not be selectively disclosed. Key binding is
only taken apart here; who requires it is policy, and `presentation` checks it.
"""

from typing import Final, NamedTuple

from keys import jws
from keys.encoding import (
    EncodingError,
    Json,
    b64url_decode,
    b64url_encode,
    json_dumps,
    json_loads,
    json_object,
)
from keys.jws import MalformedJws, UnverifiedJws

TYP: Final = "dc+sd-jwt"  # of a credential (SD-JWT VC draft 19 § 3.2.1)
MAX_CHARACTERS: Final = 65_536
MAX_DISCLOSURES: Final = 254  # what the carrier can count
MAX_NESTED: Final = 4  # disclosures within disclosures, each of which is JSON of bounded depth

# SD-JWT VC draft 19 § 2.2.2.3: not selectively disclosable, nor is anything inside them.
NEVER_DISCLOSABLE: Final = frozenset(
    ("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status")
)

_DIGESTS = "_sd"
_HASH_NAME = "_sd_alg"
_ELEMENT = "..."
_BACKSLASH: Final = 0x5C  # a byte is found faster than bytes are
_RESERVED: Final = frozenset((_DIGESTS, _ELEMENT))


class MalformedSdJwt(MalformedJws):
    """Text that is no strict SD-JWT, or disclosures that do not fit its payload."""


class SdJwt(NamedTuple):
    """The parts of an SD-JWT; nothing in it may be believed before its `jws` is verified.

    `text` is the issuer's part with its last "~", over which `sd_hash` runs; `key_binding` the JWT after it.
    """

    jws: UnverifiedJws
    disclosures: tuple[str, ...]
    key_binding: str | None
    text: str


def parse(text: str) -> SdJwt:
    """Take `text` apart at its tildes (RFC 9901 § 4). Raises MalformedSdJwt."""
    if len(text) > MAX_CHARACTERS:
        raise MalformedSdJwt("an SD-JWT of {} characters; at most {} are read", len(text), MAX_CHARACTERS)
    if not text.isascii():
        raise MalformedSdJwt("a character outside base64url, dots and tildes")
    token, tilde, rest = text.partition("~")
    if not tilde:
        raise MalformedSdJwt('no "~": an SD-JWT without disclosures still ends with one')
    *disclosures, key_binding = rest.split("~") if rest else ("",)
    if len(disclosures) > MAX_DISCLOSURES:
        raise MalformedSdJwt("{} disclosures; at most {} are read", len(disclosures), MAX_DISCLOSURES)
    if "" in disclosures:
        raise MalformedSdJwt("an empty disclosure")
    try:
        issuer_part = jws.parse(token)
    except MalformedJws as error:
        raise MalformedSdJwt("{}", error) from None
    return SdJwt(
        issuer_part,
        tuple(disclosures),
        key_binding or None,
        text[: -len(key_binding)] if key_binding else text,
    )


def from_parts(header: bytes, payload: bytes, signature: bytes, disclosures: tuple[str, ...] = ()) -> SdJwt:
    """The SD-JWT of decoded parts, as `parse` returns it for their text. Raises MalformedJws."""
    issuer_part = jws.from_parts(header, payload, signature)
    return SdJwt(issuer_part, disclosures, None, "~".join((issuer_part.token, *disclosures, "")))


def sd_hash(text: str) -> str:
    """What a key-binding JWT says about the SD-JWT `text`, which ends with "~" (RFC 9901 § 4.3.1)."""
    return _digest(text)


def disclosure(salt: bytes, name: str, value: Json) -> tuple[str, str]:
    """An object's member as a disclosure, and the digest that stands for it in `_sd` (RFC 9901 § 4.2)."""
    text = b64url_encode(json_dumps([b64url_encode(salt), name, value]))
    return text, _digest(text)


def claims(sd_jwt: SdJwt, payload: bytes) -> dict[str, Json]:
    """The claims of the verified `payload` with what is disclosed in place (RFC 9901 § 7.1, steps 3 to 7).

    `payload` is what `jws.verify` returned for `sd_jwt.jws`. Raises MalformedSdJwt.
    """
    return reveal(sd_jwt, payload)[0]


def reveal(sd_jwt: SdJwt, payload: bytes) -> tuple[dict[str, Json], bool]:
    """As `claims`, and whether the payload has digests, or decoys, of what is not disclosed."""
    try:
        if not sd_jwt.disclosures and discloses_nothing(payload):
            return json_object(payload), False
        disclosed = _Disclosed(sd_jwt.disclosures)
        return disclosed.process(json_object(payload)), disclosed.withheld
    except EncodingError as error:
        raise MalformedSdJwt("{}", error) from None


def discloses_nothing(payload: bytes) -> bool:
    """Whether no name in the JSON can be a reserved one: escapes could spell them differently."""
    return _BACKSLASH not in payload and b"_sd" not in payload and b'"..."' not in payload


def _digest(text: str) -> str:
    from hashlib import sha256  # 4 ms to load, which a token without proof can do without

    return b64url_encode(sha256(text.encode("ascii")).digest())


class _Disclosed:
    """Disclosures by digest, and which digests of the payload have been seen."""

    __slots__ = ("_by_digest", "_nested", "_seen", "_used")

    def __init__(self, disclosures: tuple[str, ...]) -> None:
        self._by_digest = {_digest(disclosure): _read(disclosure) for disclosure in disclosures}
        if len(self._by_digest) != len(disclosures):
            raise MalformedSdJwt("a disclosure twice")
        self._seen: set[str] = set()
        self._used: set[str] = set()
        self._nested = 0

    @property
    def withheld(self) -> bool:
        """Whether a digest was met whose disclosure is not here."""
        return len(self._seen) > len(self._used)

    def process(self, payload: dict[str, Json]) -> dict[str, Json]:
        """The payload with what is disclosed, without digests. Each disclosure must have had its place."""
        if payload.pop(_HASH_NAME, "sha-256") != "sha-256":
            raise MalformedSdJwt("_sd_alg other than sha-256")
        for name in NEVER_DISCLOSABLE & payload.keys():
            if has_digests(payload[name]):
                raise MalformedSdJwt('"{}" has selectively disclosable members; it may not', name)
        processed = self._object(payload, top=True)
        if len(self._used) != len(self._by_digest):
            raise MalformedSdJwt("a disclosure whose digest is nowhere in the payload")
        return processed

    def _value(self, value: Json) -> Json:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return self._array(value)
        return value

    def _object(self, members: dict[str, Json], *, top: bool = False) -> dict[str, Json]:
        if _ELEMENT in members or _HASH_NAME in members:
            raise MalformedSdJwt('"..." or "_sd_alg" where it has no place')
        processed = {name: self._value(value) for name, value in members.items() if name != _DIGESTS}
        digests = members.get(_DIGESTS, [])
        if not isinstance(digests, list):
            raise MalformedSdJwt('"_sd" is no array')
        for digest in digests:
            disclosure = self._look_up(digest)
            if disclosure is None:
                continue
            if len(disclosure) != 3:
                raise MalformedSdJwt("an array element disclosed among an object's members")
            name = disclosure[1]
            if not isinstance(name, str) or name in _RESERVED or (top and name in _NOT_AT_TOP):
                raise MalformedSdJwt("a disclosure with a name that may not be disclosed")
            if name in processed:
                raise MalformedSdJwt("a disclosed claim that is there already")
            processed[name] = self._inside(disclosure[2])
        return processed

    def _array(self, elements: list[Json]) -> list[Json]:
        processed: list[Json] = []
        for element in elements:
            if not (isinstance(element, dict) and _ELEMENT in element):
                processed.append(self._value(element))
                continue
            if len(element) != 1:
                raise MalformedSdJwt('"..." beside other members')
            disclosure = self._look_up(element[_ELEMENT])
            if disclosure is None:
                continue
            if len(disclosure) != 2:
                raise MalformedSdJwt("an object's member disclosed as an array element")
            processed.append(self._inside(disclosure[1]))
        return processed

    def _inside(self, value: Json) -> Json:
        """A disclosed value, which may hold digests of further ones: their nesting is bounded like JSON's."""
        self._nested += 1
        if self._nested > MAX_NESTED:
            raise MalformedSdJwt("disclosures nested deeper than {}", MAX_NESTED)
        processed = self._value(value)
        self._nested -= 1
        return processed

    def _look_up(self, digest: Json) -> list[Json] | None:
        if not isinstance(digest, str):
            raise MalformedSdJwt("a digest that is no text")
        if digest in self._seen:
            raise MalformedSdJwt("a digest twice")
        self._seen.add(digest)
        disclosure = self._by_digest.get(digest)
        if disclosure is not None:
            self._used.add(digest)
        return disclosure


_NOT_AT_TOP: Final = NEVER_DISCLOSABLE | {_HASH_NAME}


def _read(disclosure: str) -> list[Json]:
    """[salt, name, value] of an object's member, [salt, value] of an array's element (RFC 9901 § 4.2)."""
    array = json_loads(b64url_decode(disclosure))
    if not isinstance(array, list) or len(array) not in (2, 3) or not isinstance(array[0], str):
        raise MalformedSdJwt("a disclosure that is no array of salt, name and value")
    return array


def has_digests(value: Json) -> bool:
    """Whether a digest of something disclosed apart, or a name reserved for it, is anywhere in `value`."""
    if isinstance(value, dict):
        return not _RESERVED.isdisjoint(value) or any(has_digests(member) for member in value.values())
    return isinstance(value, list) and any(has_digests(element) for element in value)
