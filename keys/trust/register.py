"""Changes to what the publisher has registered: each takes a plan and returns the next, or says why not."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from string import ascii_lowercase

from keys.algorithms import Algorithm
from keys.trust.authority import check_apart, check_authority, check_key
from keys.trust.directory import LOG, PURPOSES, SPECIAL, Authority, KeyState, TrustedKey
from keys.trust.plan import Flag, Plan, Role, from_json, spoken, to_json
from keys.trust.state import COMPROMISED

MAX_HANDOVERS = 16  # a device that has slept through more asks for the root's word


class RegisterError(ValueError):
    """A change that the register does not take; `hint` says what to do instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def flag_of(plan: Plan, flag: str) -> Flag:
    """A registered flag. Raises RegisterError."""
    for one in plan.flags:
        if one.authority.flag == flag:
            return one
    known = ", ".join(one.authority.flag for one in plan.flags) or "none"
    raise RegisterError(
        f"no authority {flag} is registered (there are: {known})", f"ombord-keys authority add {flag} …"
    )


def with_authority(plan: Plan, authority: Authority, role: Role) -> Plan:
    """Register an authority and who signs its list of keys. Raises RegisterError or DirectoryError."""
    if any(one.authority.flag == authority.flag for one in plan.flags):
        raise RegisterError(f"{authority.flag} is registered already", "ombord-keys key add adds a key to it")
    check_authority(authority, plan.environment)
    check_apart([*(one.authority for one in plan.flags), authority])
    return _readable(replace(plan, flags=(*plan.flags, Flag(authority=authority, role=role))))


def check_roles_apart(plan: Plan) -> None:
    """One key in two places is one theft for both; a holder may hold two keys. Raises RegisterError."""
    owners = {key.key: key.kid for flag in plan.flags for key in flag.keys}
    roles = [*((spoken(name), role) for name, role in plan.roles.items())]
    roles += [(flag.authority.flag, flag.role) for flag in plan.flags]
    for name, key in [(name, key) for name, role in roles for key in role.keys]:
        if (other := owners.setdefault(key, name)) != name:
            raise RegisterError(
                f"one key for {other} and {name}", "make a key for each: ombord-keys holder new"
            )


def next_kid(flag: Flag, year: int, purposes: Collection[str]) -> str:
    """The next free key id of a year: NO-2026a, NO-2026b, …, NO-2026z, NO-2026aa; NO-status-2026a for lists,
    NO-log-2026a for the log.

    It stays short for certificates, each of which carries it in its QR code.
    """
    taken = {key.kid for key in flag.keys}
    special = "".join(f"{one}-" for one in SPECIAL if one in purposes)
    number = 0
    while (kid := f"{flag.authority.flag}-{special}{year}{_letters(number)}") in taken:
        number += 1
    return kid


def with_key(plan: Plan, flag: str, key: TrustedKey) -> Plan:
    """List one more key of a flag. Raises RegisterError or DirectoryError."""
    listed = flag_of(plan, flag)
    check_key(key, listed.authority)
    if unknown := key.purposes - set(PURPOSES):
        raise RegisterError(f"no purpose is called {min(unknown)}", f"there are: {', '.join(PURPOSES)}")
    if LOG in key.purposes and key.key.algorithm is not Algorithm.ED25519:
        raise RegisterError(
            f"a checkpoint of the log is signed with Ed25519, and {key.kid} is an {key.key.algorithm} key",
            "--algorithm Ed25519",
        )
    for other in (other for one in plan.flags for other in one.keys):
        if (other.issuer, other.kid) == (key.issuer, key.kid):
            raise RegisterError(f"{key.kid} names another key already", "a key id is never used again")
        if other.key == key.key:
            raise RegisterError(f"this is the key {other.kid}", "make a new key for other purposes")
    changed = _changed(plan, flag, lambda one: replace(one, keys=(*one.keys, key)))
    check_roles_apart(changed)
    return changed


def with_state(
    plan: Plan,
    flag: str,
    kid: str,
    *,
    state: KeyState,
    reason: str | None,
    at: datetime,
    signs_until: datetime | None = None,
    published: TrustedKey | None = None,
    allow_list: bytes | None = None,
) -> Plan:
    """Retire a key, or say that it is compromised; what it truly signed is its allow list.

    With `signs_until` the old key signs on beside its successor until then: never before now, since what it
    has signed meanwhile would be void, nor beyond what was `published` of it. Raises RegisterError.
    """
    listed = {key.kid: key for key in flag_of(plan, flag).keys}
    if kid not in listed:
        raise RegisterError(f"{flag} has no key {kid}", f"its keys are: {', '.join(listed) or 'none'}")
    key = listed[kid]
    if COMPROMISED.get(key.state, 0) > COMPROMISED.get(state, 0):
        raise RegisterError(f"{kid} is {key.state} for ever", "add a new key instead")
    if allow_list is not None:
        _check_allow_list(key, state, allow_list)
    until = key.sign_until
    if state is KeyState.RETIRED:  # what was signed this very second stays good
        end = _end(key, published, signs_until, at)
        until = max(key.sign_from, min(end, (signs_until or at) + timedelta(seconds=1)))
        state = state if until <= at + timedelta(seconds=1) else KeyState.ACTIVE
    changed = replace(key, state=state, reason=reason, sign_until=until)
    lists = {} if allow_list is None else {kid: allow_list}
    gone = kid if state is KeyState.REVOKED else None
    return _changed(
        plan,
        flag,
        lambda one: replace(
            one,
            keys=tuple(changed if old is key else old for old in one.keys),
            allow_lists={kid: data for kid, data in {**one.allow_lists, **lists}.items() if kid != gone},
        ),
    )


def _end(key: TrustedKey, published: TrustedKey | None, wanted: datetime | None, at: datetime) -> datetime:
    """Until when a key may still sign at most: a retirement that nobody has seen can be taken back."""
    if wanted is None:
        return key.sign_until
    end = key.verify_until if published is None else published.sign_until
    if wanted < at:
        raise RegisterError(
            f"{wanted:%Y-%m-%d %H:%M} UTC is past: what {key.kid} has signed since would be void",
            "leave --signs-until out to retire the key now, or name a day to come",
        )
    if wanted > end:
        raise RegisterError(
            f"{key.kid} signs until {end:%Y-%m-%d %H:%M} UTC at most", "name an earlier day, or add a new key"
        )
    return end


def _check_allow_list(key: TrustedKey, state: KeyState, data: bytes) -> None:
    from keys.trust.allow_list import AllowList, AllowListError

    kid = key.kid
    if special := key.purposes & {*SPECIAL}:
        raise RegisterError(
            f"{kid} signs no certificates; a key for {min(special)} has no allow list", "--state revoked"
        )
    if state is not KeyState.ALLOW_LIST_ONLY:
        raise RegisterError(f"an allow list for {kid}, which is to be {state}", "--state allow-list-only")
    try:
        AllowList.read(data, kid)
    except AllowListError as error:
        raise RegisterError(
            f"no allow list for {kid}: {error}", "make it anew: ombord-issuer allow-list KID --out FILE"
        ) from error


def _changed(plan: Plan, flag: str, change: Callable[[Flag], Flag]) -> Plan:
    flags = tuple(change(one) if one.authority.flag == flag else one for one in plan.flags)
    return _readable(replace(plan, flags=flags))


def _readable(plan: Plan) -> Plan:
    """Nothing is registered that could not be read again, such as a name that turns the line around."""
    files = [data for flag in plan.flags for data in flag.allow_lists.values()]
    from_json(to_json(plan), {sha256(data).hexdigest(): data for data in files})
    return plan


def _letters(number: int) -> str:
    """0 is a, 25 is z, 26 is aa."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = ascii_lowercase[letter] + letters
    return letters
