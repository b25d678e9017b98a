"""What the vault keeps, as values: credentials as received, an unfinished pick-up, and what syncs brought."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode
from wallet_app.core import history
from wallet_app.core.history import Event
from wallet_app.core.shapes import NewerVersion, RecordError, list_of, number, object_of, text, texts_of

VERSION = 1
MOST_MEMORY = 1_048_576  # KiB
MOST_ITERATIONS = 64
MOST_RECEIPTS = 1_000  # the newest
__all__ = [
    "Contents",
    "Item",
    "PickUp",
    "PinRecord",
    "RecordError",
    "StoredCredential",
    "StoredReceipt",
    "SyncRecord",
    "ToldStatus",
]


class StoredCredential(NamedTuple):
    """One credential, byte for byte as the authority signed it. `received_at` is in Unix seconds."""

    text: str
    received_at: int

    def to_json(self) -> dict[str, Json]:
        """For the vault."""
        return {"text": self.text, "received_at": self.received_at}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members = object_of(value)
        return cls(text(members, "text"), number(members, "received_at"))


class PinRecord(NamedTuple):
    """What a PIN is known by: Argon2id of it under `salt`, with `memory` in KiB."""

    salt: bytes
    check: bytes
    memory: int
    iterations: int

    def to_json(self) -> list[Json]:
        """For the vault."""
        return [b64url_encode(self.salt), b64url_encode(self.check), self.memory, self.iterations]

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members: dict[str, Json] = dict(zip(cls._fields, list_of(value), strict=False))
        try:
            salt, check = (b64url_decode(text(members, name)) for name in ("salt", "check"))
        except EncodingError as error:
            raise RecordError(f"the PIN's record is damaged: {error}") from None
        memory, iterations = number(members, "memory"), number(members, "iterations")
        if not (8 <= memory <= MOST_MEMORY and 1 <= iterations <= MOST_ITERATIONS):
            raise RecordError(f"a PIN's record of {memory} KiB and {iterations} iterations")
        return cls(salt, check, memory, iterations)


class Item(NamedTuple):
    """One certificate that a pick-up may fetch (OpenID4VCI 1.0 § 6.2, `credential_identifiers`)."""

    identifier: str
    configuration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp:
    """A pick-up in progress: enough to go on after the network, or the app, has died.

    The pre-authorized code is spent by now; `access_token` replaces it until `expires_at` (Unix seconds).
    `to_notify` are notification ids of credentials that are stored and not yet acknowledged.
    """

    issuer: str
    issuer_name: str
    nonce_endpoint: str
    credential_endpoint: str
    notification_endpoint: str | None
    access_token: str
    expires_at: int
    items: tuple[Item, ...]
    received: tuple[str, ...] = ()
    to_notify: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Item, ...]:
        """What is still to be fetched."""
        return tuple(item for item in self.items if item.identifier not in self.received)

    def to_json(self) -> dict[str, Json]:
        """For the vault."""
        return {
            "issuer": self.issuer,
            "issuer_name": self.issuer_name,
            "nonce_endpoint": self.nonce_endpoint,
            "credential_endpoint": self.credential_endpoint,
            "notification_endpoint": self.notification_endpoint,
            "access_token": self.access_token,
            "expires_at": self.expires_at,
            "items": [[item.identifier, item.configuration] for item in self.items],
            "received": list(self.received),
            "to_notify": list(self.to_notify),
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members = object_of(value)
        notify = members.get("notification_endpoint")
        return cls(
            issuer=text(members, "issuer"),
            issuer_name=text(members, "issuer_name"),
            nonce_endpoint=text(members, "nonce_endpoint"),
            credential_endpoint=text(members, "credential_endpoint"),
            notification_endpoint=notify if isinstance(notify, str) else None,
            access_token=text(members, "access_token"),
            expires_at=number(members, "expires_at"),
            items=tuple(_item(item) for item in list_of(members.get("items"))),
            received=texts_of(members.get("received")),
            to_notify=texts_of(members.get("to_notify")),
        )


class ToldStatus(NamedTuple):
    """What an authority said of one credential, and as of when (Unix seconds)."""

    uri: str
    idx: int
    status: str
    as_of: int

    def to_json(self) -> list[Json]:
        """For the vault."""
        return list(self)

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members: dict[str, Json] = dict(zip(cls._fields, list_of(value), strict=False))
        idx, as_of = number(members, "idx"), number(members, "as_of")
        return cls(text(members, "uri"), idx, text(members, "status"), as_of)


class StoredReceipt(NamedTuple):
    """What the authority's log says of one credential, as it came with the answer of `as_of`."""

    uri: str
    idx: int
    as_of: int
    text: str  # JSON

    def to_json(self) -> list[Json]:
        """For the vault."""
        return list(self)

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members: dict[str, Json] = dict(zip(cls._fields, list_of(value), strict=False))
        idx, as_of = number(members, "idx"), number(members, "as_of")
        return cls(text(members, "uri"), idx, as_of, text(members, "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRecord:
    """What one authority last answered to a sync, `as_of` its own clock (Unix seconds).

    `ready` are numbers of certificates that `offer` and `tx_code` bring, to this phone's key alone.
    """

    issuer: str
    as_of: int
    pass_text: str | None = None
    statuses: tuple[ToldStatus, ...] = ()
    left_out: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    offer: str = ""
    tx_code: str = ""

    def after(self, older: "SyncRecord | None") -> "SyncRecord":
        """This one, with what `older` alone knew; an older answer undoes nothing."""
        if older is None:
            return self
        if older.as_of > self.as_of:
            return older
        told = {(one.uri, one.idx): one for one in (*older.statuses, *self.statuses)}
        return replace(self, statuses=tuple(told.values()))

    def without(self, number: str) -> "SyncRecord":
        """The same once `number` has been picked up."""
        return replace(self, ready=tuple(one for one in self.ready if one != number))

    def to_json(self) -> dict[str, Json]:
        """For the vault."""
        return {
            "issuer": self.issuer,
            "as_of": self.as_of,
            "pass": self.pass_text,
            "statuses": [one.to_json() for one in self.statuses],
            "left_out": list(self.left_out),
            "ready": list(self.ready),
            "offer": self.offer,
            "tx_code": self.tx_code,
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members = object_of(value)
        return cls(
            issuer=text(members, "issuer"),
            as_of=number(members, "as_of"),
            pass_text=None if members.get("pass") is None else text(members, "pass"),
            statuses=tuple(ToldStatus.from_json(one) for one in list_of(members.get("statuses"))),
            left_out=texts_of(members.get("left_out")),
            ready=texts_of(members.get("ready")),
            offer=text(members, "offer"),
            tx_code=text(members, "tx_code"),
        )


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


def _item(value: Json) -> Item:
    identifier, configuration = texts_of(value) if len(list_of(value)) == 2 else ("", "")
    if not identifier:
        raise RecordError("an item of a pick-up needs an identifier and a configuration")
    return Item(identifier, configuration)


def _reminded(value: Json) -> tuple[str, int]:
    members: dict[str, Json] = dict(zip(("key", "days"), list_of(value), strict=False))
    return text(members, "key"), number(members, "days")
