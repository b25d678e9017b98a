"""Whose is what: the verdicts of a whole crew as persons, by the phone's key and the seafarer's id."""

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.credential.model import Holder
from verifier.inspection.persons import Person
from verifier.verdict import Verdict
from verifier.wording import text

MOST_CODES: Final = 200  # of one person; whoever shows more is not judged, and named
_TOO_MANY: Final = "{} codes, and one person has {} at most: scan the person's codes alone"


def group(verdicts: Sequence[Verdict], sources: Sequence[str] = ()) -> tuple[Person, ...]:
    """The persons that the verdicts are of, as first met.

    `sources` name where each was read. What says nothing of its holder goes with the only person of its
    source, else it stands under that name, all of one source together. Who shows more than `MOST_CODES` is
    named and not judged: what is left out could be what speaks against them.
    """
    read_in = [sources[at] if at < len(sources) else f"item {at + 1}" for at in range(len(verdicts))]
    home = _joined(verdicts, read_in)
    members: dict[int, list[Verdict]] = {}
    for at, verdict in enumerate(verdicts):
        members.setdefault(home[at], []).append(verdict)
    return tuple(_person(found, read_in[at]) for at, found in members.items())


def _joined(verdicts: Sequence[Verdict], read_in: Sequence[str]) -> list[int]:
    """For each verdict the first one of the same person: a union of all that share a mark."""
    parent = list(range(len(verdicts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        parent[second] = first

    seen: dict[object, int] = {}
    for at, verdict in enumerate(verdicts):
        for mark in _marks(verdict, read_in[at]):
            first = seen.setdefault(mark, at)
            if parent[first] != parent[at]:
                join(first, at)
    known: dict[str, set[int]] = {}
    nobodys: dict[str, list[int]] = {}
    for at, verdict in enumerate(verdicts):
        if holder_of(verdict) is None:
            nobodys.setdefault(read_in[at], []).append(at)
        else:
            known.setdefault(read_in[at], set()).add(root(at))
    for source, found in nobodys.items():
        alone = known.get(source, set())
        first = next(iter(alone)) if len(alone) == 1 else found[0]
        for at in found:
            join(first, at)
    return [root(at) for at in range(len(verdicts))]


def _marks(verdict: Verdict, source: str) -> Iterator[object]:
    """What only one person has: a phone's key, an id with an authority; a name and birth date in one file."""
    shown = verdict.sea_pass or verdict.credential
    holder = holder_of(verdict)
    if shown is None or holder is None:
        return
    if shown.holder_key is not None:
        yield shown.holder_key
    yield shown.issuer, holder.seafarer_id
    yield source, holder.family_name, holder.given_name, holder.birth_date


def holder_of(verdict: Verdict) -> Holder | None:
    """Who holds what was shown, where its signature says so."""
    if verdict.sea_pass is not None:
        return verdict.sea_pass.holder
    return None if verdict.credential is None else verdict.credential.certificate.holder


def _person(verdicts: Sequence[Verdict], source: str) -> Person:
    holder = next((found for found in map(holder_of, verdicts) if found is not None), None)
    label = source if holder is None else holder.full_name
    if len(verdicts) > MOST_CODES:
        return Person(label=label, unreadable=text(_TOO_MANY, len(verdicts), MOST_CODES))
    return Person(label=label, verdicts=tuple(verdicts))
