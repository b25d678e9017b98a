"""The states of a status list that is to be signed, two bits an entry. Pure."""

import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from keys.encoding import EncodingError, Json, b64url_decode

MAX_STATES: Final = 4 << 20  # bytes: 2^24 entries


class ListError(ValueError):
    """No status list of two bits an entry; says why."""


class ListDraft(NamedTuple):
    """When a list is signed, and what it says."""

    iat: int
    states: bytes
    deflated: bytes


def read(claims: Mapping[str, Json], iat: int) -> ListDraft:
    """The list of a payload's claims. Raises ListError."""
    match claims.get("status_list"):
        case {"bits": 2, "lst": str(text), **rest} if not rest:
            try:
                deflated = b64url_decode(text)
            except EncodingError as error:
                raise ListError(f"lst: {error}") from None
            return ListDraft(iat, inflated(deflated), deflated)
    raise ListError("a status list has bits, which are 2, and lst")


def inflated(deflated: bytes) -> bytes:
    """Raw states of what was deflated (RFC 1950), never more than a list holds. Raises ListError."""
    stream = zlib.decompressobj()
    try:
        states = stream.decompress(deflated, MAX_STATES)
    except zlib.error:
        raise ListError("lst is not deflated") from None
    if not stream.eof or stream.unused_data or not states:
        raise ListError(f"lst is not whole, or of more than {MAX_STATES} bytes")
    return states
