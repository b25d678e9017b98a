"""`apply`, `explain`, `cases list|show|withdraw|statistics|draw|replay`: what became of applications."""

import json
import secrets
from datetime import datetime
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.adapters import law_files
from issuer.arguments import AsJson, Reason, SeafarerId, check_text
from issuer.commands.opening import PART, actor, register_of
from issuer.commands.repeating import once
from issuer.domain.applications import ApplicationState, Asked
from issuer.domain.errors import InvalidInput
from issuer.services.applications.cases import Wish
from issuer.services.applications.explaining import next_after
from issuer.services.applications.statistics import Durations, Statistics, statistics
from keys.encoding import Json

app = typer.Typer(help="What became of applications, and what a case worker does.", rich_markup_mode=None)


def check_language(value: str | None) -> str | None:
    """A language that explanations are written in. Raises InvalidInput."""
    if value is None or value in (known := law_files.languages()):
        return value
    raise InvalidInput(f"no explanations in {value[:20]}", hint=f"use one of {', '.join(sorted(known))}")


CaseId = Annotated[str, typer.Argument(metavar="CASE", help="the case's number", callback=check_text)]
Language = Annotated[
    str | None,
    typer.Option("--language", help="sv, da, nb or en; else the applicant's", callback=check_language),
]


def apply(
    context: typer.Context,
    seafarer_id: SeafarerId,
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="as `rules list` names it", callback=check_text)
    ],
    asked: Annotated[Asked, typer.Option("--kind", help="what is applied for")] = Asked.FIRST,
    language: Annotated[str, typer.Option(help="sv, da, nb or en", callback=check_language)] = "en",
    asks: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="CODE", help="a decision that the law leaves to the authority"),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="tell what would become of it; enter nothing")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Enter an application, or tell what would become of it."""
    register = register_of(context)
    wish = Wish(seafarer_id, rule, asked, language, tuple(asks or ()))
    parts = register.applications
    if preview:
        told = parts.explaining.preview(parts.submitting.preview(wish, actor=actor()), language)
        _tell(told, [*_texts(told), *_foreseen(told)], as_json=as_json)
        return

    def act() -> dict[str, Json]:
        row = parts.submitting.submit(wish, key=secrets.token_hex(16), actor=actor())
        return {"case": row.case_id, "state": row.state}

    done = once(context, register, act)
    _tell(done, [f"{done['case']}: {done['state']}"], as_json=as_json)
    if done["state"] == ApplicationState.ISSUING:
        terminal.say("the service signs it; without one: ombord-issuer work --once")


def explain(
    context: typer.Context, case_id: CaseId, language: Language = None, as_json: AsJson = False
) -> None:
    """Tell a case's newest decision to a person. Why, by whom, and what can be done about it."""
    told = register_of(context).applications.explaining.explain(case_id, language, actor=actor())
    lines = [f"{case_id}: {told['state']}; {told['what']}, {told['decided_by']}", "", *_texts(told)]
    if told.get("reason"):
        lines += ["", str(told["reason"])]
    if told.get("hearing_until"):
        lines += ["", f"the applicant may answer until {told['hearing_until']}"]
    appeal = told.get("appeal")
    if isinstance(appeal, dict):
        lines += ["", str(appeal["how"])]
    _tell(told, lines, as_json=as_json)


@app.command("list")
def list_cases(
    context: typer.Context,
    state: Annotated[ApplicationState | None, typer.Option("--state", help="in this state alone")] = None,
    due: Annotated[
        bool, typer.Option("--due", help="undecided ones that the law sets a day for, the nearest first")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """All cases by number, one a line. The last word is the day by which the law wants a decision."""
    explaining, after = register_of(context).applications.explaining, ""
    found = False
    chosen = None if state is None else state.value
    while page := explaining.cases(state=chosen, due=due, after=after):
        found, after = True, next_after(page[-1], due=due)
        for one in page:
            names = ("case_id", "state", "asked", "rule", "seafarer_id", "document_number", "decide_by")
            _tell(one, [" ".join(str(one[name] or "-") for name in names)], as_json=as_json, flat=True)
    if not found:
        terminal.say("there are no such cases")


@app.command("show")
def show(context: typer.Context, case_id: CaseId, as_json: AsJson = False) -> None:
    """One case with its history and its decisions. The audit trail notes who looked."""
    told: Any = register_of(context).applications.explaining.show(case_id, actor=actor())
    lines = [f"{case_id}: {told['state']}, {told['asked']} of {told['rule']} for {told['seafarer_id']}"]
    amount = told["fee"]["amount"]
    lines.append(f"  fee: {'not known' if amount is None else amount} {told['fee']['currency']}")
    if told["decide_by"] is not None:
        lines.append(f"  decide by {told['decide_by']}: nothing was missing since {told['complete']}")
    lines += [_step(step) for step in told["history"]]
    for one in told["decisions"]:
        waits = "; waits for a second person" if one["waits_for_second"] else ""
        who = "automatic" if one["automatic"] else one["by"]
        lines.append(f"  decision {one['id']}: {one['what']} ({one['way']}) {who}{waits}")
        lines += [f"    {one['rule']} of {one['act']}, by the law of {one['law_of']}"]
        lines += _term(one["report"].get("term"))
    lines.append(f"  possible: {', '.join(told['possible']) or 'nothing more'}")
    _tell(told, lines, as_json=as_json)


@app.command("withdraw")
def withdraw(context: typer.Context, case_id: CaseId, reason: Reason = "") -> None:
    """End an application before anything is issued."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.applications.submitting.withdraw(case_id, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{case_id} is withdrawn")


@app.command("statistics")
def tell_statistics(
    context: typer.Context,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="first day")
    ],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="last day")],
    as_json: AsJson = False,
) -> None:
    """How long applications take, and how many are automatic. From submission to issue."""
    register = register_of(context)
    found = statistics(register.database, register.settings, first.date(), last.date())
    _tell(_counted(found), list(_lines(found)), as_json=as_json)


@app.command("draw")
def draw(context: typer.Context, case_id: CaseId, as_json: AsJson = False) -> None:
    """Recompute the spot check's draw of a case. Of a day that is over."""
    found = register_of(context).applications.drawing.verify(case_id)
    told: dict[str, Any] = {**found._asdict(), "agrees": found.agrees}
    is_below = "below" if found.number < found.limit else "not below"
    drawn = "drawn" if found.was_drawn else "not drawn"
    lines = [
        f"{case_id}: {drawn}; {'it agrees' if found.agrees else 'IT DIFFERS'}",
        f"  day {found.day}, share {found.share:g}",
        f"  SHA-256 of the secret, published first: {found.commitment}",
        f"  secret: {found.secret}",
        f"  HMAC-SHA256(secret, {case_id}), its first 64 bits: {found.number}, {is_below} {found.limit}",
    ]
    if found.earlier is not None:
        lines.append(f"  looked at in any case: {found.earlier} was drawn, and withdrawn")
    _tell(told, lines, as_json=as_json)
    if not found.agrees:
        raise typer.Exit(PART)


@app.command("replay")
def replay(context: typer.Context, case_id: CaseId) -> None:
    """Repeat each decision about a case. By the law's text and the evidence of then."""
    agrees = register_of(context).applications.explaining.replay(case_id, actor=actor())
    for number, is_same in agrees:
        terminal.tell(f"decision {number}: {'the same, to the last reason' if is_same else 'IT DIFFERS'}")
    if not all(is_same for _, is_same in agrees):
        raise typer.Exit(PART)


def _tell(told: Any, lines: list[str], *, as_json: bool, flat: bool = False) -> None:
    if not as_json:
        for line in lines:
            terminal.tell(line)
        return
    for line in json.dumps(told, ensure_ascii=False, indent=None if flat else 1, default=str).splitlines():
        terminal.tell(line)


def _texts(told: dict[str, Json]) -> list[str]:
    texts = told["text"]
    return [str(line) for line in texts] if isinstance(texts, list) else []


def _foreseen(told: Any) -> list[str]:
    amount, currency = told["fee"]["amount"], told["fee"]["currency"]
    fee = f"{amount} {currency}" if amount is not None else "not known: the sources do not say"
    found = ["", f"way: {told['way']} ({told['spot_check_percent']} % of automatic cases are looked at)"]
    found += [f"  {one}" for one in told["casework"]]
    return [*found, *_term(told["term"]), f"fee: {fee} ({told['fee']['ref']})"]


def _term(term: Any) -> list[str]:
    """Of what takes an old one's place."""
    if term is None:
        return []
    last = f"to {term['last']}" if term["last"] else "until further notice"
    return [f"    granted that day: good from {term['first']} {last}"]


def _step(step: Any) -> str:
    at = datetime.fromtimestamp(step["at"]).astimezone().isoformat(" ", "seconds")
    note = f": {step['note']}" if step["note"] else ""
    return f"  {at} {step['event']} -> {step['state']} by {step['by']}{note}"


def _counted(found: Statistics) -> dict[str, Any]:
    told = {**found._asdict(), "automatic_share": found.automatic_share}
    for name in ("durations", "automatic_durations"):
        told[name] = getattr(found, name)._asdict()
    return told


def _lines(found: Statistics) -> list[str]:
    lines = [f"{found.submitted} submitted from {found.first} to {found.last}"]
    lines += [f"  {state}: {count}" for state, count in found.by_state.items()]
    if found.automatic_share is not None:
        share = f"{100 * found.automatic_share:.1f} %"
        lines.append(f"{found.issued} issued, {found.issued_automatically} of them automatically ({share})")
        lines.append(f"  from submission to issue: {_took(found.durations)}")
    return lines


def _took(durations: Durations) -> str:
    return f"median {durations.median} s, 95 of 100 within {durations.p95} s, longest {durations.longest} s"
