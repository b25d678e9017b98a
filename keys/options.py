"""What `ombord-keys` can be asked: its options, and the records that they describe."""

import argparse
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from keys.signer import SoftwareSigner
    from keys.trust.directory import Authority, TrustedKey
    from keys.trust.plan import Plan

DESCRIPTION: Final = (
    "Register authorities and their keys, and publish the signed directory. "
    "Exit codes: 0 done, 1 refused, 3 wrong arguments."
)
SIGN_FOR: Final = timedelta(days=730)
VERIFY_FOR: Final = timedelta(days=1_858)  # certificates run up to five years (STCW Reg. I/11), and a month
STATUS_VERIFY_FOR: Final = timedelta(days=365)

# Certificate dates are days in the issuing state; states with several zones name theirs with --time-zone.
TIME_ZONES: Final = {
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


def authority(arguments: argparse.Namespace) -> "Authority":
    """The entry that `authority add` describes. Raises UsageError for its time zone."""
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


def purposes(named: list[str] | None) -> frozenset[str]:
    """`certificates` is every certificate type, and what a key is for unless something else is said."""
    from keys.trust.directory import CERTIFICATES

    names = [name for text in named or ["certificates"] for name in text.split(",")]
    return frozenset(one for name in names for one in (CERTIFICATES if name == "certificates" else (name,)))


def trusted_key(
    arguments: argparse.Namespace,
    plan: "Plan",
    kid: str,
    signer: "SoftwareSigner",
    purposes: frozenset[str],
) -> "TrustedKey":
    """The public half of a key as `key add` describes it."""
    from keys.trust.directory import STATUS, Environment, TrustedKey
    from keys.trust.register import flag_of

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
        purposes=purposes,
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


def parser() -> argparse.ArgumentParser:
    """The command line; `command` names what to run."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", type=Path, help="the publisher's folder (OMBORD_KEYS_HOME, ./ombord-keys)")
    common.add_argument("--at", type=_instant, help=argparse.SUPPRESS)  # rehearsals make past and future
    top = _Parser(prog="ombord-keys", description=DESCRIPTION, parents=[common])
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    init = commands.add_parser("init", parents=[common], help="make a development root and its home")
    init.add_argument("--environment", choices=["test", "production"], default="test")
    init.set_defaults(command="init")

    authority = commands.add_parser("authority", help="register authorities").add_subparsers(required=True)
    add = authority.add_parser("add", parents=[common], help="register an authority")
    add.add_argument("flag", metavar="FLAG", help="two capitals as in ISO 3166-1")
    add.add_argument("--name", required=True, help="as its certificates name it")
    add.add_argument("--iss", action="append", required=True, metavar="URL", help="its https address")
    add.add_argument("--time-zone", metavar="ZONE", help="in which its dates are days")
    add.add_argument("--status-prefix", metavar="URL", help="below which its status lists lie (URL/status/)")
    add.set_defaults(command="authority add")

    key = commands.add_parser("key", help="make and retire authorities' keys").add_subparsers(required=True)
    _key_options(key.add_parser("add", parents=[common], help="make a key and register its public half"))
    retire = key.add_parser("retire", parents=[common], help="retire or revoke a key")
    retire.add_argument("flag", metavar="FLAG")
    retire.add_argument("kid", metavar="KID")
    retire.add_argument("--state", choices=["retired", "revoked", "allow-list-only"], default="retired")
    retire.add_argument("--reason", help="shown to inspectors")
    retire.set_defaults(command="key retire")

    publish = commands.add_parser("publish", parents=[common], help="sign the directory into a folder")
    publish.add_argument("--out", type=Path, required=True, metavar="DIR")
    publish.set_defaults(command="publish")
    return top


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
    add.set_defaults(command="key add")
