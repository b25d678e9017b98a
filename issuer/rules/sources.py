"""Which requirement is fulfilled by which records, and whose word each is: what an applicant sees. Pure.

Requirements are what the rule asks for side by side; of alternatives the one that was met, or the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from issuer.rules.evidence import EvidencePolicy, Level
from issuer.rules.facts import Facts, Kind, Record, Service, Source
from issuer.rules.finding import Days, Finding, Standing, nearest, shortfalls
from issuer.rules.outcome import Outcome
from issuer.rules.report import Json, days_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One record that counted, whose word it is, and how far that goes."""

    record: str
    source: Source
    level: Level
    days: Days | None = None  # that it counted with; of what is no service, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that the rule asks for: how it stands, by which records, who is to report the rest."""

    finding: Finding
    evidence: tuple[Evidence, ...]
    missing: tuple[Finding, ...]
    expected: tuple[Source, ...]  # whose report would fill what is missing by itself
    rows: tuple[str, ...]  # of the source matrix about it, in its own words

    @property
    def standing(self) -> Standing:
        """Met, open or unmet."""
        return self.finding.standing

    @property
    def is_verified(self) -> bool:
        """Whether every record that it rests on counts without a person's look."""
        return all(one.level is Level.VERIFIED for one in self.evidence)


def sources_of(outcome: Outcome, facts: Facts, policy: EvidencePolicy) -> tuple[Requirement, ...]:
    """Each requirement of the outcome's rule, in the law's order. `facts`: those that it was decided on."""
    known: dict[str, Service | Record] = {one.id: one for one in facts.services}
    known |= {one.id: one for one in facts.records}
    return tuple(_requirement(one, known, policy) for one in _side_by_side(outcome.finding))


def _side_by_side(finding: Finding) -> Iterator[Finding]:
    if finding.kind != "all":
        yield finding
        return
    for child in finding.children:
        yield from _side_by_side(child)


def _requirement(finding: Finding, known: dict[str, Service | Record], policy: EvidencePolicy) -> Requirement:
    counted: dict[str, Days | None] = {}
    deciding = list(_deciding(finding))
    for one in deciding:
        for record, days in one.used:
            counted.setdefault(record, days)  # of parts of service the whole is named first
    missing = shortfalls(finding)
    return Requirement(
        finding=finding,
        evidence=tuple(_evidence(known[name], days, policy) for name, days in counted.items()),
        missing=missing,
        expected=_expected(missing, policy),
        rows=tuple(dict.fromkeys(row for kind in _kinds(deciding) for row in policy.rows.get(kind, ()))),
    )


def _deciding(finding: Finding) -> Iterator[Finding]:
    """What the finding rests on; of alternatives the first that is met or open, else the nearest."""
    yield finding
    children = finding.children
    if finding.kind == "any" and children:
        best = next((one for one in children if one.standing is finding.standing), children[0])
        children = (nearest(children) if finding.standing is Standing.UNMET else best,)
    for child in children:
        yield from _deciding(child)


def _evidence(record: Service | Record, days: Days | None, policy: EvidencePolicy) -> Evidence:
    return Evidence(record=record.id, source=record.source, level=policy.level(record), days=days)


def _kinds(findings: Sequence[Finding]) -> list[Kind]:
    return [Kind(one.kind) for one in findings if one.kind in set(Kind)]


def _expected(missing: tuple[Finding, ...], policy: EvidencePolicy) -> tuple[Source, ...]:
    found = {pair for kind in _kinds(missing) for pair in policy.accepts.get(kind, ())}
    return tuple(Source(reporter=reporter, channel=channel) for reporter, channel in sorted(found))


def requirements_report(requirements: tuple[Requirement, ...]) -> list[Json]:
    """The same as JSON, beside `report.report`."""
    return [
        {
            "kind": one.finding.kind,
            "ref": one.finding.ref,
            "code": one.finding.code,
            "standing": one.standing.name.lower(),
            "verified": one.is_verified,
            "evidence": [_evidence_report(each) for each in one.evidence],
            "missing": [_missing_report(each) for each in one.missing],
            "expected_from": [_source_report(each) for each in one.expected],
            "source_matrix": list(one.rows),
        }
        for one in requirements
    ]


def _evidence_report(one: Evidence) -> Json:
    days: dict[str, Json] = {} if one.days is None else {"days": days_of(one.days)}
    return {"id": one.record, **_source_report(one.source), "level": one.level.value, **days}


def _source_report(one: Source) -> dict[str, Json]:
    return {"reporter": one.reporter.value, "channel": one.channel.value}


def _missing_report(one: Finding) -> Json:
    short: dict[str, Json] = {} if one.needed is None else {"days": days_of(one.missing)}
    return {"kind": one.kind, "ref": one.ref, "code": one.code, **short}
