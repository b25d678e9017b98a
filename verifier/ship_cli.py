"""The `ship` part of `ombord-verify`: a whole crew against its safe manning document."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from verifier.unusable import Unusable

if TYPE_CHECKING:
    from verifier.cli import Basis
    from verifier.credential.safe_manning import SafeManning
    from verifier.inspection.duty import Duty
    from verifier.inspection.ship import Ship
    from verifier.policy import Policy
    from verifier.verdict import Verdict

    Actions = argparse._SubParsersAction[Any]

_MOST_NAMED: Final = 6  # files that were not read


class Tools(NamedTuple):
    """How the command line reads what its parts share."""

    at: "Callable[[str | None], datetime]"
    policy: "Callable[[str | None], Policy]"
    ship: "Callable[[str | None], Ship | None]"
    duty: "Callable[[str | None], Duty | None]"
    basis: "Callable[[argparse.Namespace, datetime], Basis]"
    policy_help: str


def add(commands: "Actions", tools: Tools) -> None:
    """Add `ship`."""
    ship = commands.add_parser("ship", help="judge a whole crew against the safe manning document")
    ship.add_argument("--manning", required=True, metavar="FILE", help="signed document, or YAML")
    ship.add_argument(
        "--crew", required=True, nargs="+", metavar="DIR|FILE", help="a file or folder for each person"
    )
    ship.add_argument("--ship", metavar="FILE", help="YAML: the ship and its voyage, as for check")
    ship.add_argument("--pack", metavar="FILE", help="verify this sea pack first and use it alone")
    ship.add_argument("--root", metavar="FILE", help="the trusted root for --pack, where none is pinned")
    ship.add_argument("--at", metavar="INSTANT", help="judge at this time, such as 2026-11-21T12:00:00Z")
    ship.add_argument("--policy", metavar="NAME|FILE", help=tools.policy_help)
    ship.add_argument("--json", action="store_true", help="as docs/crew-report.schema.json describes")
    ship.set_defaults(run=lambda arguments: _ship(arguments, tools))


def _ship(arguments: argparse.Namespace, tools: Tools) -> tuple[int, str]:
    from keys.trust.directory import Environment
    from verifier import crew_files, decision, state
    from verifier.inspection import crew, report

    at, policy, ship = tools.at(arguments.at), tools.policy(arguments.policy), tools.ship(arguments.ship)
    tools.duty(None if ship is None else ship.duty)  # the posts say who serves in which; a wrong one is wrong
    basis = tools.basis(arguments, at)

    def judge(presented: "Sequence[str | bytes]") -> "list[tuple[Verdict, ...]]":
        return decision.verify_each(presented, policy=policy, at=at, **basis)

    try:
        manning, verdict = _manning(arguments.manning, judge)
        persons = crew_files.persons(arguments.crew, judge)
    except state.StateError as error:  # a part that was not read until now
        raise Unusable(str(error), error.hint) from None
    if not persons:
        raise Unusable(
            "nobody's certificates are in what --crew names", "give a file or folder for each person"
        )
    _say_not_read(crew_files.not_read(arguments.crew))
    found = crew.judge(persons, manning, ship=ship, at=at, policy=policy, document=verdict)
    environment = basis["directory"].environment
    code = {"valid": 0, "rejected": 1, "undetermined": 2}[found.standing.value]
    if arguments.json:
        return code, report.as_json(found, environment.value)
    return code, report.as_text(found, test=environment is Environment.TEST)


def _say_not_read(paths: Sequence[str]) -> None:
    """What lay in the folders beside the codes, once; nothing of it was judged."""
    from verifier.report import escaped

    if paths and sys.stderr is not None:
        named = ", ".join(map(os.path.basename, paths[:_MOST_NAMED]))
        more = "" if len(paths) <= _MOST_NAMED else f" and {len(paths) - _MOST_NAMED} more"
        print(f"hint: not read, since no codes are looked for in it: {escaped(named)}{more}", file=sys.stderr)


def _manning(
    path: str, judge: "Callable[[list[str | bytes]], list[tuple[Verdict, ...]]]"
) -> "tuple[SafeManning, Verdict | None]":
    """The document, and the verdict on it where it is signed. Raises Unusable for what is none."""
    from verifier.inspection import manning
    from verifier.settings_file import MAX_FILE, SettingsError
    from verifier.sources import text_of
    from verifier.unusable import read_file

    data = read_file(path, MAX_FILE + 1)
    if data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"OB1:", b"eyJ")) or not _is_text(data):
        ((verdict, *_),) = judge([text_of(path)])
        if verdict.manning is None:
            problem = f"{path}: {_what_else(verdict) or f'{verdict.headline}: {verdict.reason}'}"
            raise Unusable(problem, "give the ship's safe manning document, or type it as YAML")
        return verdict.manning, verdict
    try:
        return manning.from_yaml(data), None
    except SettingsError as error:
        raise Unusable(f"{path}: {error}", "docs/inspection.md shows such a file") from None


def _what_else(verdict: "Verdict") -> str | None:
    """What was given instead, where its signature holds."""
    from verifier.credential import schemas

    if verdict.sea_pass is not None:
        return "it is a seafarer's pass, not a safe manning document"
    if verdict.credential is None:
        return None
    certificate = verdict.credential.certificate
    title = f"{schemas.title(certificate.type)} ({certificate.type.value})"
    return f"{certificate.document_number} is a {title}, not a safe manning document"


def _is_text(data: bytes) -> bool:
    from verifier import scan

    return not scan.is_picture(data[:16])
