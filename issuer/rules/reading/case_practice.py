"""How an authority handles cases: four eyes, hearings, appeals, the date of law. Data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from issuer.rules.reading.entry import Entry, names, read

_DECISIONS: Final = ("grant", "limit", "refuse")


class LawDate(StrEnum):
    """Whose day chooses the version of a rule."""

    APPLICATION = "application"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What holds for an authority's cases. Texts are by language."""

    country: str
    law_date: LawDate
    law_date_of: Mapping[str, LawDate]  # of rules that say otherwise
    four_eyes: frozenset[str]  # decisions that a second person agrees to
    hearing_days: int  # that an applicant has to answer before a refusal
    appeal_days: int | None  # None: the sources do not say
    appeal: Mapping[str, str]
    person: Mapping[str, str]  # how to have a person look at an automatic decision (GDPR art. 22)

    def law_date_for(self, rule: str) -> LawDate:
        """Whose day chooses this rule's version."""
        return self.law_date_of.get(rule, self.law_date)


def practice_of(data: bytes, file: str) -> Practice:
    """Read a country's file. Raises LawError."""
    members = read(data, file).members(("country", "law_date", "four_eyes", "hearing", "appeal", "person"))
    law_date = members["law_date"].members(("date", "verified"), ("rules",))
    law_date["verified"].flag()
    rules = law_date["rules"].mapping() if "rules" in law_date else {}
    four_eyes = members["four_eyes"].members(("decisions", "verified"))
    four_eyes["verified"].flag()
    hearing = members["hearing"].members(("days", "verified"), ("ref",))
    hearing["verified"].flag()
    appeal = members["appeal"].members(("how", "verified"), ("days", "ref"))
    appeal["verified"].flag()
    return Practice(
        country=members["country"].text(),
        law_date=_law_date(law_date["date"]),
        law_date_of={name: _law_date(entry) for name, entry in rules.items()},
        four_eyes=_decisions(four_eyes["decisions"]),
        hearing_days=hearing["days"].whole(),
        appeal_days=appeal["days"].whole() if "days" in appeal else None,
        appeal=names(appeal["how"]),
        person=names(members["person"]),
    )


def _law_date(entry: Entry) -> LawDate:
    text = entry.text()
    if text not in tuple(LawDate):
        entry.fail(f"application or decision is expected, not {text!r}")
    return LawDate(text)


def _decisions(entry: Entry) -> frozenset[str]:
    found = frozenset(entry.texts())
    if unknown := sorted(found - set(_DECISIONS)):
        entry.fail(f"{unknown[0]} is no decision; known: {', '.join(_DECISIONS)}")
    return found
