"""`offer` and `rebind`: credentials for a phone."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.arguments import AsJson, SeafarerId, check_numbers, check_seafarer
from issuer.commands.opening import actor, register_of
from issuer.domain.errors import InvalidInput
from issuer.services.offering import Offer

Picture = Annotated[Path | None, typer.Option("--qr", metavar="FILE", help="write the link as SVG")]


def offer(
    context: typer.Context,
    seafarer: Annotated[
        str | None, typer.Argument(metavar="[SEAFARER]", help="a seafarer's id", callback=check_seafarer)
    ] = None,
    certificate: Annotated[
        list[str] | None,
        typer.Option("--certificate", help="one certificate only; may be repeated", callback=check_numbers),
    ] = None,
    as_json: AsJson = False,
    picture: Picture = None,
) -> None:
    """Offer a seafarer's certificates in force to a phone."""
    register = register_of(context)
    _show(register.offering.create(seafarer, certificate or (), actor=actor()), as_json, picture)


def rebind(
    context: typer.Context, seafarer: SeafarerId, as_json: AsJson = False, picture: Picture = None
) -> None:
    """A lost or new phone: replace all credentials of the old one and make an offer to the new one."""
    register = register_of(context)
    done = register.lifecycle.rebind(seafarer, actor=actor())
    terminal.say(f"{done.credentials} credentials of the old phone are replaced; publish to tell ships")
    _show(register.offering.create(seafarer, actor=actor()), as_json, picture)


def _show(made: Offer, as_json: bool, picture: Path | None) -> None:
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
