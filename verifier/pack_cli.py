"""The `pack` part of `ombord-verify`: its arguments. What each command does is imported when it runs."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from verifier.unusable import Unusable

if TYPE_CHECKING:
    from verifier.policy import Policy

    Actions = argparse._SubParsersAction[Any]
    Now = Callable[[], datetime]
    Policies = Callable[[str | None], Policy]


def add(commands: "Actions", *, now: "Now", policy_of: "Policies", policy_help: str) -> None:
    """Add `pack` and its actions. `now` is the clock, `policy_of` reads what --policy names."""
    pack = commands.add_parser("pack", help="sea packs: directory and status lists in one file")
    actions = pack.add_subparsers(required=True, metavar="ACTION")
    _add_build(actions, now)
    take_in = actions.add_parser("import", help="verify a pack and keep it for checks")
    take_in.add_argument("file", metavar="FILE")
    take_in.add_argument("--root", metavar="FILE", help="the trusted root, the first time")
    take_in.add_argument(
        "--forget", action="store_true", help="go on where what was held is damaged and cannot be saved"
    )
    take_in.set_defaults(run=lambda arguments: (0, _import(arguments, now())))
    update = actions.add_parser("update", help="fetch what is new, and import it")
    update.add_argument(
        "address", nargs="?", metavar="ADDRESS", help="a site of packs, a folder or a file; it is remembered"
    )
    update.add_argument("--root", metavar="FILE", help="the trusted root, the first time")
    update.set_defaults(run=lambda arguments: (0, _update(arguments, now())))
    show = actions.add_parser("show", help="what is held, how old it is, and what a policy makes of that")
    show.add_argument("--json", action="store_true", help="as docs/sea-pack-format.md describes")
    show.add_argument("--policy", metavar="NAME|FILE", help=policy_help)
    show.set_defaults(run=lambda arguments: (0, _show(arguments, policy_of(arguments.policy), now())))
    export = actions.add_parser("export", help="make a pack of what is held, for another device")
    export.add_argument("file", metavar="FILE")
    export.set_defaults(run=lambda arguments: (0, _export(arguments)))


def _add_build(actions: "Actions", now: "Now") -> None:
    build = actions.add_parser("build", help="make a pack of what ombord-keys and issuers published")
    where = build.add_mutually_exclusive_group(required=True)
    where.add_argument("place", nargs="?", metavar="DIRECTORY", help="what ombord-keys publish wrote")
    where.add_argument("--directory", metavar="DIR", help="the same")
    build.add_argument(
        "--lists", nargs="+", default=[], metavar="FILE", help="status lists, or folders of them"
    )
    build.add_argument(
        "--logs", nargs="+", default=[], metavar="FOLDER", help="logs as issuers published them: checkpoints"
    )
    build.add_argument("--out", metavar="FILE", help="the pack")
    build.add_argument("--site", metavar="FOLDER", help="static files to serve: the pack, and updates")
    kind = build.add_mutually_exclusive_group()
    kind.add_argument("--since", metavar="PACK", help="make --out an update of this earlier pack")
    kind.add_argument(
        "--addition", action="store_true", help="make --out a small pack of allow lists and --lists alone"
    )
    build.set_defaults(run=lambda arguments: (0, _build(arguments, now())))


def _build(arguments: argparse.Namespace, at: datetime) -> str:
    from verifier import pack_build

    directory = arguments.directory or arguments.place
    if arguments.out is None and (arguments.site is None or arguments.since or arguments.addition):
        raise Unusable(
            "there is nowhere to write to", "name the pack: --out FILE, or a folder: --site FOLDER"
        )
    if arguments.addition:
        if arguments.site is not None:
            raise Unusable("--site with --addition", "an addition is mailed or carried: give --out alone")
        return pack_build.build_addition(directory, arguments.lists, at, out=arguments.out)
    return pack_build.build(
        directory,
        arguments.lists,
        at,
        out=arguments.out,
        site=arguments.site,
        since=arguments.since,
        logs=arguments.logs,
    )


def _import(arguments: argparse.Namespace, at: datetime) -> str:
    from verifier import pack_commands

    return pack_commands.take_in(arguments.file, arguments.root, at, forget=arguments.forget)


def _update(arguments: argparse.Namespace, at: datetime) -> str:
    from verifier import pack_update

    return pack_update.update(arguments.address, arguments.root, at)


def _show(arguments: argparse.Namespace, policy: "Policy", at: datetime) -> str:
    from verifier import pack_show

    return pack_show.show(policy, at, as_json=arguments.json)


def _export(arguments: argparse.Namespace) -> str:
    from verifier import pack_commands

    return pack_commands.export(arguments.file)
