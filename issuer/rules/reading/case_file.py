"""A case from a file, YAML or JSON: which rule, as of which day, and what is known of the applicant.

docs/rule-language.md describes the form; an error names line and place, as in law.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from issuer.rules.calendar import Period
from issuer.rules.facts import (
    ATTACHMENTS,
    HOURS_A_DAY,
    LONGEST_SERVICE,
    Channel,
    Decided,
    Facts,
    Kind,
    Record,
    Reporter,
    Service,
    Source,
)
from issuer.rules.reading.entry import Entry, LawError, read
from issuer.rules.reading.json_entry import json_entry

_LONGEST: Final = Period(months=12 * LONGEST_SERVICE)
_HOURS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3}|/[1-9][0-9]{0,8})?")
_Word = TypeVar("_Word", bound=StrEnum)
_TEXTS: Final = ("rank", "use", "ship_type", "propulsion", "area", "flag")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What is asked, and of whom."""

    rule: str
    on: date
    law_of: date
    facts: Facts


def case_of(data: bytes, file: str) -> CaseFile:
    """Read a case. Raises LawError."""
    return case_in(_entry(data, file))


def _entry(data: bytes, file: str) -> Entry:
    """YAML, whose places are told by line; or JSON that is none, such as one with an escaped emoji."""
    try:
        return read(data, file)
    except LawError as of_yaml:
        try:
            return json_entry(data, file, 1)
        except LawError:
            raise of_yaml from None


def case_in(entry: Entry) -> CaseFile:
    """The case that stands in a place. Raises LawError."""
    members = entry.members(("rule", "on", "facts"), ("law_of",))
    on = members["on"].day()
    return CaseFile(
        rule=members["rule"].text(),
        on=on,
        law_of=_by(on, members, "law_of") or on,
        facts=_facts(members["facts"], on),
    )


def _facts(entry: Entry, on: date) -> Facts:
    members = entry.members((), ("birth_date", "services", "records", "decided", "asked", "complete"))
    known: dict[str, Entry] = {}
    services = tuple(_service(one, on, known) for one in _items(members, "services"))
    records = tuple(_record(one, on, known) for one in _items(members, "records"))
    return Facts(
        birth_date=_by(on, members, "birth_date"),
        services=services,
        records=records,
        decided=tuple(map(_decided, _items(members, "decided"))),
        asked=frozenset(members["asked"].texts()) if "asked" in members else frozenset(),
        complete=_by(on, members, "complete"),
    )


def _by(on: date, members: Mapping[str, Entry], name: str) -> date | None:
    """A day that is not after the one asked about: what is still to come nobody knows."""
    if name not in members:
        return None
    day = members[name].day()
    if day > on:
        members[name].fail(f"{day} is after {on}, the day asked about")
    return day


def _service(entry: Entry, on: date, known: dict[str, Entry]) -> Service:
    required = ("id", "first", "last", "source", "department")
    members = entry.members(required, (*_TEXTS, "gt", "kw", "hours", "marks"))
    first, last = members["first"].day(), members["last"].day()
    if last < first:
        members["last"].fail(f"it ends before it begins, on {first}")
    if last > on:
        members["last"].fail(f"it ends after {on}: service that is still to come does not count")
    if last > _LONGEST.after(first):
        members["last"].fail(f"a period of more than {LONGEST_SERVICE} years")
    said = {name: members[name].text() for name in _TEXTS if name in members}
    return Service(
        id=_id(members, known),
        first=first,
        last=last,
        source=_source(members["source"]),
        department=members["department"].text(),
        gt=members["gt"].whole() if "gt" in members else None,
        kw=members["kw"].whole() if "kw" in members else None,
        hours=_hours(members["hours"], (last - first).days + 1) if "hours" in members else None,
        marks=_marks(members),
        **said,
    )


def _hours(entry: Entry, days: int) -> Fraction:
    """Whole, as a decimal, or as a fraction such as `15/2`, which is how a decision keeps them."""
    text = entry.text()
    if not _HOURS.fullmatch(text):
        entry.fail(f"hours such as 7, 7.5 or 15/2 are expected, not {text!r}")
    hours = Fraction(text)
    if hours > HOURS_A_DAY * days:
        entry.fail(f"{text} hours in {days} days: no day has more than {HOURS_A_DAY}")
    return hours


def _record(entry: Entry, on: date, known: dict[str, Entry]) -> Record:
    members = entry.members(("id", "kind", "day", "source"), ("code", "until", "marks"))
    kind = _word(members["kind"], Kind)
    if kind is Kind.SERVICE:
        members["kind"].fail("service stands among services, with its first and last day")
    if "code" not in members and kind not in ATTACHMENTS:
        entry.fail("code is missing")
    day = members["day"].day()
    if day > on:
        members["day"].fail(f"it is of a day after {on}")
    until = members["until"].day() if "until" in members else None
    if until is not None and until < day:
        members["until"].fail(f"it ends before it begins, on {day}")
    return Record(
        id=_id(members, known),
        kind=kind,
        code=members["code"].text() if "code" in members else kind.value,
        day=day,
        source=_source(members["source"]),
        until=until,
        marks=_marks(members),
    )


def _decided(entry: Entry) -> Decided:
    members = entry.members(("code", "day"), ("ref", "record"))
    said = {name: members[name].text() for name in ("ref", "record") if name in members}
    return Decided(code=members["code"].text(), day=members["day"].day(), **said)


def _id(members: Mapping[str, Entry], known: dict[str, Entry]) -> str:
    """Each record has its own: a reason names records by it."""
    entry = members["id"]
    name = entry.text()
    if name in known:
        entry.fail(f"{name} is another record's already, in line {known[name].line}")
    known[name] = entry
    return name


def _source(entry: Entry) -> Source:
    members = entry.members(("reporter", "channel"))
    return Source(reporter=_word(members["reporter"], Reporter), channel=_word(members["channel"], Channel))


def _word(entry: Entry, words: type[_Word]) -> _Word:
    text = entry.text()
    try:
        return words(text)
    except ValueError:
        entry.fail(f"{text} is not known here; known: {', '.join(sorted(words))}")


def _marks(members: Mapping[str, Entry]) -> frozenset[str]:
    return frozenset(members["marks"].texts()) if "marks" in members else frozenset()


def _items(members: Mapping[str, Entry], name: str) -> tuple[Entry, ...]:
    """A machine writes an empty list where it knows of none."""
    found = members.get(name)
    return found.items() if found is not None and not found.is_empty_list() else ()
