"""The rule language a second time, from its description alone: slow, by sets of days, with no code in common.

It reads the YAML by itself and answers one question: unmet (0), open (1) or met (2).
"""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from issuer.rules.facts import Facts, Record, Service

Entry = dict[str, Any]
KINDS = ("exam", "education", "course", "assessment", "competence", "document", "holding")
NUMBER = {"gt_min": ("gt", 1), "kw_min": ("kw", 1), "gt_max": ("gt", -1), "kw_max": ("kw", -1)}


class NaiveLaw:
    """One act's file."""

    def __init__(self, path: Path) -> None:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - texts alone
        self.scales: dict[str, list[str]] = data.get("scales", {})
        self.defaults: list[Entry] = data.get("defaults", [])
        self.fragments: dict[str, Entry] = data.get("fragments", {})
        self.day_hours = int(data["act"].get("day_hours", 0))  # 0: days are counted, not hours
        self.rules: list[Entry] = [*data["rules"], *data.get("decisions", ())]
        self.alternatives: list[Entry] = data.get("alternatives", [])
        self.granted = {rule["id"] for rule in data["rules"]}

    def stands(self, name: str, facts: Facts, on: date) -> tuple[int, str | None]:
        """How the version of that day stands, and with which limitation it would be granted."""
        for rule in self.rules:
            times = rule["in_force"]
            if rule["id"] == name and times["from"] <= on.isoformat() <= times.get("until", "9999"):
                return self._granted(rule, facts, on)
        raise LookupError(name)

    def _granted(self, rule: Entry, facts: Facts, on: date) -> tuple[int, str | None]:
        ways: list[tuple[int, str | None]] = [(self.judge(rule["requires"], facts, on), None)]
        for variant in rule.get("variants", ()):
            limitation = variant["limitation"]
            asked = variant.get("requires") or self._less(rule["requires"], limitation)
            ways.append((self.judge(asked, facts, on), limitation))
        for other in self.alternatives if rule["id"] in self.granted else ():
            if rule["kind"] in _list(other["kinds"]):
                ways.append((self.judge(other["requires"], facts, on), None))
        whole = max((way for way in ways if way[1] is None), key=lambda way: way[0])
        return whole if whole[0] else max(ways, key=lambda way: way[0])

    def _less(self, condition: Any, limitation: str) -> Any:
        """The whole without the parts of service that are not asked of whoever is limited so."""
        if isinstance(condition, list):
            kept = (
                one for one in condition if not (isinstance(one, dict) and one.get("not_for") == limitation)
            )
            return [self._less(one, limitation) for one in kept]
        if not isinstance(condition, dict):
            return condition
        if condition.keys() == {"use"}:
            return self._less(self.fragments[condition["use"]], limitation)
        return {name: self._less(one, limitation) for name, one in condition.items()}

    def judge(self, condition: Entry, facts: Facts, on: date) -> int:
        ((word, body),) = condition.items()
        if word in ("all", "any"):
            parts = body["of"] if isinstance(body, dict) else body
            found = [self.judge(one, facts, on) for one in parts]
            return min(found) if word == "all" else max(found)
        if word == "use":
            return self.judge(self.fragments[body], facts, on)
        if word == "service":
            return 2 if self._served(body, facts, on, {}, None) else 0
        if word == "age":
            return (
                2
                if facts.birth_date is not None
                and _plus_months(facts.birth_date, 12 * int(body["years"])) <= on
                else 0
            )
        if word == "discretion":
            if any(one.code == body["code"] and one.day <= on for one in facts.decided):
                return 2
            return 1 if body.get("always") == "true" or body["code"] in facts.asked else 0
        if word == "dated":
            if not body.get("from", "0000") <= on.isoformat() <= body.get("until", "9999"):
                return 0
            return self.judge(body["requires"], facts, on)
        return 2 if self._held(word, body, facts, on) else 0

    def _held(self, kind: str, body: Entry, facts: Facts, on: date) -> list[Record]:
        if kind in ("photo", "signature"):
            codes = {one.code for one in facts.records}
        elif "code" in body:
            codes = set(_list(body["code"]))
        else:
            scale = self.scales[f"holding/{body['scale']}"]
            codes = set(scale[scale.index(body["at_least"]) :])
        return [
            one
            for one in facts.records
            if one.kind == kind and one.code in codes and _fits(one, kind, body, on)
        ]

    def _served(self, body: Entry, facts: Facts, on: date, above: Entry, within: set[date] | None) -> bool:
        own = dict(body.get("where", {}))
        wanted = {**above, **own}
        for default in self.defaults:
            if _includes(wanted, default["where"]) and not _includes(above, default["where"]):
                for name, value in default["adds"].items():
                    wanted.setdefault(name, value)
        last = date.fromisoformat(body["before"]) - timedelta(days=1) if "before" in body else on
        first = date.min
        if "within" in body:
            first = _minus(last, body["within"]) + timedelta(days=1)
        if "after" in body:
            after = body["after"]
            kind = next((one for one in after if one in KINDS), None)
            held = self._held(kind or "holding", after[kind] if kind else after, facts, on)
            if not held:
                return False
            first = max(first, min(one.day for one in held))
        time = {day for day in _days(facts, first, last) if within is None or day in within}
        demands = [above, *([wanted] if wanted != above else [])] if above else [wanted]
        mine = [one for one in facts.services if all(self._admits(one, each) for each in demands)]
        mine = [one for one in mine if _span(one) & time]
        total, taken = self._count(mine, time), mine
        for other in body.get("substitutes", ()):
            brought = [
                one
                for one in facts.services
                if one not in taken and self._admits(one, other["where"]) and _span(one) & time
            ]
            together = self._count([*taken, *brought], time)
            total += min(_needed(other), together - self._count(taken, time))
            taken = [*taken, *brought]
        parts = all(self._served(one, facts, on, wanted, time) for one in body.get("of_which", ()))
        return total >= _needed(body) and parts

    def _count(self, services: list[Service], time: set[date]) -> Fraction:
        """Days, none more than one: by hours, what is worked on all ships on each of them."""
        worked: dict[date, Fraction] = {}
        for one in services:
            span = _span(one)
            a_day = Fraction(1)
            if self.day_hours:
                a_day = Fraction(one.hours or 0) / (self.day_hours * len(span))
            for day in span & time:
                worked[day] = worked.get(day, Fraction(0)) + a_day
        return sum((min(Fraction(1), part) for part in worked.values()), Fraction(0))

    def _admits(self, one: Service, wanted: Entry) -> bool:
        return all(self._meets(one, name, value) for name, value in wanted.items())

    def _meets(self, one: Service, name: str, value: Any) -> bool:
        if name in NUMBER:
            field, sign = NUMBER[name]
            had = getattr(one, field)
            return int(value) == 0 or (had is not None and (had - int(value)) * sign >= 0)
        if name == "any":
            return any(self._admits(one, way) for way in value)
        if name == "marks":
            return set(_list(value)) <= one.marks
        if name == "without":
            return not set(_list(value)) & one.marks
        if name in ("area_min", "rank_min"):
            field = name.removesuffix("_min")
            for key, scale in self.scales.items():
                if key.split("/")[0] == field and value in scale and getattr(one, field) in scale:
                    return scale.index(getattr(one, field)) >= scale.index(value)
            return False
        return getattr(one, name) in _list(value)


def _includes(wanted: Entry, where: Entry) -> bool:
    return all(wanted.get(name) == value for name, value in where.items())


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _needed(body: Entry) -> int:
    return 30 * int(body["months"]) if "months" in body else int(body["days"])


def _span(one: Service) -> set[date]:
    return {one.first + timedelta(days=at) for at in range((one.last - one.first).days + 1)}


def _days(facts: Facts, first: date, last: date) -> set[date]:
    return {day for one in facts.services for day in _span(one) if first <= day <= last}


def _fits(one: Record, kind: str, body: Entry, on: date) -> bool:
    if one.day > on or not set(_list(body.get("marks", []))) <= one.marks:
        return False
    may_have_run_out = kind == "holding" and body.get("unexpired") != "true"
    if body.get("unexpired") == "true" and one.until is None and "until-further-notice" not in one.marks:
        return False
    if one.until is not None and one.until < on and not may_have_run_out:
        return False
    if "before" in body and one.day.isoformat() >= body["before"]:
        return False
    return "no_older" not in body or on <= _plus(one.day, body["no_older"])


def _plus(day: date, period: str) -> date:
    number, unit = int(period[1:-1]), period[-1]
    return (
        day + timedelta(days=number)
        if unit == "D"
        else _plus_months(day, number * (12 if unit == "Y" else 1))
    )


def _minus(day: date, period: str) -> date:
    number, unit = int(period[1:-1]), period[-1]
    return (
        day - timedelta(days=number)
        if unit == "D"
        else _plus_months(day, -number * (12 if unit == "Y" else 1))
    )


def _plus_months(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)
