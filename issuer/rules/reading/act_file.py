"""Law files into values: an act, what holds for all of its rules, and the rules.

docs/rule-language.md describes it for those who write law; conditions are `grammar`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from typing import Final

from issuer.rules.counting import ByDays, ByHours
from issuer.rules.law import Act, Amended, Assumed, Credited, Rule, Validity, Variant
from issuer.rules.reading.entry import Entry, names, read
from issuer.rules.reading.grammar import Default, Grammar, demands_of, items, text_of
from issuer.rules.where import Scales, Where

_RULE: Final = (
    ("id", "ref", "kind", "names", "in_force", "requires"),
    ("variants", "validity", "otherwise", "stcw", "amended", "verified", "grants"),
)
_SECTIONS: Final = ("scales", "defaults", "fragments", "credited", "alternatives", "decisions")
_ALTERNATIVE: Final = (
    ("ref", "name", "kinds", "requires"),
    ("decide_within", "valid_until"),
)


def act_of(data: bytes, file: str) -> tuple[Act, tuple[Rule, ...]]:
    """The act and its rules in one file. Raises LawError, which says where."""
    return act_in(read(data, file), sha256(data).hexdigest())


def act_in(entry: Entry, version: str) -> tuple[Act, tuple[Rule, ...]]:
    """The act and its rules, of a file that was read. Raises LawError."""
    members = entry.members(("act", "rules"), _SECTIONS)
    scales = {name: one.texts() for name, one in _mapping(members.get("scales")).items()}
    act = _act(members["act"], scales, version, items(members, "credited"))
    grammar = Grammar(act, _defaults(members.get("defaults"), scales), _mapping(members.get("fragments")))
    for name, fragment in grammar.fragments.items():  # also one that no rule uses
        grammar.using(name, fragment)
    alternatives = [_alternative(one, grammar) for one in items(members, "alternatives")]
    rules = [_rule(one, grammar) for one in members["rules"].items()]
    decisions = [replace(_rule(one, grammar), is_grant=False) for one in items(members, "decisions")]
    return act, (*(_with(rule, alternatives) for rule in rules), *decisions)


def _mapping(entry: Entry | None) -> Mapping[str, Entry]:
    return {} if entry is None else entry.mapping()


def _act(entry: Entry, scales: Scales, version: str, credited: Sequence[Entry]) -> Act:
    members = entry.members(("id", "country", "names", "counts"), ("day_hours", "verified", "assumes"))
    counts = members["counts"].text()
    if counts not in ("days", "hours"):
        members["counts"].fail("service is counted in days or in hours")
    if (counts == "hours") is not ("day_hours" in members):
        entry.fail("day_hours, the hours that make a day, belongs to counts: hours")
    return Act(
        id=members["id"].text(),
        country=members["country"].text(),
        names=names(members["names"]),
        scales=scales,
        counting=ByHours(Fraction(members["day_hours"].whole())) if counts == "hours" else ByDays(),
        version=version,
        verified="verified" not in members or members["verified"].flag(),
        credited=tuple(_credited(one, scales) for one in credited),
        assumes=tuple(map(_assumed, items(members, "assumes"))),
    )


def _assumed(entry: Entry) -> Assumed:
    members = entry.members(("ref", "text"))
    return Assumed(members["ref"].text(), members["text"].text())


def _credited(entry: Entry, scales: Scales) -> Credited:
    members = entry.members(("ref", "code", "unless"))
    unless = Where.of(demands_of(members["unless"], scales), scales)
    return Credited(members["ref"].text(), members["code"].text(), unless)


def _defaults(entry: Entry | None, scales: Scales) -> tuple[Default, ...]:
    found = []
    for one in () if entry is None else entry.items():
        members = one.members(("ref", "where", "adds"))
        where, adds = demands_of(members["where"], scales), demands_of(members["adds"], scales)
        found.append(Default(members["ref"].text(), where, adds))
    return tuple(found)


def _rule(entry: Entry, grammar: Grammar) -> Rule:
    members = entry.members(*_RULE)
    in_force = members["in_force"].members(("from",), ("until",))
    last = in_force["until"].day() if "until" in in_force else None
    first = in_force["from"].day()
    if last is not None and last < first:
        in_force["until"].fail("it ends before it begins")
    name = members["id"].text()
    return Rule(
        id=name,
        act=grammar.act,
        ref=members["ref"].text(),
        kind=members["kind"].text(),
        names=names(members["names"]),
        first=first,
        last=last,
        requires=grammar.condition(members["requires"]),
        variants=tuple(_variant(one, members["requires"], grammar) for one in items(members, "variants")),
        validity=_validity(members["validity"]) if "validity" in members else None,
        otherwise=text_of(members, "otherwise") or None,
        stcw=members["stcw"].texts() if "stcw" in members else (),
        amended=_amended(members["amended"]) if "amended" in members else None,
        verified=members["verified"].flag() if "verified" in members else grammar.act.verified,
        grants=text_of(members, "grants") or name,
    )


def _variant(entry: Entry, whole: Entry, grammar: Grammar) -> Variant:
    """It asks what it says itself; else for the whole without what is `not_for` its limitation."""
    members = entry.members(("ref", "limitation"), ("requires",))
    limitation = members["limitation"].text()
    requires = grammar.limited(members.get("requires", whole), limitation)
    return Variant(members["ref"].text(), limitation, requires)


def _alternative(entry: Entry, grammar: Grammar) -> tuple[frozenset[str], Variant]:
    """Another way to everything of some kinds, and which kinds."""
    members = entry.members(*_ALTERNATIVE)
    return frozenset(members["kinds"].texts()), Variant(
        members["ref"].text(),
        None,
        grammar.condition(members["requires"]),
        name=members["name"].text(),
        decide_within=members["decide_within"].period() if "decide_within" in members else None,
        valid_until=members["valid_until"].day() if "valid_until" in members else None,
    )


def _with(rule: Rule, alternatives: Sequence[tuple[frozenset[str], Variant]]) -> Rule:
    more = tuple(variant for kinds, variant in alternatives if rule.kind in kinds)
    return replace(rule, variants=(*rule.variants, *more)) if more else rule


def _amended(entry: Entry) -> Amended:
    members = entry.members(("by", "not_before"))
    return Amended(members["by"].text(), members["not_before"].day())


def _validity(entry: Entry) -> Validity:
    members = entry.members(("ref",), ("period", "renewal_window", "until_further_notice", "until"))
    forever = "until_further_notice" in members and members["until_further_notice"].flag()
    if forever + bool(members.keys() & {"period", "until"}) != 1:
        entry.fail("period is needed, until (a day), or until_further_notice: true")
    return Validity(
        members["period"].period() if "period" in members else None,
        members["renewal_window"].period() if "renewal_window" in members else None,
        members["ref"].text(),
        members["until"].day() if "until" in members else None,
    )
