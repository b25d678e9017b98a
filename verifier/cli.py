"""`ombord-verify`: judge what is shown, build and import sea packs.

Exit 0 valid, 1 rejected, 2 undetermined, 3 unusable arguments or files. Nothing is imported before it is
needed: a check on board opens what import has verified, and no more.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

from verifier.arguments import UNUSABLE, Parser, complain
from verifier.unusable import Unusable, read_file

if TYPE_CHECKING:
    from keys.trust.directory import Directory
    from verifier.inspection.duty import Duty
    from verifier.inspection.ship import Ship
    from verifier.policy import Policy
    from verifier.status import StatusBook

_LAST_YEAR: Final = 2261  # of 63 bits of nanoseconds
POLICY_HELP: Final = "what the inspector demands: psc, company, port-agent, or a YAML file"
T = TypeVar("T")
_EXIT: Final = {"valid": 0, "rejected": 1, "undetermined": 2}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = _parser(words).parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the names' letters
    try:
        if sys.stdout is None:
            raise Unusable("standard output is closed", "give the command somewhere to write to")
        if words[:1] == ["pack"]:
            _readable_clock()
        code, said = arguments.run(arguments)
        return code if _written(said) else UNUSABLE
    except Unusable as error:
        complain(str(error), error.hint)
    except KeyboardInterrupt:
        complain("interrupted", "run the command again")
    return UNUSABLE


def _readable_clock() -> None:
    """Refuse a clock that what verifies packs cannot read: it counts nanoseconds. Raises Unusable."""
    year = datetime.now(UTC).year
    if year > _LAST_YEAR:
        raise Unusable(f"the clock says that it is the year {year} or later", "set the clock")


def _written(said: str) -> bool:
    """Print what a command has to say. A verdict that nobody can have read is none."""
    try:
        print(said, flush=True)
        return True
    except BrokenPipeError:  # whoever read it has gone: say nothing more
        pass
    except OSError as error:
        complain(f"the answer could not be written: {error.strerror}", "the command has done its work")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at exit
    return False


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="ombord-verify", description="Check seafarers' certificates with no connection.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="judge one seafarer's certificates")
    check.add_argument(
        "source", nargs="+", metavar="SOURCE", help="QR text, token, text or picture file, or -"
    )
    check.add_argument("--pack", metavar="FILE", help="verify this sea pack first and use it alone")
    check.add_argument("--root", metavar="FILE", help="the trusted root for --pack, where none is pinned")
    check.add_argument("--at", metavar="INSTANT", help="judge at this time, such as 2026-11-21T12:00:00Z")
    check.add_argument("--policy", metavar="NAME|FILE", help=POLICY_HELP)
    check.add_argument("--ship", metavar="FILE", help="YAML: the ship and the duty, for rows P")
    check.add_argument("--json", action="store_true", help="as docs/verdict.schema.json describes")
    check.set_defaults(run=_check)
    if words[:1] == ["pack"]:
        from verifier import pack_cli

        pack_cli.add(commands, now=lambda: datetime.now(UTC), policy_of=_policy, policy_help=POLICY_HELP)
    else:  # a check need not make up the others' arguments
        commands.add_parser("pack", help="sea packs: build, import, update, show and export them")
    if words[:1] == ["ship"]:
        from verifier import ship_cli

        ship_cli.add(commands, ship_cli.Tools(_instant, _policy, _ship, _duty, _basis, POLICY_HELP))
    else:
        commands.add_parser("ship", help="judge a whole crew against the safe manning document")
    if words[:1] == ["log"]:
        from verifier import log_cli

        log_cli.add(commands)
    else:
        commands.add_parser("log", help="an authority's transparency log: check that it only grew")
    return parser


# check


def _check(arguments: argparse.Namespace) -> tuple[int, str]:
    from verifier import decision, state
    from verifier.verdict import Outcome, standing, worst

    at = _instant(arguments.at)
    policy, ship = _policy(arguments.policy), _ship(arguments.ship)
    texts = _texts(arguments.source)
    basis = _basis(arguments, at)
    try:
        found = [decision.verify_all(one, policy=policy, at=at, **basis) for one in texts]
    except state.StateError as error:  # a part that was not read until now
        raise Unusable(str(error), error.hint) from None
    verdicts = [verdict for together in found for verdict in together]
    if _asks_the_clock(arguments) and all(one.outcome("C10") is Outcome.PASS for one in verdicts):
        state.remember_clock(state.home(), at, basis["last_clock"])
    person = None
    if ship is not None:
        person = decision.assess(verdicts, ship=ship, at=at, duty=_duty(ship.duty), policy=policy)
    overall = worst(map(standing, verdicts)) if person is None else person.overall
    environment = basis["directory"].environment
    if arguments.json:
        from verifier import report_json

        said = report_json.as_json(verdicts, person, overall, environment)
    else:
        from verifier import report

        said = report.as_text(verdicts, person, environment=environment, colour=_wants_colour())
    return _EXIT[overall.value], said


def _asks_the_clock(arguments: argparse.Namespace) -> bool:
    """Whether a check is by this device's own clock and by what it has imported."""
    return arguments.at is None and not arguments.pack


def _wants_colour() -> bool:
    """On a terminal, unless NO_COLOR says otherwise; elsewhere only where FORCE_COLOR asks for it."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


class Basis(TypedDict):
    """What a check relies on."""

    directory: "Directory"
    status: "StatusBook"
    last_clock: datetime | None


def _basis(arguments: argparse.Namespace, at: datetime) -> Basis:
    """What a pack brings for this check alone, or what was imported."""
    return _from_pack(arguments, at) if arguments.pack else _from_state(arguments)


def _from_state(arguments: argparse.Namespace) -> Basis:
    """What was imported; the clock last seen counts only while this device's own clock is asked."""
    from verifier import state

    home = state.home()
    if arguments.root:
        raise Unusable("--root without --pack", "what was imported is trusted already")
    try:
        held = state.State(home)
    except state.NoState:
        hint = "ombord-verify pack import FILE --root ROOT.json, or add --pack FILE --root ROOT.json"
        raise Unusable("there is no sea pack to check against", hint) from None
    except state.StateError as error:
        raise Unusable(str(error), error.hint) from None
    seen = state.last_clock(home) if _asks_the_clock(arguments) else None
    return {"directory": held.directory, "status": held.status, "last_clock": seen}


def _from_pack(arguments: argparse.Namespace, at: datetime) -> Basis:
    """A pack given for this check alone: verified against the pinned root, kept nowhere."""
    _readable_clock()
    from verifier import pack_commands
    from verifier.status import StatusBook

    taken = pack_commands.verified(arguments.pack, arguments.root, at)
    return {
        "directory": taken.directory,
        "status": StatusBook(taken.lists.values(), pack=taken.pack, missing=taken.missing),
        "last_clock": None,
    }


def _texts(sources: Sequence[str]) -> list[str | bytes]:
    """Each source's text. All unusable ones are named, and then nothing is judged."""
    from verifier.sources import put_together, text_of

    texts, problems = [], []
    for source in sources:
        try:
            texts.append(text_of(source))
        except Unusable as problem:
            problems.append(problem)
    for earlier in problems[:-1]:
        complain(str(earlier), earlier.hint)
    if problems:
        raise problems[-1]
    if any(text.startswith("ob1:") for text in texts) and sys.stderr is not None:
        print("hint: QR text is in capitals, from OB1: on; something has made it small", file=sys.stderr)
    return put_together(texts)


def _instant(text: str | None) -> datetime:
    """The clock, or the instant asked for."""
    if text is None:
        return datetime.now(UTC)
    example = "give a date, a time and a zone: 2026-11-21T12:00:00Z"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"--at {text[:60]}: not an instant", example) from None
    if at.tzinfo is None:
        raise Unusable(f"--at {text[:60]}: without a time zone", example)
    if not 1970 < at.year < 2200:
        raise Unusable(f"--at {text[:60]}: outside the years 1971 to 2199", example)
    return at.astimezone(UTC)


def _policy(named: str | None) -> "Policy":
    """A shipped policy by its name, else the file. The default opens none."""
    from verifier import policy

    if named is None:
        return policy.DEFAULT
    shipped = policy.shipped(named)
    if shipped is not None:
        return shipped
    if policy.is_name(named) and not os.path.exists(named):
        known = ", ".join((policy.DEFAULT_NAME, *policy.SHIPPED))
        raise Unusable(f"--policy {named[:60]}: no policy of this name", f"known are {known}; or give a file")
    return _settings(named, policy.from_yaml)


def _ship(path: str | None) -> "Ship | None":
    if path is None:
        return None
    from verifier.inspection import ship

    return _settings(path, ship.from_yaml)


def _duty(code: str | None) -> "Duty | None":
    """The duty that the ship's file names."""
    if code is None:
        return None
    from verifier.inspection.duty import duties

    if code not in duties():
        raise Unusable(f"duty: {code[:60]!r} is not known", f"known are {', '.join(duties())}")
    return duties()[code]


def _settings(path: str, read: Callable[[bytes], T]) -> T:
    from verifier.settings_file import MAX_FILE, SettingsError

    try:
        return read(read_file(path, MAX_FILE + 1))
    except SettingsError as error:
        raise Unusable(f"{path}: {error}", "docs/verdict.schema.json lists the keys of such a file") from None


if __name__ == "__main__":
    sys.exit(main())
