"""`rules diff`: what changed in the law between two days, and whom of a population it affects."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.adapters import law_files, populations
from issuer.arguments import AsJson
from issuer.commands.opening import PART
from issuer.commands.rules import clearly, named, refuse_unknown, tell_json
from issuer.domain.errors import InvalidInput
from issuer.rules.comparing.affecting import Affected, affected
from issuer.rules.comparing.diff import Change, Difference, Step, changes
from issuer.rules.comparing.outline import Stated
from issuer.rules.finding import Finding
from issuer.rules.outcome import Outcome
from issuer.rules.reading.case_file import CaseFile
from issuer.rules.reading.entry import LawError

_DAY = ["%Y-%m-%d"]


def diff(
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, metavar="DATE", help="law of this day")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, metavar="DATE", help="and of this one")],
    country: Annotated[str | None, typer.Option(metavar="COUNTRY", help="such as SE")] = None,
    population: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="cases: *.jsonl, a case a line; one case; a folder; may be given again"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What changed in the law between two days. And whom of a population it affects."""
    since, until = first.date(), last.date()
    if until <= since:
        raise InvalidInput(f"--to {until} is not after --from {since}", hint="give the earlier day first")
    people = _People(population or [])
    with clearly():
        law, policies, words = law_files.load(), law_files.policies(), law_files.words(law_files.ENGLISH)
        refuse_unknown(country, policies)
        found = changes(law, since, until, words, country)
        hit = list(affected(found, people.cases(law.rules), policies, first=since, last=until))
    if as_json:
        told = {"from": str(since), "to": str(until), "changes": [_json(one) for one in found]}
        tell_json(told | {"population": _population(people, hit) if population else None})
    else:
        for line in (*_told(found), *(_told_of(people, hit) if population else ())):
            terminal.tell(line)
        terminal.say(f"rules that changed from {since} to {until}: {len(found)}")
    if people.bad:
        terminal.say_some([f"not read: {one}" for one in people.bad], of=len(people.bad))
        terminal.say(f"{len(people.bad)} cases could not be read, and are in no count")
        raise typer.Exit(PART)


class _People:
    """A population as it is read: each case once, and kept only where it cannot be read."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self.read = 0
        self.bad: list[LawError] = []

    def cases(self, rules: Container[str]) -> Iterator[tuple[str, CaseFile]]:
        for name, one in populations.cases(self._paths):
            if isinstance(one, LawError):
                self.bad.append(one)
            elif one.rule not in rules:
                file, _, line = name.rpartition(":")
                where = (file, int(line)) if file else (name, 1)
                self.bad.append(LawError(*where, "rule", f"there is no rule {one.rule}"))
            else:
                self.read += 1
                yield name, one


def _told(found: Sequence[Change]) -> Iterator[str]:
    """Rules whose text changed, one by one; then what the calendar changed in many at once."""
    for one in found:
        if one.differences:
            since = f" on {one.since}" if one.since else ""
            yield f"{one.id} {one.step}{since}: {named(one.rule)} ({_ref(one)})"
            yield from (f"  {line}" for each in one.differences for line in _lines(each, one.step))
    noted: dict[str, list[str]] = {}
    for one in found:
        for note in one.notes:
            noted.setdefault(note, []).append(one.id)
    for note, rules in noted.items():
        yield note
        yield f"  in {len(rules)} rules: {', '.join(rules)}" if len(rules) > 1 else f"  in {rules[0]}"


def _ref(one: Change) -> str:
    if one.was is None or one.now is None or one.was.ref == one.now.ref:
        return one.rule.ref
    return f"{one.was.ref} → {one.now.ref}"


def _lines(one: Difference, step: Step) -> Iterator[str]:
    was, now = one
    if was is not None and now is not None:
        if was.text == now.text:
            ref = was.ref if was.ref == now.ref else f"{was.ref} → {now.ref}"
            yield f"{was.amount} → {now.amount} {now.text}" + (f" ({ref})" if ref else "")
        else:
            yield f"was: {was}"
            yield f"now: {now}"
    elif step is Step.CHANGES:
        yield f"no more: {was}" if now is None else f"new: {now}"
    else:
        stated = now or was
        yield "  " * (stated.depth if stated else 0) + str(stated)


def _told_of(people: _People, hit: Sequence[Affected]) -> Iterator[str]:
    yield f"cases that get another answer: {len(hit)} of {people.read}"
    for (before, after), number in sorted(Counter(one.ways for one in hit).items()):
        yield f"  {before} → {after}: {number}"
    for one in hit:
        answers = [_answer(one.before), _answer(one.after)]
        same = {*answers[0][1:]} & {*answers[1][1:]}  # what is missing by either law is not repeated
        told = (", ".join(each for each in answer if each not in same) for answer in answers)
        yield f"{one.case}: {one.rule}: {' → '.join(told)}"


def _answer(outcome: Outcome | None) -> list[str]:
    """Which way, and then what stands in the way."""
    if outcome is None:
        return ["no rule"]
    told = [_missing(one) for one in outcome.shortfalls]
    limited = [f"limited: {outcome.limitation}"] if outcome.limitation else []
    return [str(outcome.way), *map(str, outcome.why), *limited, *told]


def _missing(one: Finding) -> str:
    words = law_files.words(law_files.ENGLISH)
    what = one.kind if one.needed is None else f"{words.short(one.missing)} of service"
    return " ".join(filter(None, (what, one.code, "missing", f"({one.ref})" if one.ref else "")))


def _json(one: Change) -> dict[str, Any]:
    return {
        "rule": one.id,
        "step": one.step.value,
        "since": _day(one.since),
        "country": one.rule.act.country,
        "names": dict(one.rule.names),
        "ref": {"was": one.was.ref if one.was else None, "now": one.now.ref if one.now else None},
        "differences": [{"was": _stated(each.was), "now": _stated(each.now)} for each in one.differences],
        "notes": list(one.notes),
    }


def _stated(one: Stated | None) -> dict[str, Any] | None:
    return None if one is None else {"amount": one.amount, "text": one.text, "ref": one.ref}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _population(people: _People, hit: Sequence[Affected]) -> dict[str, Any]:
    return {
        "cases": people.read,
        "not_read": [str(one) for one in people.bad],
        "affected": [
            {"case": one.case, "rule": one.rule, "before": _outcome(one.before), "after": _outcome(one.after)}
            for one in hit
        ],
    }


def _outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "way": outcome.way.value,
        "why": {why.value: list(names) for why, names in outcome.why.items()},
        "missing": [_missing(one) for one in outcome.shortfalls],
        "limitation": outcome.limitation,
    }
