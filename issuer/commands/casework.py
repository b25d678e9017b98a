"""`decide`, and `cases assign|check|ask|second|answer|appeal`: what a case worker does about a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Row

from issuer import terminal
from issuer.arguments import check_number, check_why
from issuer.commands.applications import CaseId, app
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from issuer.domain.applications import ApplicationState, Decision
from issuer.services.applications.deciding import Deciding
from keys.encoding import Json

Said = Annotated[str, typer.Option("--text", help="what is said: kept with the case", callback=check_why)]
Why = Annotated[
    str,
    typer.Option("--reason", help="why: kept with the case, and told to the applicant", callback=check_why),
]


def decide(
    context: typer.Context,
    case_id: CaseId,
    decision: Annotated[Decision, typer.Argument(metavar="grant|limit|refuse")],
    reason: Why,
    limitation: Annotated[
        str | None, typer.Option("--limitation", metavar="CODE", help="of `limit`: as the law names it")
    ] = None,
    certificate: Annotated[
        str | None,
        typer.Option(
            "--certificate", metavar="NUMBER", help="one that was drafted by hand", callback=check_number
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], metavar="DATE", help="its last day, where the law says none"
        ),
    ] = None,
) -> None:
    """End a manual case. A refusal is an intention first, which the applicant may answer."""
    limits = None if limitation is None else {"code": limitation}

    def act(deciding: Deciding, by: str) -> Row[Any]:
        return deciding.decide(
            case_id,
            decision,
            reason=reason,
            by=by,
            limitation=limits,
            certificate=certificate,
            until=None if until is None else until.date(),
        )

    _once(context, case_id, act)


@app.command("assign")
def assign(context: typer.Context, case_id: CaseId) -> None:
    """Take a manual case up."""
    _once(context, case_id, lambda deciding, by: deciding.assign(case_id, by=by))


@app.command("check")
def check(
    context: typer.Context,
    case_id: CaseId,
    good: Annotated[bool, typer.Option("--good/--doubt", help="whether it may be issued")],
    reason: Annotated[str, typer.Option("--reason", help="what was looked at, or what is doubtful")] = "",
) -> None:
    """End a spot check."""
    _once(context, case_id, lambda deciding, by: deciding.check(case_id, is_good=good, reason=reason, by=by))


@app.command("ask")
def ask(context: typer.Context, case_id: CaseId, text: Said) -> None:
    """Ask the applicant for something. What is then reported takes the case up again."""
    _once(context, case_id, lambda deciding, by: deciding.ask(case_id, what=text, by=by))


@app.command("second")
def second(
    context: typer.Context,
    case_id: CaseId,
    agree: Annotated[bool, typer.Option("--agree/--disagree", help="with what was put forward")],
) -> None:
    """Give a second person's word about a decision that needs two."""
    _once(context, case_id, lambda deciding, by: deciding.second(case_id, agrees=agree, by=by))


@app.command("answer")
def answer(context: typer.Context, case_id: CaseId, text: Said) -> None:
    """Record what the applicant says to the intention to refuse."""
    _once(context, case_id, lambda deciding, by: deciding.answer(case_id, text=text, by=by))


@app.command("appeal")
def appeal(context: typer.Context, case_id: CaseId, text: Said) -> None:
    """Record that the applicant appeals a refusal."""
    _once(context, case_id, lambda deciding, by: deciding.appeal(case_id, text=text, by=by))


def _once(context: typer.Context, case_id: str, do: Callable[[Deciding, str], Row[Any]]) -> None:
    register = register_of(context)

    def act() -> dict[str, Json]:
        row = do(register.applications.deciding, actor())
        shown = register.applications.explaining.show(case_id, actor=actor())
        decided = shown["decisions"]
        waits = isinstance(decided, list) and any(
            isinstance(one, dict) and one["waits_for_second"] for one in decided
        )
        return {"state": row.state, "until": row.hearing_until, "waits": waits}

    done = once(context, register, act)
    terminal.tell(f"{case_id}: {done['state']}")
    if done["waits"]:
        terminal.say(f"a second person has to agree: ombord-issuer cases second {case_id} --agree")
    if done["state"] == ApplicationState.HEARING:
        terminal.say(
            f"the applicant may answer until {done['until']}; then: ombord-issuer decide {case_id} refuse"
        )
    if done["state"] == ApplicationState.ISSUING:
        terminal.say("the service signs it; without one: ombord-issuer work --once")
