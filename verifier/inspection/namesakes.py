"""Persons of one name and birth date: one sailor with two phones, for all that the papers tell (row S)."""

from collections.abc import Iterator, Sequence
from datetime import date

from verifier.credential import icao
from verifier.inspection.grouping import holder_of
from verifier.inspection.persons import Person


def counted_as(persons: Sequence[Person], compared: Sequence[bool]) -> tuple[int, ...]:
    """For each the first of those who may be one sailor: one birth date, and one name but for its spelling.

    Papers of two flags may lie on two phones, with nothing in common but these. They are told apart once the
    inspector has compared every one of them with an identity document (`compared`).
    """
    first = list(range(len(persons)))

    def root(at: int) -> int:
        while first[at] != at:
            first[at] = first[first[at]]
            at = first[at]
        return at

    seen: dict[tuple[date, str], int] = {}
    for at, one in enumerate(persons):
        for mark in _marks(one):
            low, high = sorted((root(seen.setdefault(mark, at)), root(at)))
            first[high] = low
    found = [root(at) for at in range(len(persons))]
    doubtful = {of for at, of in enumerate(found) if not compared[at]}
    return tuple(of if of in doubtful else at for at, of in enumerate(found))


def _marks(one: Person) -> Iterator[tuple[date, str]]:
    """The birth dates, each with every accepted spelling of the name, family name first and last."""
    for holder in {found for found in map(holder_of, one.verdicts) if found is not None}:
        given = holder.given_name or ""
        for name in (f"{given} {holder.family_name}", f"{holder.family_name} {given}"):
            for spelling in icao.spellings(name):
                yield holder.birth_date, spelling
    for entry in one.entries:
        if entry.birth_date is not None:
            for spelling in icao.spellings(entry.name):
                yield entry.birth_date, spelling
