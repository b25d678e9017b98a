"""Row P5: a medical restriction against the duty (STCW Code A-I/9)."""

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.credential.model import MedicalCertificate, MedicalFitness
from verifier.inspection import limits
from verifier.inspection.duty import Duty
from verifier.inspection.entitled import UNCHECKED
from verifier.inspection.ship import Ship
from verifier.inspection.shown import (
    FAIL,
    HOLDS,
    NOT_ASSESSED,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    conclude,
    left_open,
    passes,
    point,
    severity,
    worst_of,
)
from verifier.verdict import Headline
from verifier.wording import text

_ROW: Final = "P5"


def row(counts: Sequence[MedicalCertificate], ship: Ship | None, duty: Duty | None) -> Finding:
    """P5 by the newest examination; by its most restricted certificate where it has several."""
    if not counts:
        return left_open(_ROW, "no medical certificate counts: see row P4")
    found = [list(_points(one.fitness, ship or Ship(), duty)) for one in counts]
    points = max(found, key=lambda one: severity(worst_of(one)))
    restricted = Headline.MEDICAL_RESTRICTION
    passed = passes(_ROW, "no medical restriction is against this duty")
    return conclude(points, passed, failed=restricted, unknown=restricted)


def _points(fitness: MedicalFitness, ship: Ship, duty: Duty | None) -> Iterator[Point]:
    for met, what in (
        (fitness.lookout, "not fit for look-out"),
        (fitness.colour_vision is not False, "colour vision does not meet the standard"),
    ):
        if not met:
            yield _lookout(what, duty)
    for kept, what in (
        (fitness.hearing, "hearing does not meet the standard"),
        (fitness.visual_acuity, "visual acuity does not meet the standard"),
        (fitness.free_from_aggravated_condition, "not free from a condition that service may aggravate"),
    ):
        if not kept:
            yield point(REMARK, what)
    if fitness.areas:
        yield limits.within(fitness.areas, ship.area, limits.FIT)
    if fitness.restrictions is not None:
        yield point(REMARK, "restricted: {}", fitness.restrictions)


def _lookout(what: str, duty: Duty | None) -> Point:
    """Against a duty that keeps a look-out; a list that nobody has checked does not decide alone."""
    if duty is None:
        return point(NOT_ASSESSED, "{}, and the duty is not given", text(what))
    keeps = "{}, and {} keeps a look-out" if duty.lookout else "{}, and {} keeps no look-out"
    if not duty.verified:
        unchecked = text(keeps, text(what), duty.capacity_code)
        return point(UNKNOWN if duty.lookout else REMARK, UNCHECKED, unchecked)
    return point(FAIL, keeps, text(what), duty.capacity_code) if duty.lookout else HOLDS
