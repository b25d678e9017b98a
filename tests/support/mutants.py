"""Acts with one thing changed: each number moved by one, each demand dropped; scenarios must notice."""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from issuer.rules.law import Rule
from issuer.rules.reading.act_file import act_in
from issuer.rules.reading.entry import Entry, LawError, read

Node = Any  # of PyYAML's tree
NUMBERS: Final = {"gt_min", "gt_max", "kw_min", "kw_max", "years", "days"}
PERIODS: Final = {"no_older", "within", "decide_within"}
DATES: Final = {"before", "until", "from", "not_before", "valid_until"}
STEPS: Final = {"area_min": "area", "rank_min": "rank", "at_least": "holding"}
DROPPED: Final = {*PERIODS, "after", "before", "marks", "without", "unexpired", "gt_min", "kw_min", "always"}
WHOLE: Final = {
    "ref",
    "name",
    "names",
    "validity",
    "in_force",
    "stcw",
    "otherwise",
    "kind",
    "id",
    "act",
    "grants",
}
SHARED: Final = ("scales", "defaults", "fragments", "credited", "alternatives")


@dataclass(frozen=True)
class Place:
    """Where something is changed: its line, its path, and what was done to it."""

    line: int
    path: str
    done: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.done}"


class ActText:
    """One act's file, of which a rule at a time is read anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first = date.min  # from which the rule is the law: nothing before that can be seen
        self.text = path.read_text(encoding="utf-8")
        self.root = read(path.read_bytes(), path.name).mapping()
        self.scales = {name: one.texts() for name, one in self._of("scales").items()}
        self.rules = [one.node for name in ("rules", "decisions") for one in self._list(name)]

    def _of(self, name: str) -> dict[str, Entry]:
        return self.root[name].mapping() if name in self.root else {}

    def _list(self, name: str) -> tuple[Entry, ...]:
        return self.root[name].items() if name in self.root else ()

    def built(self, rule: Node) -> Rule:
        """One rule, with what the act says for all of them."""
        used = {**{name: self.root[name].node for name in ("act", *SHARED) if name in self.root}}
        if "fragments" in used:
            used["fragments"] = _pruned(used["fragments"], [rule, used.get("alternatives")])
        used["rules"] = yaml.SequenceNode("tag:yaml.org,2002:seq", [rule])
        pairs = [(yaml.ScalarNode("tag:yaml.org,2002:str", name), node) for name, node in used.items()]
        first = self.root["act"].node
        node = yaml.MappingNode("tag:yaml.org,2002:map", pairs, start_mark=first.start_mark)
        return act_in(Entry(node, self.path.name), "changed")[1][0]

    def mutants_of(self, node: Node, path: str = "") -> Iterator[Place]:
        """Change one thing below a node for as long as the caller looks; then the next."""
        if isinstance(node, yaml.MappingNode):
            for at, (key, value) in enumerate(list(node.value)):
                name = key.value
                if name in WHOLE:
                    continue
                here = f"{path}.{name}" if path else name
                yield from self._moved(key, value, here)
                if name in DROPPED or path.endswith((".where", ".unless")) or "any[" in path.split(".")[-1]:
                    yield from _without(node, at, value, here)
                yield from self.mutants_of(value, here)
        elif isinstance(node, yaml.SequenceNode) and len(node.value) > 1:
            for at, one in enumerate(list(node.value)):
                here = f"{path}[{at}]"
                if path.startswith("scales.") and at < self._least(path.removeprefix("scales.")):
                    continue
                yield from _without(node, at, one, here)
                yield from self.mutants_of(one, here)
        elif isinstance(node, yaml.SequenceNode):
            for at, one in enumerate(node.value):
                if path.endswith(("of_which", "substitutes", "variants")):
                    yield from _without(node, at, one, f"{path}[{at}]")
                yield from self.mutants_of(one, f"{path}[{at}]")

    def _least(self, scale: str) -> int:
        """Below this step of a scale nothing is asked for."""
        steps = re.findall(r"(?:_min|at_least): ([\w.-]+)", self.text)
        return min((at for at, code in enumerate(self.scales[scale]) if code in steps), default=99)

    def _moved(self, key: Node, value: Node, path: str) -> Iterator[Place]:
        if not isinstance(value, yaml.ScalarNode):
            return
        name, text = key.value, value.value
        if name == "months":
            key.value = "days"
            yield from _said(value, [str(30 * int(text) + by) for by in (-1, 1)], path)
            key.value = "months"
        elif name in NUMBERS and text != "0":
            yield from _said(value, [str(int(text) + by) for by in (-1, 1)], path)
        elif name in PERIODS:
            yield from _said(value, [_shorter(text), f"{text}1D"], path)
        elif name in DATES:
            days = (date.fromisoformat(text) + timedelta(days=by) for by in (-1, 1))
            seen = (day for day in days if name != "not_before" or day >= self.first)
            yield from _said(value, [str(day) for day in seen], path)
        elif name in STEPS:
            scales = [
                one for kind, one in self.scales.items() if kind.startswith(STEPS[name]) and text in one
            ]
            steps = [
                one[one.index(text) + by]
                for one in scales
                for by in (-1, 1)
                if 0 <= one.index(text) + by < len(one)
            ]
            yield from _said(value, steps, path)
        elif name == "code":
            yield from _said(value, [f"{text}-another"], path)


def _said(value: Node, others: list[str], path: str) -> Iterator[Place]:
    was = value.value
    for other in others:
        value.value = other
        yield Place(value.start_mark.line + 1, path, f"{was} → {other}")
    value.value = was


def _without(node: Node, at: int, what: Node, path: str) -> Iterator[Place]:
    was = node.value
    node.value = [*was[:at], *was[at + 1 :]]
    yield Place(what.start_mark.line + 1, path, "dropped")
    node.value = was


def _shorter(period: str) -> str:
    """A day less, or two: of P5Y, P4Y364D."""
    number, unit = int(period[1:-1]) - 1, period[-1]
    days = {"Y": "364D", "M": "29D"}[unit]
    return f"P{number}{unit}{days}" if number else f"P{days}"


def _pruned(fragments: Node, users: list[Node]) -> Node:
    """Those that are used: the others need not be read each time."""
    texts: set[str] = set()
    by_name = {key.value: value for key, value in fragments.value}
    waiting = [one for one in users if one is not None]
    while waiting:
        for name in _uses(waiting.pop()):
            if name in by_name and name not in texts:
                texts.add(name)
                waiting.append(by_name[name])
    pruned = copy(fragments)
    pruned.value = [pair for pair in fragments.value if pair[0].value in texts]
    return pruned


def _uses(node: Node) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "use" and isinstance(value, yaml.ScalarNode):
                yield value.value
            yield from _uses(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _uses(one)


def is_law(text: ActText, rule: Node) -> Rule | None:
    """The rule as it now reads; None where the change leaves nothing that can be read."""
    try:
        return text.built(rule)
    except LawError:
        return None
