"""The decision: is this credential good, here and now? Pure: no disk, network, clock or randomness.

What is shown is read, then judged by rows C (`judging`); a person on a ship by rows P (`inspection`).
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING

from keys.trust.directory import Directory
from verifier.judging import Setting, decide, pending, phone_of, unreadable
from verifier.policy import DEFAULT, Policy
from verifier.status import StatusBook
from verifier.unverified import NotReadable, Unverified, read, read_all
from verifier.verdict import Assessment, Verdict

if TYPE_CHECKING:
    from verifier.inspection.duty import Duty
    from verifier.inspection.identity import Identity
    from verifier.inspection.ship import Ship

__all__ = ["assess", "verify", "verify_all", "verify_each"]


def verify(
    presented: str,
    *,
    directory: Directory,
    status: StatusBook,
    policy: Policy = DEFAULT,
    at: datetime,
    challenge: bytes | None = None,
    last_clock: datetime | None = None,
) -> Verdict:
    """Judge one credential, pass or presentation: an SD-JWT, or the text of its QR code.

    `at` is the clock, an aware instant; `challenge` the 8 bytes that the inspector has set, if any: to use it
    once is the caller's to remember. `last_clock` is what the clock showed when it was last seen.
    """
    setting = Setting(directory, status, policy, at, max(at, directory.time_floor), challenge, last_clock)
    try:
        return decide(read(presented), setting)
    except NotReadable as error:
        return unreadable(error, setting)


def verify_all(
    presented: str | bytes,
    *,
    directory: Directory,
    status: StatusBook,
    policy: Policy = DEFAULT,
    at: datetime,
    challenge: bytes | None = None,
    last_clock: datetime | None = None,
) -> tuple[Verdict, ...]:
    """As `verify`, for what may hold several credentials: also a muster, and the wire of moving frames.

    One verdict for each credential, in their order. A muster's proof is made for its first: once that one's
    phone is shown to hold it (C5), the others that are bound to the same key are held by the same phone.
    """
    setting = Setting(directory, status, policy, at, max(at, directory.time_floor), challenge, last_clock)
    return _judged(read_all(presented), setting, frozenset())


def verify_each(
    shown: Sequence[str | bytes],
    *,
    directory: Directory,
    status: StatusBook,
    policy: Policy = DEFAULT,
    at: datetime,
    last_clock: datetime | None = None,
) -> list[tuple[Verdict, ...]]:
    """As `verify_all`, for a whole crew's codes: all are read, all signatures checked, then all are judged.

    In turn, reading and signatures would drive each other out of the processor's caches; and signatures are
    checked on all processors.
    """
    from keys.side_by_side import which_hold  # which a check of one credential does not need

    setting = Setting(directory, status, policy, at, max(at, directory.time_floor), None, last_clock)
    groups = [read_all(presented) for presented in shown]
    readable = (one for group in groups for one in group if isinstance(one, Unverified))
    checks = {id(one): check for one in readable if (check := pending(one, directory)) is not None}
    held = which_hold(list(checks.values()))
    signed = {one for one, holds in zip(checks, held, strict=True) if holds}
    return [_judged(group, setting, signed) for group in groups]


def _judged(
    shown: Sequence[Unverified | NotReadable], setting: Setting, signed: AbstractSet[int]
) -> tuple[Verdict, ...]:
    """The verdicts on what one code holds; `signed` has the ids of those whose signature is known to hold."""

    def judged(one: Unverified | NotReadable) -> Verdict:
        if isinstance(one, NotReadable):
            return unreadable(one, setting)
        return decide(one, setting, holds=id(one) in signed)

    first, *others = shown
    verdict = judged(first)
    if others and isinstance(first, Unverified):
        setting = setting._replace(phone=phone_of(first, verdict))
    return verdict, *map(judged, others)


def assess(
    verdicts: Sequence[Verdict],
    *,
    ship: "Ship | None" = None,
    at: datetime,
    identity: "Identity | None" = None,
    duty: "Duty | None" = None,
    policy: Policy = DEFAULT,
) -> Assessment:
    """Judge a person on a ship, in a duty: rows P of `verifier.inspection.person`."""
    from verifier.inspection import person  # which a check of one credential does not need

    return person.assess(verdicts, ship=ship, at=at, identity=identity, duty=duty, policy=policy)
