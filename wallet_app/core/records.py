"""What the vault keeps of credentials, as values: as received, an unfinished pick-up; and of a PIN."""

from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode
from wallet_app.core.shapes import RecordError, list_of, number, object_of, text, texts_of

MOST_MEMORY: Final = 1_048_576  # KiB
MOST_ITERATIONS: Final = 64


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


def _item(value: Json) -> Item:
    identifier, configuration = texts_of(value) if len(list_of(value)) == 2 else ("", "")
    if not identifier:
        raise RecordError("an item of a pick-up needs an identifier and a configuration")
    return Item(identifier, configuration)
