"""A few flags ashore and a device at sea: packs of what was published, and what the device holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from benchmarks.fleet import FlagState, Fleet, fleet
from keys.trust import client
from verifier import intake, pack, pack_build
from verifier.intake import Held, Intake
from verifier.pack_build import Built

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Sea:
    """Flags that publish, and the device that imports; each call of `next_day` makes all lists newer."""

    def __init__(self, flags: int = 2, certificates: int = 800) -> None:
        self.fleet: Fleet = fleet(flags=flags, certificates=certificates, not_valid=0.05)
        self.held = Held(root=self.fleet.root)

    @property
    def at(self) -> datetime:
        """An hour after the last publication."""
        return self.fleet.at + HOUR

    @property
    def flag(self) -> FlagState:
        """The first flag."""
        return self.fleet.flags[0]

    @property
    def uri(self) -> str:
        """The address of its list."""
        return f"{self.flag.authority.status_prefix}1"

    def files(self) -> dict[str, bytes]:
        """What a pack of the newest publication carries."""
        return dict(client.needed(self.fleet.files, root=self.fleet.root, at=self.at))

    def pack(self, lists: Iterable[bytes] | None = None) -> bytes:
        """A pack of the newest publication and its lists, or these."""
        flags = sorted(self.fleet.flags, key=lambda one: one.authority.status_prefix)
        return pack.build(self.files(), [one.snapshot() for one in flags] if lists is None else lists)

    def built(self) -> Built:
        """The same, as the builder of updates has it."""
        data = self.pack()
        return Built(data, intake.take_in(data, Held(root=self.fleet.root), at=self.at))

    def update(self, old: Built) -> bytes:
        """What a device that holds `old` lacks."""
        return pack_build.update(old, self.built(), self.at)

    def take_in(self, data: bytes, at: datetime | None = None) -> Intake:
        """Let the device import a pack."""
        taken = intake.take_in(data, self.held, at=at or self.at)
        self.held = taken.held()
        return taken

    def addition(self, *lists: bytes) -> bytes:
        """A small pack of lists alone."""
        return pack.build({}, lists, base=pack.ANY)
