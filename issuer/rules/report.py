"""An outcome as JSON: everything that it rests on, so that it can be kept, shown and compared."""

from fractions import Fraction

from issuer.rules.finding import Days, Finding, shortfalls
from issuer.rules.outcome import Outcome

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def report(outcome: Outcome) -> dict[str, Json]:
    """The whole outcome; days are numbers, with a fraction where hours are counted."""
    found: dict[str, Json] = {
        "way": outcome.way.value,
        "rule": outcome.rule,
        "version": outcome.version,
        "law_of": outcome.law_of.isoformat(),
        "on": outcome.on.isoformat(),
        "why": {why.value: list(names) for why, names in outcome.why.items()},
        "limitation": outcome.limitation,
        "otherwise": outcome.otherwise,
        "alternative": outcome.alternative or None,
        "decide_by": outcome.decide_by.isoformat() if outcome.decide_by else None,
        "valid_until": outcome.valid_until.isoformat() if outcome.valid_until else None,
        "shortfalls": [_finding(one) for one in outcome.shortfalls],
        "finding": _finding(outcome.finding),
    }
    if outcome.nearer is not None:
        limitation, ref, finding = outcome.nearer
        short: Json = [_finding(one) for one in shortfalls(finding)]
        found["nearer"] = {"limitation": limitation, "ref": ref, "shortfalls": short}
    return found


def _finding(one: Finding) -> dict[str, Json]:
    texts = {"kind": one.kind, "ref": one.ref, "code": one.code, "name": one.name}
    found: dict[str, Json] = {name: text for name, text in texts.items() if text}
    found["standing"] = one.standing.name.lower()
    if one.needed is not None and one.had is not None:
        found |= {"needed": days_of(one.needed), "had": days_of(one.had), "missing": days_of(one.missing)}
    if one.used:
        found["used"] = [
            {"id": record, "days": None if days is None else days_of(days)} for record, days in one.used
        ]
    if one.passed_over:
        found["passed_over"] = [{"id": record, "missed": demand} for record, demand in one.passed_over]
    if one.children:
        found["children"] = [_finding(child) for child in one.children]
    return found


def days_of(days: Days) -> Json:
    """A whole number, or one with a fraction where hours are counted."""
    return float(days) if isinstance(days, Fraction) and days.denominator != 1 else int(days)
