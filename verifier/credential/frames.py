"""Moving frames (kind 4): a wire too large for one QR code as a loop of codes, of which any K restore it.

    frame  =  04 00, content (8 bytes), K, index, padding, share

A reader may begin at any frame and miss any: what counts is how many different ones it has seen. The
content's hash finds what does not belong together; it proves nothing, and what comes out is believed no
sooner than its signatures are. The format is in docs/credential-format.md.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from verifier.credential import carrier, erasure
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.frame_shares import Shares

KIND: Final = 4
MAX_WIRE: Final = 80_000
MAX_NEEDED: Final = 128  # beyond, shares grow; so there are always as many spare frames as needed ones
SHARE_SIZE: Final = 306  # with its header a code of version 13 at level M, as a live code is

_NO_DICTIONARY: Final = 0
_CONTENT_END: Final = 10
_HEADER_SIZE: Final = 13
_START: Final = f"{carrier.PREFIX}YM0"  # base45 of 04 00
_MAX_CHARACTERS: Final = 4_296  # the most that a QR code of any version holds
_MAX_CONTENTS: Final = 64  # more than a camera can have in view
_MAX_HELD: Final = 4 * MAX_WIRE


class Frames:
    """A wire as an endless loop of QR texts: frame n is `text(n)`, for n = 0, 1, 2 …"""

    def __init__(self, wire: bytes, size: int) -> None:
        """As `split`."""
        self.needed = min(-(-len(wire) // size), MAX_NEEDED)
        width = -(-len(wire) // self.needed)
        padding = self.needed * width - len(wire)
        padded = wire + bytes(padding)
        self._rows = [padded[start : start + width] for start in range(0, len(padded), width)]
        self._head = bytes((KIND, _NO_DICTIONARY)) + _content(wire) + bytes((self.needed,))
        self._padding = padding

    def __len__(self) -> int:
        """How many different frames there are; the one after the last is the first again."""
        return 1 if self.needed == 1 else erasure.MAX_SHARES

    def text(self, number: int) -> str:
        """The QR text of frame `number`, which counts from 0 and never ends."""
        index = number % len(self)
        frame = self._head + bytes((index, self._padding)) + erasure.share(self._rows, index)
        return carrier.to_qr_text(frame)

    def __iter__(self) -> Iterator[str]:
        """One round of all different frames."""
        return map(self.text, range(len(self)))


def split(wire: bytes, *, size: int = SHARE_SIZE) -> Frames:
    """The frames of a wire of kind 1, 2 or 3, each with at most `size` bytes of it while 128 are enough.

    Raises MalformedCarrier for what no reader would put together: nothing, more than 80,000 bytes, a frame.
    """
    if not 2 <= len(wire) <= MAX_WIRE or wire[0] == KIND:
        raise MalformedCarrier(
            "{} bytes that moving frames do not carry: at most {}, no frame", len(wire), MAX_WIRE
        )
    if size < 1:
        raise ValueError("a frame carries at least one byte")
    return Frames(wire, size)


def is_frame(text: str) -> bool:
    """Whether QR text says that it is a frame; cheap, and no promise that it is one."""
    return text.startswith(_START)


class Frame(NamedTuple):
    """One frame, taken apart. Frames with the same `content` belong together."""

    content: tuple[bytes, int, int, int]  # hash, frames needed, padding, bytes of a share
    number: int
    share: bytes

    @property
    def needed(self) -> int:
        """How many different frames restore the wire."""
        return self.content[1]


def read(text: str) -> Frame:
    """Take the QR text of one frame apart. Raises MalformedCarrier for what no packer writes."""
    if len(text) > _MAX_CHARACTERS:
        raise MalformedCarrier("a frame of {} characters; a QR code holds {}", len(text), _MAX_CHARACTERS)
    frame = carrier.from_qr_text(text)
    if len(frame) <= _HEADER_SIZE or frame[0] != KIND or frame[1] != _NO_DICTIONARY:
        raise MalformedCarrier("not a moving frame, or one that is cut short")
    needed, index, padding = frame[_CONTENT_END:_HEADER_SIZE]
    share = frame[_HEADER_SIZE:]
    if not 1 <= needed <= MAX_NEEDED or padding >= needed:
        raise MalformedCarrier(
            "a frame that says that {} are needed, with {} bytes of padding", needed, padding
        )
    if not 2 <= needed * len(share) - padding <= MAX_WIRE:
        raise MalformedCarrier("frames of more than {} bytes together, or of none", MAX_WIRE)
    return Frame((frame[2:_CONTENT_END], needed, padding, len(share)), index, share)


class Progress(NamedTuple):
    """How far the content of the frame just seen is; `wire` once it is whole."""

    received: int
    needed: int
    wire: bytes | None


class Collector:
    """Puts frames together as they come, in any order, with gaps and repetitions.

    Frames of several contents may come mixed (two phones in view; a wallet that renews its proof; a
    stranger's code on the wall): each is collected apart, and those not seen for longest make way for others.
    What claims to belong to a content and does not, `Shares` tells apart in time. Memory stays below four
    times 80 kB.
    """

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._shares: dict[tuple[bytes, int, int, int], Shares] = {}
        self._whole: tuple[tuple[bytes, int, int, int], bytes] | None = None

    def add(self, text: str) -> Progress:
        """Take the QR text of one frame. Raises MalformedCarrier for what is none.

        Also raised when the frames of one content turn out not to belong together; others may follow.
        """
        frame = read(text)
        content, needed = frame.content, frame.needed
        if self._whole is not None and self._whole[0] == content:
            return Progress(needed, needed, self._whole[1])
        shares = self._shares.pop(content, None) or Shares(needed)
        self._shares[content] = shares  # at the end, which is where the newest are
        shares.add(frame.number, frame.share)
        wire = next(filter(None, (_restored(content, one) for one in shares.worth_trying())), None)
        if wire is not None:
            del self._shares[content]
            if wire[0] == KIND:
                raise MalformedCarrier("a moving frame inside moving frames")
            self._whole = content, wire
            return Progress(needed, needed, wire)
        if shares.received >= needed:
            shares.doubt()
            raise MalformedCarrier("frames that do not belong together; hold the camera on one code")
        self._make_room()
        return Progress(shares.received, needed, None)

    def clear(self) -> None:
        """Forget everything, also what is whole."""
        self._shares.clear()
        self._whole = None

    def _make_room(self) -> None:
        held = sum(shares.held * content[3] for content, shares in self._shares.items())
        while held > _MAX_HELD or len(self._shares) > _MAX_CONTENTS:
            content = next(iter(self._shares))
            held -= self._shares.pop(content).held * content[3]


def _restored(content: tuple[bytes, int, int, int], shares: Mapping[int, bytes]) -> bytes | None:
    """The wire that these shares make; None where they do not belong together."""
    expected, needed, padding, _ = content
    padded = b"".join(erasure.restore(shares, needed))
    wire = padded[: len(padded) - padding]
    return wire if _content(wire) == expected and not any(padded[len(wire) :]) else None


def _content(wire: bytes) -> bytes:
    """What frames of one wire have in common: the first 8 bytes of its SHA-256."""
    return sha256(wire).digest()[: _CONTENT_END - 2]
