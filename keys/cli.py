"""`ombord-keys`: register authorities and their keys, and publish the signed directory.

Exit codes: 0 done, 1 refused (nothing has changed), 3 wrong arguments.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from keys.custody import CustodyError

if TYPE_CHECKING:
    from keys.signer import SoftwareSigner
    from keys.trust.directory import Authority, TrustedKey
    from keys.trust.plan import Plan

DONE, REFUSED, USAGE = 0, 1, 3
HOME_PASSPHRASE = ("OMBORD_KEYS_PASSPHRASE", "OMBORD_PASSPHRASE")
AUTHORITY_PASSPHRASE = ("OMBORD_PASSPHRASE",)

SIGN_FOR = timedelta(days=730)
VERIFY_FOR = timedelta(days=1_858)  # certificates run up to five years (STCW Reg. I/11), and a month
STATUS_VERIFY_FOR = timedelta(days=365)

# Certificate dates are days in the issuing state; states with several zones name theirs with --time-zone.
TIME_ZONES = {
    "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki",
    "FO": "Atlantic/Faroe",
    "GL": "America/Nuuk",
    "IS": "Atlantic/Reykjavik",
    "NO": "Europe/Oslo",
    "SE": "Europe/Stockholm",
}


class UsageError(Exception):
    """The command line is not what the command takes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and prints no traceback for anything that a user can do."""
    try:
        arguments = _parser().parse_args(argv, argparse.Namespace(home=None, at=None))
        arguments.home = arguments.home or Path(os.environ.get("OMBORD_KEYS_HOME") or "ombord-keys")
        arguments.at = arguments.at or datetime.now(UTC)
        command: Callable[[argparse.Namespace], None] = arguments.command
        command(arguments)
    except UsageError as error:
        return _fail(USAGE, str(error), "ombord-keys --help")
    except SystemExit as done:  # argparse has printed its help
        return USAGE if done.code else DONE
    except KeyboardInterrupt:
        return _fail(REFUSED, "interrupted", "run the command again")
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else error.filename or arguments.home
        return _fail(
            REFUSED, f"{where}: {error.strerror or error}", "check the path, its permissions and free space"
        )
    except (CustodyError, ValueError) as error:  # whatever a register, key file or directory cannot be
        return _fail(REFUSED, str(error), getattr(error, "hint", "nothing has changed"))
    return DONE


def _fail(code: int, message: str, hint: str) -> int:
    print(f"error: {message}\nhint: {hint}", file=sys.stderr)
    return code


# Commands


def _init(arguments: argparse.Namespace) -> None:
    from keys.custody import passphrase
    from keys.trust.directory import Environment
    from keys.trust.home import Home

    secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {arguments.home}", new=True)
    Home.create(arguments.home, Environment(arguments.environment), secret)
    print(f"Made {arguments.home}: a {arguments.environment} directory whose roles have one key each.")


def _authority_add(arguments: argparse.Namespace) -> None:
    from keys.custody import passphrase
    from keys.trust.home import Home
    from keys.trust.register import with_authority

    authority, home = _authority(arguments), Home(arguments.home)
    with home.locked() as plan:
        with_authority(plan, authority, plan.roles["targets"])  # refused before a key is made for it
        secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {arguments.home}")
        home.save(with_authority(plan, authority, home.new_flag_role(secret)))
    issuers = ", ".join(authority.issuers)
    print(f"{authority.flag}: {authority.name} at {issuers}, status lists below {authority.status_prefix}")


def _key_add(arguments: argparse.Namespace) -> None:
    from keys.algorithms import Algorithm
    from keys.custody import passphrase, sealed_file
    from keys.signer import SoftwareSigner
    from keys.trust.home import Home
    from keys.trust.register import flag_of, next_kid, with_key

    home, path = Home(arguments.home), arguments.sealed
    with home.locked() as plan:
        kid = arguments.kid or next_kid(flag_of(plan, arguments.flag), arguments.at.year)
        secret = passphrase.ask(*AUTHORITY_PASSPHRASE, prompt=str(path), new=not path.exists())
        signers = sealed_file.unseal(path, secret) if path.exists() else {}
        # A key that is sealed and not registered was left by a command that died in between.
        signer = signers.get(kid) or SoftwareSigner.generate(Algorithm(arguments.algorithm))
        key = _trusted_key(arguments, plan, kid, signer)
        changed = with_key(plan, arguments.flag, key)  # refused before anything is written
        if kid not in signers:
            sealed_file.seal(path, {**signers, kid: signer}, secret)
        home.save(changed)
    print(
        f"{kid}: {signer.algorithm} key in {path} for {', '.join(sorted(key.purposes))}; "
        f"signs until {key.sign_until:%Y-%m-%d}, counts until {key.verify_until:%Y-%m-%d}"
    )


def _key_retire(arguments: argparse.Namespace) -> None:
    from keys.trust.directory import KeyState
    from keys.trust.home import Home
    from keys.trust.register import with_state

    home, state = Home(arguments.home), KeyState(arguments.state)
    with home.locked() as plan:
        home.save(
            with_state(
                plan,
                arguments.flag,
                arguments.kid,
                state=state,
                reason=arguments.reason,
                at=arguments.at,
            )
        )
    print(f"{arguments.kid}: {state}; publish to tell the ships")


def _publish(arguments: argparse.Namespace) -> None:
    from keys.custody import passphrase
    from keys.trust.folder import check_successor, write_folder
    from keys.trust.home import Home
    from keys.trust.publisher import publish

    home, out = Home(arguments.home), arguments.out
    if home.folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(f"{out} lies in the home {home.folder}, which is never shown to anyone")
    with home.locked() as plan:
        secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {home.folder}")
        files = publish(plan, signers=home.signers(secret), at=arguments.at, before=home.published())
        check_successor(out, files, arguments.at)
        out.mkdir(parents=True, exist_ok=True)
        home.store(files)  # remembered before it is shown: no version is ever signed twice
        write_folder(out, files)
    keys = sum(len(flag.keys) for flag in plan.flags)
    print(f"Published {len(plan.flags)} authorities with {keys} keys in {out}")
    print(f"Devices pin {out / '1.root.json'}")


# What the options say


def _authority(arguments: argparse.Namespace) -> "Authority":
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from keys.trust.directory import Authority

    zone = arguments.time_zone or TIME_ZONES.get(arguments.flag)
    if zone is None:
        raise UsageError(f"{arguments.flag} needs --time-zone, such as --time-zone Europe/Oslo")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"no time zone is called {zone}; names are such as Europe/Oslo") from None
    return Authority(
        flag=arguments.flag,
        name=arguments.name,
        issuers=tuple(arguments.iss),
        status_prefix=arguments.status_prefix or f"{arguments.iss[0]}/status/",
        time_zone=zone,
    )


def _trusted_key(
    arguments: argparse.Namespace, plan: "Plan", kid: str, signer: "SoftwareSigner"
) -> "TrustedKey":
    from keys.trust.directory import CERTIFICATES, STATUS, Environment, TrustedKey
    from keys.trust.register import flag_of

    named = [name for text in arguments.purpose or ["certificates"] for name in text.split(",")]
    purposes = {one for name in named for one in (CERTIFICATES if name == "certificates" else (name,))}
    midnight = datetime.combine(arguments.at.date(), time(), UTC)  # clocks differ: the whole day counts
    sign_from = arguments.sign_from or midnight
    sign_until = arguments.sign_until or sign_from + SIGN_FOR
    verify_for = STATUS_VERIFY_FOR if STATUS in purposes else VERIFY_FOR
    environment = arguments.environment
    return TrustedKey(
        issuer=arguments.iss or flag_of(plan, arguments.flag).authority.issuers[0],
        kid=kid,
        key=signer.public_key,
        environment=plan.environment if environment is None else Environment(environment),
        purposes=frozenset(purposes),
        sign_from=sign_from,
        sign_until=sign_until,
        verify_until=arguments.verify_until or sign_until + verify_for,
    )


def _instant(text: str) -> datetime:
    """`2026-11-21` (its first second in UTC) or `2026-11-21T12:00:00Z`."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no instant such as 2026-11-21T12:00:00Z") from None
    if instant.tzinfo is None and len(text) > len("2026-11-21"):
        raise argparse.ArgumentTypeError(f"{text} needs a time zone: write {text}Z")
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    if not 1970 <= instant.year < 2190:
        raise argparse.ArgumentTypeError(f"{text} is outside the years 1970-2189")
    return instant


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", type=Path, help="the publisher's folder (OMBORD_KEYS_HOME, ./ombord-keys)")
    common.add_argument("--at", type=_instant, help=argparse.SUPPRESS)  # rehearsals make past and future
    parser = _Parser(prog="ombord-keys", description=__doc__, parents=[common])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = commands.add_parser("init", parents=[common], help="make a development root and its home")
    init.add_argument("--environment", choices=["test", "production"], default="test")
    init.set_defaults(command=_init)

    authority = commands.add_parser("authority", help="register authorities").add_subparsers(required=True)
    add = authority.add_parser("add", parents=[common], help="register an authority")
    add.add_argument("flag", metavar="FLAG", help="two capitals as in ISO 3166-1")
    add.add_argument("--name", required=True, help="as its certificates name it")
    add.add_argument("--iss", action="append", required=True, metavar="URL", help="its https address")
    add.add_argument("--time-zone", metavar="ZONE", help="in which its dates are days")
    add.add_argument("--status-prefix", metavar="URL", help="below which its status lists lie (URL/status/)")
    add.set_defaults(command=_authority_add)

    key = commands.add_parser("key", help="make and retire authorities' keys").add_subparsers(required=True)
    _key_options(key.add_parser("add", parents=[common], help="make a key and register its public half"))
    retire = key.add_parser("retire", parents=[common], help="retire or revoke a key")
    retire.add_argument("flag", metavar="FLAG")
    retire.add_argument("kid", metavar="KID")
    retire.add_argument("--state", choices=["retired", "revoked", "allow-list-only"], default="retired")
    retire.add_argument("--reason", help="shown to inspectors")
    retire.set_defaults(command=_key_retire)

    publish = commands.add_parser("publish", parents=[common], help="sign the directory into a folder")
    publish.add_argument("--out", type=Path, required=True, metavar="DIR")
    publish.set_defaults(command=_publish)
    return parser


def _key_options(add: argparse.ArgumentParser) -> None:
    add.add_argument("flag", metavar="FLAG")
    add.add_argument(
        "--purpose",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="certificate types, `certificates` for all of them (the default), `pass`, or `status`",
    )
    add.add_argument("--sealed", type=Path, required=True, metavar="FILE", help="the authority's key file")
    add.add_argument("--kid", help="chosen when left out: NO-2026a, NO-2026b, …")
    add.add_argument("--algorithm", choices=["ES256", "Ed25519"], default="ES256")
    add.add_argument("--iss", metavar="URL", help="for which of the authority's addresses (the first)")
    add.add_argument("--environment", choices=["test", "production"], help="the directory's when left out")
    add.add_argument("--sign-from", type=_instant, metavar="INSTANT", help="today")
    add.add_argument("--sign-until", type=_instant, metavar="INSTANT", help="two years later")
    add.add_argument("--verify-until", type=_instant, metavar="INSTANT", help="five years and a month later")
    add.set_defaults(command=_key_add)


if __name__ == "__main__":
    sys.exit(main())
