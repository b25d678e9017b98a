"""Writes the vectors of moving frames: `PYTHONPATH=.:tests python tests/vectors/make_frames.py`.

A directory per vector, named as its expectation: of those that restore, the last line of `frames.txt` makes
the wire in `wire.hex` whole; of those that are refused, the last line is.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from textwrap import wrap

from verifier.credential import carrier, frames

FOLDER = Path(__file__).with_name("frames")
CARRIER = Path(__file__).with_name("carrier")


def wire(name: str) -> bytes:
    """The wire of one of the carrier's vectors."""
    return bytes.fromhex((CARRIER / name / "wire.hex").read_text(encoding="ascii"))


TWELVE = wire("muster-of-twelve_unpacks")
PASS = wire("presentation-of-a-pass_unpacks")


def loop(content: bytes, numbers: Sequence[int], size: int = frames.SHARE_SIZE) -> list[str]:
    """The frames of these numbers."""
    moving = frames.split(content, size=size)
    return [moving.text(number) for number in numbers]


def whole() -> dict[str, tuple[bytes, list[str]]]:
    """Name, wire, and the frames of each vector that restores."""
    five, sixty = frames.split(TWELVE).needed, frames.split(TWELVE, size=24).needed
    mixed = zip(loop(TWELVE, range(five)), loop(PASS, range(five, 2 * five), 100), strict=True)
    return {
        "the-first-frames_restore": (TWELVE, loop(TWELVE, range(five))),
        "the-last-frames_restore": (TWELVE, loop(TWELVE, range(256 - five, 256))),
        "some-frames-are-missed_restore": (TWELVE, loop(TWELVE, (3, 4, 6, 7, 9)[:five])),
        "backwards-and-repeated_restore": (TWELVE, loop(TWELVE, (200, 9, 9, 4, 200, 1, 0)[: five + 2])),
        "many-small-frames_restore": (TWELVE, loop(TWELVE, range(7, 7 + 3 * sixty, 3), 24)),
        "one-frame_restore": (PASS, loop(PASS, (0,), 2_000)),
        "two-contents-mixed_restore": (TWELVE, [text for pair in mixed for text in pair][: 2 * five - 1]),
    }


def refused() -> dict[str, list[str]]:
    """Name and frames of each vector that is refused."""
    good = loop(TWELVE, range(5))
    bent = carrier.from_qr_text(good[4])
    odd = TWELVE[:599]
    in_itself = b"\x04\x00" + bytes(40)
    return {
        "a-changed-share_refused": [*good[:4], carrier.to_qr_text(bent[:-9] + b"\0" + bent[-8:])],
        "a-changed-hash_refused": [frame(b"\x01\x01abcd", content=bytes(8))],
        "padding-that-is-not-zero_refused": [
            frame(odd[:300], 2, 0, 1, content=hashed(odd)),
            frame(odd[300:] + b"\1", 2, 1, 1, content=hashed(odd)),
        ],
        "a-frame-in-a-frame_refused": [frame(in_itself)],
        "no-share_refused": [frame(b"")],
        "none-needed_refused": [frame(PASS, 0)],
        "needs-129_refused": [frame(PASS, 129)],
        "as-much-padding-as-needed_refused": [frame(PASS, 2, 0, 2)],
        "more-than-80000-bytes_refused": [frame(bytes(700), 115)],
        "one-byte-alone_refused": [frame(b"\x01")],
        "with-a-dictionary_refused": [carrier.to_qr_text(b"\x04\x01" + bent[2:])],
        "no-frame_refused": [carrier.to_qr_text(PASS)],
        "more-text-than-a-code-holds_refused": [frame(bytes(2_900))],
    }


def frame(
    share: bytes, needed: int = 1, index: int = 0, padding: int = 0, content: bytes | None = None
) -> str:
    """A frame by hand."""
    head = b"\x04\x00" + (hashed(share) if content is None else content) + bytes((needed, index, padding))
    return carrier.to_qr_text(head + share)


def hashed(content: bytes) -> bytes:
    """What frames of one content share."""
    return sha256(content).digest()[:8]


def main() -> None:
    """Write all vectors."""
    for name, (content, texts) in whole().items():
        _write(name, texts)
        hexadecimal = "\n".join(wrap(content.hex(), 64)) + "\n"
        (FOLDER / name / "wire.hex").write_text(hexadecimal, encoding="ascii")
    for name, texts in refused().items():
        _write(name, texts)


def _write(name: str, texts: list[str]) -> None:
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    (FOLDER / name / "frames.txt").write_text("".join(f"{text}\n" for text in texts), encoding="ascii")


if __name__ == "__main__":
    main()
