"""Counts of wrong PINs that this app cannot have written earn the longest pause."""

from pathlib import Path

import pytest

from wallet_app.core.tries import MOST_FAILURES, MOST_SINCE_MS, PAUSES, Tries

NOW = 5_000.0


@pytest.mark.parametrize(
    "written",
    [
        b'{"failures":true,"since_ms":0}',
        b'{"failures":false,"since_ms":0}',
        b'{"failures":0,"since_ms":true}',
        b'{"failures":0,"since_ms":false}',
        b'{"failures":-1,"since_ms":0}',
        b'{"failures":0,"since_ms":-1}',
        b'{"failures":7,"since_ms":-99999999999999}',
        b'{"failures":0,"since_ms":%d}' % (MOST_SINCE_MS + 1),
        b'{"failures":%d,"since_ms":0}' % (MOST_FAILURES + 1),
        b'{"failures":7,"since_ms":' + b"9" * 90 + b"}",
        b'{"failures":1e3,"since_ms":1}',
        b'{"failures":0,"since_ms":0.0}',
        b'{"failures":"0","since_ms":"0"}',
        b'{"failures":null,"since_ms":null}',
        b"[]",
        b"{}",
        b"",
        b"\xff" * 128,
    ],
)
def test_a_count_that_the_app_cannot_have_written_earns_the_longest_pause(
    tmp_path: Path, written: bytes
) -> None:
    path = tmp_path / "lock.json"
    path.write_bytes(written)
    tries = Tries(path, lambda: NOW)
    assert tries.wait() == PAUSES[-1]
    assert tries.left == 0


def test_the_counts_at_the_edges_are_believed(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_bytes(b'{"failures":0,"since_ms":0}')
    assert Tries(path, lambda: NOW).wait() == 0
    path.write_bytes(b'{"failures":%d,"since_ms":4000000}' % MOST_FAILURES)
    assert Tries(path, lambda: NOW).wait() == PAUSES[-1] - 1_000
