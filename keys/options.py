"""The records that the options of `ombord-keys` describe."""

import argparse
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
