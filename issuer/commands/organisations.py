"""`organisation`: who reports by machine, with which keys, about what; and one to try it with."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.arguments import AsJson, Out, Reason, check_text
from issuer.commands import developing
from issuer.commands.opening import actor, register_of, settings_of
from issuer.commands.repeating import once
from issuer.composition import Register
from issuer.domain.errors import InvalidInput
from issuer.domain.key_file import MAX_KEY_FILE, key_of
from issuer.domain.organisations import REPORTERS, Resource
from issuer.rules.facts import Reporter
from issuer.services.organisations.developing import refuse_in_production
from issuer.services.organisations.showing import Organisation
from keys.encoding import Json

app = typer.Typer(help="Who reports by machine, with their keys.", rich_markup_mode=None)
Role = StrEnum("Role", {one.name: one.value for one in REPORTERS})  # type: ignore[misc] # of our own values

Client = Annotated[
    str, typer.Argument(metavar="CLIENT", help="as `organisation list` names it: NO-974760673")
]


@app.command("new")
def new(
    context: typer.Context,
    country: Annotated[str, typer.Option(metavar="CODE", help="NO, SE, DK, or another with an LEI")],
    number: Annotated[str, typer.Option(help="organisation number, CVR number or LEI")],
    name: Annotated[str, typer.Option(callback=check_text, help="as its register has it")],
    role: Annotated[list[Role], typer.Option(help="what it is; several if it is several")],
) -> None:
    """Register an organisation. With the scopes that its role usually needs."""
    register = register_of(context)
    roles = [Reporter(one.value) for one in role]
    _do(
        context,
        register,
        lambda: register.organisations.new(country, number, name, roles, actor=actor()),
        "registered; next: `organisation key` for its public key, `organisation approve` for what it reports",
    )


@app.command("key")
def key(
    context: typer.Context,
    client: Client,
    file: Annotated[Path | None, typer.Option("--file", help="its public key: a JWK, or PEM")] = None,
    kid: Annotated[
        str | None, typer.Option(help="the key's id; else the JWK's own, or its thumbprint")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="from this day on (UTC)")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="until this day begins (UTC)")] = None,
    end: Annotated[str | None, typer.Option(metavar="KID", help="end the key of that id, at once")] = None,
) -> None:
    """Let an organisation sign with one more public key, or end one."""
    register = register_of(context)
    if (file is None) is (end is None):
        raise InvalidInput("neither a key nor an end is given", hint="--file adds a key, --end KID ends one")
    if end is not None:
        _do(
            context, register, lambda: register.organisations.end_key(client, end, actor=actor()), "key ended"
        )
        return
    assert file is not None  # noqa: S101 - as asked above
    data = _read(file)
    public = key_of(data, kid=kid)

    def act() -> Organisation:
        return register.organisations.add_key(
            client, public, actor=actor(), not_before=_start(first), not_after=_start(until)
        )

    _do(context, register, act, f"key {public.kid} added", reading=data)


@app.command("scopes")
def scopes(
    context: typer.Context,
    client: Client,
    names: Annotated[
        list[str], typer.Argument(metavar="SCOPE...", help="ombord:qualifications/….write or .read")
    ],
    role: Annotated[Role | None, typer.Option("--as", help="in which of its roles it reports then")] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="these are no longer granted")] = False,
) -> None:
    """Grant scopes, or take them back. Also tokens that are out there lose them."""
    register, chosen = register_of(context), frozenset(names)

    def act() -> Organisation:
        if take_back:
            return register.organisations.take_back(client, chosen, actor=actor())
        as_role = Reporter(role.value) if role else None
        return register.organisations.grant(client, chosen, as_role, actor=actor())

    _do(context, register, act, "scopes taken back" if take_back else "scopes granted")


@app.command("approve")
def approve(
    context: typer.Context,
    client: Client,
    resource: Annotated[Resource, typer.Argument(help="what it reports")],
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="codes, ships by IMO number, or '*'")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="no longer approved for these")] = False,
) -> None:
    """Approve an organisation for courses, ships and the like. '*' for all of them."""
    register = register_of(context)

    def act() -> Organisation:
        return register.organisations.approve(client, resource, codes, actor=actor(), withdraw=withdraw)

    _do(context, register, act, "approval withdrawn" if withdraw else "approved")


@app.command("suspend")
def suspend(context: typer.Context, client: Client, reason: Reason) -> None:
    """Close all its tokens and give it no others. What it has reported stays."""
    register = register_of(context)

    def act() -> Organisation:
        return register.organisations.suspend(client, reason=reason, actor=actor())

    _do(context, register, act, "suspended")


@app.command("reinstate")
def reinstate(context: typer.Context, client: Client) -> None:
    """Let a suspended organisation report again."""
    register = register_of(context)
    _do(
        context,
        register,
        lambda: register.organisations.reinstate(client, actor=actor()),
        "may report again",
    )


@app.command("list")
def list_organisations(context: typer.Context, as_json: AsJson = False) -> None:
    """All organisations, one a line."""
    found = register_of(context).organisations.list()
    for one in found:
        terminal.tell(json.dumps(asdict(one), ensure_ascii=False) if as_json else _line(one))
    if not found:
        terminal.say("no organisation is registered yet: `organisation new`, or `organisation develop`")


@app.command("show")
def show(context: typer.Context, client: Client, as_json: AsJson = False) -> None:
    """One organisation: its keys, scopes and approvals."""
    found = register_of(context).organisations.show(client)
    if as_json:
        terminal.tell(json.dumps(asdict(found), ensure_ascii=False))
        return
    for line in _lines(found):
        terminal.tell(line)


@app.command("develop")
def develop(context: typer.Context, out: Out = Path("development-organisation")) -> None:
    """Make an organisation to try the machine interface with. With a client; not in production."""
    settings = settings_of(context)
    refuse_in_production(settings)
    register = register_of(context, settings, create=True)

    def act() -> dict[str, Json]:
        return developing.develop(register, out)

    for line in developing.lines(once(context, register, act), out):
        terminal.tell(line)


def _do(
    context: typer.Context,
    register: Register,
    act: Callable[[], Organisation],
    done: str,
    *,
    reading: bytes = b"",
) -> None:
    """A change, told in one line."""

    def named() -> dict[str, Json]:
        return {"client_id": act().client_id}

    told: dict[str, Any] = once(context, register, named, reading=reading)
    terminal.tell(f"{told['client_id']}: {done}")


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(MAX_KEY_FILE + 1)
    if len(data) > MAX_KEY_FILE:
        raise InvalidInput(f"{file}: too large for a public key", hint="name the file with the key alone")
    return data


def _start(day: str | None) -> int | None:
    if day is None:
        return None
    try:
        return int(datetime.combine(date.fromisoformat(day), time(), UTC).timestamp())
    except ValueError as error:
        raise InvalidInput(f"{day[:20]!r} is no day", hint="write it as YYYY-MM-DD") from error


def _line(one: Organisation) -> str:
    development = " (development: not served in production)" if one.is_development else ""
    return f"{one.client_id:<24} {one.state:<10} {','.join(one.roles):<30} {one.name}{development}"


def _lines(one: Organisation) -> list[str]:
    lines = [_line(one)]
    if one.state_reason:
        lines.append(f"  suspended: {one.state_reason}")
    for each in one.keys:
        standing = "ended" if each.ended_at else "in use"
        lines.append(f"  key       {each.kid} ({standing})")
    lines += [f"  scope     {scope} as {role}" for scope, role in one.scopes.items()]
    lines += [f"  approved  {name}: {', '.join(codes)}" for name, codes in one.approvals.items()]
    return lines
