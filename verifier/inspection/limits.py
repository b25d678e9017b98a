"""What limits a certificate, held against the ship: sizes, area, type, machinery, flags (rows P5 and P6).

An input that is missing leaves its point open. Free text never decides: it becomes a remark.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from verifier.credential import codelists
from verifier.credential.model import Acceptance, Limitations
from verifier.inspection.ship import Ship
from verifier.inspection.shown import FAIL, HOLDS, NOT_ASSESSED, REMARK, UNKNOWN, Point, point

_SIZES: Final = (("max_gt", "gt", "GT"), ("max_kw", "kw", "kW"))


class _Words(NamedTuple):
    """What is said of a limit to some codes: where the ship's is not given, and where it is another."""

    not_given: str
    other: str


class Areas(NamedTuple):
    """What is said of a limit to trade areas: besides, where nothing orders the ship's and these."""

    not_given: str
    other: str
    not_ordered: str


_LIMITED: Final = Areas(
    "limited to {}, and the ship's trade area is not given",
    "limited to {}, and the ship trades in {}",
    "limited to {}: whether that includes {} is not known here",
)
_ACCEPTED: Final = Areas(
    "accepted only in {}, and the ship's trade area is not given",
    "accepted only in {}, and the ship trades in {}",
    "accepted only in {}: whether that includes {} is not known here",
)
FIT: Final = Areas(
    "fit only for {}, and the ship's trade area is not given",
    "fit only for {}, and the ship trades in {}",
    "fit only for {}: whether that includes {} is not known here",
)
_TYPES: Final = _Words(
    "limited to {}, and the ship's type is not given", "limited to {}, and the ship's type is {}"
)
_PROPULSION: Final = _Words(
    "limited to {}, and the ship's propulsion is not given", "limited to {}, and the ship's propulsion is {}"
)
_FLAGS: Final = _Words(
    "accepted only under {}, and the ship's flag is not given",
    "accepted only under {}, and the ship's flag is {}",
)


def against(limits: Limitations | None, ship: Ship) -> Iterator[Point]:
    """A point for each limit that the ship exceeds, may exceed, or that must be read."""
    if limits is None:
        return
    for of_limit, of_ship, unit in _SIZES:
        most, size = getattr(limits, of_limit), getattr(ship, of_ship)
        if most is not None:
            yield _size(most, size, unit)
    if limits.areas:
        yield within(limits.areas, ship.area, _LIMITED)
    yield from _one_of(limits.ship_types, ship.type, _TYPES)
    yield from _one_of(limits.propulsion, ship.propulsion, _PROPULSION)
    if limits.without:
        yield _without(limits.without, ship.fitted)
    if limits.text is not None:
        yield point(REMARK, "limitation in words: {}", limits.text)


def scope(acceptance: Acceptance | None, ship: Ship) -> Iterator[Point]:
    """Where a certificate is accepted at all, if not everywhere."""
    if acceptance is None:
        return
    yield from _one_of(acceptance.flags, ship.flag, _FLAGS)
    if acceptance.areas:
        yield within(acceptance.areas, ship.area, _ACCEPTED)


def within(areas: Sequence[str], area: str | None, words: Areas) -> Point:
    """Whether the ship's trade area lies in one of these; areas that nothing orders are not guessed at."""
    named = ", ".join(areas)
    if area is None:
        return point(NOT_ASSESSED, words.not_given, named)
    held = [codelists.area_contains(wider, area) for wider in areas]
    if any(held):
        return HOLDS
    if None in held:
        return point(UNKNOWN, words.not_ordered, named, area)
    return point(FAIL, words.other, named, area)


def _size(most: int, size: int | None, unit: str) -> Point:
    if size is None:
        return point(NOT_ASSESSED, "limited to {} {}, and the ship's {} is not given", most, unit, unit)
    if size > most:
        return point(FAIL, "limited to {} {}, and the ship has {}", most, unit, size)
    return HOLDS


def _one_of(codes: Sequence[str], of_ship: str | None, words: _Words) -> Iterator[Point]:
    if not codes:
        return
    named = ", ".join(codes)
    if of_ship is None:
        yield point(NOT_ASSESSED, words.not_given, named)
    elif of_ship not in codes:
        yield point(FAIL, words.other, named, of_ship)


def _without(codes: Sequence[str], fitted: Sequence[str] | None) -> Point:
    if fitted is None:
        return point(NOT_ASSESSED, "not on ships with {}: what the ship has is not given", ", ".join(codes))
    found = [code for code in codes if code in fitted]
    if found:
        return point(FAIL, "not on ships with {}, which this ship has", ", ".join(found))
    return HOLDS
