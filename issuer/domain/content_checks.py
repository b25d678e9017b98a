"""What is wrong with what a report says: its days, its codes, its ship. Pure."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final, Protocol

from stdnum import imo
from stdnum.exceptions import ValidationError

from issuer.domain.personal_numbers import shown
from issuer.domain.qualifications import Code, Completed, Picture, Problem, RecordContents, SeaService, Ship
from issuer.rules.calendar import Period
from issuer.rules.facts import HOURS_A_DAY, LONGEST_SERVICE, Kind

ASHORE: Final = frozenset({"verkstad", "elektrisk-verkstad"})  # departments that are on no ship
_LONGEST: Final = Period(months=12 * LONGEST_SERVICE)
_FLAG: Final = re.compile(r"[A-Z]{2}", re.ASCII)


class Codes(Protocol):
    """Which codes there are (`rules.code_lists.CodeLists`)."""

    def knows(self, name: str, code: str) -> bool:
        """Whether a code is on a list."""


def contents_problems(kind: Kind, said: RecordContents, today: date, codes: Codes) -> Iterator[Problem]:
    """All that is wrong with the contents of a record of this kind."""
    match said:
        case SeaService():
            yield from _service(said, today, codes)
        case Completed():
            yield from _completed(kind, said, today, codes)
        case Picture(day=day):
            yield from _not_to_come(day, today, "day")


def _service(said: SeaService, today: date, codes: Codes) -> Iterator[Problem]:
    yield from _period(said.first, said.last, "last")
    yield from _not_to_come(said.last, today, "last")
    yield from _known("department", said.department, "/contents/department", codes)
    yield from _known("rank", said.rank, "/contents/rank", codes)
    yield from _known("area", said.area, "/contents/area", codes)
    yield from _marks(said.marks, codes)
    if said.hours is not None and said.hours > _most_hours(said):
        yield Problem(
            pointer="/contents/hours",
            code=Code.MALFORMED,
            message=f"{said.hours} hours in {_days(said)} days: there are not so many",
            hint="give the hours that were worked in the period",
        )
    if said.ship is not None:
        yield from _ship(said.ship, codes)
    elif said.department not in ASHORE:
        yield _no_ship("/contents/ship")


def _ship(ship: Ship, codes: Codes) -> Iterator[Problem]:
    if ship.imo is None and not (ship.name and ship.call_sign):
        yield _no_ship("/contents/ship")
    if ship.imo is not None and not is_imo(ship.imo):
        yield Problem(
            pointer="/contents/ship/imo",
            code=Code.SHIP_UNKNOWN,
            message="that is no IMO number: seven digits, the last of which follows from the others",
            hint="check it against the ship's papers; without one give name and call sign",
        )
    if ship.flag is not None and not _FLAG.fullmatch(ship.flag):
        yield Problem(
            pointer="/contents/ship/flag",
            code=Code.CODE_UNKNOWN,
            message=f"{shown(ship.flag)} is no state's code of two letters",
            hint="give the ISO 3166-1 alpha-2 code, such as NO",
        )
    yield from _known("use", ship.use, "/contents/ship/use", codes)
    yield from _known("ship_type", ship.type, "/contents/ship/type", codes)
    yield from _known("propulsion", ship.propulsion, "/contents/ship/propulsion", codes)


def _completed(kind: Kind, said: Completed, today: date, codes: Codes) -> Iterator[Problem]:
    yield from _not_to_come(said.day, today, "day")
    yield from _known(kind.value, said.code, "/contents/code", codes)
    yield from _marks(said.marks, codes)
    if said.until is not None:
        yield from _period(said.day, said.until, "until")


def _period(first: date, last: date, where: str) -> Iterator[Problem]:
    """A single day is a period: of service both ends count."""
    if last < first:
        yield Problem(
            pointer=f"/contents/{where}",
            code=Code.REVERSED,
            message=f"it ends on {last}, before it begins on {first}",
            hint="give the days in their order; the same day twice is a period of one day",
        )
    elif last > _LONGEST.after(first):
        yield Problem(
            pointer=f"/contents/{where}",
            code=Code.TOO_LONG,
            message=f"{first} to {last} is more than {LONGEST_SERVICE} years",
            hint="check the years",
        )


def _not_to_come(day: date, today: date, where: str) -> Iterator[Problem]:
    if day > today:
        yield Problem(
            pointer=f"/contents/{where}",
            code=Code.FUTURE,
            message=f"{day} is still to come: today is {today}",
            hint="report what has been; of service that goes on, report up to today and correct it later",
        )


def _known(name: str, code: str | None, pointer: str, codes: Codes) -> Iterator[Problem]:
    if code is not None and not codes.knows(name, code):
        yield Problem(
            pointer=pointer,
            code=Code.CODE_UNKNOWN,
            message=f"{shown(code)} is not on the list of codes «{name}»",
            hint=f"take one from the code list «{name}»",
        )


def _marks(marks: frozenset[str], codes: Codes) -> Iterator[Problem]:
    for mark in sorted(marks):
        yield from _known("mark", mark, "/contents/marks", codes)


def _no_ship(pointer: str) -> Problem:
    return Problem(
        pointer=pointer,
        code=Code.SHIP_UNKNOWN,
        message="nothing says which ship it was",
        hint="give the IMO number, or for a ship without one its name and call sign",
    )


def is_imo(number: str) -> bool:
    """Whether it can be a ship's IMO number (resolution A.1117(30)): seven digits, the last a check."""
    try:
        return len(number) == 7 and imo.validate(number) == number
    except ValidationError:
        return False


def _days(said: SeaService) -> int:
    return max(0, (said.last - said.first).days + 1)


def _most_hours(said: SeaService) -> Fraction:
    return Fraction(HOURS_A_DAY * _days(said))
