"""Base45 (RFC 9285), strict: one text for each byte string, nothing else decodes. Fast in plain Python."""

from struct import unpack
from typing import Final

from keys.said import Reasoned

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_FOREIGN: Final = 0xFF
_DIGIT: Final = bytes(ALPHABET.find(chr(byte)) & _FOREIGN for byte in range(256))
# The two low digits of every remainder below 45², least significant first, as RFC 9285 § 4 writes them.
_LOW_PAIR: Final = tuple(ALPHABET[low % 45] + ALPHABET[low // 45] for low in range(45 * 45))


class Base45Error(Reasoned):
    """Text that is not the base45 of any bytes."""


def encode(data: bytes) -> str:
    """The base45 of `data`: three characters for two bytes, two for a last odd one."""
    words = unpack(f">{len(data) // 2}H", data[: len(data) & ~1])
    text = "".join([_LOW_PAIR[word % 2025] + ALPHABET[word // 2025] for word in words])
    return text + _LOW_PAIR[data[-1]] if len(data) & 1 else text


def decode(text: str) -> bytes:
    """The bytes of base45 `text`. White space counts: a space is a digit.

    Raises Base45Error for foreign characters, an impossible length and triplets over 65535 (RFC 9285 § 6).
    """
    try:
        digits = text.encode("ascii").translate(_DIGIT)
    except UnicodeEncodeError:
        raise Base45Error("not base45: a character outside its alphabet") from None
    if _FOREIGN in digits:
        raise Base45Error("not base45: a character outside its alphabet")
    tail = len(digits) % 3
    if tail == 1:
        raise Base45Error("not base45: no byte string has a text of this length")
    end = len(digits) - tail
    data = _words(digits[0:end:3], digits[1:end:3], digits[2:end:3])
    return data + _last(digits[end:]) if tail else data


def _words(low: bytes, middle: bytes, high: bytes) -> bytes:
    """Two bytes for each triplet of digits, all at once: each has three bytes of one long integer."""
    count = len(low)
    lanes = bytearray(3 * count)
    total = 0
    for digits, weight in ((low, 1), (middle, 45), (high, 2025)):
        lanes[2::3] = digits
        total += weight * int.from_bytes(lanes, "big")
    sums = total.to_bytes(3 * count, "big")
    if sums[0::3].count(0) != count:
        raise Base45Error("not base45: three characters that stand for more than two bytes")
    data = bytearray(2 * count)
    data[0::2], data[1::2] = sums[1::3], sums[2::3]
    return bytes(data)


def _last(pair: bytes) -> bytes:
    value = pair[0] + 45 * pair[1]
    if value > 0xFF:
        raise Base45Error("not base45: two characters that stand for more than one byte")
    return bytes((value,))
