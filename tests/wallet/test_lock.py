"""The PIN: known by a hash alone, looked at at most so often, whatever is done to app, clock and storage."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallet_app.core import lock as locks
from wallet_app.core.lock import Answer, Lock, is_guessable
from wallet_app.core.tries import FILE_BYTES, PAUSES, Tries
from wallet_app.core.vault import Vault

PIN, OTHER = "314159", "271828"


class Ticks:
    """Seconds since the device was switched on."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "MEMORY_KIB", 64)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


OPEN: list[Vault] = []


@pytest.fixture(autouse=True)
def closed_stores() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def lock_in(home: Path, ticks: Ticks) -> Lock:
    OPEN.append(Vault(home / "vault", bytes(32)))
    return Lock(OPEN[-1], Tries(home / "lock.json", ticks))


def restarted(lock: Lock, home: Path, ticks: Ticks) -> Lock:
    lock._vault.close()
    return lock_in(home, ticks)


def wrong(lock: Lock, ticks: Ticks, times: int) -> None:
    """That many wrong PINs, each as soon as it is looked at."""
    for _ in range(times):
        ticks.seconds += lock.tries.wait()
        assert lock.attempt(OTHER) is Answer.WRONG


def test_the_pin_opens_and_no_other_does(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    assert not lock.is_set
    lock.choose(PIN)
    assert lock.is_set
    assert lock.attempt(OTHER) is Answer.WRONG
    assert lock.attempt(PIN) is Answer.RIGHT
    assert restarted(lock, tmp_path, ticks).attempt(PIN) is Answer.RIGHT


def test_the_pin_stands_in_no_file(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    assert all(PIN.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    record = lock._vault.contents.pin
    assert record is not None
    assert PIN not in repr(record)


def test_pauses_grow_with_each_wrong_pin(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    waits = []
    for _ in range(len(PAUSES) + 1):
        wrong(lock, ticks, 1)
        waits.append(lock.tries.wait())
    assert waits == [0, 0, 30, 60, 300, 900, 3_600, 3_600, 3_600]


def test_during_a_pause_not_even_the_right_pin_is_looked_at(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    wrong(lock, ticks, 3)
    assert lock.attempt(PIN) is Answer.NOT_YET
    ticks.seconds += 30
    assert lock.attempt(PIN) is Answer.RIGHT
    wrong(lock, ticks, 1)
    assert lock.tries.wait() == 0, "the right one made the count begin anew"


def test_a_pause_outlives_a_restart_of_the_app(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    wrong(lock, ticks, 4)
    ticks.seconds += 10
    again = restarted(lock, tmp_path, ticks)
    assert again.tries.wait() == 50
    assert again.attempt(PIN) is Answer.NOT_YET


def test_after_a_restart_of_the_phone_a_pause_begins_anew(tmp_path: Path, ticks: Ticks) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    wrong(lock, ticks, 5)
    ticks.seconds = 3.0
    again = restarted(lock, tmp_path, ticks)
    assert again.tries.wait() == 300
    ticks.seconds = 303.0
    assert again.attempt(PIN) is Answer.RIGHT


def test_ending_the_app_while_a_pin_is_looked_at_costs_the_try(
    tmp_path: Path, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(locks, "_derive", killed)
    with pytest.raises(KeyboardInterrupt):
        lock.attempt(OTHER)
    assert restarted(lock, tmp_path, ticks).tries.failures == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"failures":-1,"since_ms":0}', b"\xff" * 128, None])
def test_a_count_that_is_damaged_or_taken_away_is_the_longest_pause(
    tmp_path: Path, ticks: Ticks, damage: bytes | None
) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    file = tmp_path / "lock.json"
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    again = restarted(lock, tmp_path, ticks)
    assert again.tries.wait() == PAUSES[-1]
    ticks.seconds += PAUSES[-1]
    assert again.attempt(PIN) is Answer.RIGHT


def test_wrong_pins_are_counted_where_the_storage_is_full(
    tmp_path: Path, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = lock_in(tmp_path, ticks)
    lock.choose(PIN)
    real = os.open

    def full(path: object, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(28, "No space left on device")
        return real(path, flags, *rest)  # type: ignore[call-overload] # whatever os.open takes

    with monkeypatch.context() as storage:
        storage.setattr(os, "open", full)
        wrong(lock, ticks, 3)
    again = Tries(tmp_path / "lock.json", ticks)
    assert again.failures == 3
    assert again.wait() == 30
    assert (tmp_path / "lock.json").stat().st_size == FILE_BYTES


@pytest.mark.parametrize("pin", ["000000", "123456", "654321", "909090", "567890", "098765", "111111"])
def test_pins_that_thieves_try_first_are_known(pin: str) -> None:
    assert is_guessable(pin)


@pytest.mark.parametrize("pin", [PIN, OTHER, "120488", "112233"])
def test_other_pins_are_taken(pin: str) -> None:
    assert not is_guessable(pin)
