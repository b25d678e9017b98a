"""The history as its screen shows it: by day, the newest first; time and words are passed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core import names
from wallet_app.core.held import Held
from wallet_app.core.history import Event, Way
from wallet_app.core.plain import plain

PAGE: Final = 25  # lines that are drawn at once
_ICONS: Final = {
    Way.CODE.value: "qr-code",
    Way.PASS.value: "qr-code",
    Way.MUSTER.value: "scan-line",
    Way.PHOTO.value: "contact",
    Way.DOCUMENT.value: "file-text",
    Way.FOLDER.value: "folder-output",
    Way.DELETED.value: "trash-2",
}


@dataclass(frozen=True, slots=True)
class ShownState:
    """One line: what, and when to whom."""

    icon: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class DayState:
    """What was shown on one day."""

    label: str
    lines: tuple[ShownState, ...]


@dataclass(frozen=True, slots=True)
class HistoryState:
    """One page of the history: whether there are older lines than these, and newer ones."""

    title: str
    days: tuple[DayState, ...] = ()
    has_older: bool = False
    has_newer: bool = False
    of_all: bool = True


def history_state(
    events: Sequence[Event],
    find: Callable[[str], Held | None],
    *,
    at: datetime,
    page: int = 0,
    of: Held | None = None,
    say: Words,
) -> HistoryState:
    """A page of it, the newest is 0; `of` one certificate the lines where it was shown, alone or with all."""
    newest_first = sorted(events, key=lambda one: one.at, reverse=True)  # a clock that was set back too
    chosen = [one for one in newest_first if of is None or not one.items or of.key in one.items]
    lines = chosen[page * PAGE : (page + 1) * PAGE]
    today = _local(int(at.timestamp())).date()
    days = tuple(
        DayState(_day(day, today, say), tuple(_line(one, find, say) for one in of_day))
        for day, of_day in groupby(lines, key=lambda one: _local(one.at).date())
    )
    title = say(texts.HISTORY_TITLE) if of is None else names.title(of.certificate, say)
    return HistoryState(title, days, len(chosen) > (page + 1) * PAGE, page > 0, of is None)


def _line(event: Event, find: Callable[[str], Held | None], say: Words) -> ShownState:
    title = say(texts.WAYS.get(event.way, texts.ALL_SHOWN), title=_title(event, find, say))
    moment = f"{_local(event.at):%H:%M}"
    reader = texts.READERS.get(event.reader)
    detail = say(texts.AT_TIME, time=moment, reader=say(reader)) if reader else moment
    return ShownState(_ICONS.get(event.way, "qr-code"), title, detail)


def _title(event: Event, find: Callable[[str], Held | None], say: Words) -> str:
    """The certificate's name while it is held; else its number, which its key ends with."""
    if not event.items:
        return ""
    held = find(event.items[0])
    if held is None:
        return plain(event.items[0].partition(" ")[2].partition("/")[2], 60)
    return f"{names.title(held.certificate, say)}  ·  {plain(held.certificate.document_number, 40)}"


def _day(day: date, today: date, say: Words) -> str:
    if day == today:
        return say(texts.TODAY)
    return say(texts.YESTERDAY) if today - day == timedelta(days=1) else say.day(day)


def _local(seconds: int) -> datetime:
    """In the phone's zone; as UTC at the ends of the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)
