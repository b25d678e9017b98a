"""Calendar arithmetic as the law speaks of it: years and months back or ahead, days counted once. Pure."""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Self

_PERIOD: Final = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time, ISO 8601's `P5Y`, `P6M` or `P14D`."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `P1Y6M`. Raises ValueError."""
        match = _PERIOD.fullmatch(text)
        years, months, days = (int(group or 0) for group in match.groups()) if match else (0, 0, 0)
        if not (years or months or days):
            raise ValueError(f"{text!r} is no period such as P5Y, P6M or P14D")
        return cls(12 * years + months, days)

    def __str__(self) -> str:
        """As it is written: `P5Y`, `P1Y6M`, `P14D`."""
        years, months = divmod(self.months, 12)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)

    def before(self, day: date) -> date:
        """The day that lies this long before `day`."""
        return _shift(_months(day, -self.months), -self.days)

    def after(self, day: date) -> date:
        """The day that lies this long after `day`; of 29 February the anniversary is 28 February."""
        return _shift(_months(day, self.months), self.days)


def _months(day: date, months: int) -> date:
    """The same day of another month, or its last; the calendar's ends hold what would lie beyond them."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _shift(day: date, days: int) -> date:
    number = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(number)


class Span(NamedTuple):
    """Days from `first` up to and not including `end`, as ordinals (`date.toordinal`)."""

    first: int
    end: int

    @classmethod
    def of(cls, first: date, last: date) -> Self:
        """Both days count: signing on, and signing off."""
        return cls(first.toordinal(), last.toordinal() + 1)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days, each once, in order."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.first <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].first, span.end)
        else:
            merged.append(span)
    return merged


def days(spans: Sequence[Span]) -> int:
    """How many days there are in spans that do not meet."""
    return sum(end - first for first, end in spans)


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The days of `spans` that are in none of `others`; both in order, each without overlaps."""
    left: list[Span] = []
    for first, end in spans:
        for other_first, other_end in others:
            if other_end <= first or other_first >= end:
                continue
            if other_first > first:
                left.append(Span(first, other_first))
            first = max(first, other_end)
        if first < end:
            left.append(Span(first, end))
    return left
