"""Which service counts: the law's words about ship, waters and post, as one test of a record.

What was not reported is never assumed: a record without tonnage does not meet a demand for tonnage.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from issuer.rules.facts import Service


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Of several sets of demands one is enough."""

    ways: tuple["Demands", ...]


Wanted = str | int | tuple[str, ...] | AnyOf
Demands = Mapping[str, Wanted]
Scales = Mapping[str, Sequence[str]]  # ordered codes of an act, the least first

_AT_LEAST: Final = {"gt_min": "gt", "kw_min": "kw"}
_AT_MOST: Final = {"gt_max": "gt", "kw_max": "kw"}
_ORDERED: Final = {"area_min": "area", "rank_min": "rank"}
_ONE_OF: Final = ("department", "rank", "use", "ship_type", "propulsion", "area", "flag")
_MARKS: Final = ("marks", "without")
ANY: Final = "any"

NUMBERS: Final = frozenset((*_AT_LEAST, *_AT_MOST))
NAMES: Final = frozenset((*_ORDERED, *_ONE_OF, *_MARKS, ANY))


@dataclass(frozen=True, slots=True)
class Where:
    """Demands on a record of service; all hold. `of` makes one, and says what cannot be demanded."""

    demands: Demands
    tests: tuple[tuple[str, Callable[[Service], bool]], ...]

    @classmethod
    def of(cls, demands: Demands, scales: Scales) -> "Where":
        """Raises ValueError for a name that is none, and for a code that is not on its scale."""
        return cls(demands, tuple((name, _test(name, one, scales)) for name, one in demands.items()))

    def objection(self, service: Service) -> str | None:
        """The first demand that the record does not meet; None when it meets all."""
        for name, test in self.tests:
            if not test(service):
                return name
        return None


EVERYTHING: Final = Where({}, ())


def _test(name: str, wanted: Wanted, scales: Scales) -> Callable[[Service], bool]:
    if isinstance(wanted, AnyOf):
        return _any_of(tuple(Where.of(way, scales) for way in wanted.ways))
    if name in NUMBERS:
        if not isinstance(wanted, int):
            raise ValueError(f"{name}: a whole number is needed")
        return _at_least(_AT_LEAST[name], wanted) if name in _AT_LEAST else _at_most(_AT_MOST[name], wanted)
    if name in _ORDERED:
        return _ordered(_ORDERED[name], wanted, scales)
    several = wanted if isinstance(wanted, tuple) else ()
    codes = frozenset((wanted,) if isinstance(wanted, str) else several)
    if not codes:
        raise ValueError(f"{name}: a code, or a list of codes, is needed")
    if name == "marks":
        return lambda service: codes <= service.marks
    if name == "without":
        return lambda service: not codes & service.marks
    if name in _ONE_OF:
        return _one_of(name, codes)
    raise ValueError(
        f"{name} is nothing that service is asked for; known: {', '.join(sorted(NUMBERS | NAMES))}"
    )


def _any_of(ways: Sequence[Where]) -> Callable[[Service], bool]:
    each = [[test for _, test in way.tests] for way in ways]

    def meets(service: Service) -> bool:  # loops: a decision asks it of every record of service
        for tests in each:
            for test in tests:
                if not test(service):
                    break
            else:
                return True
        return False

    return meets


def _at_least(field: str, wanted: int) -> Callable[[Service], bool]:
    value_of = attrgetter(field)
    if not wanted:  # how a rule says that what holds for all service of a kind does not hold here
        return lambda _: True
    return lambda service: (value := value_of(service)) is not None and value >= wanted


def _at_most(field: str, wanted: int) -> Callable[[Service], bool]:
    value_of = attrgetter(field)
    return lambda service: (value := value_of(service)) is not None and value <= wanted


def _one_of(field: str, codes: frozenset[str]) -> Callable[[Service], bool]:
    value_of = attrgetter(field)
    return lambda service: value_of(service) in codes


def _ordered(field: str, wanted: Wanted, scales: Scales) -> Callable[[Service], bool]:
    """On a scale or beyond. A post's scale is its department's: `rank` may be on any of several."""
    found = [scale for name, scale in scales.items() if name.partition("/")[0] == field and wanted in scale]
    if not isinstance(wanted, str) or not found:
        raise ValueError(f"{field}_min: {wanted!r} is on no scale of this act")
    enough = frozenset(code for scale in found for code in scale[scale.index(wanted) :])
    return _one_of(field, enough)
