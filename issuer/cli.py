"""`ombord-issuer`: what the authority's operators do, from loading the register to serving wallets.

Exit codes: 0 done, 1 done in part (rows or certificates were refused, each is named), 2 not done.
"""

import getpass
import json
import os
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from issuer import terminal
from issuer.arguments import Number, Out, Reason, SeafarerId, check_number, check_numbers, check_seafarer
from issuer.composition import Register, Services, compose, open_register
from issuer.domain.errors import InvalidInput, IssuerError, KeysUnusable
from issuer.services.authority_keys import AuthorityKeys, open_keys
from issuer.services.exporting import export_lines
from issuer.services.offering import Offer
from issuer.services.printing import INDEX, Printing
from issuer.settings import Settings, load_settings
from keys.custody.passphrase import from_text

PART, NOTHING = 1, 2
SHOWN_PROBLEMS = 20

app = typer.Typer(
    help="An authority's service: keep the register, issue credentials, publish their status.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Ending(StrEnum):
    """How a certificate ends."""

    REVOKED = "revoked"
    CANCELLED = "cancelled"
    LOST = "lost"


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="settings, TOML or YAML")
    ] = None,
) -> None:
    context.obj = config


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="port to listen on")] = None,
) -> None:
    """Open the sealed keys and serve wallets, verifiers and the operators' API."""
    settings = _settings(context)
    keys = _keys(settings)
    listening = _listen(host or settings.host, settings.port if port is None else port)
    from issuer.serving import run  # the web framework takes 400 ms to load

    run(settings, keys, listening)


@app.command("import")
def import_register(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a register extract, JSON Lines")],
) -> None:
    """Load a register extract; good rows are loaded, bad ones are named."""
    settings = _settings(context)
    try:
        size = file.stat().st_size
        with file.open("rb") as lines:
            register = _register(context, settings, create=True)
            with terminal.progress(f"Loading {file.name} (bytes)", size) as show:
                report = register.importing.load(
                    lines, actor=_actor(), progress=lambda done: show(min(done, size), size)
                )
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
    terminal.tell(
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{len(report.rejected)} rejected"
    )
    for row in report.rejected[:SHOWN_PROBLEMS]:
        terminal.say(f"line {row.line}: {row.reason}")
    if len(report.rejected) > SHOWN_PROBLEMS:
        terminal.say(f"and {len(report.rejected) - SHOWN_PROBLEMS} more")
    if report.rejected:
        raise typer.Exit(PART)


@app.command()
def offer(
    context: typer.Context,
    seafarer: Annotated[
        str | None, typer.Argument(metavar="[SEAFARER]", help="a seafarer's id", callback=check_seafarer)
    ] = None,
    certificate: Annotated[
        list[str] | None,
        typer.Option("--certificate", help="one certificate only; may be repeated", callback=check_numbers),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
    picture: Annotated[
        Path | None, typer.Option("--qr", metavar="FILE", help="write the link as SVG")
    ] = None,
) -> None:
    """Offer a seafarer's certificates in force to a phone."""
    register = _register(context)
    _show_offer(register.offering.create(seafarer, certificate or (), actor=_actor()), as_json, picture)


@app.command("print")
def print_paper(
    context: typer.Context,
    out: Out = Path("paper"),
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NUMBER]...", help="these alone; else all in force", callback=check_numbers),
    ] = None,
) -> None:
    """Sign credentials for paper, and write their QR codes as text and SVG."""
    services = _services(context)
    printing = Printing(services.database, services.clock, services.settings, services.issuer)
    with terminal.progress("Printing") as show:
        report = printing.print(out, numbers or (), progress=show)
    terminal.tell(f"{len(report.papers)} printed into {out}, see {out / INDEX}")
    for refusal in report.refused:
        terminal.complain(refusal.error)
    if report.refused:
        raise typer.Exit(PART)


@app.command()
def suspend(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Put a certificate out of force until it is reinstated or revoked."""
    _register(context).lifecycle.suspend(number, reason=reason, actor=_actor())
    terminal.tell(f"{number} is suspended; publish to tell ships")


@app.command()
def reinstate(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Lift a suspension."""
    _register(context).lifecycle.reinstate(number, reason=reason, actor=_actor())
    terminal.tell(f"{number} is in force again; publish to tell ships")


@app.command()
def revoke(
    context: typer.Context,
    number: Number,
    ending: Annotated[Ending, typer.Option("--as", help="how it ends")] = Ending.REVOKED,
    reason: Reason = "",
) -> None:
    """End a certificate for good."""
    _register(context).lifecycle.revoke(number, ending=ending.value, reason=reason, actor=_actor())
    terminal.tell(f"{number} is {ending.value}; publish to tell ships")


@app.command()
def replace(
    context: typer.Context,
    number: Number,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NUMBER", help="the new certificate's number", callback=check_number),
    ] = None,
    reason: Reason = "",
) -> None:
    """Let a new certificate take an old one's place (a copy of it, unless --by is in the register)."""
    done = _register(context).lifecycle.replace(number, by=by, reason=reason, actor=_actor())
    terminal.tell(f"{done.old} is replaced by {done.new}; publish to tell ships")


@app.command()
def rebind(
    context: typer.Context,
    seafarer: SeafarerId,
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
    picture: Annotated[
        Path | None, typer.Option("--qr", metavar="FILE", help="write the link as SVG")
    ] = None,
) -> None:
    """A lost or new phone: replace all credentials of the old one and make an offer to the new one."""
    register = _register(context)
    done = register.lifecycle.rebind(seafarer, actor=_actor())
    terminal.say(f"{done.credentials} credentials of the old phone are replaced; publish to tell ships")
    _show_offer(register.offering.create(seafarer, actor=_actor()), as_json, picture)


@app.command()
def publish(
    context: typer.Context,
    out: Out = Path("public"),
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="sign although the last list is long expired")
    ] = False,
) -> None:
    """Write signed status lists and public keys to a folder, for any web server or ship."""
    publisher = _services(context).publisher
    for path in publisher.publish(out, clock_is_right=clock_is_right):
        terminal.tell(str(path))
    if not publisher.numbers():
        terminal.say("there is no status list yet: the first credential that is signed opens one")


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where to; - is standard output")] = Path("-"),
) -> None:
    """Write the register in the format that `import` reads."""
    register = _register(context)
    lines = export_lines(register.database, register.settings)
    if str(file) == "-":
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return
    from keys.custody import atomic_file

    try:
        atomic_file.write(file, b"".join(lines), mode=0o600)
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be written: {error.strerror}", hint="choose another place"
        ) from error


def main() -> NoReturn:
    """Run a command; whatever is wrong with the input or the output ends in `error:` and `hint:` lines."""
    if not terminal.open_what_is_closed() and "serve" not in sys.argv:
        terminal.complain(InvalidInput("standard output is closed", hint="send it to a file or to /dev/null"))
        sys.exit(NOTHING)
    try:
        _run()
    except IssuerError as error:
        terminal.complain(error)
    except BrokenPipeError:  # the reader of our output went away
        terminal.abandon(sys.stdout)
    except OSError as error:
        terminal.abandon(sys.stdout)
        what = error.filename or "standard output"
        terminal.complain(InvalidInput(f"{what}: {error.strerror}", hint="what the register holds is kept"))
    except KeyboardInterrupt:
        terminal.say("stopped; what was begun is finished by the next run")
        sys.exit(130)
    sys.exit(NOTHING)


def _run() -> None:
    """The command, until all that it printed has arrived."""
    try:
        app()
    except SystemExit:
        sys.stdout.flush()
        raise


def _settings(context: typer.Context) -> Settings:
    return load_settings(context.obj)


def _register(context: typer.Context, settings: Settings | None = None, *, create: bool = False) -> Register:
    """The register; `import` alone makes one where there is none (and `serve`, in `serving`)."""
    register = open_register(settings or _settings(context), create=create)
    context.call_on_close(register.database.close)
    terminal.announce(register.database)
    return register


def _services(context: typer.Context) -> Services:
    settings = _settings(context)
    services = compose(settings, keys=_keys(settings), create=False)
    context.call_on_close(services.database.close)
    services.issuer.resume()
    return services


def _keys(settings: Settings) -> AuthorityKeys:
    """The sealed keys, opened with the passphrase of the settings or of the person at the terminal."""
    passphrase = settings.read_passphrase()
    if passphrase is None:
        if not sys.stdin.isatty():
            raise KeysUnusable(
                "the passphrase of the sealed keys is not set",
                hint="set OMBORD_PASSPHRASE, or OMBORD_PASSPHRASE_FILE to the file that holds it",
            )
        typed = getpass.getpass(f"Passphrase of {settings.sealed_keys}: ", stream=sys.stderr)
        passphrase = from_text(typed)
    return open_keys(settings, passphrase)


def _actor() -> str:
    """Who works at the terminal, for the audit trail."""
    try:
        return f"operator:{getpass.getuser()}"[:100]
    except (KeyError, OSError):  # a container's user without a name
        return f"operator:{os.getuid()}"


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket; says so when somebody else has the port."""
    listening = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise InvalidInput(
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}",
            hint="stop what uses the port, or choose another with --port",
        ) from error
    return listening


def _show_offer(made: Offer, as_json: bool, picture: Path | None) -> None:
    if picture is not None:
        _draw(made.link, picture)
    if as_json:
        shown: dict[str, Any] = {
            "credential_offer_uri": made.uri,
            "link": made.link,
            "tx_code": made.tx_code,
            "certificates": list(made.document_numbers),
            "expires_at": made.expires_at.isoformat(),
        }
        terminal.tell(json.dumps(shown))
        return
    terminal.tell(made.link)
    terminal.tell(f"transaction code (by another channel): {made.tx_code}")
    terminal.tell(f"{len(made.document_numbers)} certificates, until {made.expires_at:%Y-%m-%d %H:%M} UTC")


def _draw(link: str, picture: Path) -> None:
    import segno

    try:
        segno.make(link, error="m", micro=False).save(
            str(picture), kind="svg", scale=4, border=4, light="#fff"
        )
    except OSError as error:
        raise InvalidInput(
            f"{picture} cannot be written: {error.strerror}", hint="choose another file"
        ) from error
