"""What one person has shown, laid out once for all rows P; and how a row ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType, Credential, Reference
from verifier.verdict import Check, Headline, Outcome, Standing, Valid, Verdict, standing_of
from verifier.wording import Joined, Said

# An enum's members are slow to look up.
PASS: Final = Outcome.PASS
REMARK: Final = Outcome.REMARK
FAIL: Final = Outcome.FAIL
UNKNOWN: Final = Outcome.UNKNOWN
NOT_ASSESSED: Final = Outcome.NOT_ASSESSED

# The worse, the further on. What is not assessed outweighs a remark: it may hide something worse.
_SEVERITY: Final = {PASS: 0, REMARK: 1, NOT_ASSESSED: 2, UNKNOWN: 3, FAIL: 4}


class Finding(NamedTuple):
    """How a row ends, the headline if it is the first to say something, and what it excuses."""

    check: Check
    headline: Headline = Headline.NOT_ASSESSED
    lifted: Reference | None = None  # the certificate whose C9 it lifts

    @property
    def outcome(self) -> Outcome:
        """The check's."""
        return self.check.outcome


class Point(NamedTuple):
    """One thing that a row looked at. What it says is put into words when shown."""

    outcome: Outcome
    text: Said = Said("")


HOLDS: Final = Point(Outcome.PASS)


def point(outcome: Outcome, template: str, *values: object) -> Point:
    """A point with its template and what fills it."""
    return Point(outcome, Said(template, values))


def ends(
    row: str,
    outcome: Outcome,
    headline: Headline,
    template: str,
    *values: object,
    lifted: Reference | None = None,
) -> Finding:
    """A row that ends so; the reason is filled in when shown."""
    return Finding(Check(row, outcome, template, values), headline, lifted)


_HEADLINE: Final = {NOT_ASSESSED: Headline.NOT_ASSESSED, REMARK: Headline.REMARK}


def passes(row: str, template: str, *values: object) -> Finding:
    """A row with nothing against it."""
    return Finding(Check(row, PASS, template, values))


def left_open(row: str, template: str, *values: object) -> Finding:
    """A row that lacks its input: it says so and changes nothing."""
    return Finding(Check(row, NOT_ASSESSED, template, values))


def ends_by(points: Iterable[Point], row: str, outcome: Outcome, headline: Headline) -> Finding:
    """A row that ends so by what the points with this outcome say."""
    parts = texts(points, outcome)
    template, values = parts[0] if len(parts) == 1 else ("{}", (Joined(parts),))
    return Finding(Check(row, outcome, template, values), headline)


def conclude(
    points: Sequence[Point],
    passed: Finding,
    *,
    failed: Headline,
    unknown: Headline = Headline.UNCONFIRMED,
) -> Finding:
    """What a row ends in by the worst of its points; `passed` where nothing is to be said."""
    outcome = worst_of(points)
    if outcome is PASS:
        return passed
    return ends_by(points, passed.check.row, outcome, {**_HEADLINE, FAIL: failed, UNKNOWN: unknown}[outcome])


def severity(outcome: Outcome) -> int:
    """How bad an outcome is, from 0."""
    return _SEVERITY[outcome]


def worst_of(points: Iterable[Point]) -> Outcome:
    """The worst outcome; PASS for no point at all."""
    return max((point.outcome for point in points), key=_SEVERITY.__getitem__, default=PASS)


def texts(points: Iterable[Point], outcome: Outcome) -> tuple[Said, ...]:
    """What the points with this outcome say, each once."""
    return tuple(dict.fromkeys(point.text for point in points if point.outcome is outcome))


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that was shown together and whose signature holds, and what of it is valid today."""

    verdicts: tuple[Verdict, ...]  # a pass stands here for the certificates in it
    credentials: tuple[Credential, ...]
    valid: tuple[Certificate, ...]
    by_id: Mapping[Reference, tuple[Verdict, ...]]
    today: date

    def of_type(self, kind: CertificateType) -> Iterator[Verdict]:
        """The verdicts on what is of a type, valid or not."""
        for verdict in self.verdicts:
            if verdict.credential is not None and verdict.credential.certificate.type is kind:
                yield verdict

    def held(self, kind: CertificateType) -> Iterator[Certificate]:
        """What is of a type and valid."""
        return (certificate for certificate in self.valid if certificate.type is kind)

    def in_doubt(self, kind: CertificateType) -> Iterator[Certificate]:
        """What is of a type and cannot be judged: neither valid nor rejected."""
        for verdict in self.of_type(kind):
            if verdict.credential is not None and standing_of(verdict.checks) is Standing.UNDETERMINED:
                yield verdict.credential.certificate


def lay_out(verdicts: Sequence[Verdict], at: datetime) -> Shown:
    """What was shown, on the day of the clock or of the time floors that the verdicts relied on."""
    flat = tuple(one for verdict in verdicts for one in verdict.members or (verdict,))
    by_id: dict[Reference, tuple[Verdict, ...]] = {}
    credentials, valid = [], []
    for verdict in flat:
        if verdict.credential is None:
            continue
        certificate = verdict.credential.certificate
        credentials.append(verdict.credential)
        named = certificate.certificate_id
        by_id[named] = (*by_id.get(named, ()), verdict)
        if isinstance(verdict, Valid):
            valid.append(certificate)
    today = max([at, *(verdict.relied_on.time for verdict in verdicts)]).date()
    return Shown(flat, tuple(credentials), tuple(valid), by_id, today)


def but_for_its_days(verdict: Verdict, row: str) -> Standing | None:
    """What it would be if it were not out of its days by this row (C9 or C11); None where it is in them."""
    return standing_of(verdict.checks, frozenset({row})) if verdict.outcome(row) is FAIL else None
