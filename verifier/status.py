"""Token status lists (draft-ietf-oauth-status-list): strict reading, the newest of each, and making them."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from keys import jws
from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode, json_dumps, json_object
from keys.signer import Signer
from keys.trust.directory import STATUS, Authority, Directory, TrustedKey

if TYPE_CHECKING:
    from verifier.statement import Statement

TYP: Final = "statuslist+jwt"
MEDIA_TYPE: Final = "application/statuslist+jwt"
MAX_TOKEN: Final = 4_000_000  # characters
MAX_ARRAY: Final = 4 << 20  # bytes: 2^24 entries of 2 bits
BITS: Final = 2  # what Ombord issues

_HEADER: Final = frozenset(("alg", "kid", "typ"))
_END_OF_TIME: Final = 7_258_118_400  # 2200-01-01T00:00:00Z
AHEAD: Final = timedelta(days=1)  # how far a list may be dated ahead of a clock that is a little slow
_PLAUSIBLE: Final = timedelta(days=400)  # a clock further after the newest directory is believed no more


class StatusListError(ValueError):
    """A status list that must not be used; says why."""


class Status(IntEnum):
    """The states of a credential, as this and every other verifier of the format read them."""

    VALID = 0
    REVOKED = 1  # or cancelled: void from the start
    SUSPENDED = 2
    REPLACED = 3  # or lost


_STATUS_OF: Final[tuple[Status | None, ...]] = (*Status, *[None] * (256 - len(Status)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A verified list: `states` is the raw array, `bits` per entry, least significant bits first.

    `number` and `statement` are those of a list for ships (`verifier.ship_status`). It is `behind` when the
    signed index of all lists names a newer number, and `disputed` when another was signed that cannot be true
    beside it.
    """

    uri: str
    issuer: str
    iat: datetime
    exp: datetime | None
    bits: int
    states: bytes
    number: int | None = None
    statement: "Statement | None" = None
    behind: bool = False
    disputed: bool = False

    def get(self, idx: int) -> Status | None:
        """The state at an index, None for a value without a meaning. Raises IndexError outside the list."""
        position = idx * self.bits
        if idx < 0:
            raise IndexError(idx)
        value = self.states[position >> 3] >> (position & 7) & (1 << self.bits) - 1
        return _STATUS_OF[value]

    def __len__(self) -> int:
        """How many entries the list holds."""
        return len(self.states) * 8 // self.bits


class Missing(StrEnum):
    """What is known of a list that is not held."""

    DROPPED = "dropped"  # it was held, and whoever signed it counts no more: what it had revoked is forgotten
    WITHHELD = "withheld"  # the signed index of all lists names it, and nobody has brought it


class StatusBook(Mapping[str, StatusList]):
    """The lists that a verifier holds, by their uri, the pack that they came with, and which are missing."""

    missing: Mapping[str, Missing]  # for a pass, which without any list would speak for itself

    def __init__(
        self,
        lists: Iterable[StatusList] = (),
        *,
        pack: str | None = None,
        missing: Mapping[str, Missing] | None = None,
    ) -> None:
        held: dict[str, StatusList] = {}
        for one in lists:
            held[one.uri] = newest(held.get(one.uri), one)
        self._lists: Mapping[str, StatusList] = held
        self.pack, self.missing = pack, missing or {}

    def __getitem__(self, uri: str) -> StatusList:
        return self._lists[uri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def merged(self, lists: Iterable[StatusList], *, pack: str | None = None) -> "StatusBook":
        """A book with these lists too, the newest of each uri."""
        return StatusBook([*self._lists.values(), *lists], pack=pack or self.pack, missing=self.missing)


def newest(held: StatusList | None, offered: StatusList) -> StatusList:
    """The later signed of two lists; of one second, the one held: each signature is a second later."""
    return offered if held is None or offered.iat > held.iat else held


def verify_list(token: str, *, directory: Directory, at: datetime | None = None) -> StatusList:
    """A status list whose signer is entitled to its address. Raises StatusListError.

    `at` is given when a list comes in, and refuses one that is dated ahead of the clock: it would never be
    replaced. Neither age nor `exp` is judged here: an old list can still show a revocation.
    """
    try:
        parsed = jws.parse(token, max_size=MAX_TOKEN)
        jws.only_parameters(parsed, _HEADER)
        claims = json_object(parsed.payload, max_size=MAX_TOKEN)
    except (jws.MalformedJws, EncodingError) as error:
        raise StatusListError(f"not a status list token: {error}") from None
    uri = claims.get("sub")
    if not isinstance(uri, str) or not uri.isprintable() or not 0 < len(uri) <= 1_000:
        raise StatusListError('"sub" is not the address of the list')
    signed_at = _instant(claims, "iat")
    if signed_at is None:
        raise StatusListError('"iat" is missing')
    refuse_dated_ahead(signed_at, directory, at)
    key = _signer(uri, parsed.kid, signed_at, directory)
    try:
        jws.verify(parsed, key.key, typ=TYP)
    except (jws.MalformedJws, jws.SignatureMismatch) as error:
        raise StatusListError(f"not signed by {key.kid}: {error}") from None
    bits, states = _array(claims.get("status_list"))
    expires = _instant(claims, "exp")
    return StatusList(uri=uri, issuer=key.issuer, iat=signed_at, exp=expires, bits=bits, states=states)


def refuse_dated_ahead(signed_at: datetime, directory: Directory, at: datetime | None) -> None:
    """Raise StatusListError for a list that comes in at `at`, and says that it was signed later.

    A clock that is years ahead would let a thief's list in, next to which every later one is old.
    """
    if at is None:
        return
    now = max(min(at, directory.time_floor + _PLAUSIBLE), directory.time_floor)
    if signed_at > now + AHEAD:
        raise StatusListError(f"dated {signed_at:%Y-%m-%d %H:%M} UTC, which is still to come")


def encode(
    states: bytes,
    *,
    uri: str,
    iat: datetime,
    exp: datetime | None,
    ttl: int | None,
    signer: Signer,
    kid: str,
    bits: int = BITS,
    deflated: bytes | None = None,
) -> str:
    """Sign a list. `states` is the raw array as `pack_states` makes it, `ttl` is in seconds.

    `deflated` is what `deflate` has made of `states`, where that was begun before.
    """
    lst = deflate(states) if deflated is None else deflated
    body: dict[str, Json] = {"sub": uri, "iat": int(iat.timestamp())}
    if exp is not None:
        body["exp"] = int(exp.timestamp())
    if ttl is not None:
        body["ttl"] = ttl
    body["status_list"] = {"bits": bits, "lst": b64url_encode(lst)}
    return jws.sign(json_dumps(body), signer, typ=TYP, kid=kid)


def deflate(states: bytes) -> bytes:
    """An array as a token holds it, as small as zlib makes it: the longest part of signing a list."""
    return zlib.compress(states, 9)


def pack_states(states: Mapping[int, Status], size: int, *, bits: int = BITS) -> bytes:
    """The raw array of `size` entries (a multiple of 8), valid where `states` says nothing."""
    if size <= 0 or size % 8 or bits not in (1, 2, 4, 8):
        raise ValueError(
            f"{size} entries of {bits} bits: a multiple of 8 entries of 1, 2, 4 or 8 bits is needed"
        )
    array = bytearray(size * bits // 8)
    for idx, status in states.items():
        if not 0 <= idx < size or status >= 1 << bits:
            raise ValueError(f"entry {idx} with value {int(status)} is outside the list")
        position = idx * bits
        array[position >> 3] |= status << (position & 7)
    return bytes(array)


def _signer(uri: str, kid: str | None, signed_at: datetime, directory: Directory) -> TrustedKey:
    """The status key of the one authority whose pinned prefix covers the list, good when it signed."""
    authority = directory.authority_for_status(uri)
    if authority is None:
        raise StatusListError("no authority in the directory owns this address")
    key = _key_of(authority, kid, directory)
    objection = key.objection(STATUS, at_signing=signed_at, now=signed_at, environment=directory.environment)
    if objection is not None:
        raise StatusListError(str(objection))
    return key


def _key_of(authority: Authority, kid: str | None, directory: Directory) -> TrustedKey:
    for issuer in authority.issuers if kid is not None else ():
        key = directory.key(issuer, kid or "")
        if key is not None:
            return key
    raise StatusListError(f"signed with {kid!r}, which is no key of {authority.name}")


def _instant(claims: Mapping[str, Json], name: str) -> datetime | None:
    """Unix seconds within 1970-2199; None where the claim is absent."""
    if name not in claims:
        return None
    value = claims[name]
    if type(value) is not int or not 0 <= value < _END_OF_TIME:
        raise StatusListError(f'"{name}" is not whole seconds since 1970')
    return datetime.fromtimestamp(value, UTC)


def _array(value: Json) -> tuple[int, bytes]:
    if not isinstance(value, dict):
        raise StatusListError('"status_list" is missing')
    bits, lst = value.get("bits"), value.get("lst")
    if type(bits) is not int or bits not in (1, 2, 4, 8):
        raise StatusListError('"bits" is not 1, 2, 4 or 8')
    if not isinstance(lst, str):
        raise StatusListError('"lst" is missing')
    try:
        return bits, inflate(b64url_decode(lst))
    except EncodingError as error:
        raise StatusListError(f'"lst": {error}') from None


def inflate(data: bytes) -> bytes:
    """The raw array of a zlib stream: whole, of at most 4 MiB, with nothing after it."""
    stream = zlib.decompressobj()
    try:
        array = stream.decompress(data, MAX_ARRAY + 1)
    except zlib.error:
        raise StatusListError('"lst" is not zlib data') from None
    if len(array) > MAX_ARRAY:
        raise StatusListError(f'"lst" inflates to more than {MAX_ARRAY} bytes')
    if not stream.eof or stream.unused_data:
        raise StatusListError('"lst" is cut off, or has bytes after its end')
    if not array:
        raise StatusListError('"lst" is empty')
    return array
