"""Speed of the carrier: packing and unpacking against one raw ES256 verification."""

from collections.abc import Iterator

from benchmarks.moving import musters
from benchmarks.passes import MEMBERS
from benchmarks.raw import raw_verify
from benchmarks.row import Row
from benchmarks.samples import samples
from benchmarks.timing import speed_ratio
from verifier.credential import carrier, muster


def rows() -> Iterator[Row]:
    """How many raw verifications the packing, and the unpacking, of a certificate of competency take."""
    text = samples(seafarers=40)[0].text
    wire = carrier.pack(text)
    reference = raw_verify(text.encode("ascii"))
    pack = 1 / speed_ratio(lambda: carrier.pack(text), reference)
    unpack = 1 / speed_ratio(lambda: carrier.unpack(wire), reference)
    yield Row(
        "pack, time against raw ES256 verify", pack, "×", 4, "lower", "prototype 0.22-0.30 ms beside 91 µs"
    )
    yield Row(
        "unpack, time against raw ES256 verify", unpack, "×", 1.2, "lower", "prototype 58 µs beside 91 µs"
    )
    first, *others = next(musters())
    together = muster.pack(first, others)
    pack = 1 / speed_ratio(lambda: muster.pack(first, others), reference) / MEMBERS
    unpack = 1 / speed_ratio(lambda: muster.unpack(together), reference) / MEMBERS
    yield Row("pack of 12 in one stream, the same for each", pack, "×", 4, "lower", "as one alone")
    yield Row("unpack of 12 in one stream, the same for each", unpack, "×", 1.2, "lower", "as one alone")
