"""`rules check|list|evaluate`: is the law in order, what does it grant on a day, what says it of a case?"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.adapters import law_files
from issuer.arguments import AsJson
from issuer.domain.errors import InvalidInput, NotFound
from issuer.rules.counting import MONTH_DAYS
from issuer.rules.entry import LawError
from issuer.rules.finding import Days, Finding
from issuer.rules.law import Law, Rule, UnknownRule
from issuer.rules.outcome import Outcome, Why, evaluate
from issuer.rules.report import report
from issuer.rules.sources import requirements_report, sources_of
from issuer.services.clock import utc_now

app = typer.Typer(help="The law: is it in order, and what does it say?", rich_markup_mode=None)
_WHY = {
    Why.UNVERIFIED: "these records are not verified",
    Why.UPLOAD: "these were uploaded",
    Why.CREDIT: "this service counts as far as the authority decides",
    Why.DISCRETION: "the law leaves this to the authority",
    Why.AMENDED: "a later version may be the law on that day",
    Why.UNVERIFIED_LAW: "nobody has compared this rule with the law's own text",
}


@app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="law files; else those that come with Ombord")
    ] = None,
) -> None:
    """Read every file of law and say what is wrong, by file, line and place."""
    with _clearly():
        law = law_files.load(folder or law_files.ACTS)
        countries = law_files.policies() if folder is None else {}
    versions = sum(map(len, law.rules.values()))
    terminal.tell(f"{len(law.rules)} rules in {versions} versions are in order")
    if countries:
        terminal.tell(f"evidence policies: {', '.join(sorted(countries))}")


@app.command("list")
def list_rules(
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="date of law")
    ] = None,
    country: Annotated[str | None, typer.Option(metavar="COUNTRY", help="such as SE")] = None,
    as_json: AsJson = False,
) -> None:
    """What may be granted by the law of a day."""
    with _clearly():
        law = law_files.load()
    day = (on or utc_now()).date()
    found = list(law.in_force(day, country))
    if as_json:
        _tell_json([_listed(rule, law) for rule in found])
        return
    for line in _table([(rule.id, rule.kind, rule.ref, _named(rule)) for rule in found]):
        terminal.tell(line)
    terminal.say(f"{len(found)} on {day}")


@app.command("evaluate")
def evaluate_case(
    file: Annotated[Path, typer.Argument(metavar="CASE", help="YAML or JSON: rule, on, facts")],
    as_json: AsJson = False,
) -> None:
    """Decide a case, and say why."""
    with _clearly():
        case, law, policies = law_files.case(file), law_files.load(), law_files.policies()
    try:
        rule = law.rule(case.rule, case.law_of)
    except UnknownRule as error:
        raise NotFound(str(error), hint="see: ombord-issuer rules list") from error
    policy = policies[rule.act.country]
    outcome = evaluate(rule, case.facts, on=case.on, policy=policy, law_of=case.law_of)
    if as_json:
        requirements = requirements_report(sources_of(outcome, case.facts, policy))
        _tell_json({**report(outcome), "requirements": requirements})
        return
    for line in _lines(rule, outcome):
        terminal.tell(line)


@contextmanager
def _clearly() -> Iterator[None]:
    try:
        yield
    except LawError as error:
        raise InvalidInput(
            str(error), hint="correct that place; docs/rule-language.md says what may stand there"
        ) from error


def _tell_json(value: object) -> None:
    for line in json.dumps(value, ensure_ascii=False, indent=1).splitlines():
        terminal.tell(line)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Each column as wide as its longest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(one.ljust(width) for one, width in zip(row, widths, strict=True)).rstrip()


def _named(rule: Rule) -> str:
    """The act's own name for it, and the English one."""
    own = [name for language, name in rule.names.items() if language != "en"][:1]
    return " · ".join((*own, *[name for language, name in rule.names.items() if language == "en"]))


def _listed(rule: Rule, law: Law) -> dict[str, Any]:
    validity = rule.validity
    return {
        "id": rule.id,
        "kind": rule.kind,
        "grants": rule.grants,
        "country": rule.act.country,
        "names": dict(rule.names),
        "ref": rule.ref,
        "act": rule.act.id,
        "until_further_notice": validity is not None and validity.period is None,
        "verified": rule.verified,
        "stcw": {"codes": list(rule.stcw), "verified": False} if rule.stcw else None,
        "versions": [
            {"from": one.first.isoformat(), "until": one.last.isoformat() if one.last else None}
            for one in law.rules[rule.id]
        ],
    }


def _lines(rule: Rule, outcome: Outcome) -> Iterator[str]:
    name = rule.names.get("en", rule.id)
    yield f"{outcome.way.value.upper()}: {rule.id}, {name} ({rule.ref}), by the law of {outcome.law_of}"
    if outcome.limitation:
        yield f"  limited to: {outcome.limitation}"
    for why, found in outcome.why.items():
        yield f"  a person decides: {_WHY[why]}: {', '.join(found)}"
    for short in outcome.shortfalls:
        yield f"  missing: {_short(short)}"
    if outcome.otherwise:
        yield f"  look at instead: {outcome.otherwise}"


def _short(one: Finding) -> str:
    where = f" ({one.ref})" if one.ref else ""
    if one.needed is None or one.had is None:
        return f"{one.kind} {one.code}{where}"
    missing = f"{float(one.missing):g} day{'s' if one.missing != 1 else ''}"
    if one.missing >= MONTH_DAYS:
        missing = f"{_months(one.missing)} months ({missing})"
    return f"{_months(one.had)} of {_months(one.needed)} months: {missing} short{where}"


def _months(days: Days) -> str:
    """To a tenth, and never rounded up: what is a day short must not look whole."""
    return f"{days * 10 // MONTH_DAYS / 10:g}"
