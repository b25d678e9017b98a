"""What limits a certificate, held against the ship: sizes, area, type, machinery, flags (rows P5 and P6).

An input that is missing leaves its point open. Free text never decides: it becomes a remark.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.credential import codelists
from verifier.credential.model import Acceptance, Limitations
from verifier.inspection.ship import Ship
from verifier.inspection.shown import FAIL, NOT_ASSESSED, PASS, REMARK, UNKNOWN, Point

_SIZES: Final = (("max_gt", "gt", "GT"), ("max_kw", "kw", "kW"))


def against(limits: Limitations | None, ship: Ship) -> Iterator[Point]:
    """A point for each limit that the ship exceeds, may exceed, or that must be read."""
    if limits is None:
        return
    for of_limit, of_ship, unit in _SIZES:
        most, size = getattr(limits, of_limit), getattr(ship, of_ship)
        if most is not None:
            yield _size(most, size, unit)
    if limits.areas:
        yield within(limits.areas, ship.area, "limited to")
    yield from _one_of(limits.ship_types, ship.type, "ship's type")
    yield from _one_of(limits.propulsion, ship.propulsion, "ship's propulsion")
    if limits.without:
        yield _without(limits.without, ship.fitted)
    if limits.text is not None:
        yield Point(REMARK, f"limitation in words: {limits.text}")


def scope(acceptance: Acceptance | None, ship: Ship) -> Iterator[Point]:
    """Where a certificate is accepted at all, if not everywhere."""
    if acceptance is None:
        return
    yield from _one_of(acceptance.flags, ship.flag, "ship's flag", "accepted only under")
    if acceptance.areas:
        yield within(acceptance.areas, ship.area, "accepted only in")


def within(areas: Sequence[str], area: str | None, how: str) -> Point:
    """Whether the ship's trade area lies in one of these; areas that nothing orders are not guessed at."""
    named = ", ".join(areas)
    if area is None:
        return Point(NOT_ASSESSED, f"{how} {named}, and the ship's trade area is not given")
    held = [codelists.area_contains(wider, area) for wider in areas]
    if any(held):
        return Point(PASS, "")
    if None in held:
        return Point(UNKNOWN, f"{how} {named}: whether that includes {area} is not known here")
    return Point(FAIL, f"{how} {named}, and the ship trades in {area}")


def _size(most: int, size: int | None, unit: str) -> Point:
    if size is None:
        return Point(NOT_ASSESSED, f"limited to {most} {unit}, and the ship's {unit} is not given")
    if size > most:
        return Point(FAIL, f"limited to {most} {unit}, and the ship has {size}")
    return Point(PASS, "")


def _one_of(codes: Sequence[str], of_ship: str | None, what: str, how: str = "limited to") -> Iterator[Point]:
    if not codes:
        return
    named = ", ".join(codes)
    if of_ship is None:
        yield Point(NOT_ASSESSED, f"{how} {named}, and the {what} is not given")
    elif of_ship not in codes:
        yield Point(FAIL, f"{how} {named}, and the {what} is {of_ship}")


def _without(codes: Sequence[str], fitted: Sequence[str] | None) -> Point:
    if fitted is None:
        return Point(NOT_ASSESSED, f"not on ships with {', '.join(codes)}: what the ship has is not given")
    found = [code for code in codes if code in fitted]
    if found:
        return Point(FAIL, f"not on ships with {', '.join(found)}, which this ship has")
    return Point(PASS, "")
