"""A damaged home: a device keeps its root and what it has learnt, or says what is lost and asks."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.scenario import PHONE, competency, show
from support.ship_store import Run, Shore, ombord_verify
from support.simulator import NOW, Authority


class Ship:
    """A home that holds a revocation, an older pack from before it, and another root's pack."""

    def __init__(self, folder: Path, home: Path) -> None:
        norway = Authority("NO")
        self.home = home
        self.shore = Shore(folder / "shore", norway)
        self.text = show(norway.issue(competency(), PHONE))
        self.old = self.shore.pack("old.pack")
        self.take_in(self.old, "--root", self.shore.root)
        norway.revoke(self.text)
        norway.at = NOW + timedelta(minutes=1)
        self.shore.published.publish(norway.at)
        self.new = self.shore.pack("new.pack")
        self.take_in(self.new)
        self.other = Shore(folder / "other", Authority("NO"))
        self.others = self.other.pack("other.pack")
        assert self.headline() == "REVOKED"

    def take_in(self, pack: Path, *more: str | Path) -> Run:
        return ombord_verify("pack", "import", pack, *more)

    def check(self, *more: str | Path) -> Run:
        at = (NOW + timedelta(minutes=2)).isoformat()
        return ombord_verify("check", self.text, "--json", "--at", at, *more)

    def headline(self, *more: str | Path) -> str:
        run = self.check(*more)
        return run.headline if run.out else "unusable"

    def generation(self, number: int = 2) -> Path:
        return self.home / f"g-{number:06d}"


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ship:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    return Ship(tmp_path, tmp_path / "home")


def flip(path: Path, at: int = -5) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def lose_index_and_lists(ship: Ship) -> None:
    flip(ship.home / "current")
    (ship.generation() / "states").unlink()


SAVED: dict[str, Callable[[Ship], None]] = {
    "a flipped bit in the lists": lambda ship: flip(ship.generation() / "states", 0),
    "no lists": lambda ship: (ship.generation() / "states").unlink(),
    "a flipped bit in the index": lambda ship: flip(ship.home / "current"),
    "an index cut off": lambda ship: (ship.home / "current").write_bytes(b""),
    "no index": lambda ship: (ship.home / "current").unlink(),
    "neither index nor lists": lose_index_and_lists,
}
LOST: dict[str, Callable[[Ship], None]] = {
    "a flipped bit in the memory": lambda ship: flip(ship.generation() / "memory"),
    "no memory": lambda ship: (ship.generation() / "memory").unlink(),
}


@pytest.mark.parametrize("damage", SAVED.values(), ids=SAVED.keys())
def test_a_damaged_home_keeps_its_root_and_what_it_has_learnt(
    ship: Ship, damage: Callable[[Ship], None]
) -> None:
    damage(ship)
    root = ship.shore.root
    assert ship.headline() == "unusable"
    assert "this device has seen" in ship.check("--pack", ship.old, "--root", root).err
    assert "this device has seen" in ship.take_in(ship.old, "--root", root).err
    assert "another root is pinned" in ship.take_in(ship.others, "--root", ship.other.root).err
    mended = ship.take_in(ship.new)
    assert mended.code == 0, "no root is asked for: it is known"
    assert "was damaged" in mended.out
    assert ship.headline() == "REVOKED"
    assert "was damaged" not in ship.take_in(ship.new).out


@pytest.mark.parametrize("damage", LOST.values(), ids=LOST.keys())
def test_what_cannot_be_saved_is_forgotten_on_demand_alone_and_never_by_a_check(
    ship: Ship, damage: Callable[[Ship], None]
) -> None:
    damage(ship)
    root = ship.shore.root
    assert ship.headline("--pack", ship.old, "--root", root) == "unusable"
    for pack in (ship.old, ship.new):
        refused = ship.take_in(pack, "--root", root)
        assert refused.code == 3
        assert "--forget" in refused.err
    assert "another root is pinned" in ship.take_in(ship.others, "--root", ship.other.root, "--forget").err
    assert ship.take_in(ship.new, "--root", root, "--forget").code == 0, "from what the import before knew"
    assert ship.headline() == "REVOKED"


def test_a_home_of_which_nothing_is_left_asks_before_it_begins_anew_and_names_the_root(ship: Ship) -> None:
    for number in (1, 2):
        (ship.generation(number) / "memory").write_bytes(b"")
    refused = ship.take_in(ship.old, "--root", ship.shore.root)
    assert refused.code == 3
    assert "the pinned root" in refused.err
    assert ship.headline("--pack", ship.old, "--root", ship.shore.root) == "unusable"
    anew = ship.take_in(ship.old, "--root", ship.shore.root, "--forget")
    assert "forgotten: the pinned root" in anew.out


def test_a_home_that_is_whole_is_not_forgotten(ship: Ship) -> None:
    refused = ship.take_in(ship.old, "--root", ship.shore.root, "--forget")
    assert refused.code == 3
    assert "is whole" in refused.err
    assert ship.headline() == "REVOKED"


def test_a_home_of_an_earlier_release_is_named_as_such(ship: Ship) -> None:
    """Its index lay beside the rest, and `current` had a name and a checksum alone."""
    for number in (1, 2):
        shutil.rmtree(ship.generation(number))
    ship.generation().mkdir()
    (ship.generation() / "index.json").write_text("{}", encoding="ascii")
    (ship.home / "current").write_text("g-000002 0123abcd\n", encoding="ascii")
    for run in (ship.check(), ship.take_in(ship.new, "--root", ship.shore.root)):
        assert run.code == 3
        assert "earlier release" in run.err


def test_a_first_import_that_died_leaves_nothing_to_forget(ship: Ship) -> None:
    (ship.home / "current").unlink()
    shutil.rmtree(ship.generation())
    memory = ship.generation(1) / "memory"
    memory.write_bytes(memory.read_bytes()[:100])
    assert ship.take_in(ship.new, "--root", ship.shore.root).code == 0


def test_an_update_mends_a_damaged_home(ship: Ship) -> None:
    flip(ship.home / "current")
    assert ombord_verify("pack", "update", ship.old).code == 3
    assert ombord_verify("pack", "update", ship.new).code == 0
    assert ship.headline() == "REVOKED"
