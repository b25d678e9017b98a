"""Which certificates a seafarer of each career holds: realistic sets of STCW types, in data-like form."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from verifier.credential.model import CapacityGrant, CertificateType, FunctionGrant, Level, Limitations

_DECK = ("navigation", "cargo", "ship-operation")
_ENGINE = ("marine-engineering", "electrical", "maintenance", "ship-operation")
_ETO = ("electrical", "maintenance", "ship-operation")

FOREIGN = ("DK", "SE", "FI", "IS", "PL", "PH", "IN", "GB", "LV", "HR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one certificate gives, before it has a number, dates and an official. `years` None: no end."""

    type: CertificateType
    stcw_code: tuple[str, ...]
    functions: tuple[FunctionGrant, ...] = ()
    capacities: tuple[CapacityGrant, ...] = ()
    years: int | None = 5
    rests_on_first: bool = False  # an endorsement of the holder's certificate of competency


class Career(NamedTuple):
    """A kind of seafarer: share of the register, youngest and oldest age, capacity by which it is known."""

    name: str
    weight: int
    youngest: int
    oldest: int


CAREERS = (
    Career("master", 8, 32, 66),
    Career("chief-mate", 7, 27, 62),
    Career("master-3000", 7, 28, 66),
    Career("officer-deck", 10, 22, 55),
    Career("master-small", 6, 25, 67),
    Career("chief-engineer", 7, 32, 66),
    Career("second-engineer", 6, 27, 60),
    Career("chief-engineer-small", 5, 26, 66),
    Career("officer-engine", 8, 22, 55),
    Career("electro-technical", 4, 23, 62),
    Career("rating-deck", 13, 19, 62),
    Career("rating-engine", 7, 19, 62),
    Career("hotel", 11, 20, 60),
    Career("apprentice", 1, 16, 17),
)
CAREER = {career.name: career for career in CAREERS}

_WITHOUT: Final = (("ecdis",), ("arpa",), ("gmdss",))


def grants(career: str, random: Random) -> Iterator[Grant]:
    """The set of one seafarer, the certificate of competency first, the medical certificate second."""
    officer = career in _COMPETENCIES
    if officer:
        yield _competency(career, random)
    yield Grant(type=CertificateType.MEDICAL, stcw_code=("I/9",), years=1 if career == "apprentice" else 2)
    yield _proficiency("VI/1", years=5)
    if career in {"master", "chief-mate", "master-3000", "officer-deck", "master-small"}:
        yield from _deck_officer(career, random)
    elif career in {"rating-deck", "rating-engine"}:
        yield from _rating(career, random)
    elif career == "hotel":
        yield from _hotel(random)
    if officer:
        yield from _officer(career, random)
    if career != "apprentice":
        yield _proficiency("VI/6-2" if officer or random.random() < 0.55 else "VI/6-1")


def _functions(
    codes: tuple[str, ...], level: Level, limits: Limitations | None = None
) -> tuple[FunctionGrant, ...]:
    return tuple(FunctionGrant(code, level, limits) for code in codes)


_M, _O = Level.MANAGEMENT, Level.OPERATIONAL

# career: regulations, functions, level, capacity, limitations of the capacity
_COMPETENCIES: dict[str, tuple[tuple[str, ...], tuple[str, ...], Level, str, Limitations | None]] = {
    "master": (("II/2",), _DECK, _M, "master", None),
    "chief-mate": (("II/2",), _DECK, _M, "chief-mate", None),
    "master-3000": (("II/2",), _DECK, _M, "master", Limitations(max_gt=2999)),
    "officer-deck": (("II/1",), _DECK, _O, "officer-navigational-watch", None),
    "master-small": (("II/3",), _DECK, _M, "master-small", Limitations(max_gt=499, areas=("near-coastal",))),
    "chief-engineer": (("III/2",), _ENGINE, _M, "chief-engineer", None),
    "second-engineer": (("III/2",), _ENGINE, _M, "second-engineer", None),
    "chief-engineer-small": (("III/3",), _ENGINE, _M, "chief-engineer-small", Limitations(max_kw=2999)),
    "officer-engine": (("III/1",), _ENGINE, _O, "officer-engineering-watch", None),
    "electro-technical": (("III/6",), _ETO, _O, "electro-technical-officer", None),
}


def _competency(career: str, random: Random) -> Grant:
    codes, functions, level, capacity, limits = _COMPETENCIES[career]
    restriction = _restriction(random, deck=functions is _DECK)
    capacities = [CapacityGrant(capacity, limits or restriction)]
    if capacity == "chief-mate" and random.random() < 0.6:  # master on smaller ships by the same certificate
        capacities.append(CapacityGrant("master", Limitations(max_gt=2999)))
    if capacity == "second-engineer" and random.random() < 0.6:
        capacities.append(CapacityGrant("chief-engineer", Limitations(max_kw=2999)))
    return Grant(
        type=CertificateType.COMPETENCY,
        stcw_code=codes,
        functions=_functions(functions, level),
        capacities=tuple(capacities),
    )


def _restriction(random: Random, *, deck: bool) -> Limitations | None:
    chance = random.random()
    if deck:
        return Limitations(without=random.choice(_WITHOUT)) if chance < 0.05 else None
    if chance < 0.08:
        return Limitations(without=("high-voltage",))
    if chance < 0.20:
        return Limitations(propulsion=("motor",))
    return Limitations(text="Not in charge of boilers above 10 bar") if chance < 0.22 else None


def _deck_officer(career: str, random: Random) -> Iterator[Grant]:
    code = "gmdss-restricted" if career == "master-small" and random.random() < 0.7 else "gmdss-general"
    yield Grant(
        type=CertificateType.GMDSS,
        stcw_code=("IV/2",),
        functions=_functions(("radio",), _O),
        capacities=(CapacityGrant(code),),
    )
    if career != "officer-deck":
        yield _proficiency("VI/4-2", years=5)


def _officer(career: str, random: Random) -> Iterator[Grant]:
    yield _proficiency("VI/2-1", years=5)
    yield _proficiency("VI/3", years=5)
    yield _proficiency("VI/4-1")
    senior = career in {"master", "chief-mate", "chief-engineer", "second-engineer"}
    if random.random() < (0.7 if senior else 0.35):
        yield _proficiency("VI/5")
    yield from _extras(random, tanker=0.30 if senior else 0.15)
    if random.random() < 0.07:
        yield _recognition(career)


def _recognition(career: str) -> Grant:
    """Another state's certificate of the same grade, recognised by this flag (Reg. I/10)."""
    codes, functions, level, capacity, limits = _COMPETENCIES[career]
    return Grant(
        type=CertificateType.RECOGNITION,
        stcw_code=("I/10", *codes),
        functions=_functions(functions, level),
        capacities=(CapacityGrant(capacity, limits),),
    )


def recognition_of(career: str) -> Grant:
    """The endorsement that recognises a certificate of competency of this career."""
    return _recognition(career)


def _extras(random: Random, *, tanker: float) -> Iterator[Grant]:
    """Passenger ships, fast rescue boats, tankers, gas as fuel, polar waters."""
    if random.random() < 0.30:
        yield _proficiency("V/2", years=5)
    if random.random() < 0.18:
        yield _proficiency("VI/2-2", years=5)
    if random.random() < tanker:
        yield from _tanker(random)
    if random.random() < 0.09:
        yield _proficiency(random.choice(("V/3-1", "V/3-2")), years=5)
    if random.random() < 0.09:
        yield _proficiency(random.choice(("V/4-1", "V/4-2")), years=5)


def _tanker(random: Random) -> Iterator[Grant]:
    basic, *advanced = random.choice((("V/1-1-1", "V/1-1-2", "V/1-1-3"), ("V/1-2-1", "V/1-2-2")))
    yield Grant(type=CertificateType.TANKER, stcw_code=(basic,), rests_on_first=True)
    if random.random() < 0.7:
        code = random.choice(advanced)
        yield Grant(type=CertificateType.TANKER, stcw_code=(code,), rests_on_first=True)


def _rating(career: str, random: Random) -> Iterator[Grant]:
    if career == "rating-deck":
        steps = (("II/4", "rating-navigational-watch", "navigation"), ("II/5", "able-seafarer-deck", "cargo"))
    else:
        steps = (
            ("III/4", "rating-engineering-watch", "marine-engineering"),
            ("III/5", "able-seafarer-engine", "maintenance"),
        )
    for number, (code, capacity, function) in enumerate(steps):
        if number == 0 or random.random() < 0.7:
            yield Grant(
                type=CertificateType.PROFICIENCY,
                stcw_code=(code,),
                functions=_functions((function,), Level.SUPPORT),
                capacities=(CapacityGrant(capacity),),
                years=None,
            )
    yield _proficiency("VI/2-1", years=5)
    if random.random() < 0.5:
        yield _proficiency("VI/4-1")
    yield from _extras(random, tanker=0.0)


def _hotel(random: Random) -> Iterator[Grant]:
    yield _proficiency("V/2", years=5)
    if random.random() < 0.7:
        yield _proficiency("VI/2-1", years=5)
    if random.random() < 0.4:
        yield _proficiency("VI/4-1")


def _proficiency(code: str, years: int | None = None) -> Grant:
    return Grant(type=CertificateType.PROFICIENCY, stcw_code=(code,), years=years)
