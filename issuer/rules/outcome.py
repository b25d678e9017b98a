"""Deciding: verified evidence first, then all of it; the outcome with everything that explains it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from issuer.rules.conditions import Case, Condition
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Channel, Facts, Record, Service
from issuer.rules.finding import Finding, Standing, shortfalls
from issuer.rules.law import Rule


class Way(StrEnum):
    """Which way a case goes."""

    AUTO = "auto"
    MANUAL = "manual"
    INCOMPLETE = "incomplete"


class Why(StrEnum):
    """Why a person has to look at it."""

    UNVERIFIED = "unverified-evidence"
    UPLOAD = "uploaded-document"
    DISCRETION = "discretion"
    AMENDED = "amended"  # a later version may be the law on that day: its date is not known here
    UNVERIFIED_LAW = "unverified-law"  # nobody has compared the rule with the law's own text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule came to, on these facts, by the law of that day."""

    way: Way
    rule: str
    version: str  # of the act's file
    law_of: date
    on: date
    finding: Finding  # with all evidence; of an automatic decision with the verified alone
    why: Mapping[Why, tuple[str, ...]]  # records, or individual decisions, that a person must look at
    shortfalls: tuple[Finding, ...]
    limitation: str | None = None
    otherwise: str | None = None


def evaluate(
    rule: Rule, facts: Facts, *, on: date, policy: EvidencePolicy, law_of: date | None = None
) -> Outcome:
    """Decide on `facts` as of `on`; `law_of` is the date whose law was chosen, where it is another."""
    day = law_of or on
    doubtful = policy.unverified(facts)
    unverified = {one.id for one in doubtful}
    limitation, finding = _granted(rule, policy.verified(facts) if unverified else facts, on)
    is_proved = finding.standing is Standing.MET
    if unverified and not is_proved:
        limitation, finding = _granted(rule, facts, on)
    is_met = finding.standing is not Standing.UNMET
    why = {
        Why.UNVERIFIED: () if is_proved else tuple(sorted(finding.records() & unverified)),
        Why.UPLOAD: _uploads(doubtful) if policy.uploads_need_a_person else (),
        Why.DISCRETION: _undecided(finding),
        Why.AMENDED: _amended(rule, day),
        Why.UNVERIFIED_LAW: () if rule.verified else (rule.id,),
    }
    reasons = {one: names for one, names in why.items() if names} if is_met else {}
    return Outcome(
        way=Way.INCOMPLETE if not is_met else Way.MANUAL if reasons or not is_proved else Way.AUTO,
        rule=rule.id,
        version=rule.act.version,
        law_of=day,
        on=on,
        finding=finding,
        why=reasons,
        shortfalls=shortfalls(finding),
        limitation=limitation if is_met else None,
        otherwise=None if is_met else rule.otherwise,
    )


def _granted(rule: Rule, facts: Facts, on: date) -> tuple[str | None, Finding]:
    """The whole where it is met, else the first limited form that is; else what the whole lacks."""
    whole = _judge(rule, rule.requires, facts, on)
    if whole.standing is Standing.MET:
        return None, whole
    for variant in rule.variants:
        found = _judge(rule, variant.requires, facts, on)
        if found.standing > whole.standing:
            return variant.limitation, found
    return None, whole


def _judge(rule: Rule, condition: Condition, facts: Facts, on: date) -> Finding:
    return condition.judge(Case.of(facts, on, rule.act.counting))


def _uploads(unverified: Iterable[Service | Record]) -> tuple[str, ...]:
    """Uploaded documentation; not what the source matrix itself has the applicant attach, such as a photo."""
    return tuple(one.id for one in unverified if one.source.channel is Channel.UPLOAD)


def _undecided(finding: Finding) -> tuple[str, ...]:
    return tuple(
        one.code for one in finding.decisive() if one.kind == "discretion" and one.standing is Standing.OPEN
    )


def _amended(rule: Rule, day: date) -> tuple[str, ...]:
    """The version that may have taken this one's place by then."""
    later = rule.amended
    return () if later is None or day < later.not_before else (later.by,)
