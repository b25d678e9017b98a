"""Seeded applicants to a Swedish authority: all evidence digital, something missing of three in ten.

Each is written down together with what the ordinance says of them, by whoever wrote this file and not by the
evaluator: which way the case goes, and the paragraph of what is missing.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from issuer.rules.facts import REGISTER, Channel, Facts, Kind, Record, Reporter, Service, Source

MISSING: Final = 0.3
BORN: Final = date(1990, 5, 1)
_COMPANY = Source(reporter=Reporter.COMPANY, channel=Channel.API)
_SCHOOL = Source(reporter=Reporter.SCHOOL, channel=Channel.API)
_DOCTOR = Source(reporter=Reporter.DOCTOR, channel=Channel.API)


class Piece(NamedTuple):
    """One thing that the law asks for, as its record, and where the law asks for it."""

    ref: str
    fact: Service | Record


class Applicant(NamedTuple):
    """What is applied for, what is known, and what by the ordinance's own words becomes of it."""

    rule: str
    facts: Facts
    way: str
    reason: str  # the paragraph of what is missing, or what a person has to look at; "" of what is automatic


def applicants(number: int, seed: int, today: date) -> Iterator[Applicant]:
    """The same for the same arguments."""
    chance = random.Random(seed)
    for _ in range(number):
        rule = chance.choice(tuple(_RULES))
        pieces = _RULES[rule](today - timedelta(days=chance.randrange(1, 300)))
        lost = chance.choice(pieces) if chance.random() < MISSING else None
        facts = _facts([one.fact for one in pieces if one is not lost])
        if lost is not None:
            yield Applicant(rule, facts, "incomplete", lost.ref)
        elif rule in _AMENDED:
            yield Applicant(rule, facts, "manual", _AMENDED[rule])
        else:
            yield Applicant(rule, facts, "auto", "")


# Later versions whose dates neither text has: from the year of their numbers on a person decides.
# Of 2 kap. 24 § the print lost a line besides, so that nobody has compared the rule with it.
_AMENDED: Final = {"SE.Vmp": "SFS 2025:1180, SE.Vmp"}


def _facts(known: list[Service | Record]) -> Facts:
    return Facts(
        birth_date=BORN,
        services=tuple(one for one in known if isinstance(one, Service)),
        records=tuple(one for one in known if isinstance(one, Record)),
    )


def _medical(last: date, ref: str = "2 kap. 1 § första stycket") -> Piece:
    marks = frozenset(("syn", "horsel"))
    fact = Record(
        id="medical@1", kind=Kind.DOCUMENT, code="lakarintyg", day=last, source=_DOCTOR, marks=marks
    )
    return Piece(ref, fact)


def _school(ref: str, kind: Kind, code: str, last: date) -> Piece:
    return Piece(ref, Record(id=f"{code}@1", kind=kind, code=code, day=last, source=_SCHOOL))


def _held(ref: str, code: str, since: date) -> Piece:
    return Piece(ref, Record(id=f"{code}@0", kind=Kind.HOLDING, code=code, day=since, source=REGISTER))


def _service(ref: str, last: date, months: int, department: str, *marks: str, **ship: object) -> Piece:
    first = last - timedelta(days=30 * months - 1)
    said: dict[str, object] = {"gt": 5_000, "kw": 4_000, "flag": "SE", "use": "handelsfartyg", **ship}
    fact = Service(
        id="service@1",
        first=first,
        last=last,
        source=_COMPANY,
        department=department,
        marks=frozenset(marks),
        **said,  # type: ignore[arg-type] # fields of a ship, as each rule below says
    )
    return Piece(ref, fact)


def _rating(last: date) -> list[Piece]:
    return [_medical(last), _service("2 kap. 12 §; 2 kap. 30 §", last, 6, "deck", "brovakt", "handledd")]


def _engine_rating(last: date) -> list[Piece]:
    marks = ("maskinvakt", "handledd", "sarskild-maskinbemanning")
    return [_medical(last), _service("2 kap. 24 §; 2 kap. 31 §", last, 6, "engine", *marks)]


def _second_class(last: date) -> list[Piece]:
    rank = {"rank": "fartygsbefal", "area": "narfart"}
    # Without the competence that it follows none of the service counts.
    return [
        _medical(last),
        _school("2 kap. 1 § första stycket", Kind.EDUCATION, "hogskoleutbildning", last),
        _school("2 kap. 4 § 1", Kind.EXAM, "sjokaptensexamen", last),
        _held("2 kap. 4 § 2", "SE.V", last - timedelta(days=800)),
        _service("2 kap. 4 § 2", last, 12, "deck", **rank),
    ]


def _able_seafarer(last: date) -> list[Piece]:
    return [
        _medical(last),
        _held("2 kap. 11 §; 2 kap. 30 §", "SE.Lmt", last - timedelta(days=900)),
        _service("2 kap. 11 §; 2 kap. 30 §", last, 18, "deck"),
    ]


def _security_officer(last: date) -> list[Piece]:
    return [
        _service("4 kap. 12 §", last, 12, "deck", rank="fartygsbefal"),
        _school("4 kap. 12 §", Kind.COURSE, "skyddsansvarig", last),
    ]


def _course(ref: str, code: str) -> Callable[[date], list[Piece]]:
    return lambda last: [_school(ref, Kind.COURSE, code, last)]


_RULES: Final[dict[str, Callable[[date], list[Piece]]]] = {
    "SE.Lmt": _rating,
    "SE.Vmp": _engine_rating,
    "SE.II": _second_class,
    "SE.Mtr": _able_seafarer,
    "SE.SSO": _security_officer,
    "SE.GOC": _course("4 kap. 1 §", "goc"),
    "SE.basic-safety": _course("4 kap. 11 §", "grundlaggande-sakerhet"),
    "SE.folkmassor": _course("5 kap. 2 §", "kontroll-av-folkmassor"),
}
