"""What was shown when, and to which kind of reader: the seafarer's own memory, kept on the phone alone.

A wallet cannot know who scanned a code: it knows what it showed, and whether an inspector's challenge had
asked for it.
"""

from enum import StrEnum
from typing import Final, NamedTuple, Self

from keys.encoding import Json
from wallet_app.core import shapes

MOST: Final = 400  # the oldest go first
SAME_SECONDS: Final = 60  # a code that is closed and opened again is one showing


class Way(StrEnum):
    """How it left the phone, or that it did."""

    CODE = "code"  # one certificate's live code
    PASS = "pass"  # the code for all
    MUSTER = "muster"  # all as moving frames
    PHOTO = "photo"  # the code for all with the photograph, as moving frames
    DOCUMENT = "document"  # a page to print, shared
    FOLDER = "folder"  # the folder for the ship's office
    DELETED = "deleted"


class Reader(StrEnum):
    """Who it was meant for, as far as a wallet can know."""

    SCANNER = "scanner"  # whoever stood before the screen and scanned it
    CHALLENGER = "challenger"  # an inspector's app, whose challenge it answered
    RECIPIENT = "recipient"  # whoever got the file
    NOBODY = "nobody"


class Event(NamedTuple):
    """One line of the history, `at` in Unix seconds. `items` are keys of certificates; none means all.

    `way` and `reader` stay texts: a newer app may know more of them. `challenge` is what was answered, hex.
    """

    at: int
    way: str
    reader: str
    items: tuple[str, ...] = ()
    challenge: str = ""

    def continues(self, other: "Event") -> bool:
        """Whether it is the same showing as `other`, gone on with."""
        apart = self.at - other.at
        return self[1:] == other[1:] and 0 <= apart < SAME_SECONDS

    def to_json(self) -> list[Json]:
        """For the vault."""
        return [self.at, self.way, self.reader, list(self.items), self.challenge]

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Raises RecordError."""
        members: dict[str, Json] = dict(zip(cls._fields, shapes.list_of(value), strict=False))
        return cls(
            shapes.number(members, "at"),
            shapes.text(members, "way"),
            shapes.text(members, "reader"),
            shapes.texts_of(members.get("items", [])),
            shapes.text(members, "challenge"),
        )


def added(events: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """The history with one more event, the newest last; the oldest leave where it grows too long."""
    if events and event.continues(events[-1]):
        return events
    return (*events, event)[-MOST:]


def merged(here: tuple[Event, ...], others: tuple[Event, ...]) -> tuple[Event, ...]:
    """Two histories as one, by time: what is in both is in it once; the oldest leave where it is too long."""
    known = set(here)
    new = [one for one in dict.fromkeys(others) if one not in known]
    return tuple(sorted((*new, *here), key=lambda one: one.at))[-MOST:]


def was_answered(events: tuple[Event, ...], challenge: bytes) -> bool:
    """Whether this phone has answered the challenge: each is for one answer."""
    return any(one.challenge == challenge.hex() for one in events)
