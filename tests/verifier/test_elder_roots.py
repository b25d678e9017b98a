"""The chain of roots in packs: what was verified is kept, and nothing unverified takes its place."""

from datetime import timedelta

import pytest
from support.tuf_repository import Repository

from keys.trust import client
from keys.trust.directory import Environment
from keys.trust.metadata import UntrustedMetadata
from verifier import intake, pack
from verifier.intake import Held, RefusedPack

PIN = "1.root.json"


class Ship:
    """A device that has pinned root 1 and met root 2, and the rehearsal whose packs it imports."""

    def __init__(self) -> None:
        self.ashore = Repository("NO", "DK", environment=Environment.TEST)
        self.ashore.publish("root", "targets", "NO", "DK")
        self.held = Held(root=self.ashore.files[PIN])
        self.take_in(self.files())

    def files(self) -> dict[str, bytes]:
        return dict(client.needed(self.ashore.files, root=self.ashore.files[PIN], at=self.ashore.at))

    def without_roots(self) -> dict[str, bytes]:
        return {name: data for name, data in self.files().items() if not name.endswith("root.json")}

    def take_in(self, files: dict[str, bytes]) -> None:
        at = self.ashore.at + timedelta(hours=1)
        self.held = intake.take_in(pack.build(files, []), self.held, at=at).held()

    def roots(self) -> list[str]:
        return sorted(name for name in self.held.files if name.endswith("root.json"))


@pytest.fixture
def ship() -> Ship:
    return Ship()


def test_a_pack_without_roots_takes_none_from_a_device(ship: Ship) -> None:
    ship.take_in(ship.without_roots())
    assert ship.roots() == [PIN, "2.root.json"]
    assert ship.held.files["2.root.json"] == ship.ashore.files["2.root.json"]


def test_an_unverified_elder_root_never_takes_the_true_ones_place(ship: Ship) -> None:
    """It would make the device refuse every honest pack for ever."""
    for _ in range(2):
        ship.ashore.publish("root")
        ship.take_in(ship.files())
    for name in ("2.root.json", "3.root.json", "4.root.json"):
        for forged in (b'{"garbage":true}', ship.ashore.files[PIN]):
            with pytest.raises(RefusedPack, match=name):
                ship.take_in({**ship.without_roots(), name: forged})
    ship.ashore.publish("root")
    ship.take_in(ship.files())
    assert ship.roots() == [f"{version}.root.json" for version in range(1, 6)]


def test_a_device_that_has_lost_its_chain_takes_a_proved_one_and_no_other(ship: Ship) -> None:
    ship.ashore.publish("root")
    at, files = ship.ashore.at, ship.files()
    state = client.verify(files, root=files[PIN], at=at).state
    again = client.verify(files, root=files[PIN], at=at, previous=state)
    assert set(again.files) == set(files)
    for name in ("2.root.json", "3.root.json"):
        forged = ship.ashore.files[PIN]
        with pytest.raises(UntrustedMetadata, match=name):
            client.verify({**files, name: forged}, root=files[PIN], at=at, previous=state)
    torn = {name: data for name, data in files.items() if name != "2.root.json"}
    found = client.verify(torn, root=files[PIN], at=at, previous=state).files
    assert found["3.root.json"] == files["3.root.json"], "the root that is trusted proves itself"
