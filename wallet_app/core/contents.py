"""The whole of the vault as one value: each change of it is another value."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from keys.encoding import Json
from wallet_app.core import history
from wallet_app.core.history import Event
from wallet_app.core.records import PickUp, PinRecord, StoredCredential
from wallet_app.core.shapes import NewerVersion, RecordError, list_of, number, text
from wallet_app.core.sync_record import StoredReceipt, SyncRecord

VERSION: Final = 1
MOST_RECEIPTS: Final = 1_000  # the newest


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole of the vault. Stores from before syncs, or from before the history, open as they are.

    `shown` is the history, the newest last. `reminded` says which reminder of a certificate's end was put
    away: by its key, the days before the end that it was for.
    """

    credentials: tuple[StoredCredential, ...] = ()
    pick_up: PickUp | None = None
    syncs: tuple[SyncRecord, ...] = ()
    shown: tuple[Event, ...] = ()
    reminded: tuple[tuple[str, int], ...] = ()
    pin: PinRecord | None = None
    receipts: tuple[StoredReceipt, ...] = ()

    def receipt(self, uri: str, idx: int) -> StoredReceipt | None:
        """What came first for that credential: a receipt is ever the same."""
        return next((one for one in self.receipts if (one.uri, one.idx) == (uri, idx)), None)

    def with_receipts(self, brought: Iterable[StoredReceipt]) -> "Contents":
        """These contents with those that were lacking; what is here stays, since it is evidence."""
        known = {(one.uri, one.idx) for one in self.receipts}
        new = tuple(one for one in brought if (one.uri, one.idx) not in known)
        return replace(self, receipts=(*self.receipts, *new)[-MOST_RECEIPTS:]) if new else self

    def sync_with(self, issuer: str) -> SyncRecord | None:
        """What that authority answered last."""
        return next((one for one in self.syncs if one.issuer == issuer), None)

    def with_sync(self, record: SyncRecord, places: Collection[tuple[str, int]]) -> "Contents":
        """These contents after one more answer; it counts where it is not the older one.

        Of the statuses those at `places` are kept: entries of what this phone holds.
        """
        newest = record.after(self.sync_with(record.issuer))
        kept = tuple(one for one in newest.statuses if (one.uri, one.idx) in places)
        others = tuple(one for one in self.syncs if one.issuer != record.issuer)
        return replace(self, syncs=(*others, replace(newest, statuses=kept)))

    def picked_up(self, issuer: str, number: str) -> "Contents":
        """These contents once a certificate that was ready is here."""
        syncs = tuple(one.without(number) if one.issuer == issuer else one for one in self.syncs)
        return replace(self, syncs=syncs)

    def without(self, texts: Collection[str], event: Event) -> "Contents":
        """These contents without the credentials of these texts, which the history remembers as `event`."""
        kept = tuple(one for one in self.credentials if one.text not in texts)
        reminded = tuple(one for one in self.reminded if one[0] not in event.items)
        return replace(self, credentials=kept, reminded=reminded).with_event(event)

    def with_event(self, event: Event) -> "Contents":
        """These contents with one more line of history."""
        shown = history.added(self.shown, event)
        return self if shown is self.shown else replace(self, shown=shown)

    def with_reminded(self, stages: Mapping[str, int]) -> "Contents":
        """These contents once reminders were put away: for each key the stage that it was for."""
        return replace(self, reminded=tuple({**dict(self.reminded), **stages}.items()))

    def to_json(self) -> dict[str, Json]:
        """For the vault."""
        return {
            "version": VERSION,
            "credentials": [credential.to_json() for credential in self.credentials],
            "pick_up": None if self.pick_up is None else self.pick_up.to_json(),
            "syncs": [one.to_json() for one in self.syncs],
            "shown": [one.to_json() for one in self.shown],
            "reminded": [list(one) for one in self.reminded],
            "pin": None if self.pin is None else self.pin.to_json(),
            "receipts": [one.to_json() for one in self.receipts],
        }

    @classmethod
    def from_json(cls, members: Mapping[str, Json]) -> Self:
        """Raises RecordError, also for what a newer app has written."""
        version = members.get("version")
        if isinstance(version, int) and version > VERSION:
            raise NewerVersion(f"written by a newer version of this app: its format is {version}")
        if version != VERSION:
            raise RecordError(f"written by another version of this app: {members.get('version')!r}")
        pick_up = members.get("pick_up")
        return cls(
            tuple(StoredCredential.from_json(value) for value in list_of(members.get("credentials"))),
            None if pick_up is None else PickUp.from_json(pick_up),
            tuple(SyncRecord.from_json(value) for value in list_of(members.get("syncs", []))),
            tuple(Event.from_json(value) for value in list_of(members.get("shown", []))),
            tuple(_reminded(value) for value in list_of(members.get("reminded", []))),
            None if members.get("pin") is None else PinRecord.from_json(members["pin"]),
            tuple(StoredReceipt.from_json(value) for value in list_of(members.get("receipts", []))),
        )


def _reminded(value: Json) -> tuple[str, int]:
    members: dict[str, Json] = dict(zip(("key", "days"), list_of(value), strict=False))
    return text(members, "key"), number(members, "days")
