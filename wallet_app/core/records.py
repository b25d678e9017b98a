"""What the vault keeps, as values: credentials as received, an unfinished pick-up, and what syncs brought."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from keys.encoding import Json

VERSION = 1


class RecordError(ValueError):
    """Stored data of another shape or a newer version."""


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
        members = _object(value)
        return cls(_text(members, "text"), _number(members, "received_at"))


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
        members = _object(value)
        notify = members.get("notification_endpoint")
        return cls(
            issuer=_text(members, "issuer"),
            issuer_name=_text(members, "issuer_name"),
            nonce_endpoint=_text(members, "nonce_endpoint"),
            credential_endpoint=_text(members, "credential_endpoint"),
            notification_endpoint=notify if isinstance(notify, str) else None,
            access_token=_text(members, "access_token"),
            expires_at=_number(members, "expires_at"),
            items=tuple(_item(item) for item in _list(members.get("items"))),
            received=_texts(members.get("received")),
            to_notify=_texts(members.get("to_notify")),
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
        members: dict[str, Json] = dict(zip(cls._fields, _list(value), strict=False))
        idx, as_of = _number(members, "idx"), _number(members, "as_of")
        return cls(_text(members, "uri"), idx, _text(members, "status"), as_of)


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
        members = _object(value)
        return cls(
            issuer=_text(members, "issuer"),
            as_of=_number(members, "as_of"),
            pass_text=None if members.get("pass") is None else _text(members, "pass"),
            statuses=tuple(ToldStatus.from_json(one) for one in _list(members.get("statuses"))),
            left_out=_texts(members.get("left_out")),
            ready=_texts(members.get("ready")),
            offer=_text(members, "offer"),
            tx_code=_text(members, "tx_code"),
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole of the vault. Stores from before syncs hold none, and open as they are."""

    credentials: tuple[StoredCredential, ...] = ()
    pick_up: PickUp | None = None
    syncs: tuple[SyncRecord, ...] = ()

    def with_credential(self, credential: StoredCredential) -> "Contents":
        """These contents and one credential more."""
        return replace(self, credentials=(*self.credentials, credential))

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

    def to_json(self) -> dict[str, Json]:
        """For the vault."""
        return {
            "version": VERSION,
            "credentials": [credential.to_json() for credential in self.credentials],
            "pick_up": None if self.pick_up is None else self.pick_up.to_json(),
            "syncs": [one.to_json() for one in self.syncs],
        }

    @classmethod
    def from_json(cls, members: Mapping[str, Json]) -> Self:
        """Raises RecordError, also for what a newer app has written."""
        if members.get("version") != VERSION:
            raise RecordError(f"written by another version of this app: {members.get('version')!r}")
        pick_up = members.get("pick_up")
        return cls(
            tuple(StoredCredential.from_json(value) for value in _list(members.get("credentials"))),
            None if pick_up is None else PickUp.from_json(pick_up),
            tuple(SyncRecord.from_json(value) for value in _list(members.get("syncs", []))),
        )


def _item(value: Json) -> Item:
    identifier, configuration = _texts(value) if len(_list(value)) == 2 else ("", "")
    if not identifier:
        raise RecordError("an item of a pick-up needs an identifier and a configuration")
    return Item(identifier, configuration)


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise RecordError("an object was expected")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise RecordError("a list was expected")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    texts = tuple(text for text in _list(value) if isinstance(text, str))
    if len(texts) != len(_list(value)):
        raise RecordError("a list of texts was expected")
    return texts


def _text(members: Mapping[str, Json], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise RecordError(f'"{name}" is no text')
    return value


def _number(members: Mapping[str, Json], name: str) -> int:
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordError(f'"{name}" is no number')
    return value
