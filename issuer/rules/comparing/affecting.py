"""Whom a change of law affects: a population's cases, by the law of one day and by that of another. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from issuer.rules.comparing.diff import Change
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, evaluate
from issuer.rules.reading.case_file import CaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One case whose outcome is another. None: there was, or is, no such rule."""

    case: str
    rule: str
    before: Outcome | None
    after: Outcome | None

    @property
    def ways(self) -> tuple[str, str]:
        """Which way it went, and goes."""
        before, after = ("no rule" if one is None else one.way.value for one in (self.before, self.after))
        return before, after


def affected(
    changes: Iterable[Change],
    population: Iterable[tuple[str, CaseFile]],
    policies: Mapping[str, EvidencePolicy],
    *,
    first: date,
    last: date,
) -> Iterator[Affected]:
    """Cases of changed rules, by the law of `first` and of `last`; each as of its own day.

    So that only the law differs: what the calendar alone ends, such as a transitional time, no case shows.
    """
    changed = {one.id: one for one in changes}
    for name, case in population:
        change = changed.get(case.rule)
        if change is None:
            continue
        policy = policies[change.rule.act.country]
        before = _by(change.was, case, policy, first)
        after = _by(change.now, case, policy, last)
        if _told(before) != _told(after):
            yield Affected(case=name, rule=case.rule, before=before, after=after)


def _by(rule: Rule | None, case: CaseFile, policy: EvidencePolicy, law_of: date) -> Outcome | None:
    if rule is None:
        return None
    return evaluate(rule, case.facts, on=case.on, policy=policy, law_of=law_of)


def _told(outcome: Outcome | None) -> object:
    """What an applicant would be told: another version of the same answer is no other answer."""
    if outcome is None:
        return None
    missing = [(one.kind, one.code, one.missing) for one in outcome.shortfalls]
    further = (outcome.limitation, outcome.otherwise, outcome.alternative, outcome.valid_until)
    return outcome.way, outcome.why, missing, further
