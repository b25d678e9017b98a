"""How often zxing-cpp reads codes from simulated frames (`frames.py`), by occasion and version."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Final

from benchmarks.frames import Conditions, frame
from benchmarks.row import Row
from benchmarks.samples import samples
from verifier import scan
from verifier.credential import carrier, qr

FRAMES: Final = 250
SEED: Final = 20260101
# Characters that a code of each version holds at level M, and what share of hard and of dim frames to read.
VERSIONS: Final = {11: (366, 99, 97), 13: (483, 99, 95), 16: (656, 90, 88), 20: (970, 70, 75)}

Draw = Callable[[Random], Conditions]


def rows() -> Iterator[Row]:
    """Share of frames whose text comes out right, each of another code."""
    reference = "same frames: 18-Q (DCC) 96 %, 22-L (SHC) 80 %"
    static = texts([sample.text for sample in samples()[:FRAMES]])
    live = texts([sample.presented() for sample in samples()[:FRAMES]])
    yield _row("read rate of the static code", read_rate(static, Conditions.draw), 99.5, reference)
    yield _row("read rate of the live code", read_rate(live, Conditions.draw), 99.5, reference)
    hard = read_rate(live, Conditions.hard)
    yield _row("read rate of the live code, hard", hard, 99, "version 13: 100 %, 20: 95 %")
    for name, draw, place in (("hard 720p", Conditions.hard, 1), ("dim VGA", Conditions.dim, 2)):
        for version, bounds in VERSIONS.items():
            rate = read_rate(partial(_filling, version), draw, frames=120)
            yield _row(f"read rate of version {version}, {name}", rate, bounds[place], "all codes full")


def _row(name: str, value: float, goal: float, reference: str) -> Row:
    return Row(name, value, "%", goal, "higher", reference)


def texts(tokens: list[str]) -> Callable[[int], str]:
    """The QR text of token n, round and round."""
    return lambda number: carrier.to_qr_text(carrier.pack(tokens[number % len(tokens)]))


def _filling(version: int, number: int) -> str:
    """A text as long as a code of this version holds."""
    size = (VERSIONS[version][0] - len(carrier.PREFIX)) * 2 // 3
    return carrier.to_qr_text(Random(number).randbytes(size))


def read_rate(text_of: Callable[[int], str], draw: Draw, frames: int = FRAMES, seed: int = SEED) -> float:
    """Percent of frames from which the very text comes out."""
    random = Random(seed)
    good = sum(reads(text_of(number), draw(random), number) for number in range(frames))
    return 100 * good / frames


def reads(text: str, conditions: Conditions, seed: int) -> bool:
    """Whether the decoder finds exactly this text in one frame, as the inspector's app looks for it."""
    picture = frame(qr.matrix(text), conditions, seed)
    return scan.frame_codes(picture.tobytes(), *picture.size) == [text]
