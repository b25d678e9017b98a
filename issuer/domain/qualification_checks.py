"""What is wrong with a report, as far as it shows in the report itself, its reporter and the day. Pure.

Whether the person and the record are known is asked of the register, not here. Each problem says where, what
and what to do; none names a person or a number of theirs.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from issuer.domain.content_checks import Codes, contents_problems, is_imo
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
from issuer.rules.facts import ATTACHMENTS, Channel, Kind, Reporter

# Who may report what at all; for what of it an organisation is approved is its own matter.
ROLES: Final = {
    Reporter.COMPANY: frozenset({Kind.SERVICE, Kind.COMPETENCE}),
    Reporter.SCHOOL: frozenset({Kind.COURSE, Kind.EDUCATION, Kind.EXAM, Kind.COMPETENCE, Kind.ASSESSMENT}),
    Reporter.ASSESSOR: frozenset({Kind.ASSESSMENT}),
    Reporter.DOCTOR: frozenset({Kind.DOCUMENT}),
    Reporter.AUTHORITY: frozenset(Kind) - {Kind.HOLDING},
    Reporter.APPLICANT: frozenset(Kind) - {Kind.HOLDING},
}


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
    yield from contents_problems(report.kind, report.contents, today, codes)
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


def _named(name: str | None) -> str:
    if name is None:
        return "ships without an IMO number"
    return f"ship {name}" if is_imo(name) else shown(name)
