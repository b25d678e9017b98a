"""`offer` and `rebind`: credentials for a phone."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.arguments import AsJson, SeafarerId, check_numbers, check_seafarer
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from issuer.domain.errors import InvalidInput
from issuer.services.phone.offering import Offer
from keys.encoding import Json

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

    def act() -> dict[str, Json]:
        return _members(register.offering.create(seafarer, certificate or (), actor=actor()))

    _show(once(context, register, act), as_json, picture)


def rebind(
    context: typer.Context, seafarer: SeafarerId, as_json: AsJson = False, picture: Picture = None
) -> None:
    """A lost or new phone: renew all credentials, make an offer. Those of the old phone are replaced."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        done = register.lifecycle.rebind(seafarer, actor=actor())
        # Said before the offer, which may be refused: the old phone is locked out all the same.
        terminal.say(f"{done.credentials} credentials of the old phone are replaced; publish to tell ships")
        return _members(register.offering.create(seafarer, actor=actor()))

    _show(once(context, register, act), as_json, picture)


def _members(made: Offer) -> dict[str, Json]:
    return {
        "credential_offer_uri": made.uri,
        "link": made.link,
        "tx_code": made.tx_code,
        "certificates": list(made.document_numbers),
        "expires_at": made.expires_at.isoformat(),
    }


def _show(made: dict[str, Any], as_json: bool, picture: Path | None) -> None:
    if picture is not None:
        _draw(made["link"], picture)
    if as_json:
        terminal.tell(json.dumps(made))
        return
    terminal.tell(made["link"])
    terminal.tell(f"transaction code (by another channel): {made['tx_code']}")
    until = datetime.fromisoformat(made["expires_at"])
    terminal.tell(f"{len(made['certificates'])} certificates, until {until:%Y-%m-%d %H:%M} UTC")


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
