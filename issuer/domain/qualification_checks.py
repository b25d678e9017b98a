"""What is wrong with a report, as far as it shows in the report itself, its reporter and the day. Pure.

Whether the person and the record are known is asked of the register, not here. Each problem says where, what
and what to do; none names a person or a number of theirs.
"""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final, Protocol

from stdnum import imo
from stdnum.exceptions import ValidationError

from issuer.domain.personal_numbers import looks_like_one, shown
from issuer.domain.qualifications import (
    Code,
    Completed,
    Picture,
    Problem,
    Report,
    ReportingParty,
    SeaService,
    Ship,
)
from issuer.rules.calendar import Period
from issuer.rules.facts import ATTACHMENTS, HOURS_A_DAY, LONGEST_SERVICE, Channel, Kind, Reporter

# Who may report what at all; for what of it an organisation is approved is its own matter.
ROLES: Final = {
    Reporter.COMPANY: frozenset({Kind.SERVICE, Kind.COMPETENCE}),
    Reporter.SCHOOL: frozenset({Kind.COURSE, Kind.EDUCATION, Kind.EXAM, Kind.COMPETENCE, Kind.ASSESSMENT}),
    Reporter.ASSESSOR: frozenset({Kind.ASSESSMENT}),
    Reporter.DOCTOR: frozenset({Kind.DOCUMENT}),
    Reporter.AUTHORITY: frozenset(Kind) - {Kind.HOLDING},
    Reporter.APPLICANT: frozenset(Kind) - {Kind.HOLDING},
}
ASHORE: Final = frozenset({"verkstad", "elektrisk-verkstad"})  # departments that are on no ship
_LONGEST: Final = Period(months=12 * LONGEST_SERVICE)
_FLAG: Final = re.compile(r"[A-Z]{2}", re.ASCII)


class Codes(Protocol):
    """Which codes there are (`rules.code_lists.CodeLists`)."""

    def knows(self, name: str, code: str) -> bool:
        """Whether a code is on a list."""


def problems_of(report: Report, by: ReportingParty, today: date, codes: Codes) -> tuple[Problem, ...]:
    """All that is wrong with a report; nothing, for almost all."""
    return tuple(_problems(report, by, today, codes))


def born_later(report: Report, birth_date: date | None) -> tuple[Problem, ...]:
    """What is said of somebody from before they were born."""
    day = first_day(report)
    if birth_date is None or day > birth_date:
        return ()
    where = "first" if isinstance(report.contents, SeaService) else "day"
    return (
        Problem(
            pointer=f"/contents/{where}",
            code=Code.BEFORE_BIRTH,
            message=f"{day} is not after the day on which the person was born",
            hint="check the date, and that the report is about the right person",
        ),
    )


def first_day(report: Report) -> date:
    """The first day that the report is about."""
    said = report.contents
    return said.first if isinstance(said, SeaService) else said.day


def _problems(report: Report, by: ReportingParty, today: date, codes: Codes) -> Iterator[Problem]:
    yield from _approval(report, by)
    yield from _who(report, by)
    match report.contents:
        case SeaService():
            yield from _service(report.contents, today, codes)
        case Completed():
            yield from _completed(report.kind, report.contents, today, codes)
        case Picture(day=day):
            yield from _not_to_come(day, today, "day")
    yield from _texts(report, today)
    if report.document is None and (by.channel is Channel.UPLOAD or report.kind in ATTACHMENTS):
        yield Problem(
            pointer="/document",
            code=Code.DOCUMENT_MISSING,
            message="what is uploaded has a document: there is none",
            hint="send the PDF, JPEG or PNG as base64url in `document`",
        )


def _approval(report: Report, by: ReportingParty) -> Iterator[Problem]:
    kind = report.kind
    if kind not in by.may_report or kind not in ROLES[by.role]:
        yield Problem(
            pointer="/kind",
            code=Code.OUTSIDE_APPROVAL,
            message=f"{by.organisation_id} is not approved to report {kind.value} as {by.role.value}",
            hint="report what you are approved for, or ask the authority for an approval",
        )
        return
    approved = by.may_report[kind]
    if approved is None:
        return
    match report.contents:
        case SeaService(ship=ship):
            pointer, name = "/contents/ship/imo", None if ship is None else ship.imo
        case Completed(code=code):
            pointer, name = "/contents/code", code
        case Picture():
            return
    if name not in approved:
        yield Problem(
            pointer=pointer,
            code=Code.OUTSIDE_APPROVAL,
            message=f"{by.organisation_id} is not approved for {_named(name)}",
            hint="the list of your approvals is the authority's: ask it for another",
        )


def _who(report: Report, by: ReportingParty) -> Iterator[Problem]:
    if (report.seafarer_id is None) == (report.personal_number is None):
        yield Problem(
            pointer="",
            code=Code.PERSON_MISSING,
            message="a report is about one person: seafarer_id or personal_number, and not both",
            hint="give one of the two",
        )
    elif by.only_about is not None and report.seafarer_id != by.only_about:
        yield Problem(
            pointer="/seafarer_id",
            code=Code.OUTSIDE_APPROVAL,
            message="a seafarer reports about nobody else",
            hint="give your own seafarer id",
        )


def _texts(report: Report, today: date) -> Iterator[Problem]:
    """What is stored as it came must not hold what is to be sealed."""
    texts: dict[str, str | None] = {"/reference": report.reference}
    match report.contents:
        case Completed(number=number):
            texts["/contents/number"] = number
        case SeaService(ship=Ship(name=name, home_port=home_port, call_sign=call_sign)):
            texts["/contents/ship/name"] = name
            texts["/contents/ship/home_port"] = home_port
            texts["/contents/ship/call_sign"] = call_sign
    for pointer, text in texts.items():
        if text is not None and looks_like_one(text, today):
            yield Problem(
                pointer=pointer,
                code=Code.MALFORMED,
                message="that holds somebody's personal number, which is kept sealed and nowhere else",
                hint="leave it out here, and say in personal_number whom the report is about",
            )


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


def _named(name: str | None) -> str:
    if name is None:
        return "ships without an IMO number"
    return f"ship {name}" if is_imo(name) else shown(name)


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
