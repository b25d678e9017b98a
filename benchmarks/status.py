"""Status for ships: sizes against what information theory allows, memory, time to decode and to look up."""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from benchmarks.raw import raw_verify
from benchmarks.row import Row
from benchmarks.samples import NOON, signer
from benchmarks.states import bound, change_bound, changed, random_states
from benchmarks.timing import speed_ratio
from benchmarks.verdict import authority
from verifier import rice, ship_status, ship_status_writing
from verifier.statement import Statement, sign
from verifier.status import StatusBook

MILLION = 1_000_000
DAY = timedelta(days=1)
# Of those not valid: revoked or cancelled, suspended, replaced or lost.
USUAL = (60, 15, 25)
OTHERS = ((8, 2, 90), (1, 1, 1), (1, 0, 0), (98, 1, 1))
SIGNATURE_AND_HEADER = 72  # bytes that the goal allows beside the changes themselves


def rows() -> Iterator[Row]:
    """A list of 1,000,000 certificates, 1 % not valid, and a day's changes to it."""
    states = random_states(MILLION, MILLION // 100, USUAL)
    yield from _sizes(states)
    yield from _memory(states)
    yield from _speed(states)


def _sizes(states: bytes) -> Iterator[Row]:
    worst = max(_times_bound(random_states(MILLION, MILLION // 100, mix)) for mix in OTHERS)
    snapshot = len(_Shore(states).snapshot)
    yield Row(
        "snapshot of 1,000,000, 1 % not valid, signed, against its bound",
        snapshot / bound(states),
        "×",
        1.05,
        "lower",
        f"{snapshot:,} B, code {_times_bound(states):.3f}, worst of 4 mixes {worst:.3f}; others 1.39-1.70",
    )
    after = changed(states, Random(20).sample(range(MILLION), 20), USUAL)
    delta, least = len(_Shore(states, after).delta), change_bound(states, after)
    yield Row(
        "delta of 20 changes in 1,000,000, signed, against bound + 72 B",
        delta / (least + SIGNATURE_AND_HEADER),
        "×",
        1.15,
        "lower",
        f"{delta} B, bound {least:.1f}; XOR 338 B, delta CRL 1,230, list as JWT 28,000",
    )


def _times_bound(states: bytes) -> float:
    return len(rice.encode(states)) / bound(states)


def _memory(states: bytes) -> Iterator[Row]:
    shore = _Shore(states)
    ship_status.verify_snapshot(shore.snapshot, directory=shore.directory)  # what is loaded once is no list's
    gc.collect()
    tracemalloc.start()
    held = ship_status.verify_snapshot(shore.snapshot, directory=shore.directory)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == MILLION
    yield Row(
        "memory to verify and hold a list of 1,000,000",
        peak / 1e6,
        "MB",
        4,
        "lower",
        f"at its peak; held {kept / 1e6:.2f} MB",
    )


def _speed(states: bytes) -> Iterator[Row]:
    reference = raw_verify(bytes(1_000))
    shore = _Shore(states)
    held = ship_status.verify_snapshot(shore.snapshot, directory=shore.directory)
    book, uri, indices = StatusBook([held]), held.uri, [Random(1).randrange(MILLION) for _ in range(100)]

    def look_up() -> None:
        for idx in indices:
            book[uri].get(idx)

    yield Row(
        "status look-up after import, against raw ES256 verify",
        1 / speed_ratio(look_up, reference) / len(indices),
        "×",
        0.1,
        "lower",
        "a list of 1,000,000",
    )
    small = random_states(MILLION // 10, MILLION // 1_000, USUAL)
    tenth, code = _Shore(small), rice.encode(small)
    decode = 1 / speed_ratio(lambda: rice.decode(code, MILLION // 10), reference)
    whole = 1 / speed_ratio(
        lambda: ship_status.verify_snapshot(tenth.snapshot, directory=tenth.directory), reference
    )
    yield Row(
        "verify a snapshot of 100,000, against raw ES256 verify",
        whole,
        "×",
        6,
        "lower",
        f"decoding alone {decode:.2f}; zlib and numpy are not needed",
    )


class _Shore:
    """Norway's list, published once, or twice on two days."""

    def __init__(self, *arrays: bytes) -> None:
        self.directory, _ = authority("NO")
        self._prefix = next(iter(self.directory.authorities.values())).status_prefix
        self.snapshot = ship_status_writing.to_snapshot(
            self._sign(1, arrays[0], None), arrays[0], flag="NO", name="1"
        )
        self.delta = b""
        if len(arrays) > 1:
            self.delta = ship_status_writing.to_delta(
                self._sign(2, arrays[1], arrays[0]),
                arrays[1],
                since=1,
                before_states=arrays[0],
                flag="NO",
                name="1",
            )

    def _sign(self, number: int, states: bytes, before: bytes | None) -> Statement:
        iat = NOON + number * DAY
        return sign(
            states,
            uri=self._prefix + "1",
            number=number,
            iat=iat,
            exp=iat + 60 * DAY,
            before=before,
            signer=signer("status"),
        )
