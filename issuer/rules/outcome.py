"""Deciding: verified evidence first, then all of it; the outcome with everything that explains it. Pure."""

from collections.abc import Mapping
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
    unverified = {one.id for one in policy.unverified(facts)}
    limitation, proved = _granted(rule, policy.verified(facts) if unverified else facts, on)
    uploads = _uploads(facts) if policy.uploads_need_a_person else ()
    parts = {"rule": rule.id, "version": rule.act.version, "law_of": law_of or on, "on": on}
    if proved.standing is Standing.MET and not uploads:
        return Outcome(
            way=Way.AUTO,
            finding=proved,
            why={},
            shortfalls=(),
            limitation=limitation,
            **parts,  # type: ignore[arg-type]
        )
    claimed = proved
    if unverified and proved.standing is not Standing.MET:
        limitation, claimed = _granted(rule, facts, on)
    if claimed.standing is Standing.UNMET:
        return Outcome(
            way=Way.INCOMPLETE, finding=claimed, why={}, shortfalls=shortfalls(claimed),
            otherwise=rule.otherwise, **parts,  # type: ignore[arg-type]
        )  # fmt: skip
    why = _why(claimed, unverified, uploads)
    return Outcome(
        way=Way.MANUAL,
        finding=claimed,
        why=why,
        shortfalls=(),
        limitation=limitation,
        **parts,  # type: ignore[arg-type]
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


def _uploads(facts: Facts) -> tuple[str, ...]:
    everything: tuple[Service | Record, ...] = (*facts.services, *facts.records)
    return tuple(one.id for one in everything if one.source.channel is Channel.UPLOAD)


def _why(finding: Finding, unverified: set[str], uploads: tuple[str, ...]) -> Mapping[Why, tuple[str, ...]]:
    rests_on = tuple(sorted(finding.records() & unverified))
    undecided = tuple(
        one.code for one in finding.decisive() if one.kind == "discretion" and one.standing is Standing.OPEN
    )
    found = {Why.UNVERIFIED: rests_on, Why.UPLOAD: uploads, Why.DISCRETION: undecided}
    return {why: names for why, names in found.items() if names}
