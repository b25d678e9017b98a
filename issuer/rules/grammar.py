"""Law files into values: every word of the rule language, each checked where it stands.

docs/rule-language.md describes it for those who write law; this module is what it amounts to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Final

from issuer.rules.conditions import (
    Age,
    All,
    Any,
    Condition,
    Dated,
    Discretion,
    Held,
)
from issuer.rules.counting import ByDays, ByHours
from issuer.rules.entry import Entry, names, read
from issuer.rules.facts import ATTACHMENTS, Kind
from issuer.rules.law import Act, Amended, Rule, Validity, Variant
from issuer.rules.service import ServiceOf, Substitute, months
from issuer.rules.where import NUMBERS, Scales, Wanted, Where

_HELD: Final = {kind.value: kind for kind in Kind if kind is not Kind.SERVICE}
_WHICH: Final[Mapping[Kind, tuple[str, ...]]] = {  # the names by which a law says which record it means
    Kind.HOLDING: ("code", "scale", "at_least", "unexpired"),
    **dict.fromkeys(ATTACHMENTS, ()),
}
_RULE: Final = (
    ("id", "ref", "kind", "names", "in_force", "requires"),
    ("variants", "validity", "otherwise", "stcw", "amended", "verified", "grants"),
)
_HOLDING: Final = "holding/"  # scales of what may be held are called so: holding/deck


def act_of(data: bytes, file: str) -> tuple[Act, tuple[Rule, ...]]:
    """The act and its rules in one file. Raises LawError, which says where."""
    members = read(data, file).members(("act", "rules"), ("scales", "defaults", "fragments"))
    scales = {name: one.texts() for name, one in _mapping(members.get("scales")).items()}
    act = _act(members["act"], scales, sha256(data).hexdigest())
    grammar = _Grammar(act, _defaults(members.get("defaults"), scales), _mapping(members.get("fragments")))
    for name, fragment in grammar.fragments.items():  # also one that no rule uses
        grammar.using(name, fragment)
    return act, tuple(_rule(one, grammar) for one in members["rules"].items())


def _mapping(entry: Entry | None) -> Mapping[str, Entry]:
    return {} if entry is None else entry.mapping()


def _act(entry: Entry, scales: Scales, version: str) -> Act:
    members = entry.members(("id", "country", "names", "counts"), ("day_hours", "verified"))
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
    )


@dataclass(frozen=True, slots=True)
class _Default:
    """What a paragraph says for all service of a kind, unless a rule says otherwise."""

    ref: str
    where: Mapping[str, Wanted]
    adds: Mapping[str, Wanted]

    def applies(self, demands: Mapping[str, Wanted]) -> bool:
        return all(demands.get(name) == wanted for name, wanted in self.where.items())


def _defaults(entry: Entry | None, scales: Scales) -> tuple[_Default, ...]:
    found = []
    for one in () if entry is None else entry.items():
        members = one.members(("ref", "where", "adds"))
        where, adds = _demands(members["where"], scales), _demands(members["adds"], scales)
        found.append(_Default(members["ref"].text(), where, adds))
    return tuple(found)


def _demands(entry: Entry, scales: Scales) -> dict[str, Wanted]:
    """What `where` asks for, each name and code checked."""
    demands: dict[str, Wanted] = {}
    for name, value in entry.mapping().items():
        wanted: Wanted = value.whole() if name in NUMBERS else _codes(value)
        try:
            Where.of({name: wanted}, scales)
        except ValueError as error:
            value.fail(str(error))
        demands[name] = wanted
    return demands


def _codes(entry: Entry) -> Wanted:
    codes = entry.texts()
    return codes[0] if len(codes) == 1 else codes


class _Grammar:
    """Reads conditions of one act. A fragment is read where it is used, so that it cites itself."""

    def __init__(self, act: Act, defaults: tuple[_Default, ...], fragments: Mapping[str, Entry]) -> None:
        self.act, self.fragments = act, fragments
        self._defaults = defaults
        self._using: list[str] = []
        self._words: dict[str, Callable[[Entry], Condition]] = {
            "all": self._all,
            "any": self._any,
            "use": self._use,
            "service": lambda entry: self._service(entry, {}),
            "age": self._age,
            "discretion": self._discretion,
            "dated": self._dated,
            **{word: self._held_as(kind) for word, kind in _HELD.items()},
        }

    def condition(self, entry: Entry) -> Condition:
        """One condition: a mapping with its word. Raises LawError."""
        found = entry.mapping()
        if len(found) != 1:
            entry.fail(f"one condition is expected, and not {len(found)} names: use all or any")
        ((word, value),) = found.items()
        if word not in self._words:
            value.fail(f"{word} is no condition; known: {', '.join(sorted(self._words))}")
        return self._words[word](value)

    def using(self, name: str, where: Entry) -> Condition:
        """A fragment by its name. Raises LawError."""
        if name not in self.fragments:
            where.fail(f"there is no fragment {name}")
        if name in self._using:
            where.fail(f"fragment {name} uses itself")
        self._using.append(name)
        try:
            return self.condition(self.fragments[name])
        finally:
            self._using.pop()

    def _use(self, entry: Entry) -> Condition:
        return self.using(entry.text(), entry)

    def _all(self, entry: Entry) -> Condition:
        ref, name, conditions = self._several(entry)
        return All(conditions=conditions, ref=ref, name=name)

    def _any(self, entry: Entry) -> Condition:
        ref, name, conditions = self._several(entry)
        return Any(conditions=conditions, ref=ref, name=name)

    def _several(self, entry: Entry) -> tuple[str, str, tuple[Condition, ...]]:
        """A list of conditions; or, to cite or name it, a mapping with the list as `of`."""
        if entry.is_list():
            return "", "", tuple(self.condition(one) for one in entry.items())
        members = entry.members(("of",), ("ref", "name"))
        listed = tuple(self.condition(one) for one in members["of"].items())
        return _text(members, "ref"), _text(members, "name"), listed

    def _age(self, entry: Entry) -> Condition:
        members = entry.members(("ref", "years"))
        return Age(years=members["years"].whole(), ref=members["ref"].text())

    def _discretion(self, entry: Entry) -> Condition:
        members = entry.members(("ref", "code"), ("always",))
        always = "always" in members and members["always"].flag()
        return Discretion(code=members["code"].text(), ref=members["ref"].text(), always=always)

    def _dated(self, entry: Entry) -> Condition:
        members = entry.members(("ref", "requires"), ("from", "until"))
        if not members.keys() & {"from", "until"}:
            entry.fail("from or until is needed: the days on which it may be used")
        return Dated(
            condition=self.condition(members["requires"]),
            first=members["from"].day() if "from" in members else None,
            last=members["until"].day() if "until" in members else None,
            ref=members["ref"].text(),
        )

    def _held_as(self, kind: Kind) -> Callable[[Entry], Condition]:
        return lambda entry: self._held(kind, entry)

    def _held(self, kind: Kind, entry: Entry) -> Held:
        members = entry.members((), ("ref", "no_older", "before", "marks", *_WHICH.get(kind, ("code",))))
        code, codes = (kind.value, frozenset()) if kind in ATTACHMENTS else self._which(entry, members)
        return Held(
            kind=kind,
            codes=codes,
            code=code,
            ref=_text(members, "ref"),
            no_older=members["no_older"].period() if "no_older" in members else None,
            before=members["before"].day() if "before" in members else None,
            marks=frozenset(members["marks"].texts()) if "marks" in members else frozenset(),
            unexpired="unexpired" in members and members["unexpired"].flag(),
        )

    def _which(self, entry: Entry, members: Mapping[str, Entry]) -> tuple[str, frozenset[str]]:
        """The codes that will do: those that are named, or all from one of a scale on."""
        if "code" in members:
            codes = members["code"].texts()
            return " / ".join(codes), frozenset(codes)
        if "at_least" not in members or "scale" not in members:
            entry.fail("code is needed, or scale with at_least")
        scale = self.act.scales.get(_HOLDING + members["scale"].text())
        least = members["at_least"].text()
        if scale is None or least not in scale:
            members["at_least"].fail(f"{least} is not on a scale {_HOLDING}{members['scale'].text()}")
        return f"≥ {least}", frozenset(scale[scale.index(least) :])

    def _service(self, entry: Entry, above: Mapping[str, Wanted]) -> ServiceOf:
        known = ("ref", "where", "after", "within", "before", "substitutes", "of_which")
        members = entry.members((), (*known, "months", "days"))
        own = _demands(members["where"], self.act.scales) if "where" in members else {}
        demands = {**above, **own}
        defaults = [one for one in self._defaults if one.applies(demands) and not one.applies(above)]
        added = {name: wanted for one in defaults for name, wanted in one.adds.items() if name not in demands}
        cited = (_text(members, "ref"), *(one.ref for one in defaults if one.adds.keys() & added.keys()))
        return ServiceOf(
            days=_days(entry, members),
            where=Where.of({**own, **added}, self.act.scales),
            ref="; ".join(filter(None, cited)),
            after=self._held(Kind.HOLDING, members["after"]) if "after" in members else None,
            within=members["within"].period() if "within" in members else None,
            before=members["before"].day() if "before" in members else None,
            substitutes=tuple(map(self._substitute, _items(members, "substitutes"))),
            of_which=tuple(self._service(one, {**demands, **added}) for one in _items(members, "of_which")),
        )

    def _substitute(self, entry: Entry) -> Substitute:
        members = entry.members(("ref", "where"), ("months", "days"))
        return Substitute(
            where=Where.of(_demands(members["where"], self.act.scales), self.act.scales),
            at_most=_days(entry, members),
            ref=members["ref"].text(),
        )


def _days(entry: Entry, members: Mapping[str, Entry]) -> int:
    if ("months" in members) is ("days" in members):
        entry.fail("months is needed, or days")
    return months(members["months"].whole()) if "months" in members else members["days"].whole()


def _rule(entry: Entry, grammar: _Grammar) -> Rule:
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
        variants=tuple(_variant(one, grammar) for one in _items(members, "variants")),
        validity=_validity(members["validity"]) if "validity" in members else None,
        otherwise=_text(members, "otherwise") or None,
        stcw=members["stcw"].texts() if "stcw" in members else (),
        amended=_amended(members["amended"]) if "amended" in members else None,
        verified=members["verified"].flag() if "verified" in members else grammar.act.verified,
        grants=_text(members, "grants") or name,
    )


def _variant(entry: Entry, grammar: _Grammar) -> Variant:
    members = entry.members(("ref", "limitation", "requires"))
    return Variant(
        members["ref"].text(), members["limitation"].text(), grammar.condition(members["requires"])
    )


def _amended(entry: Entry) -> Amended:
    members = entry.members(("by", "not_before"))
    return Amended(members["by"].text(), members["not_before"].day())


def _validity(entry: Entry) -> Validity:
    members = entry.members(("ref",), ("period", "renewal_window", "until_further_notice"))
    forever = "until_further_notice" in members and members["until_further_notice"].flag()
    if forever is ("period" in members):
        entry.fail("period is needed, or until_further_notice: true")
    return Validity(
        members["period"].period() if "period" in members else None,
        members["renewal_window"].period() if "renewal_window" in members else None,
        members["ref"].text(),
    )


def _text(members: Mapping[str, Entry], name: str) -> str:
    return members[name].text() if name in members else ""


def _items(members: Mapping[str, Entry], name: str) -> tuple[Entry, ...]:
    return members[name].items() if name in members else ()
