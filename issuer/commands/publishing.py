"""`publish`, `publish-packs`: what verifiers and ships fetch, to a folder or bucket that anything serves."""

from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from issuer import terminal
from issuer.adapters.object_store import ObjectStore
from issuer.adapters.object_stores import open_store
from issuer.arguments import check_store
from issuer.commands.ending import ending
from issuer.commands.opening import register_of, services_of
from issuer.domain.errors import InvalidInput
from issuer.services.publishing.bringing import Report
from issuer.services.publishing.following import EVERY, Following
from issuer.services.publishing.packs import PackPublication
from issuer.services.publishing.publication import Look, Publication
from issuer.services.publishing.publisher import Orders
from issuer.settings import Settings

To = Annotated[
    str | None,
    typer.Option(
        "--to",
        "--out",
        metavar="STORE",
        help="a folder or s3://BUCKET/PREFIX; else the setting publish_to",
        callback=check_store,
    ),
]


def publish(
    context: typer.Context,
    to: To = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="go on: publish what changes, within seconds, until stopped")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", min=0.1, max=3_600, help="with --follow: seconds between two looks")
    ] = EVERY,
    full: Annotated[
        bool, typer.Option("--full", help="compare all lists that lie there, also those known")
    ] = False,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="sign although the last list is long expired")
    ] = False,
    key_is_right: Annotated[
        bool, typer.Option("--key-is-right", help="sign although another key has taken this one's place")
    ] = False,
    leap_ahead: Annotated[
        bool, typer.Option("--leap-ahead", help="after a restore: pass over numbers that may be lost")
    ] = False,
) -> None:
    """Write signed status lists and public keys to a store. Any web server or ship can hold them."""
    if follow and (full or leap_ahead):
        raise InvalidInput(
            "--follow goes with neither --full nor --leap-ahead", hint="run `publish` with that once, first"
        )
    services = services_of(context)
    store = _open(to, services.settings)
    parts = (services.database, services.clock, services.keys, services.settings)
    publication = Publication(*parts, store)
    orders = Orders(clock_is_right=clock_is_right, key_is_right=key_is_right)
    if follow:
        _follow(publication, orders, every, store)
        return
    look = Look.EVERYTHING if full else Look.VERSIONS
    _tell(publication.publish(orders, leap_ahead=leap_ahead, look=look), store)
    if not services.publisher.numbers():
        terminal.say("there is no status list yet: the first credential that is signed opens one")


def publish_packs(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="what `ombord-verify pack build --site` wrote")
    ],
    to: To = None,
) -> None:
    """Bring sea packs to a store. Each pack for ever, then the updates, then which is the latest."""
    register = register_of(context)
    store = _open(to, register.settings)
    _tell(PackPublication(register.database, register.clock, store).publish(folder), store)


def _open(to: str | None, settings: Settings) -> ObjectStore:
    return open_store(to or settings.publish_to, s3_endpoint=settings.s3_endpoint)


def _tell(report: Report, store: ObjectStore) -> None:
    for label in report.written:
        terminal.tell(label)
    if report.unchanged:
        terminal.say(f"{report.unchanged} unchanged in {store.address}")


def _follow(publication: Publication, orders: Orders, every: float, store: ObjectStore) -> None:
    """Until SIGTERM or ctrl-C; what is being written then is finished first."""
    over = ending()
    terminal.say(f"publishing to {store.address} whatever changes; stop with ctrl-C")
    following = Following(publication, pause=over.wait, seconds=monotonic)

    def told(report: Report) -> None:
        for label in report.written:
            terminal.tell(label)

    following.run(orders, every=every, told=told, failed=terminal.complain)
    terminal.say("stopped")
