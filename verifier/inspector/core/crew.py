"""A crew as it is scanned: what was shown so far, the persons it is of, and how they fill the ship's posts.

Values, never changed in place: one scan makes a new roll. The inspection is never written to disk.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from hashlib import sha256
from itertools import compress
from typing import Final, NamedTuple

from verifier.decision import assess
from verifier.inspection import crew as matching
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import Assignment, CrewReport, Person
from verifier.inspection.identity import Identity, NameMatch, compare_names
from verifier.inspection.manning import SafeManning
from verifier.inspection.ship import Ship
from verifier.inspector.core.evidence import Evidence
from verifier.inspector.core.unheld import unheld as without_data
from verifier.policy import DEFAULT, Policy
from verifier.verdict import Assessment, Headline, Standing, Valid, Verdict, standing

MOST_PERSONS: Final = 200
MOST_ENTRIES: Final = 200


class Added(Enum):
    """What one more scan did."""

    PERSON = auto()  # somebody who was not here yet
    MORE = auto()  # another document of somebody who was
    SAME = auto()  # nothing that was not here already
    UNREADABLE = auto()  # no credential at all: nothing was added
    FULL = auto()  # as many persons as one crew can have


class Source(NamedTuple):
    """Where a verdict is from, so that it can be judged again: what was shown, and its place in it."""

    evidence: Evidence
    place: int


class Scan(NamedTuple):
    """One code: its digest, a verdict on each thing in it, and what each was judged from."""

    digest: bytes
    verdicts: tuple[Verdict, ...]
    sources: tuple[Source | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Roll:
    """Everything shown by, or typed in for, the crew so far."""

    scans: tuple[Scan, ...] = ()
    entries: tuple[HandEntry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is known."""
        return not self.scans and not self.entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The roll, judged. `report` is None while there is no safe manning document to match against."""

    roll: Roll
    persons: tuple[Person, ...]
    report: CrewReport | None = None

    def assignment(self, person: Person) -> Assignment | None:
        """The post that a person fills, if any; by paper alone counts last."""
        if self.report is None:
            return None
        filled = (*self.report.assignments, *self.report.counted_by_hand)
        return next((one for one in filled if one.person == person), None)

    def assessment(self, person: Person) -> Assessment | None:
        """How a person stands: in the post they fill, else without a duty."""
        assignment = self.assignment(person)
        if assignment is not None and assignment.assessment is not None:
            return assignment.assessment
        return person.assessment


NOT_COMPARED: Final[Mapping[str, Identity]] = {}
NOBODY: Final = Crew(roll=Roll(), persons=())


def add(
    roll: Roll,
    presented: str | bytes,
    verdicts: Sequence[Verdict],
    label: str,
    evidence: Evidence | None = None,
) -> tuple[Roll, Added]:
    """The roll after one more code. `label` names unreadable codes: it has a place for their number, {n}.

    What was shown before is judged by the better proof: a live code is not undone by a picture of it, and
    what rejects counts whenever it comes.
    """
    data = presented.encode("utf-8", "surrogatepass") if isinstance(presented, str) else presented
    sources = tuple(evidence and Source(evidence, place) for place in range(len(verdicts)))
    scan = Scan(sha256(data).digest(), tuple(verdicts), sources)
    if all(verdict.headline is Headline.NOT_READABLE for verdict in verdicts):
        return roll, Added.UNREADABLE
    kept = _with_better(roll, scan)
    known = {_subject(verdict) for one in roll.scans for verdict in one.verdicts} - {None}
    fresh = _some(scan, [_subject(verdict) not in known for verdict in scan.verdicts])
    if not fresh.verdicts or any(one.digest == scan.digest for one in roll.scans):
        return kept, Added.SAME
    grown = replace(kept, scans=(*kept.scans, fresh))
    before, after = len(persons(roll, label)), len(persons(grown, label))
    if after > MOST_PERSONS:
        return roll, Added.FULL
    return grown, Added.PERSON if after > before else Added.MORE


def add_paper(roll: Roll, entry: HandEntry) -> tuple[Roll, Added]:
    """The roll after a certificate was typed in; the same paper twice is one."""
    number = (entry.issuing_country, entry.document_number)
    others = tuple(one for one in roll.entries if (one.issuing_country, one.document_number) != number)
    if len(others) >= MOST_ENTRIES:
        return roll, Added.FULL
    same = len(others) < len(roll.entries)
    return replace(roll, entries=(*others, entry)), Added.SAME if same else Added.PERSON


def without(roll: Roll, person: Person) -> Roll:
    """The roll without what one person showed, and without their papers."""
    gone = {id(verdict) for verdict in person.verdicts}
    scans = []
    for scan in roll.scans:
        left = _some(scan, [id(verdict) not in gone for verdict in scan.verdicts])
        if left.verdicts:
            scans.append(left)
    return Roll(tuple(scans), tuple(one for one in roll.entries if one not in person.entries))


def again(roll: Roll, verdicts_on: Callable[[Evidence], tuple[Verdict, ...]]) -> Roll:
    """The roll with each verdict judged again from what was shown; whoever is on it stays on it."""
    known: dict[Evidence, tuple[Verdict, ...]] = {}
    scans = []
    for scan in roll.scans:
        verdicts = []
        for verdict, source in zip(scan.verdicts, scan.sources, strict=True):
            if source is None:
                verdicts.append(verdict)
                continue
            if source.evidence not in known:
                known[source.evidence] = verdicts_on(source.evidence)
            verdicts.append(known[source.evidence][source.place])
        scans.append(scan._replace(verdicts=tuple(verdicts)))
    return replace(roll, scans=tuple(scans))


def unheld(roll: Roll) -> Roll:
    """The roll where the trust data that it was judged by is there no more."""
    scans = (scan._replace(verdicts=tuple(map(without_data, scan.verdicts))) for scan in roll.scans)
    return replace(roll, scans=tuple(scans))


def persons(roll: Roll, label: str) -> tuple[Person, ...]:
    """Whom the roll is of; papers go with the person of that name and birth date, else stand alone."""
    verdicts: list[Verdict] = []
    sources: list[str] = []
    for number, scan in enumerate(roll.scans, 1):
        verdicts += scan.verdicts
        sources += [label.format(n=number)] * len(scan.verdicts)
    found = list(matching.group(verdicts, sources))
    for entry in roll.entries:
        place = next((place for place, one in enumerate(found) if _is_of(entry, one)), None)
        if place is None:
            found.append(Person(label=entry.name, entries=(entry,)))
        else:
            found[place] = replace(found[place], entries=(*found[place].entries, entry))
    return tuple(found)


def judge(
    roll: Roll,
    *,
    label: str,
    manning: SafeManning | None,
    ship: Ship | None,
    at: datetime,
    policy: Policy = DEFAULT,
    identities: Mapping[str, Identity] = NOT_COMPARED,
    document: Verdict | None = None,
) -> Crew:
    """Everybody judged, and matched to the posts where those are known; `identities` by `identity_key`.

    `document` is the verdict on the safe manning document, where it is signed.
    """
    found = tuple(
        replace(one, identity=identities.get(identity_key(one.verdicts, one.label)))
        for one in persons(roll, label)
    )
    if manning is not None:
        report = matching.judge(found, manning, ship=ship, at=at, policy=policy, document=document)
        return Crew(roll=roll, persons=report.persons, report=report)
    judged = tuple(
        replace(one, assessment=assess(one.verdicts, ship=ship, at=at, identity=one.identity, policy=policy))
        if one.verdicts
        else one
        for one in found
    )
    return Crew(roll=roll, persons=judged)


def identity_key(verdicts: Sequence[Verdict], label: str) -> str:
    """What finds the inspector's answers on a person again when another document of theirs is scanned."""
    for verdict in verdicts:
        subject = _subject(verdict)
        if subject is not None:
            holder = verdict.sea_pass.holder if verdict.sea_pass is not None else None
            if verdict.credential is not None:
                holder = verdict.credential.certificate.holder
            if holder is not None:
                return f"{subject[1]} {holder.seafarer_id}"
    return label


def certificates(person: Person) -> Iterator[Verdict]:
    """A verdict on each certificate that the person showed; a pass stands for its members."""
    for verdict in person.verdicts:
        yield from verdict.members or (verdict,)


def _is_of(entry: HandEntry, person: Person) -> bool:
    """Whether a typed paper is this person's: the same name in passport letters, the same birth date."""
    if any(one.name == entry.name and one.birth_date == entry.birth_date for one in person.entries):
        return True
    for verdict in person.verdicts:
        holder = verdict.sea_pass.holder if verdict.sea_pass is not None else None
        if verdict.credential is not None:
            holder = verdict.credential.certificate.holder
        if holder is None or holder.birth_date != entry.birth_date:
            continue
        if compare_names(holder, entry.name) in (NameMatch.SAME, NameMatch.TRANSLITERATION):
            return True
    return False


# What a verdict is on: the same certificate from the same issuer, or one authority's pass for a seafarer.
_Subject = tuple[str, ...]


def _subject(verdict: Verdict) -> _Subject | None:
    if verdict.sea_pass is not None:
        return ("pass", verdict.sea_pass.issuer, verdict.sea_pass.holder.seafarer_id)
    if verdict.credential is None:
        return None
    certificate = verdict.credential.certificate
    phone = verdict.credential.holder_key
    bound = "" if phone is None else phone.thumbprint()
    return ("certificate", verdict.credential.issuer, *certificate.certificate_id, bound)


def _with_better(roll: Roll, scan: Scan) -> Roll:
    """The roll with each verdict exchanged, in its place, for a better one on the same thing."""
    new = {
        _subject(verdict): (verdict, source)
        for verdict, source in zip(scan.verdicts, scan.sources, strict=True)
    }
    scans = []
    for one in roll.scans:
        better = [
            _better(pair, new.get(_subject(pair[0]))) for pair in zip(one.verdicts, one.sources, strict=True)
        ]
        scans.append(Scan(one.digest, tuple(each[0] for each in better), tuple(each[1] for each in better)))
    return replace(roll, scans=tuple(scans))


_Judged = tuple[Verdict, Source | None]


def _better(old: _Judged, new: _Judged | None) -> _Judged:
    """The newer evidence wins, unless it cannot tell what the older one could."""
    if new is None or (isinstance(old[0], Valid) and standing(new[0]) is Standing.UNDETERMINED):
        return old
    return new


def _some(scan: Scan, kept: Sequence[bool]) -> Scan:
    """A scan with those of its verdicts that are kept."""
    verdicts, sources = compress(scan.verdicts, kept), compress(scan.sources, kept)
    return Scan(scan.digest, tuple(verdicts), tuple(sources))
