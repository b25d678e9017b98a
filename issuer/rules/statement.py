"""A sea-service statement: are its fields there, and is its sum what its dates say? Pure.

The Danish page «Fartstidserklæring» asks for eight fields at the least, the service in all in months and days
among them, and does not say how months are counted. Both ways in use are taken: calendar months and the days
left over, and days of which thirty are a month; the days of signing on and off both count.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from issuer.rules.calendar import Period, Span
from issuer.rules.content import Flaw, RequiredContent, Slip, day_of
from issuer.rules.counting import MONTH_DAYS

STATEMENTS: Final = frozenset({"DK.fartstidserklaering"})  # documents whose sum is checked, too
_SIGNED_ON, _SIGNED_OFF, _TOTAL = "signed_on", "signed_off", "total"


class Total(NamedTuple):
    """Service in all, as a statement says it."""

    months: int
    days: int

    def __str__(self) -> str:
        return f"{self.months} months {self.days} days"


def check(content: RequiredContent, given: Mapping[str, object]) -> tuple[Flaw, ...]:
    """Everything that is missing or wrong, in the order of the fields; none when the statement will do."""
    found = content.flaws(given)
    first, last, said = _day(given.get(_SIGNED_ON)), _day(given.get(_SIGNED_OFF)), _total(given.get(_TOTAL))
    if first is None or last is None or said is None:
        return found  # there is nothing to add up yet, and the flaws say so
    return tuple(sorted((*found, *_sum(content, first, last, said)), key=lambda flaw: flaw.number))


def totals(first: date, last: date) -> tuple[Total, ...]:
    """What may be said of service from one day to another: by the calendar, and by thirty days."""
    start, end = Span.of(first, last)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    while months and Period(months).after(first).toordinal() > end:
        months -= 1
    rest = end - (Period(months).after(first).toordinal() if months else start)
    return tuple(dict.fromkeys((Total(months, rest), Total(*divmod(end - start, MONTH_DAYS)))))


def _sum(content: RequiredContent, first: date, last: date, said: Total) -> Iterator[Flaw]:
    if last < first:
        yield content.field(_SIGNED_OFF).flaw(
            f"/{_SIGNED_OFF}/day",
            Slip.ENDS_BEFORE_IT_BEGINS,
            f"signed off on {last}, before signing on on {first}",
        )
    elif said not in totals(first, last):
        expected = " or ".join(map(str, totals(first, last)))
        yield content.field(_TOTAL).flaw(
            f"/{_TOTAL}",
            Slip.TOTAL_DIFFERS,
            f"{said} are stated; from {first} to {last} there are {expected}",
        )


def _day(value: object) -> date | None:
    return day_of(value.get("day")) if isinstance(value, Mapping) else None


def _total(value: object) -> Total | None:
    if not isinstance(value, Mapping):
        return None
    months, days = value.get("months"), value.get("days")
    return Total(months, days) if isinstance(months, int) and isinstance(days, int) else None
