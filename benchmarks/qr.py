"""Sizes of the QR codes over the extract: certificates of competency with a holder key, static and live."""

from collections.abc import Iterator
from functools import cache
from math import ceil
from statistics import median

from benchmarks.row import Row
from benchmarks.samples import samples
from verifier.credential import carrier, qr

_STATIC = "QR of a certificate of competency with holder key"
_LIVE = "the same as live presentation"


def rows() -> Iterator[Row]:
    """Bytes of the wire and version of the code at level M, median and 95th percentile."""
    competencies = samples()
    static = [carrier.pack(sample.text) for sample in competencies]
    live = [carrier.pack(sample.presented()) for sample in competencies]
    yield from _sizes(_STATIC, static, 11, 240, "SMART Health Card style 22, DCC style 18, plain JWS 34")
    yield from _sizes(_LIVE, live, 13, 318, "prototype 13, 314 bytes at p95")


def _sizes(name: str, wires: list[bytes], version: int, size: int, reference: str) -> Iterator[Row]:
    lengths = sorted(map(len, wires))
    versions = [_version(length) for length in lengths]
    yield Row(f"{name}: version, median", median(versions), "", version, "lower", reference)
    yield Row(f"{name}: version, p95", percentile(versions, 95), "", version, "lower", reference)
    yield Row(f"{name}: size, median", median(lengths), "bytes", size, "lower", "prototype 211; 288 live")
    yield Row(
        f"{name}: size, p95", percentile(lengths, 95), "bytes", size, "lower", "prototype 237; 314 live"
    )


@cache
def _version(length: int) -> int:
    return qr.version(carrier.to_qr_text(bytes(length)))


def percentile(ordered: list[int], percent: int) -> int:
    """The smallest value that so many percent of the values do not exceed (nearest rank)."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]
