"""`print`, `manning`, `allow-list`: what the authority signs, and what it truly signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.adapters.typesetting import Typesetting
from issuer.arguments import Out, check_numbers
from issuer.commands.opening import PART, actor, register_of, services_of
from issuer.commands.repeating import has_key, once
from issuer.composition import Services
from issuer.domain.errors import InvalidInput
from issuer.domain.register import CertificateState
from issuer.services.log.allow_listing import write_allow_list
from issuer.services.paper.printing import INDEX, Printing
from issuer.services.paper.ship_documents import ShipDocuments
from issuer.services.phone.documents import Documents
from issuer.services.register import looking
from keys.encoding import Json
from keys.regular_file import opener
from verifier.settings_file import MAX_FILE


def print_paper(
    context: typer.Context,
    out: Out = Path("paper"),
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NUMBER]...", help="these alone; else all in force", callback=check_numbers),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="write each certificate as PDF/A too, to print")] = False,
) -> None:
    """Sign credentials for paper. Their QR codes are written as text and SVG."""
    _print(services_of(context), out, numbers or (), pdf=pdf)


def manning(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML: the ship and her posts")],
    out: Out = Path("paper"),
    pdf: Annotated[bool, typer.Option("--pdf", help="write it as PDF/A too, to print")] = False,
) -> None:
    """Enter a ship's minimum safe manning document and sign it. Its QR code is written as text and SVG."""
    typed = _read(file)
    services = services_of(context)
    proposing = None if services.approving.policy is None else services.proposing
    documents = ShipDocuments(services.database, services.clock, services.settings, proposing)

    def act() -> dict[str, Json]:
        return documents.enter(typed, actor=actor())._asdict()

    entered = once(context, services, act, reading=typed)
    number = entered["document_number"]
    terminal.say(f"{number}, {entered['ship']}: {'entered' if entered['is_new'] else 'as it was entered'}")
    if entered["state"] == CertificateState.DRAFTED:
        again = "run this again under a new idempotency key: this one gives this answer for ever"
        again = again if has_key(context) else "run this again"
        terminal.say(f"it is drafted: once it is approved (`pending`, `propose`, `approve`), {again}")
        return
    _print(services, out, [number], pdf=pdf)  # which gives the same bytes each time


def _read(file: Path) -> bytes:
    """As much as a document may have, and a byte. Raises InvalidInput."""
    try:
        with open(file, "rb", opener=opener) as data:
            return data.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error


def _print(services: Services, out: Path, numbers: Sequence[str], *, pdf: bool) -> None:
    printing = Printing(services.database, services.clock, services.settings, services.issuer)
    documents = Documents(services.database, services.settings, printing, Typesetting())
    looking.note(
        services.database,
        services.clock,
        looking.PRINTED,
        {"as": "pdf" if pdf else "code"},
        actor=actor(),
        subjects=tuple(dict.fromkeys(numbers)) or (looking.REGISTER,),
    )
    with terminal.progress("Printing") as show:
        report = printing.print(out, numbers, progress=show, pdf=documents.pdf if pdf else None)
    terminal.tell(f"{len(report.papers)} printed into {out}, see {out / INDEX}")
    services.checkpoints.make()
    for refusal in report.refused:
        terminal.complain(refusal.error)
    if report.refused:
        raise typer.Exit(PART)


def allow_list(
    context: typer.Context,
    kid: Annotated[str, typer.Argument(metavar="KID", help="the compromised key's id")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="the file to write")],
) -> None:
    """List what a compromised key truly signed. So that this alone still counts; needs no private key."""
    register = register_of(context)
    with terminal.progress(f"Credentials of {kid}") as show:
        made = write_allow_list(register.database, register.clock, kid, out, actor=actor(), progress=show)
    terminal.tell(f"{made.credentials} credentials of {kid} in {out}")
    if made.anonymous:
        terminal.say(
            f"{len(made.anonymous)} of them are anonymous in the log: that they were signed is in the audit "
            "trail, and their texts are taken as they are stored"
        )
        for serial in made.anonymous:
            terminal.say(f"  {serial}")
    if made.unfinished:
        terminal.say(
            f"{made.unfinished} more are signed or reserved, and not released: they are not on the list"
        )
    terminal.say(f"next: ombord-keys key retire FLAG {kid} --state allow-list-only --allow-list {out}")
