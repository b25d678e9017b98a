"""The condition that sea time meets: so much service of a kind, and of that so much of another. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from issuer.rules.calendar import Period
from issuer.rules.conditions import Case, Held
from issuer.rules.counting import MONTH_DAYS, Served
from issuer.rules.finding import Days, Finding, Standing
from issuer.rules.where import EVERYTHING, Where

TIME: Final = "time"  # why a record was passed over whose days lie elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """Other service that may take the place of some of it."""

    where: Where
    at_most: Days
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOf:
    """So many days of service of a kind; `of_which` are parts of it, each with a need of its own."""

    days: Days
    where: Where = EVERYTHING
    ref: str = ""
    after: Held | None = None
    within: Period | None = None  # before the day asked about, or before `before`
    before: date | None = None
    substitutes: tuple[Substitute, ...] = ()
    of_which: tuple["ServiceOf", ...] = ()

    def judge(self, case: Case) -> Finding:
        """Every day counts once; what is needed here and below is reported each by itself."""
        return self._judge(case, case.served)

    def _judge(self, case: Case, served: Sequence[Served]) -> Finding:
        held = self.after.judge(case) if self.after else None
        inside, passed_over = self._inside(case, served)
        mine: list[Served] = []
        others: list[Served] = []
        for one in inside:
            objection = self.where.objection(one[2])
            if objection is None:
                mine.append(one)
            else:
                others.append(one)
                passed_over.append((one[2].id, objection))
        children = [part._judge(case, mine) for part in self.of_which]
        if held is not None:
            children.insert(0, held)
        used, had = mine, case.counting.total(mine)
        if self.substitutes:
            used, added = self._substituted(case, mine, others)
            had += added
        enough = had >= self.days and all(child.standing is Standing.MET for child in children)
        return Finding(
            "service",
            Standing.MET if enough else Standing.UNMET,
            self.ref,
            "",
            self.days,
            had,
            [(one.id, (end - first) * min(each, 1)) for first, end, one, each in used],
            tuple(children),
            tuple(passed_over),
            condition=self,
        )

    def _inside(self, case: Case, served: Sequence[Served]) -> tuple[Sequence[Served], list[tuple[str, str]]]:
        """The days that lie in the time asked about, and the records that have none there."""
        between = self._between(case)
        if between is None:
            return (), [(one.id, TIME) for _, _, one, _ in served]
        first, end = between
        if all(start >= first and stop <= end for start, stop, _, _ in served):
            return served, []
        elsewhere = [(one.id, TIME) for start, stop, one, _ in served if stop <= first or start >= end]
        return [
            (max(start, first), min(stop, end), one, each)
            for start, stop, one, each in served
            if stop > first and start < end
        ], elsewhere

    def _between(self, case: Case) -> tuple[int, int] | None:
        """From and up to which day service counts; None while nothing does."""
        end = case.on.toordinal() + 1 if self.before is None else self.before.toordinal()
        first = 1
        if self.within is not None:
            first = self.within.before(date.fromordinal(end - 1)).toordinal() + 1
        if self.after is not None:
            since = self.after.first_day(case)
            if since is None:
                return None
            first = max(first, since.toordinal())
        return first, end

    def _substituted(
        self, case: Case, mine: Sequence[Served], others: Sequence[Served]
    ) -> tuple[list[Served], Days]:
        """What other service adds, each kind up to its own limit, and never a day that counts already."""
        taken, added = list(mine), 0 * self.days
        for substitute in self.substitutes:
            brought = [
                one for one in others if one not in taken and substitute.where.objection(one[2]) is None
            ]
            added += min(substitute.at_most, case.counting.beside(taken, brought))
            taken += brought
        return taken, added


def months(number: int) -> int:
    """Days of so many months: thirty each."""
    return number * MONTH_DAYS
