"""A crew's inspection as JSON for machines (docs/crew-report.schema.json) and as text for people."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final

from keys.encoding import Json
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.persons import Assignment, CrewReport, Person, Shortfall
from verifier.inspection.ship import Ship
from verifier.report import escaped
from verifier.verdict import Assessment, Verdict, standing

_LABEL: Final = 16  # columns of a label, at least and at most
_WIDEST: Final = 32


def as_json(report: CrewReport, environment: str | None = None) -> str:
    """The report of docs/crew-report.schema.json, ASCII alone."""
    return json.dumps(as_object(report, environment), indent=2)


def as_object(report: CrewReport, environment: str | None = None) -> dict[str, Json]:
    """The report as plain values: also what the app signs."""
    manning = report.manning
    return {
        "verdict": report.standing.value,
        "environment": environment,
        "at": report.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ship": _ship(report.ship),
        "safe_manning": {
            "document_number": manning.document_number,
            "issuing_country": manning.issuing_country,
            "expiry_date": None if manning.expiry_date is None else str(manning.expiry_date),
            "persons": manning.persons,
        },
        "persons": [_person(one) for one in report.persons],
        "assignments": [_assignment(one) for one in report.assignments],
        "shortfalls": [_shortfall(one) for one in report.shortfalls],
        "counted_by_hand": [_assignment(one) for one in report.counted_by_hand],
        "problems": [
            {"person": one.person, "headline": one.headline, "reason": str(one.reason)}
            for one in report.problems
        ],
        "deficiencies": [
            {"code": one.code, "title": one.title, "because": str(one.because), "verified": one.verified}
            for one in report.deficiencies
        ],
    }


def _ship(ship: Ship) -> dict[str, Json]:
    return {"name": ship.name, "imo": ship.imo, "flag": ship.flag, "gt": ship.gt, "kw": ship.kw}


def _person(one: Person) -> dict[str, Json]:
    return {
        "name": one.label,
        "verdict": None if one.assessment is None else one.assessment.overall.value,
        "headline": None if one.assessment is None else one.assessment.headline.value,
        "checks": [] if one.assessment is None else _checks(one.assessment),
        "certificates": [_certificate(each) for shown in one.verdicts for each in shown.members or (shown,)],
        "by_hand": [_entry(entry) for entry in one.entries],
        "unreadable": None if one.unreadable is None else str(one.unreadable),
    }


def _checks(assessment: Assessment) -> list[Json]:
    return [
        {"row": check.row, "outcome": check.outcome.value, "reason": check.reason}
        for check in assessment.checks
    ]


def _certificate(verdict: Verdict) -> dict[str, Json]:
    found = None if verdict.credential is None else verdict.credential.certificate
    return {
        "verdict": standing(verdict).value,
        "headline": verdict.headline.value,
        "reason": verdict.reason,
        "type": None if found is None else found.type.value,
        "issuing_country": None if found is None else found.issuing_country,
        "document_number": None if found is None else found.document_number,
    }


def _entry(entry: HandEntry) -> dict[str, Json]:
    return {
        "type": entry.type.value,
        "issuing_country": entry.issuing_country,
        "document_number": entry.document_number,
    }


def _assignment(one: Assignment) -> dict[str, Json]:
    return {
        "post": one.post.capacity_code,
        "person": one.person.label,
        "remark": None if one.remark is None else str(one.remark),
    }


def _shortfall(one: Shortfall) -> dict[str, Json]:
    return {"post": one.post.capacity_code, "missing": one.missing, "nearest": list(map(str, one.nearest))}


def as_text(report: CrewReport, *, test: bool = False) -> str:
    """The report as lines: the ship, who fills which post, what is short, what is wrong, what is proposed."""
    parts = [_head(report, test), _posts(report)]
    if report.counted_by_hand:
        title = "SEEN ON PAPER ALONE (counted apart, never green)"
        parts.append([title, *_lines([_filled(one) for one in report.counted_by_hand])])
    if report.problems:
        rows = [(one.headline, f"{one.person}: {one.reason}") for one in report.problems]
        parts.append(["PROBLEMS", *_lines(rows)])
    if report.deficiencies:
        parts.append(["PROPOSED DEFICIENCY CODES (from an unofficial table; the inspector decides)"])
        parts[-1] += _lines([(one.code, f"{one.title} ({one.because})") for one in report.deficiencies])
    return "\n\n".join("\n".join(lines) for lines in parts)


def _head(report: CrewReport, test: bool) -> list[str]:
    manning, ship = report.manning, report.ship
    headline = "CREW" + (" SHORT" if report.shortfalls else " COMPLETE") + (" (TEST)" if test else "")
    imo = "" if ship.imo is None else f", IMO {ship.imo}"
    rows = [
        ("ship", f"{ship.name}{imo}, flag {ship.flag}"),
        ("document", f"{manning.issuing_country} {manning.document_number}"),
        ("persons", f"{len(report.persons)} shown, {manning.persons} needed"),
        ("all in all", report.standing.value),
    ]
    return [headline, *_lines(rows)]


def _posts(report: CrewReport) -> list[str]:
    rows = [_filled(one) for one in report.assignments]
    for short in report.shortfalls:
        rows.append(("MISSING", f"{short.missing} x {short.post.capacity_code}"))
        rows += [("", str(reason)) for reason in short.nearest]
    return ["POSTS", *_lines(rows)]


def _filled(one: Assignment) -> tuple[str, str]:
    remark = "" if one.remark is None else f" ({one.remark})"
    return one.post.capacity_code, f"{one.person.label}{remark}"


def _lines(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Labels and what they say, escaped, in two columns: headlines and posts are longer than most labels."""
    width = min(_WIDEST, max(_LABEL, *(len(label) for label, _ in rows))) if rows else _LABEL
    return (f"  {escaped(label):<{width}} {escaped(said)}" for label, said in rows)
