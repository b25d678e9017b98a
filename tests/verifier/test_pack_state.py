"""Import in bad weather: kill, full disk, two at once, wrong clocks: old state or new, never between."""

import builtins
import errno
import io
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest
from support.sea import DAY, HOUR, Sea

from keys.trust.directory import KeyState
from verifier import intake, pack_commands, state, store
from verifier.intake import Held, Intake
from verifier.state import State, StateError
from verifier.unusable import Unusable

CHECKOUT = Path(__file__).parents[2]


class Published(NamedTuple):
    """Two publications, as a device takes them in."""

    sea: Sea
    first: Intake
    data: bytes
    second: Intake


def published() -> Published:
    sea = Sea()
    first = sea.take_in(sea.pack())
    sea.fleet.next_day(3)
    data = sea.pack()
    return Published(sea, first, data, intake.take_in(data, first.held(), at=sea.at))


@cache
def published_once() -> Published:
    """For voyages in which nothing more is published."""
    return published()


class Voyage:
    """Two publications, and a device that has imported the first."""

    def __init__(self, home: Path, made: Published | None = None) -> None:
        self.home = home
        self.sea, self.first, self.data, self.second = made or published_once()
        self.write(self.first)

    def write(self, taken: Intake) -> None:
        with store.locked(str(self.home)):
            store.write(str(self.home), taken)

    def holds(self) -> Intake:
        """Which of the two the device holds, whole: everything is read."""
        stored = State(str(self.home))
        (holds,) = [one for one in (self.first, self.second) if one.pack == stored.pack]
        assert stored.held().held() == holds.held()
        for pair, key in holds.directory.keys.items():
            assert stored.directory.key(*pair) == key
        return holds


@pytest.fixture
def voyage(tmp_path: Path) -> Voyage:
    return Voyage(tmp_path / "home", published())


def test_what_is_written_is_what_is_read(voyage: Voyage) -> None:
    assert voyage.holds() is voyage.first
    voyage.write(voyage.second)
    assert voyage.holds() is voyage.second


def test_a_generation_is_few_files(voyage: Voyage) -> None:
    generation = voyage.home / "g-000001"
    assert sorted(file.name for file in generation.iterdir()) == ["memory", "states", "trust"]


def test_keys_of_the_state_are_those_verified_also_when_one_is_revoked_for_ever(voyage: Voyage) -> None:
    sea = voyage.sea
    directory = voyage.second.directory
    pair = next(iter(directory.keys))
    from dataclasses import replace

    keys = {**directory.keys, pair: replace(directory.keys[pair], state=KeyState.REVOKED, conflicting=True)}
    voyage.write(replace(voyage.second, directory=replace(directory, keys=keys)))
    assert State(str(voyage.home)).directory.key(*pair) == keys[pair]
    assert sea.held.pack == voyage.first.pack


# Kill


class Killed(BaseException):
    """As a process that ends here."""


_OPEN = open


class Doom:
    """Counts the steps that reach the disk, and ends the process, or fails, at the one that is named."""

    def __init__(self, at: int | None, ends: Callable[[], BaseException], *, after: bool = False) -> None:
        self.at, self.ends, self.after = at, ends, after
        self.steps: list[str] = []

    def step(self, name: str, do: Callable[[], object]) -> object:
        self.steps.append(name)
        if len(self.steps) - 1 != self.at:
            return do()
        if self.after:
            do()
        raise self.ends()

    def meet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("fsync", "replace", "mkdir", "unlink", "rmdir"):
            real = getattr(os, name)
            monkeypatch.setattr(
                os, name, lambda *a, _real=real, _name=name, **k: self.step(_name, lambda: _real(*a, **k))
            )
        monkeypatch.setattr(builtins, "open", self.open)

    def open(self, file: object, mode: str = "r", *rest: object, **named: object) -> object:
        if not set(mode) & set("wxa"):
            return _OPEN(file, mode, *rest, **named)  # type: ignore[call-overload]
        self.step("open", lambda: None)
        opened = _OPEN(file, mode, *rest, **named)  # type: ignore[call-overload]
        return _Doomed(opened, self)


class _Doomed:
    """A file whose writes may be cut in the middle."""

    def __init__(self, file: io.FileIO, doom: Doom) -> None:
        self.file, self.doom = file, doom

    def write(self, data: bytes) -> object:
        part = bytes(data)[: len(data) // 2]

        def half() -> object:
            self.file.write(part)
            return len(part)

        if len(self.doom.steps) == self.doom.at:
            return self.doom.step("write", half)
        return self.doom.step("write", lambda: self.file.write(data))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


def steps_of_an_import(tmp_path: Path) -> list[str]:
    voyage, doom = Voyage(tmp_path / "counted"), Doom(None, Killed)
    with pytest.MonkeyPatch.context() as patched:
        doom.meet(patched)
        voyage.write(voyage.second)
    return doom.steps


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("third", [False, True], ids=["second import", "third import"])
def test_killed_at_any_step_an_import_leaves_the_old_state_or_the_new(
    tmp_path: Path, after: bool, third: bool
) -> None:
    steps = steps_of_an_import(tmp_path)
    assert {"open", "write", "fsync", "replace", "mkdir"} <= set(steps)
    for at in range(len(steps) + (5 if third else 0)):
        voyage, doom = Voyage(tmp_path / f"{at}"), Doom(at, Killed, after=after)
        if third:  # there is an older generation to be removed too
            voyage.write(voyage.first)
        with pytest.MonkeyPatch.context() as patched:
            doom.meet(patched)
            died = True
            with suppress(Killed):
                voyage.write(voyage.second)
                died = False  # as where the folder to be made was there already
        renamed = not died or "replace" in doom.steps[: at + after]
        assert voyage.holds() is (voyage.second if renamed else voyage.first), doom.steps
        voyage.write(voyage.second)  # and the next import is none the worse for it
        assert voyage.holds() is voyage.second
        assert len(list(voyage.home.glob("g-*"))) <= 3


def test_all_of_a_generation_is_on_the_disk_before_it_counts(
    voyage: Voyage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not synced when the power goes may be lost, whatever was written after it."""
    synced: set[tuple[int, int]] = set()
    counts: list[set[tuple[int, int]]] = []
    sync, rename = os.fsync, os.replace

    def which(place: int | Path) -> tuple[int, int]:
        about = os.stat(place)
        return about.st_ino, 0 if stat.S_ISDIR(about.st_mode) else about.st_size

    def fsync(descriptor: int) -> None:
        synced.add(which(descriptor))
        sync(descriptor)

    def replace(old: str, new: str) -> None:
        written = [Path(old), generation := voyage.home / "g-000002", *generation.iterdir()]
        counts.append({which(path) for path in written} - synced)
        synced.clear()
        rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    voyage.write(voyage.second)
    assert counts == [set()], "each file in its whole length, and the folder that names them"
    assert synced == {which(voyage.home)}, "and then the name under which it counts"


def test_a_disk_that_takes_a_part_of_what_it_is_given_is_given_the_rest(
    voyage: Voyage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with one that is nearly full, or far away: `write` says how much, and need not take all."""

    class Sparing(io.FileIO):
        def write(self, data: Any) -> int:
            return super().write(memoryview(data)[:1_000])

    def sparing(file: Any, mode: str = "r", *rest: object, **named: object) -> object:
        is_written = bool(set(mode) & set("wxa"))
        return Sparing(file, mode) if is_written else _OPEN(file, mode, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", sparing)
    voyage.write(voyage.second)
    assert voyage.holds() is voyage.second


def refused(voyage: Voyage) -> str | None:
    """What an import of the second pack complains of."""
    try:
        voyage.write(voyage.second)
    except StateError as error:
        return str(error)
    return None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails_at_any_step_leaves_a_whole_state_and_is_said(tmp_path: Path, code: int) -> None:
    for at in range(len(steps_of_an_import(tmp_path))):
        voyage = Voyage(tmp_path / f"{at}")
        doom = Doom(at, lambda: OSError(code, os.strerror(code)))
        with pytest.MonkeyPatch.context() as patched:
            doom.meet(patched)
            said = refused(voyage)
        assert said is None or os.strerror(code) in said
        assert voyage.holds() in (voyage.first, voyage.second)
        if said is not None and "replace" not in doom.steps[:at]:
            assert voyage.holds() is voyage.first


IMPORTER = """
import os, sys
from datetime import datetime
from verifier import pack_commands
os.environ["OMBORD_HOME"] = sys.argv[1]
print("ready", flush=True)
while True:
    pack_commands.take_in(sys.argv[2], None, datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is needed")
def test_a_killed_process_leaves_a_whole_state(voyage: Voyage, tmp_path: Path) -> None:
    file = tmp_path / "sea.pack"
    file.write_bytes(voyage.data)
    chance = random.Random(7)
    for _ in range(8):
        arguments = (IMPORTER, str(voyage.home), str(file), voyage.sea.at.isoformat())
        importer = subprocess.Popen(
            [sys.executable, "-c", *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        assert importer.stdout is not None
        importer.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        importer.send_signal(signal.SIGKILL)
        importer.communicate()
        assert voyage.holds() in (voyage.first, voyage.second)


# Space, rights, others


def full_disk(tmp_path: Path, size: str) -> Path:
    """A small file system, where the tests may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting a small tmpfs needs root")
    return place


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_full_disk_keeps_the_old_state_and_says_so(tmp_path: Path) -> None:
    place = full_disk(tmp_path, "96k")
    try:
        voyage = Voyage(place / "home")
        filler = place / "filler"
        with open(filler, "wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1024))
        with pytest.raises(StateError, match="No space left"):
            voyage.write(voyage.second)
        assert voyage.holds() is voyage.first
        filler.unlink()
        voyage.write(voyage.second)
        assert voyage.holds() is voyage.second
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_read_only_home_still_serves_checks_and_refuses_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = full_disk(tmp_path, "4m")
    try:
        voyage = Voyage(place / "home")
        file = tmp_path / "sea.pack"
        file.write_bytes(voyage.data)
        monkeypatch.setenv("OMBORD_HOME", str(voyage.home))
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        with pytest.raises(Unusable, match="Read-only"):
            pack_commands.take_in(str(file), None, voyage.sea.at)
        assert voyage.holds() is voyage.first
        state.remember_clock(str(voyage.home), voyage.sea.at)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_two_imports_at_once_end_in_the_newer_state(
    voyage: Voyage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMBORD_HOME", str(voyage.home))
    old, new = tmp_path / "old.pack", tmp_path / "new.pack"
    old.write_bytes(voyage.data)
    voyage.sea.fleet.next_day(2)
    new.write_bytes(voyage.sea.pack())
    at = voyage.sea.at
    told: dict[str, str] = {}

    def take_in(path: Path) -> None:
        try:
            told[path.name] = pack_commands.take_in(str(path), None, at)
        except Unusable as error:
            told[path.name] = str(error)

    threads = [threading.Thread(target=take_in, args=(path,)) for path in (old, new)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert told["new.pack"].startswith("imported sea pack")
    assert told["old.pack"].startswith("imported") or "this device has seen" in told["old.pack"]
    assert State(str(voyage.home)).status[voyage.sea.uri].number == 3


def test_a_check_that_began_before_an_import_ends_on_what_it_opened(voyage: Voyage) -> None:
    opened = State(str(voyage.home))
    voyage.write(voyage.second)
    assert opened.status[voyage.sea.uri].states == voyage.first.lists[voyage.sea.uri].states
    key = next(iter(voyage.first.directory.keys))
    assert opened.directory.key(*key) is not None


@pytest.mark.parametrize("name", ["trust", "states", "memory"])
def test_every_flipped_byte_of_the_state_is_noticed(voyage: Voyage, name: str) -> None:
    path = voyage.home / "g-000001" / name
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 97)):
        path.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        with pytest.raises(StateError, match="damaged"):
            voyage.holds()
    path.write_bytes(data)
    assert voyage.holds() is voyage.first


def test_every_flipped_byte_of_the_index_is_noticed(voyage: Voyage) -> None:
    path = voyage.home / "current"
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        with pytest.raises(StateError):
            State(str(voyage.home))


def test_a_check_reads_only_what_it_asks_for(voyage: Voyage) -> None:
    """Its authority and its list; whatever lies beside may be damaged, unread."""
    one, other = voyage.sea.fleet.flags
    stored = State(str(voyage.home))
    assert stored.directory.authority(one.authority.issuers[0]) == one.authority
    memory = voyage.home / "g-000001" / "memory"
    memory.write_bytes(bytes(5_000) + memory.read_bytes()[5_000:])  # what only the next import reads
    assert len(stored.status[voyage.sea.uri]) == 800
    assert stored.directory.authority(other.authority.issuers[0]) == other.authority


# Clocks

CLOCKS = {
    "1970": datetime(1970, 1, 1, tzinfo=UTC),
    "2038": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    "9999": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "an hour behind": None,
    "an hour ahead": None,
    "400 days behind": None,
    "400 days ahead": None,
}
SHIFTS = {
    "an hour behind": -2 * HOUR,
    "an hour ahead": HOUR,
    "400 days behind": -400 * DAY,
    "400 days ahead": 400 * DAY,
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_wrong_clock_neither_stops_an_import_nor_is_believed(
    voyage: Voyage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OMBORD_HOME", str(voyage.home))
    file = tmp_path / "sea.pack"
    file.write_bytes(voyage.data)
    at = CLOCKS[name] or voyage.sea.at + SHIFTS[name]
    said = pack_commands.take_in(str(file), None, at)
    stored = State(str(voyage.home))
    assert stored.held().lists == voyage.second.lists
    floor = stored.directory.time_floor
    assert floor == voyage.sea.fleet.at, "no clock raises or lowers it"
    right = floor <= at <= floor + 400 * DAY
    assert ("set the clock" in said) is not right
    assert (state.last_clock(str(voyage.home)) == at.replace(microsecond=0)) is right


@pytest.mark.parametrize("name", CLOCKS)
def test_a_first_import_under_a_wrong_clock_verifies_as_much(tmp_path: Path, name: str) -> None:
    sea = Sea()
    at = CLOCKS[name] or sea.at + SHIFTS[name]
    taken = intake.take_in(sea.pack(), Held(root=sea.fleet.root), at=at)
    assert taken.directory.time_floor == sea.fleet.at
    assert len(taken.lists) == 2


def test_expired_roles_are_said_and_stop_nothing(voyage: Voyage) -> None:
    late = voyage.sea.at + timedelta(days=300)
    taken = intake.take_in(voyage.data, voyage.first.held(), at=late)
    assert {"timestamp", "snapshot", "targets"} <= set(taken.trust.expired)
