"""Strict base64url and JSON: what is decoded, re-encoded, must equal what came in.

Libraries are laxer than a verifier may be: they take padding, stray bits, duplicate keys, NaN and UTF-16.
Every parser of Ombord's own formats reads its bytes through these functions.
"""

import binascii
import json
from typing import NoReturn, TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

MAX_JSON_BYTES = 65_536
MAX_JSON_DEPTH = 16

_BACKSLASH = 0x5C  # a byte is found faster than bytes are
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[{")
_OUTSIDE_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[{]}")


class EncodingError(ValueError):
    """Bytes that are not the canonical form of anything."""


_OUTSIDE = "not base64url: a character outside A-Z a-z 0-9 - _"
_PADDING = (b"", b"", b"==", b"=")
# The last character of an incomplete group carries 4 or 2 spare bits, which must be zero (RFC 4648 § 3.5).
# One character is no byte, and may be none.
_LAST: tuple[frozenset[int], ...] = (
    frozenset(range(256)),
    frozenset(),
    frozenset(b"AQgw"),
    frozenset(b"AEIMQUYcgkosw048"),
)


def b64url_decode(text: str | bytes) -> bytes:
    """Bytes of unpadded canonical base64url (RFC 7515 § 2, RFC 4648 § 5).

    Raises EncodingError for padding, another alphabet, white space or spare bits that are set.
    """
    try:
        data = text.encode("ascii") if isinstance(text, str) else text
        rest = len(data) & 3
        if rest and data[-1] not in _LAST[rest]:
            raise EncodingError("not canonical base64url: wrong length or spare bits set")
        # "+", "/" and "=" belong to the other alphabet, which the decoder is for.
        if 0x2B in data or 0x2F in data or 0x3D in data:
            raise EncodingError(_OUTSIDE)
        standard = data.replace(b"-", b"+").replace(b"_", b"/") + _PADDING[rest]
        return binascii.a2b_base64(standard, strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise EncodingError(_OUTSIDE) from None


def b64url_encode(data: bytes) -> str:
    """Unpadded base64url of `data` (RFC 7515 § 2)."""
    text = binascii.b2a_base64(data, newline=False)
    return text.replace(b"+", b"-").replace(b"/", b"_").rstrip(b"=").decode("ascii")


def json_loads(data: bytes, *, max_size: int = MAX_JSON_BYTES, max_depth: int = MAX_JSON_DEPTH) -> Json:
    """The value of strict JSON (RFC 8259, I-JSON's RFC 7493 § 2): UTF-8, no duplicate names, no floats.

    `max_size` is in bytes, `max_depth` in nested arrays and objects; both are checked before parsing.
    Raises EncodingError, which names the rule broken.
    """
    if len(data) > max_size:
        raise EncodingError(f"JSON of {len(data)} bytes; at most {max_size} are read")
    # Brackets bound the depth from above; only text with more of them is walked.
    if len(data.translate(None, _NO_BRACKETS)) > max_depth and _depth(data) > max_depth:
        raise EncodingError(f"JSON nested deeper than {max_depth}")
    value: Json
    try:
        text = data.decode("utf-8")
        value, end = _DECODER.raw_decode(text) if text[:1] == "{" else (None, -1)
        if end != len(text):  # no object, or more than one: `decode` looks for white space and errors
            value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise EncodingError("JSON is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise EncodingError(f"not JSON: {error.msg} at character {error.pos}") from None
    except EncodingError:
        raise
    except (ValueError, RecursionError):  # an integer of thousands of digits
        raise EncodingError("not JSON that can be read: a number or nesting out of bounds") from None
    if _BACKSLASH in data and "\\u" in text:
        _refuse_bad_escapes(text, value)
    return value


def json_object(
    data: bytes, *, max_size: int = MAX_JSON_BYTES, max_depth: int = MAX_JSON_DEPTH
) -> dict[str, Json]:
    """As `json_loads`, for text that must be an object."""
    value = json_loads(data, max_size=max_size, max_depth=max_depth)
    if not isinstance(value, dict):
        raise EncodingError("JSON is not an object")
    return value


def json_dumps(value: object) -> bytes:
    """Compact UTF-8 JSON, names in insertion order. Raises ValueError for NaN, TypeError for other types."""
    return _ENCODER.encode(value).encode("utf-8")


def _depth(data: bytes) -> int:
    """Deepest nesting outside strings; unbalanced text is the parser's to refuse."""
    # Without escaped backslashes and quotes, strings are what stands between every other pair of quotes.
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in data else data
    depth = deepest = 0
    for byte in b"".join(plain.split(b'"')[::2]).translate(None, _OUTSIDE_BRACKETS):
        if byte in b"[{":
            depth += 1
            if depth > deepest:
                deepest = depth
        else:
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EncodingError("JSON object with a name twice")
    return members


def _refuse_number(text: str) -> NoReturn:
    raise EncodingError(f"JSON number that is no integer: {text[:20]}")


def _refuse_bad_escapes(text: str, value: Json) -> None:
    if "\\u0000" in text:
        raise EncodingError("JSON string with a NUL character")
    try:
        _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError("JSON string with half a surrogate pair") from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_refuse_number, parse_constant=_refuse_number
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
