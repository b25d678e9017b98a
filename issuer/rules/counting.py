"""How a country counts service: by days, each once, or by hours worked. Pure.

Sweden and Denmark: the days of signing on and off both count, a calendar day counts once across ships, and
thirty days are a month. Norway: hours worked, of which so many make a day, and no day counts more than once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from typing import Final, Protocol

from issuer.rules.calendar import Span, days, union, without
from issuer.rules.facts import Service
from issuer.rules.finding import Days

MONTH_DAYS: Final = 30
# Days from the first up to and not including the second, as ordinals; whose; how much of a day each one is.
# A plain tuple: a decision makes hundreds.
Served = tuple[int, int, Service, Days]

_BY_FIRST_DAY: Final = itemgetter(0)


class Counting(Protocol):
    """Days of service; a country's own way to come to them. Service comes and goes by its first day."""

    def served(self, services: Sequence[Service]) -> Sequence[Served]:
        """Service as it is counted."""

    def total(self, served: Sequence[Served]) -> Days:
        """Days of all together; none counts twice."""

    def beside(self, served: Sequence[Served], others: Sequence[Served]) -> Days:
        """Days of `others` beyond those that `served` has."""


@dataclass(frozen=True, slots=True)
class ByDays:
    """Each calendar day on board is a day."""

    def served(self, services: Sequence[Service]) -> Sequence[Served]:
        """Service as it is counted."""
        found = [(one.first.toordinal(), one.last.toordinal() + 1, one, 1) for one in services]
        found.sort(key=_BY_FIRST_DAY)
        return found

    def total(self, served: Sequence[Served]) -> Days:
        """Days of all together; none counts twice."""
        total = reached = 0
        for first, end, _, _ in served:
            if end > reached:
                total += end - max(first, reached)
                reached = end
        return total

    def beside(self, served: Sequence[Served], others: Sequence[Served]) -> Days:
        """Days of `others` beyond those that `served` has."""
        mine, theirs = (union(Span(first, end) for first, end, _, _ in each) for each in (served, others))
        return days(without(theirs, mine))


@dataclass(frozen=True, slots=True)
class ByHours:
    """Hours worked; a record's are spread evenly over its days, and no day is more than a full one."""

    day_hours: Fraction  # hours that make a day

    def served(self, services: Sequence[Service]) -> Sequence[Served]:
        """Service as it is counted; where no hours were reported, none count."""
        found = [self._served(one) for one in services]
        found.sort(key=_BY_FIRST_DAY)
        return found

    def total(self, served: Sequence[Served]) -> Days:
        """Full days of all together."""
        return sum(min(rate, 1) * length for rate, length in _rates(served))

    def beside(self, served: Sequence[Served], others: Sequence[Served]) -> Days:
        """What `others` add to `served`."""
        return self.total((*served, *others)) - self.total(served)

    def _served(self, service: Service) -> Served:
        first, end = service.span
        hours = service.hours or Fraction(0)
        return first, end, service, hours / (self.day_hours * (end - first))


def _rates(served: Sequence[Served]) -> Iterator[tuple[Days, int]]:
    """What is worked a day, and for how many days on end, by sweeping over the days on which it changes."""
    changes: dict[int, Days] = {}
    for first, end, _, per_day in served:
        changes[first] = changes.get(first, 0) + per_day
        changes[end] = changes.get(end, 0) - per_day
    rate: Days = 0
    since = 0
    for day in sorted(changes):
        if rate > 0:
            yield rate, day - since
        rate, since = rate + changes[day], day
