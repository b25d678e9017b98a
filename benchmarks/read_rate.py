"""How often zxing-cpp reads the two kinds of code from simulated 720p frames: `frames.py` makes them."""

from collections.abc import Iterator
from random import Random

from benchmarks.frames import Conditions, frame
from benchmarks.row import Row
from benchmarks.samples import samples
from verifier.credential import carrier, qr

FRAMES = 250
SEED = 20260101


def rows() -> Iterator[Row]:
    """Share of frames whose text comes out right, over 250 frames of as many different codes."""
    reference = "same frames: 18-Q (DCC) 96 %, 22-L (SHC) 80 %"
    static = [sample.text for sample in samples()[:FRAMES]]
    live = [sample.presented() for sample in samples()[:FRAMES]]
    yield Row("read rate of the static code", read_rate(static), "%", 99.5, "higher", reference)
    yield Row("read rate of the live code", read_rate(live), "%", 99.5, "higher", reference)


def read_rate(tokens: list[str], frames: int = FRAMES, seed: int = SEED) -> float:
    """Percent of frames from which the very text comes out."""
    random = Random(seed)
    good = 0
    for number in range(frames):
        text = carrier.to_qr_text(carrier.pack(tokens[number % len(tokens)]))
        good += reads(text, Conditions.draw(random), number)
    return 100 * good / frames


def reads(text: str, conditions: Conditions, seed: int) -> bool:
    """Whether the decoder finds exactly this text in one frame."""
    import zxingcpp

    picture = frame(qr.matrix(text), conditions, seed)
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [one.text for one in found] == [text]
