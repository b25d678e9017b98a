"""`rules check|list|show|evaluate|explain`: is the law in order, what does it say, and what of a case?"""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from issuer import terminal
from issuer.adapters import law_files
from issuer.adapters.law_book import law_book
from issuer.arguments import AsJson
from issuer.domain.errors import InvalidInput, NotFound
from issuer.rules.comparing.outline import outline
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.law import Law, Rule, UnknownRule, Validity
from issuer.rules.outcome import Outcome, evaluate
from issuer.rules.reading.case_file import CaseFile
from issuer.rules.reading.entry import LawError
from issuer.rules.reading.unknown_codes import unknown_codes
from issuer.rules.report import report
from issuer.rules.sources import requirements_report, sources_of
from issuer.rules.words import as_json as as_json_of
from issuer.rules.words import explain, plain
from issuer.services.clock import utc_now
from verifier.credential import codelists

app = typer.Typer(help="The law: is it in order, and what does it say?", rich_markup_mode=None)
# What `evaluate` says; `explain` says all.
_BRIEF = ("way", "limitation", "why", "missing", "nearer", "otherwise")
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


class _Decided(NamedTuple):
    """A case, the rule that it is about, and what came out."""

    case: CaseFile
    rule: Rule
    policy: EvidencePolicy
    outcome: Outcome


@app.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]",
            exists=True,
            file_okay=False,
            help="law files; else those that come with Ombord",
        ),
    ] = None,
) -> None:
    """Read every file of law and say what is wrong. By file, line and place."""
    with clearly():
        law = law_files.load(folder or law_files.ACTS)
        countries = law_files.policies() if folder is None else {}
        others = list(_beside()) if folder is None else []
    versions = sum(map(len, law.rules.values()))
    terminal.tell(f"{len(law.rules)} rules in {versions} versions are in order")
    if countries:
        terminal.tell(f"evidence policies: {', '.join(sorted(countries))}")
    for what, found in others:
        terminal.tell(f"{what}: {', '.join(sorted(found))}")
    for what, names in _unverified(law, countries):
        terminal.tell(f"nobody has found in a source {what}: {', '.join(names)}")
    for act in {
        version.act.id: version.act for versions in law.rules.values() for version in versions
    }.values():
        for one in act.assumes:
            terminal.tell(f"{act.id} assumes ({one.ref}): {one.text}")
    if amended := [f"{name} ({by})" for name, by in _amended(law)]:
        terminal.tell(f"a later version may be the law, since a day not known here: {', '.join(amended)}")


def _beside() -> Iterator[tuple[str, Iterable[str]]]:
    """All that cases are decided and explained by beside acts and policies, read. Raises LawError."""
    book = law_book()
    yield from (
        ("contents of certificates", book.contents),
        ("fees", book.fees),
        ("practice", book.practice),
        ("documents that the law describes", law_files.contents()),
        ("code lists", law_files.code_lists().lists),
        ("explanations", [law_files.words(one).language for one in law_files.languages()]),
    )


def _unverified(law: Law, countries: Mapping[str, EvidencePolicy]) -> Iterator[tuple[str, Sequence[str]]]:
    """What is data without a source: it is shown, and never decides alone."""
    rules = sorted(name for name, versions in law.rules.items() if not versions[-1].verified)
    shares = sorted(country for country, one in countries.items() if not one.spot_check_verified)
    for what, found in (("the conditions of", rules), ("how many are looked at in", shares)):
        if found:
            yield what, found
    for country, one in sorted(countries.items()):
        if one.unsourced:
            yield f"whose word counts in {country} for", sorted(kind.value for kind in one.unsourced)


def _amended(law: Law) -> Iterator[tuple[str, str]]:
    """Rules whose newest version here may have another in its place."""
    for name, versions in sorted(law.rules.items()):
        if later := versions[-1].amended:
            yield name, later.by


@app.command("list")
def list_rules(
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="date of law")
    ] = None,
    country: Annotated[str | None, typer.Option(metavar="COUNTRY", help="such as SE")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="also what is decided in the single case and grants nothing")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What may be granted by the law of a day."""
    with clearly():
        law = law_files.load()
    refuse_unknown(country, {one.act.country for versions in law.rules.values() for one in versions})
    day = (on or utc_now()).date()
    found = list(law.in_force(day, country, with_decisions=decisions))
    if as_json:
        tell_json([_listed(rule, law) for rule in found])
        return
    rows = [(rule.id, rule.kind, rule.ref, "; ".join((named(rule), *_doubts(rule, day)))) for rule in found]
    for line in _table(rows):
        terminal.tell(line)
    terminal.say(f"{len(found)} on {day}")


@app.command("show")
def show_rule(
    name: Annotated[str, typer.Argument(metavar="RULE", help="its id, as `rules list` has it")],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="date of law")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All that a rule asks for, in words. With the paragraph of each condition."""
    day = (on or utc_now()).date()
    with clearly():
        law, words = law_files.load(), law_files.words(law_files.ENGLISH)
    rule = _rule(law, name, day)
    lines = outline(rule, words, day)
    if as_json:
        tell_json({**_listed(rule, law), "conditions": [one._asdict() for one in lines]})
        return
    terminal.tell(f"{rule.id}: {named(rule)} ({rule.ref}), by the law of {day}")
    for doubt in _doubts(rule, day):
        terminal.tell(f"  {doubt}: a person decides")
    for one in lines:
        terminal.tell(f"  {'  ' * one.depth}{one}")


def _doubts(rule: Rule, day: date) -> Iterator[str]:
    """Why what is shown may not be the law of that day."""
    if not rule.verified:
        yield "not compared with the law's own text"
    if rule.amended and rule.amended.not_before <= day:
        yield f"amended by {rule.amended.by}, since a day not known here"


def refuse_unknown(country: str | None, known: Collection[str]) -> None:
    """Raise InvalidInput for a country that no law is here of."""
    if country is not None and country not in known:
        raise InvalidInput(f"no law of {country!r} is here", hint=f"countries: {', '.join(sorted(known))}")


def _rule(law: Law, name: str, day: date) -> Rule:
    """The version that is the law on a day. Raises NotFound."""
    try:
        return law.rule(name, day)
    except UnknownRule as error:
        raise NotFound(str(error), hint="see: ombord-issuer rules list") from error


@app.command("evaluate")
def evaluate_case(
    file: Annotated[Path, typer.Argument(metavar="CASE", help="YAML or JSON: rule, on, facts")],
    as_json: AsJson = False,
) -> None:
    """Decide a case, and say why."""
    decided = _decided(file)
    case, outcome = decided.case, decided.outcome
    if as_json:
        requirements = requirements_report(sources_of(outcome, case.facts, decided.policy))
        tell_json({**report(outcome), "requirements": requirements})
        return
    terminal.tell(f"{outcome.way.value.upper()}: {outcome.rule}, by the law of {outcome.law_of}")
    told = explain(outcome, decided.rule, law_files.words(law_files.ENGLISH), facts=case.facts)
    for line in plain(replace(told, parts=tuple(one for one in told.parts if one.topic in _BRIEF))):
        terminal.tell(line)


@app.command("explain")
def explain_case(
    file: Annotated[Path, typer.Argument(metavar="CASE", help="YAML or JSON: rule, on, facts")],
    language: Annotated[
        str | None, typer.Option(metavar="LANGUAGE", help="sv, da, nb or en; else that of the terminal")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a case to the person it is about. What is met and by what, what is missing, by which law."""
    words = law_files.words(_spoken(language))
    decided = _decided(file)
    told = explain(decided.outcome, decided.rule, words, facts=decided.case.facts)
    if as_json:
        tell_json(as_json_of(told))
        return
    for line in plain(told):
        terminal.tell(line)


def _decided(file: Path) -> _Decided:
    """Decide the case of a file. Raises InvalidInput and NotFound."""
    with clearly():
        case, law, policies = law_files.case(file), law_files.load(), law_files.policies()
    rule = _rule(law, case.rule, case.law_of)
    policy = policies[rule.act.country]
    if case.on > utc_now().date():
        terminal.say(f"{case.on} is still to come: judged by the law that is known today")
    if unknown := unknown_codes(case.facts, law_files.code_lists()):
        terminal.say(
            f"on no list, and so perhaps a slip (see: issuer/rules/data/codes): {'; '.join(unknown)}"
        )
    outcome = evaluate(rule, case.facts, on=case.on, policy=policy, law_of=case.law_of)
    return _Decided(case, rule, policy, outcome)


def _spoken(language: str | None) -> str:
    """The language that is asked for, else the terminal's; English where that is none of ours."""
    if language is None:
        locale = next((os.environ[name] for name in _LOCALE if os.environ.get(name)), "")
        return codelists.asked_for(locale) or law_files.ENGLISH
    if language not in (known := law_files.languages()):
        raise InvalidInput(
            f"nothing is explained in {language!r}", hint=f"languages: {', '.join(sorted(known))}"
        )
    return language


@contextmanager
def clearly() -> Iterator[None]:
    """What is wrong with a file of law, as an error of the command."""
    try:
        yield
    except LawError as error:
        raise InvalidInput(
            str(error), hint="correct that place; docs/rule-language.md says what may stand there"
        ) from error


def tell_json(value: object) -> None:
    """A line for each member, so that it can be read and compared."""
    for line in json.dumps(value, ensure_ascii=False, indent=1).splitlines():
        terminal.tell(line)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Each column as wide as its longest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(one.ljust(width) for one, width in zip(row, widths, strict=True)).rstrip()


def named(rule: Rule) -> str:
    """The act's own name for it, and the English one."""
    own = [name for language, name in rule.names.items() if language != "en"][:1]
    return " · ".join((*own, *[name for language, name in rule.names.items() if language == "en"]))


def _validity(one: Validity) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "period": str(one.period) if one.period else None,
        "renewal_window": str(one.renewal_window) if one.renewal_window else None,
        "until": one.last.isoformat() if one.last else None,
        "until_further_notice": one.period is None and one.last is None,
    }


def _listed(rule: Rule, law: Law) -> dict[str, Any]:
    validity, amended = rule.validity, rule.amended
    return {
        "id": rule.id,
        "kind": rule.kind,
        "grants": rule.grants,
        "country": rule.act.country,
        "names": dict(rule.names),
        "ref": rule.ref,
        "act": rule.act.id,
        "validity": _validity(validity) if validity else None,
        "verified": rule.verified,
        "amended": {"by": amended.by, "not_before": amended.not_before.isoformat()} if amended else None,
        "stcw": {"codes": list(rule.stcw), "verified": False} if rule.stcw else None,
        "versions": [
            {"from": one.first.isoformat(), "until": one.last.isoformat() if one.last else None}
            for one in law.rules[rule.id]
        ],
    }
