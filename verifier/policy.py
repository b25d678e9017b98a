"""The inspector's policy: how old status may be, and whether a phone must prove itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from keys.trust.directory import Environment

_DEFAULT_NAME: Final = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a verifier demands beyond a signature. The defaults hold where no authority says otherwise."""

    name: str = _DEFAULT_NAME
    age_green: timedelta = timedelta(days=7)  # older status is a remark (C14)
    age_limit: timedelta = timedelta(days=45)  # older status is unknown (C12)
    require_holder_proof: bool = True  # C13
    expires_soon: timedelta = timedelta(days=90)
    proof_window: timedelta = timedelta(minutes=5)  # a holder's proof counts this long, before and after
    environment: Environment | None = None  # None: whatever the directory is for
    clock_ahead: timedelta = timedelta(days=400)  # after the time floor; later is implausible (C10)
    clock_jump: timedelta = timedelta(days=365)  # away from the clock last seen (C10)


DEFAULT: Final = Policy()


def from_yaml(data: bytes) -> Policy:
    """Read a policy file; absent keys keep their defaults. Raises `settings_file.SettingsError`."""
    from verifier.settings_file import SettingsError, entries

    file = entries(data)
    environment = file.text("environment")
    if environment not in (None, *(one.value for one in Environment)):
        raise SettingsError("environment: production or test is needed")
    proof = file.flag("require_holder_proof")
    policy = Policy(
        name=file.text("name") or "unnamed policy",
        age_green=_days(file.number("age_green_days", 3650), DEFAULT.age_green),
        age_limit=_days(file.number("age_limit_days", 3650), DEFAULT.age_limit),
        require_holder_proof=DEFAULT.require_holder_proof if proof is None else proof,
        expires_soon=_days(file.number("expires_soon_days", 3650), DEFAULT.expires_soon),
        proof_window=_minutes(file.number("proof_window_minutes", 1440), DEFAULT.proof_window),
        environment=None if environment is None else Environment(environment),
    )
    file.close()
    if policy.age_green > policy.age_limit:
        raise SettingsError("age_green_days is more than age_limit_days")
    return policy


def _days(number: int | None, default: timedelta) -> timedelta:
    return default if number is None else timedelta(days=number)


def _minutes(number: int | None, default: timedelta) -> timedelta:
    return default if number is None else timedelta(minutes=number)
