"""Scenarios of the law as officials write them (tests/rules/scenarios/README.md), read and judged."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from issuer.adapters.law_files import load, policies
from issuer.rules.facts import Channel, Decided, Facts, Kind, Record, Reporter, Service, Source
from issuer.rules.finding import Finding
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, Way, evaluate
from issuer.rules.reading.entry import Entry, read

FOLDER: Final = Path(__file__).parents[1] / "rules" / "scenarios"
NONE: Final = "none"  # what takes a record, or something reported of it, away
GROWN_UP: Final = "1970-01-01"  # the birth date of whoever has no other
LENGTH: Final = {"months", "days", "to"}
_LENGTH: Final = re.compile(r"(?:(\d+) months?)? ?(?:(\d+) days?)?")
_MISSING: Final = re.compile(r"(.+) \((.+)\)")
Plain = Any  # text, a list of it, or names and values: what a scenario's file holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One applicant on one day, and what the law says of that."""

    file: str
    title: str
    rule: str
    on: date
    law_of: date
    facts: Facts
    expect: Mapping[str, Plain]

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"

    def law(self) -> Rule:
        """The version that it is judged by."""
        return LAW.rule(self.rule, self.law_of)

    def outcome(self, rule: Rule | None = None) -> Outcome:
        """What the evaluator says; of a changed rule instead, if one is given."""
        found = rule or self.law()
        return evaluate(found, self.facts, on=self.on, policy=POLICIES[found.act.country], law_of=self.law_of)


LAW: Final = load()
POLICIES: Final = policies()


@cache
def scenarios(folder: Path = FOLDER) -> tuple[Scenario, ...]:
    """Every scenario of every file, those that vary one thing taken apart."""
    return tuple(
        one
        for path in sorted(folder.rglob("*.yaml"))
        for one in _file(path.relative_to(folder).as_posix(), path.read_bytes())
    )


def said(outcome: Outcome) -> dict[str, Plain]:
    """An outcome in a scenario's words."""
    limited = f"limited to {outcome.limitation}" if outcome.limitation else ""
    found: dict[str, Plain] = {}
    if outcome.way is Way.AUTO:
        found["auto"] = limited or "whole"
    elif outcome.way is Way.MANUAL:
        found["manual"] = {why.value: sorted(names) for why, names in outcome.why.items()}
        found |= {"limited to": outcome.limitation} if outcome.limitation else {}
    else:
        found["incomplete"] = [_short(one) for one in outcome.shortfalls]
        found |= {"look at": outcome.otherwise} if outcome.otherwise else {}
    found |= {"decide by": str(outcome.decide_by)} if outcome.decide_by else {}
    found |= {"valid until": str(outcome.valid_until)} if outcome.valid_until else {}
    return found


def differs(scenario: Scenario) -> str:
    """How the outcome is another than the expected one; empty when it is not."""
    outcome = scenario.outcome()
    found, wanted = said(outcome), dict(scenario.expect)
    if "incomplete" in found and "incomplete" in wanted:
        if _same_missing(found.pop("incomplete"), wanted.pop("incomplete")):
            found.pop("incomplete", None)
        else:
            found, wanted = said(outcome), dict(scenario.expect)
    if "look at" not in wanted:
        found.pop("look at", None)
    return "" if found == wanted else f"expected {wanted}, found {found}"


def _same_missing(found: list[str], wanted: list[str]) -> bool:
    """Each expected one is there, and no other; a paragraph that a default cites besides may be left out."""
    left = [_parts(one) for one in found]
    for text in wanted:
        what, refs = _parts(text)
        hit = next((one for one in left if one[0] == what and refs <= one[1]), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def _parts(text: str) -> tuple[str, set[str]]:
    match = _MISSING.fullmatch(text)
    assert match, f"{text!r}: what is missing is written as `12 days (2 kap. 3 § 2)` or `code (§)`"
    return match[1], set(match[2].split("; "))


def _short(one: Finding) -> str:
    if one.needed is not None and one.had is not None:
        missing = one.missing
        text = str(missing) if missing == int(missing) else f"{float(missing):g}"
        return f"{text} day{'' if missing == 1 else 's'} ({one.ref})"
    return f"{'age ' if one.kind == 'age' else ''}{one.code} ({one.ref})"


def _file(name: str, data: bytes) -> Iterator[Scenario]:
    whole = _plain(read(data, name))
    _only(name, whole, "title", "rule", "on", "people", "scenarios")
    people: dict[str, Plain] = {}
    for who, person in whole["people"].items():
        base = people[person["like"]] if "like" in person else {"born": GROWN_UP}
        people[who] = _changed(base, person)
    for entry in whole["scenarios"]:
        where = f"{name}: {entry.get('title')}"
        _only(where, entry, "title", "rule", "on", "law_of", "given", "but", "vary", "outcomes", "expect")
        assert ("vary" in entry) is ("outcomes" in entry) is ("expect" not in entry), where
        base = {**whole, **entry}
        person = _changed(people[entry["given"]], entry.get("but", {}))
        if "expect" in entry:
            yield _scenario(where, name, entry["title"], base, person, entry["expect"])
            continue
        for value, expect in entry["outcomes"].items():
            title = f"{entry['title']}: {value}"
            if entry["vary"] in ("on", "law_of"):
                yield _scenario(where, name, title, {**base, entry["vary"]: value}, person, expect)
                continue
            varied = _changed(person, _at(entry["vary"].split("."), value))
            yield _scenario(where, name, title, base, varied, expect)


def _scenario(where: str, name: str, title: str, base: Plain, person: Plain, expect: Plain) -> Scenario:
    on = date.fromisoformat(base["on"])
    country = LAW.rule(base["rule"], date.fromisoformat(base.get("law_of", base["on"]))).act.country
    return Scenario(
        file=name,
        title=title,
        rule=base["rule"],
        on=on,
        law_of=date.fromisoformat(base.get("law_of", base["on"])),
        facts=_facts(where, person, country),
        expect=_expected(where, expect),
    )


def _expected(where: str, expect: Plain) -> dict[str, Plain]:
    """`auto`, or names and values; what may be one or several becomes a list."""
    if expect == Way.AUTO.value:
        return {"auto": "whole"}
    assert isinstance(expect, dict), f"{where}: say why, or what is missing"
    _only(where, expect, *(way.value for way in Way), "limited to", "look at", "decide by", "valid until")
    found = dict(expect)
    if "incomplete" in found:
        found["incomplete"] = _several(found["incomplete"])
    if "manual" in found:
        found["manual"] = {why: sorted(_several(names)) for why, names in found["manual"].items()}
    return found


def _facts(where: str, person: Plain, country: str) -> Facts:
    _only(where, person, "like", "born", "has", "served", "decided", "asked", "complete")
    return Facts(
        birth_date=date.fromisoformat(person["born"]) if "born" in person else None,
        services=tuple(_served(where, person.get("served", {}), country)),
        records=tuple(_record(where, id_, one, country) for id_, one in person.get("has", {}).items()),
        decided=tuple(_decided(one, day) for one, day in person.get("decided", {}).items()),
        asked=frozenset(_several(person.get("asked", []))),
        complete=date.fromisoformat(person["complete"]) if "complete" in person else None,
    )


def _decided(code: str, said: Plain) -> Decided:
    """The day; or the day and the record that it is about."""
    about = said if isinstance(said, dict) else {"on": said}
    return Decided(code=code, day=date.fromisoformat(about["on"]), record=about.get("record", ""))


def _served(where: str, served: Plain, country: str) -> Iterator[Service]:
    """One after another: each begins the day after the one before, unless it says `from`."""
    first: date | None = None
    for id_, one in served.items():
        reported: dict[str, Any] = {
            name: value for name, value in one.items() if name not in {*LENGTH, "from", "by"}
        }
        first = date.fromisoformat(one["from"]) if "from" in one else first
        assert first, f"{where}: {id_}: the first service says from which day"
        last = date.fromisoformat(one["to"]) if "to" in one else first + _length(one) - timedelta(days=1)
        reported |= {name: int(reported[name]) for name in ("gt", "kw") if name in reported}
        reported |= {"hours": Fraction(reported["hours"])} if "hours" in reported else {}
        reported["marks"] = frozenset(_several(reported.get("marks", [])))
        source = _source(where, one, Kind.SERVICE, country)
        yield Service(id=id_, first=first, last=last, source=source, **reported)
        first = last + timedelta(days=1)


def _length(one: Plain) -> timedelta:
    days = 30 * int(one.get("months", 0)) + int(one.get("days", 0))
    assert days, f"{one}: for how long?"
    return timedelta(days=days)


def _record(where: str, id_: str, one: Plain, country: str) -> Record:
    kinds = one.keys() & {kind.value for kind in Kind}
    assert len(kinds) == 1, f"{where}: {id_}: one kind of record is expected, such as course: x"
    (kind,) = kinds
    _only(f"{where}: {id_}", one, kind, "on", "until", "marks", "by")
    return Record(
        id=id_,
        kind=Kind(kind),
        code=one[kind],
        day=date.fromisoformat(one["on"]),
        until=date.fromisoformat(one["until"]) if "until" in one else None,
        source=_source(where, one, Kind(kind), country),
        marks=frozenset(_several(one.get("marks", []))),
    )


def _source(where: str, one: Plain, kind: Kind, country: str) -> Source:
    """Who reported it: `by: applicant upload`; else the first whom the country's policy believes."""
    if "by" in one:
        reporter, _, channel = one["by"].partition(" ")
        return Source(reporter=Reporter(reporter), channel=Channel(channel))
    ways, who = list(Channel), list(Reporter)
    believed = POLICIES[country].accepts.get(kind, frozenset())
    assert believed, f"{where}: nobody is believed about {kind}: say by whom it was reported"
    reporter, channel = min(believed, key=lambda pair: (ways.index(pair[1]), who.index(pair[0])))
    return Source(reporter=reporter, channel=channel)


def _changed(base: Plain, changes: Plain) -> Plain:
    """`base` with some of it said otherwise; `none` takes it away; a new length takes the old one's place."""
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    found = {name: one for name, one in base.items() if changes.get(name) != NONE}
    if changes.keys() & LENGTH:
        found = {name: one for name, one in found.items() if name not in LENGTH}
    for name, one in changes.items():
        if one != NONE:
            found[name] = _changed(found.get(name, {}), one)
    return found


def _at(path: list[str], value: str) -> Plain:
    """A change of one thing; of a whole service, its length: `17 months 29 days`."""
    if len(path) > 1:
        return {path[0]: _at(path[1:], value)}
    match = _LENGTH.fullmatch(value)
    if not match or not any(match.groups()):
        return {path[0]: value}
    return {path[0]: {"months": match[1] or "0", "days": match[2] or "0"}}


def _several(value: Plain) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


def _only(where: str, found: Plain, *known: str) -> None:
    assert isinstance(found, dict), f"{where}: names and values are expected"
    strange = found.keys() - set(known)
    assert not strange, f"{where}: {', '.join(sorted(strange))} is not known here; known: {', '.join(known)}"


def _plain(entry: Entry) -> Plain:
    """As `issuer.rules.reading.entry` reads it: nothing twice, no aliases, `NO` a country."""
    if isinstance(entry.node, yaml.MappingNode):
        return {name: _plain(one) for name, one in entry.mapping().items()}
    return [_plain(one) for one in entry.items()] if entry.is_list() else entry.text()
