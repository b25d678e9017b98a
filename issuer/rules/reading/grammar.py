"""Conditions of law files into values: every word of the rule language, each checked where it stands.

docs/rule-language.md describes it for those who write law; `act_file` reads the whole of a file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from issuer.rules.conditions import Age, All, Any, Condition, Dated, Discretion, Held
from issuer.rules.facts import ATTACHMENTS, Kind
from issuer.rules.law import Act
from issuer.rules.reading.entry import Entry
from issuer.rules.service import ServiceOf, Substitute, months
from issuer.rules.where import ANY, NUMBERS, AnyOf, Demands, Scales, Wanted, Where

_HELD: Final = {kind.value: kind for kind in Kind if kind is not Kind.SERVICE}
_WHICH: Final[Mapping[Kind, tuple[str, ...]]] = {  # the names by which a law says which record it means
    Kind.HOLDING: ("code", "scale", "at_least", "unexpired"),
    **dict.fromkeys(ATTACHMENTS, ()),
}
_SERVICE: Final = (
    "ref",
    "months",
    "days",
    "where",
    "after",
    "within",
    "before",
    "substitutes",
    "of_which",
    "not_for",
)
_HOLDING: Final = "holding/"  # scales of what may be held are called so: holding/deck


@dataclass(frozen=True, slots=True)
class Default:
    """What a paragraph says for all service of a kind, unless a rule says otherwise."""

    ref: str
    where: Demands
    adds: Demands

    def applies(self, demands: Demands) -> bool:
        """Whether it is about service of which this is asked."""
        return all(demands.get(name) == wanted for name, wanted in self.where.items())


def demands_of(entry: Entry, scales: Scales) -> dict[str, Wanted]:
    """What `where` asks for, each name and code checked. Raises LawError."""
    demands: dict[str, Wanted] = {}
    for name, value in entry.mapping().items():
        wanted = _wanted(name, value, scales)
        try:
            Where.of({name: wanted}, scales)
        except ValueError as error:
            value.fail(str(error))
        demands[name] = wanted
    return demands


def _wanted(name: str, value: Entry, scales: Scales) -> Wanted:
    if name in NUMBERS:
        return value.whole()
    if name == ANY:
        return AnyOf(tuple(demands_of(one, scales) for one in value.items()))
    codes = value.texts()
    return codes[0] if len(codes) == 1 else codes


class Grammar:
    """Reads conditions of one act. A fragment is read where it is used, so that it cites itself."""

    def __init__(self, act: Act, defaults: tuple[Default, ...], fragments: Mapping[str, Entry]) -> None:
        self.act, self.fragments = act, fragments
        self._defaults = defaults
        self._using: list[str] = []
        self._limitation = ""  # what the grant that is being read is limited to
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

    def limited(self, entry: Entry, limitation: str) -> Condition:
        """A condition as it is asked of whoever is limited so: without the parts that are `not_for` it."""
        self._limitation = limitation
        try:
            return self.condition(entry)
        finally:
            self._limitation = ""

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
        return text_of(members, "ref"), text_of(members, "name"), listed

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
            ref=text_of(members, "ref"),
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
        members = entry.members((), _SERVICE)
        own = demands_of(members["where"], self.act.scales) if "where" in members else {}
        demands = {**above, **own}
        defaults = [one for one in self._defaults if one.applies(demands) and not one.applies(above)]
        added = {name: wanted for one in defaults for name, wanted in one.adds.items() if name not in demands}
        cited = (text_of(members, "ref"), *(one.ref for one in defaults if one.adds.keys() & added.keys()))
        return ServiceOf(
            days=_days(entry, members),
            where=Where.of({**own, **added}, self.act.scales),
            ref="; ".join(filter(None, cited)),
            after=self._after(members["after"], text_of(members, "ref")) if "after" in members else None,
            within=members["within"].period() if "within" in members else None,
            before=members["before"].day() if "before" in members else None,
            substitutes=tuple(map(self._substitute, items(members, "substitutes"))),
            of_which=tuple(self._service(one, {**demands, **added}) for one in self._parts(members)),
        )

    def _after(self, entry: Entry, ref: str) -> Held:
        """A holding; or by its kind another record, `after: {course: {code: x}}`; cited as the service is."""
        found = entry.mapping()
        words = found.keys() & _HELD.keys()
        kind, where = Kind.HOLDING, entry
        if len(found) == 1 and words:
            (word,) = words
            kind, where = _HELD[word], found[word]
        held = self._held(kind, where)
        return held if held.ref else replace(held, ref=ref)

    def _parts(self, members: Mapping[str, Entry]) -> Iterator[Entry]:
        """What part of the service is asked more; not what this limitation leaves out."""
        for one in items(members, "of_which"):
            left_out = one.mapping().get("not_for")
            if left_out is None or left_out.text() != self._limitation:
                yield one

    def _substitute(self, entry: Entry) -> Substitute:
        members = entry.members(("ref", "where"), ("months", "days"))
        return Substitute(
            where=Where.of(demands_of(members["where"], self.act.scales), self.act.scales),
            at_most=_days(entry, members),
            ref=members["ref"].text(),
        )


def _days(entry: Entry, members: Mapping[str, Entry]) -> int:
    if ("months" in members) is ("days" in members):
        entry.fail("months is needed, or days")
    return months(members["months"].whole()) if "months" in members else members["days"].whole()


def text_of(members: Mapping[str, Entry], name: str) -> str:
    """Its text; empty where it does not stand there."""
    return members[name].text() if name in members else ""


def items(members: Mapping[str, Entry], name: str) -> tuple[Entry, ...]:
    """Its list; empty where it does not stand there."""
    return members[name].items() if name in members else ()
