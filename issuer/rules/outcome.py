"""Deciding: verified evidence first, then all of it; the outcome with everything that explains it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from issuer.rules.conditions import Case
from issuer.rules.evidence import CONTRADICTED, EvidencePolicy
from issuer.rules.facts import Channel, Facts, Record, Service
from issuer.rules.finding import Finding, Standing, distance, shortfalls
from issuer.rules.law import Rule, Variant


class Way(StrEnum):
    """Which way a case goes."""

    AUTO = "auto"
    MANUAL = "manual"
    INCOMPLETE = "incomplete"


class Why(StrEnum):
    """Why a person has to look at it."""

    UNVERIFIED = "unverified-evidence"
    CONTRADICTED = "contradicted-evidence"  # two reporters say what cannot both be so
    UPLOAD = "uploaded-document"
    CREDIT = "service-to-credit"  # counts only as far as the authority decides in the single case
    DISCRETION = "discretion"
    AMENDED = "amended"  # a later version may be the law on that day: its date is not known here
    UNVERIFIED_LAW = "unverified-law"  # nobody has compared the rule with the law's own text


class Nearer(NamedTuple):
    """A limited form of which less is missing than of the whole."""

    limitation: str
    ref: str
    finding: Finding


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
    alternative: str = ""  # the way taken, where it is another than the rule's own, such as equivalence
    decide_by: date | None = None
    valid_until: date | None = None  # by a transitional provision, whatever the rule's own validity
    nearer: Nearer | None = None  # only of what is incomplete


def evaluate(
    rule: Rule, facts: Facts, *, on: date, policy: EvidencePolicy, law_of: date | None = None
) -> Outcome:
    """Decide on `facts` as of `on`; `law_of` is the date whose law was chosen, where it is another."""
    day = law_of or on
    doubtful = policy.unverified(facts)
    unverified = {one.id for one in doubtful}
    contradicted = {one.id for one in doubtful if CONTRADICTED in one.marks}
    to_credit = _to_credit(rule, facts, on)
    variant, finding = _granted(rule, _without(facts, unverified | to_credit), on)
    is_proved = finding.standing is Standing.MET
    if (unverified or to_credit) and not (is_proved and _is_whole(variant)):
        by_all = _granted(rule, facts, on)
        # What a person must look at may lift the limitation: then none is laid on anybody unseen.
        if not is_proved or (by_all[1].standing is not Standing.UNMET and _is_whole(by_all[0])):
            (variant, finding), is_proved = by_all, False
    is_met = finding.standing is not Standing.UNMET
    rests_on = frozenset() if is_proved else finding.records()
    why = {
        Why.UNVERIFIED: tuple(sorted(rests_on & unverified - contradicted)),
        Why.CONTRADICTED: tuple(sorted(rests_on & contradicted)),
        Why.UPLOAD: _uploads(doubtful) if policy.uploads_need_a_person else (),
        Why.CREDIT: tuple(sorted(rests_on & to_credit)),
        Why.DISCRETION: _undecided(finding),
        Why.AMENDED: _amended(rule, day),
        Why.UNVERIFIED_LAW: () if rule.verified else (rule.id,),
    }
    reasons = {one: names for one, names in why.items() if names} if is_met else {}
    used = variant if is_met else None
    return Outcome(
        way=Way.INCOMPLETE if not is_met else Way.MANUAL if reasons or not is_proved else Way.AUTO,
        rule=rule.id,
        version=rule.act.version,
        law_of=day,
        on=on,
        finding=finding,
        why=reasons,
        shortfalls=shortfalls(finding),
        limitation=used.limitation if used else None,
        otherwise=None if is_met else rule.otherwise,
        alternative=used.name if used else "",
        decide_by=_decide_by(used, facts),
        valid_until=used.valid_until if used else None,
        nearer=None if is_met else _nearer(rule, finding, facts, on),
    )


def _granted(rule: Rule, facts: Facts, on: date) -> tuple[Variant | None, Finding]:
    """The whole where it is met or open, by the best of the ways to it; else the best of the limited ones.

    So a limitation is laid on nobody to whom the whole is open; where nothing is, what the whole lacks.
    """
    case = Case.of(facts, on, rule.act.counting)
    best: tuple[Variant | None, Finding] = None, rule.requires.judge(case)
    if best[1].standing is Standing.MET:
        return best
    for is_whole in (True, False):
        for variant in rule.variants:
            if _is_whole(variant) is is_whole:
                found = variant.requires.judge(case)
                best = (variant, found) if found.standing > best[1].standing else best
        if best[1].standing is not Standing.UNMET:
            return best
    return best


def _nearer(rule: Rule, whole: Finding, facts: Facts, on: date) -> Nearer | None:
    """The limited form of which the least is missing, where that is less than of the whole."""
    case = Case.of(facts, on, rule.act.counting)
    limited = [
        Nearer(one.limitation, one.ref, one.requires.judge(case))
        for one in rule.variants
        if one.limitation is not None
    ]
    least = min(limited, key=lambda one: distance(one.finding), default=None)
    return least if least is not None and distance(least.finding) < distance(whole) else None


def _is_whole(variant: Variant | None) -> bool:
    return variant is None or variant.limitation is None


def _to_credit(rule: Rule, facts: Facts, on: date) -> frozenset[str]:
    """Service that counts only once the authority has decided so, and of which it has not."""
    if not rule.act.credited:
        return frozenset()
    decided = {(one.code, one.record) for one in facts.decided if one.day <= on}
    return frozenset(
        service.id
        for one in rule.act.credited
        for service in facts.services
        if one.unless.objection(service) is not None
        and not decided & {(one.code, ""), (one.code, service.id)}
    )


def _without(facts: Facts, aside: frozenset[str] | set[str]) -> Facts:
    if not aside:
        return facts
    return replace(
        facts,
        services=tuple(one for one in facts.services if one.id not in aside),
        records=tuple(one for one in facts.records if one.id not in aside),
    )


def _decide_by(variant: Variant | None, facts: Facts) -> date | None:
    """The day by which the law wants the decision, where it sets a time and all documents are in."""
    if variant is None or variant.decide_within is None or facts.complete is None:
        return None
    return variant.decide_within.after(facts.complete)


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
