"""Facts in the form of a case file: what a decision keeps, for `case_file` to read again. Pure."""

from datetime import date
from typing import Final

from issuer.rules.facts import Decided, Facts, Record, Service, Source

Json = dict[str, "Json"] | list["Json"] | str | int | None
_TEXTS: Final = ("rank", "use", "ship_type", "propulsion", "area", "flag")


def case_form(rule: str, facts: Facts, *, on: date, law_of: date) -> dict[str, Json]:
    """A whole case, to be written as JSON."""
    return {
        "rule": rule,
        "on": on.isoformat(),
        "law_of": law_of.isoformat(),
        "facts": facts_form(facts),
    }


def facts_form(facts: Facts) -> dict[str, Json]:
    """What is known of an applicant; what is empty is left out."""
    found: dict[str, Json] = {}
    if facts.birth_date is not None:
        found["birth_date"] = facts.birth_date.isoformat()
    if facts.complete is not None:
        found["complete"] = facts.complete.isoformat()
    lists: dict[str, list[Json]] = {
        "services": [_service(one) for one in facts.services],
        "records": [_record(one) for one in facts.records],
        "decided": [_decided(one) for one in facts.decided],
        "asked": [*sorted(facts.asked)],
    }
    return found | {name: value for name, value in lists.items() if value}


def _service(one: Service) -> Json:
    found: dict[str, Json] = {
        "id": one.id,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "source": _source(one.source),
        "department": one.department,
    }
    found |= {name: value for name in _TEXTS if (value := getattr(one, name)) is not None}
    found |= {name: value for name in ("gt", "kw") if (value := getattr(one, name)) is not None}
    if one.hours is not None:
        found["hours"] = str(one.hours)
    return found | _marks(one.marks)


def _record(one: Record) -> Json:
    found: dict[str, Json] = {
        "id": one.id,
        "kind": one.kind.value,
        "code": one.code,
        "day": one.day.isoformat(),
        "source": _source(one.source),
    }
    if one.until is not None:
        found["until"] = one.until.isoformat()
    return found | _marks(one.marks)


def _decided(one: Decided) -> Json:
    found: dict[str, Json] = {"code": one.code, "day": one.day.isoformat()}
    said = {"ref": one.ref, "record": one.record}
    return found | {name: text for name, text in said.items() if text}


def _source(source: Source) -> Json:
    return {"reporter": source.reporter.value, "channel": source.channel.value}


def _marks(marks: frozenset[str]) -> dict[str, Json]:
    return {"marks": [*sorted(marks)]} if marks else {}
