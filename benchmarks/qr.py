"""Sizes of the QR codes over the extract: certificates of competency, static and live, and passes."""

from collections.abc import Iterator
from functools import cache
from math import ceil
from statistics import median

from benchmarks.passes import passes
from benchmarks.row import Row
from benchmarks.samples import samples
from verifier.credential import carrier, qr

_STATIC = "QR of a certificate of competency with holder key"
_LIVE = "the same as live presentation"
_PASS = "pass with 12 certificates, live"


def rows() -> Iterator[Row]:
    """Bytes of the wire and version of the code at level M, median and 95th percentile."""
    competencies = samples()
    static = [carrier.pack(sample.text) for sample in competencies]
    live = [carrier.pack(sample.presented()) for sample in competencies]
    yield from _sizes(_STATIC, static, 11, 240, "SMART Health Card style 22, DCC style 18, plain JWS 34")
    yield from _sizes(_LIVE, live, 13, 318, "prototype 13, 314 bytes at p95")
    summed_up = sorted(len(carrier.pack(sample.presented())) for sample in passes())
    size = percentile(summed_up, 95)
    yield Row(f"{_PASS}: version, p95", _version(size), "", 20, "lower", "prototype 19")
    yield Row(f"{_PASS}: size, p95", size, "bytes", 646, "lower", "twelve codes in one stream 1,631")


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
