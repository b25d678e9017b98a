"""What syncs brought, as the vault keeps it: an authority's answers, and receipts of its log."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from keys.encoding import Json
from wallet_app.core.shapes import list_of, number, object_of, text, texts_of


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
