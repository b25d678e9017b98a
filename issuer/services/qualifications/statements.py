"""A sea-service statement that comes with a report: is everything on it that has to be, and does it agree?

The paper itself is the report's document; what was read off it is checked and not kept beside it: it names
people. The Danish authority's page «Fartstidserklæring» has the eight fields (`rules.statement`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from issuer.domain.qualifications import Code, Problem, Report, SeaService, Ship
from issuer.rules.content import RequiredContent, day_of
from issuer.rules.statement import check
from keys.encoding import Json

_NOTHING: Final = Ship()


def problems_of(report: Report, content: Callable[[], RequiredContent]) -> tuple[Problem, ...]:
    """What the report's statement lacks of its content, and where it differs from the report."""
    return () if report.statement is None else tuple(_problems(report, report.statement, content()))


def _problems(report: Report, given: Mapping[str, Json], content: RequiredContent) -> Iterator[Problem]:
    said = report.contents
    if not isinstance(said, SeaService):
        yield Problem(
            pointer="/statement",
            code=Code.STATEMENT_DIFFERS,
            message="a sea-service statement comes with a report of sea service",
            hint="leave it out here",
        )
        return
    for flaw in check(content, given):
        yield Problem(
            pointer=f"/statement{flaw.pointer}",
            code=Code.STATEMENT_INCOMPLETE,
            message=f"field {flaw.number} of 8: {flaw.message}",
            hint="complete the statement; who signed it has to, where it is wrong",
        )
    yield from _differences(said, given)


def _differences(said: SeaService, given: Mapping[str, Json]) -> Iterator[Problem]:
    ship = said.ship or _NOTHING
    both = {
        "/signed_on/day": (day_of(_part(given, "signed_on", "day")), said.first),
        "/signed_off/day": (day_of(_part(given, "signed_off", "day")), said.last),
        "/ship/gt": (_number(_part(given, "ship", "gt")), ship.gt),
        "/ship/kw": (_number(_part(given, "ship", "kw")), ship.kw),
    }
    for pointer, (stated, reported) in both.items():
        if stated is not None and reported is not None and stated != reported:
            yield Problem(
                pointer=f"/statement{pointer}",
                code=Code.STATEMENT_DIFFERS,
                message=f"the statement says {stated}, and the report {reported}",
                hint="mend the one that is wrong",
            )


def _part(given: Mapping[str, Json], field: str, part: str) -> Json:
    group = given.get(field)
    return group.get(part) if isinstance(group, dict) else None


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
