"""Inspection policies: how old status may be, whether a phone must prove itself, which flags are covered.

Policies are data: `policies/*.yaml` are shipped, anybody may write another, and what a file leaves out is as
in `DEFAULT`. The default is here in code, so that a check on board opens no file for it.
"""

import os.path
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from keys.trust.directory import Environment

if TYPE_CHECKING:
    from verifier.settings_file import Entries

DEFAULT_NAME: Final = "default"
SHIPPED: Final = ("company", "port-agent", "psc")

_LONGEST_DAYS: Final = 3_650
_LONGEST_PROOF_MINUTES: Final = 1_440
_MOST_FLAGS: Final = 300
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z-]{0,40}\Z", re.ASCII)
_FLAG: Final = re.compile(r"[A-Z]{2}\Z", re.ASCII)
_ORIGINAL: Final = re.compile(r"[A-Z]{2} [a-z]+(-[a-z]+)*\Z", re.ASCII)
_AHEAD: Final = timedelta(days=-1)  # the age of a list dated as far ahead as a slow clock may make it


class AgeClass(StrEnum):
    """What a policy thinks of the age of status."""

    GREEN = "green"  # current
    OLD = "old"  # counts, with a remark (C14)
    UNKNOWN = "unknown"  # says nothing about today (C12)


# An enum's members are slow to look up.
_GREEN: Final = AgeClass.GREEN
_OLD: Final = AgeClass.OLD
_UNKNOWN: Final = AgeClass.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a verifier demands beyond a signature. The defaults hold where no authority says otherwise."""

    name: str = DEFAULT_NAME
    age_green: timedelta = timedelta(days=7)  # older status is a remark (C14)
    age_limit: timedelta = timedelta(days=45)  # older status is unknown (C12)
    require_holder_proof: bool = True  # C13
    flags: frozenset[str] | None = None  # None: every flag of the directory; others are unknown here (C2)
    expires_soon: timedelta = timedelta(days=90)
    proof_window: timedelta = timedelta(minutes=5)  # a holder's proof counts this long, before and after
    environment: Environment | None = None  # None: whatever the directory is for
    clock_ahead: timedelta = timedelta(days=400)  # after the time floor; later is implausible (C10)
    clock_jump: timedelta = timedelta(days=365)  # away from the clock last seen (C10)
    paper_originals: frozenset[str] = frozenset()  # "PA medical": wanted on paper (P7)

    def age_class(self, age: timedelta) -> AgeClass:
        """What status of this age counts for; one dated over a day ahead of the clock for nothing."""
        if age > self.age_limit or age < _AHEAD:
            return _UNKNOWN
        return _GREEN if age <= self.age_green else _OLD

    def covers(self, flag: str) -> bool:
        """Whether certificates of this flag are judged at all."""
        return self.flags is None or flag in self.flags


DEFAULT: Final = Policy()


def shipped(name: str) -> Policy | None:
    """The policy that came with this program under a name, or None."""
    if name == DEFAULT_NAME:
        return DEFAULT
    if name not in SHIPPED:
        return None
    with open(os.path.join(os.path.dirname(__file__), "policies", f"{name}.yaml"), "rb") as file:
        return _read(file.read())


def is_name(text: str) -> bool:
    """Whether somebody means a policy by its name, rather than a file by its path."""
    return _NAME.match(text) is not None


def from_yaml(data: bytes) -> Policy:
    """Read a policy file; absent keys keep their defaults. Raises `settings_file.SettingsError`.

    No file may call itself by the name of a shipped policy that it differs from: verdicts say the name.
    """
    from verifier.settings_file import SettingsError

    policy = _read(data)
    name = policy.name.strip().casefold()
    if (reserved := shipped(name)) is not None and policy != reserved:
        raise SettingsError(f"name: {name} is a built-in policy; give this one a name of its own")
    return policy


def _read(data: bytes) -> Policy:
    """As `from_yaml`, under whatever name."""
    from verifier.settings_file import SettingsError, entries

    file = entries(data)
    environment = file.text("environment")
    if environment not in (None, *(one.value for one in Environment)):
        raise SettingsError("environment: production or test is needed")
    given = {
        "name": file.text("name") or "unnamed policy",
        "age_green": _days(file, "age_green_days"),
        "age_limit": _days(file, "age_limit_days"),
        "require_holder_proof": file.flag("require_holder_proof"),
        "flags": _flags(file),
        "expires_soon": _days(file, "expires_soon_days"),
        "proof_window": _minutes(file, "proof_window_minutes"),
        "environment": None if environment is None else Environment(environment),
        "clock_ahead": _days(file, "clock_ahead_days"),
        "clock_jump": _days(file, "clock_jump_days"),
        "paper_originals": _paper_originals(file),
    }
    file.close()
    policy = Policy(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    if policy.age_green > policy.age_limit:
        raise SettingsError(
            f"age_green_days ({policy.age_green.days}) is more than age_limit_days ({policy.age_limit.days})"
        )
    return policy


def _days(file: "Entries", name: str) -> timedelta | None:
    number = file.number(name, _LONGEST_DAYS)
    return None if number is None else timedelta(days=number)


def _minutes(file: "Entries", name: str) -> timedelta | None:
    number = file.number(name, _LONGEST_PROOF_MINUTES)
    return None if number is None else timedelta(minutes=number)


def _flags(file: "Entries") -> frozenset[str] | None:
    """The flags covered, by their ISO 3166-1 alpha-2 codes."""
    flags = file.texts("flags", _MOST_FLAGS)
    if flags is not None and not all(map(_FLAG.match, flags)):
        from verifier.settings_file import SettingsError

        raise SettingsError("flags: two capital letters each are needed, such as [NO, DK]")
    return None if flags is None else frozenset(flags)


def _paper_originals(file: "Entries") -> frozenset[str] | None:
    """Which flags want which types of certificate carried as paper originals, such as `PA medical`."""
    wanted = file.texts("paper_originals", _MOST_FLAGS)
    if wanted is None:
        return None
    from verifier.credential.model import CertificateType
    from verifier.settings_file import SettingsError

    types = {kind.value for kind in CertificateType}
    for one in wanted:
        if not _ORIGINAL.match(one) or one.split(" ")[1] not in types:
            raise SettingsError("paper_originals: a flag and a type each are needed, such as [PA medical]")
    return frozenset(wanted)
