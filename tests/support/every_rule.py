"""Every rule of every country: what it asks for, and facts that meet it, made from its own conditions."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Final

from issuer.adapters import law_files
from issuer.rules.conditions import Age, All, Condition, Dated, Discretion, Held
from issuer.rules.conditions import Any as OneOf
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import (
    ATTACHMENTS,
    UNTIL_FURTHER_NOTICE,
    Channel,
    Facts,
    Kind,
    Record,
    Reporter,
    Service,
    Source,
)
from issuer.rules.law import Law, Rule
from issuer.rules.service import ServiceOf
from issuer.rules.where import AnyOf, Wanted
from issuer.rules.words.demands import beside, codes

LONG_AGO: Final = date(1990, 1, 1)
UPLOADED: Final = Source(reporter=Reporter.APPLICANT, channel=Channel.UPLOAD)
_FIELDS: Final = {
    "gt_min": "gt", "gt_max": "gt", "kw_min": "kw", "kw_max": "kw", "rank_min": "rank", "area_min": "area",
}  # fmt: skip


@cache
def law() -> Law:
    """The law that comes with Ombord, read once."""
    return law_files.load()


def rules() -> list[Rule]:
    """Every version of every rule."""
    return [one for versions in law().rules.values() for one in versions]


def day_of(rule: Rule) -> date:
    """A day on which it is the law: its last, or a late one."""
    return rule.last or max(rule.first, date(2026, 11, 22))


def conditions(condition: Condition) -> Iterator[Condition]:
    """A condition and all below it."""
    yield condition
    if isinstance(condition, All | OneOf):
        below: tuple[Condition, ...] = condition.conditions
    elif isinstance(condition, Dated):
        below = (condition.condition,)
    elif isinstance(condition, ServiceOf):
        below = (*([condition.after] if condition.after else ()), *condition.of_which)
    else:
        below = ()
    for one in below:
        yield from conditions(one)


def of_rule(rule: Rule) -> Iterator[Condition]:
    """All that a rule and its other ways ask for."""
    for one in (rule.requires, *(variant.requires for variant in rule.variants)):
        yield from conditions(one)


def everything(rule: Rule, policy: EvidencePolicy, *, uploaded: bool = False) -> Facts:
    """What meets everything that a rule asks for, service of each kind at the same time as the others."""
    on = day_of(rule)
    services: list[Service] = []
    records: list[Record] = []
    asked: set[str] = set()
    for one in of_rule(rule):
        if isinstance(one, Held):
            records += _records(one, on, policy, uploaded, len(records))
        elif isinstance(one, Discretion):
            asked.add(one.code)
    for root in _service_roots(rule.requires):
        services += _services(root, {}, root, rule, policy, uploaded, len(services))
    return Facts(
        birth_date=LONG_AGO - timedelta(days=20_000),
        services=tuple(services),
        records=tuple(records),
        asked=frozenset(asked),
    )


def _service_roots(condition: Condition) -> Iterator[ServiceOf]:
    if isinstance(condition, ServiceOf):
        yield condition
    elif isinstance(condition, All | OneOf):
        for one in condition.conditions:
            yield from _service_roots(one)
    elif isinstance(condition, Dated):
        yield from _service_roots(condition.condition)


def _records(asked: Held, on: date, policy: EvidencePolicy, uploaded: bool, number: int) -> list[Record]:
    day = LONG_AGO if asked.no_older is None else on
    if asked.before is not None:
        day = asked.before - timedelta(days=1)
    source = UPLOADED if uploaded else _source(asked.kind, policy)
    marks = asked.marks | ({UNTIL_FURTHER_NOTICE} if asked.unexpired else frozenset())
    which = [asked.kind.value] if asked.kind in ATTACHMENTS else sorted(asked.codes)[:1]
    return [
        Record(id=f"r{number}-{code}", kind=asked.kind, code=code, day=day, source=source, marks=marks)
        for code in which
    ]


def _services(
    asked: ServiceOf, above: Mapping[str, Wanted], root: ServiceOf, rule: Rule, policy: EvidencePolicy,
    uploaded: bool, number: int,
) -> list[Service]:  # fmt: skip
    demands = beside(above, asked.where.demands)
    end = day_of(rule) if root.before is None else root.before - timedelta(days=1)
    made = Service(
        id=f"s{number}",
        first=end - timedelta(days=int(root.days) - 1),
        last=end,
        source=UPLOADED if uploaded else _source(Kind.SERVICE, policy),
        hours=Fraction(24 * root.days),
        **_said(demands),
    )
    found = [made]
    for part in asked.of_which:
        found += _services(part, demands, root, rule, policy, uploaded, number + 100 * len(found))
    return found


def _said(demands: Mapping[str, Wanted]) -> dict[str, Any]:
    said: dict[str, Any] = {"department": "deck", "flag": "SE", "marks": frozenset()}
    for name, wanted in demands.items():
        if isinstance(wanted, AnyOf):
            said |= _said(wanted.ways[0]) if wanted.ways else {}
        elif name == "marks":
            said["marks"] = frozenset(codes(wanted))
        elif isinstance(wanted, int):
            said[_FIELDS[name]] = wanted
        elif name != "without":
            said[_FIELDS.get(name, name)] = codes(wanted)[0]
    return said


def _source(kind: Kind, policy: EvidencePolicy) -> Source:
    reporter, channel = min(policy.accepts[kind])
    return Source(reporter=reporter, channel=channel)


def named(rule: Rule) -> Iterator[tuple[str, str]]:
    """Every code that a rule names, and the list that it must stand on."""
    yield "holding", rule.id
    yield "holding", rule.grants
    yield "credential", rule.kind
    if rule.otherwise:
        yield "holding", rule.otherwise
    for variant in rule.variants:
        if variant.limitation:
            yield "limitation", variant.limitation
        if variant.name:
            yield "alternative", variant.name
    for one in rule.act.credited:
        yield "discretion", one.code
        yield from _demanded(one.unless.demands)
    for condition in of_rule(rule):
        yield from _named(condition)


def _named(condition: Condition) -> Iterator[tuple[str, str]]:
    if isinstance(condition, Held):
        yield from ((condition.kind.value, code) for code in condition.codes)
        yield from (("mark", code) for code in condition.marks)
    elif isinstance(condition, Discretion):
        yield "discretion", condition.code
    elif isinstance(condition, All | OneOf) and condition.name:
        yield "alternative", condition.name
    elif isinstance(condition, ServiceOf):
        yield from _demanded(condition.where.demands)
        for one in condition.substitutes:
            yield from _demanded(one.where.demands)
    else:
        assert isinstance(condition, All | OneOf | Dated | Age), condition


def _demanded(demands: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
    for name, wanted in demands.items():
        if isinstance(wanted, AnyOf):
            for way in wanted.ways:
                yield from _demanded(way)
        elif not isinstance(wanted, int):
            field = "mark" if name in ("marks", "without") else _FIELDS.get(name, name)
            yield from ((field, code) for code in codes(wanted))
