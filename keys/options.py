"""The records that the options of `ombord-keys` describe."""

import argparse
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from keys.algorithms import Algorithm

if TYPE_CHECKING:
    from pathlib import Path

    from keys.jwk import PublicKey
    from keys.trust.directory import Authority, TrustedKey
    from keys.trust.plan import Plan

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


def algorithm(named: str | None, purposes: frozenset[str]) -> Algorithm:
    """What a new key signs with: ES256, which all verifiers know, and for the log what checkpoints take."""
    from keys.trust.directory import LOG

    return Algorithm(named) if named else Algorithm.ED25519 if LOG in purposes else Algorithm.ES256


def trusted_key(
    arguments: argparse.Namespace,
    plan: "Plan",
    kid: str,
    public_key: "PublicKey",
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
        key=public_key,
        environment=plan.environment if environment is None else Environment(environment),
        purposes=purposes,
        sign_from=sign_from,
        sign_until=sign_until,
        verify_until=arguments.verify_until or sign_until + verify_for,
    )


def status_folders(named: list[str], plan: "Plan") -> "list[tuple[str, Path]]":
    """Which folder speaks for which flag: `NO=folder`, or a folder with one in it for each. RegisterError."""
    from pathlib import Path

    from keys.trust.register import RegisterError, flag_of

    folders = []
    for text in named:
        flag, equals, folder = text.partition("=")
        if equals and len(flag) == 2:
            folders.append((flag_of(plan, flag).authority.flag, Path(folder)))
            continue
        within = sorted(one for one in Path(text).glob("[A-Z][A-Z]") if one.is_dir())
        folders += [(flag_of(plan, one.name).authority.flag, one) for one in within]
        for path in Path(text).rglob("*.snapshot"):
            if not any(one in path.parents for one in within):
                raise RegisterError(f"{path}: whose list?", f"name the flag: --status FLAG={path.parent}")
        if not Path(text).is_dir():
            raise RegisterError(f"{text} is no folder", "ombord-issuer publish --out DIR makes DIR/status")
    return folders


def list_numbers(named: list[str], plan: "Plan") -> dict[str, dict[str, int]]:
    """The operator's own word on the newest numbers: `NO/1=57`. Raises UsageError, RegisterError."""
    from keys.trust.list_header import MAX_NUMBER, is_list_name
    from keys.trust.register import flag_of

    numbers: dict[str, dict[str, int]] = {}
    for text in named:
        place, _, digits = text.rpartition("=")
        flag, _, name = place.partition("/")
        if not (is_list_name(name) and digits.isascii() and digits.isdecimal() and len(digits) <= 10):
            raise UsageError(f"--list-number {text} is not as NO/1=57")
        if int(digits) > MAX_NUMBER:
            raise UsageError(f"--list-number {text}: lists are numbered up to {MAX_NUMBER}")
        numbers.setdefault(flag_of(plan, flag).authority.flag, {})[name] = int(digits)
    return numbers


def instant(text: str) -> datetime:
    """`2026-11-21` (its first second in UTC) or `2026-11-21T12:00:00Z`."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no instant such as 2026-11-21T12:00:00Z") from None
    if value.tzinfo is None and len(text) > len("2026-11-21"):
        raise argparse.ArgumentTypeError(f"{text} needs a time zone: write {text}Z")
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if not 1970 <= value.year < 2190:
        raise argparse.ArgumentTypeError(f"{text} is outside the years 1970-2189")
    return value
