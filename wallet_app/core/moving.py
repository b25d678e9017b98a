"""Showing more than one code holds: all certificates, or the pass with its photograph, as moving frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keys.signer import Signer
from verifier.credential import carrier, frames, muster
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.frames import Frames
from verifier.credential.model import CertificateType
from wallet_app.core import holder
from wallet_app.core.challenge import Challenge
from wallet_app.core.held import Held
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.holder import CannotShow
from wallet_app.core.standing import Judged, Standing

FRAMES_PER_SECOND: Final = 8
_SHOWN: Final = frozenset({Standing.VALID, Standing.EXPIRING})
_MEDICAL: Final = CertificateType.MEDICAL
_PROOF: Final = 1_000  # characters: the holder's proof, and to spare


@dataclass(frozen=True, slots=True)
class Muster:
    """Certificates shown together; the holder's proof stands on the first. `left_out` did not fit."""

    members: tuple[Held, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Photo:
    """A pass that is shown with its photograph."""

    held: HeldPass


@dataclass(frozen=True, slots=True)
class MovingCode:
    """Frames to be shown in turn. Fresh ones are due at `fresh_until`."""

    frames: Frames
    made_at: datetime
    fresh_until: datetime


def muster_of(judged: Iterable[Judged]) -> Muster | None:
    """What an inspector should see of all that this phone holds; None where nothing is bound to it.

    What is good, and a medical certificate that has expired: it may still count on this voyage. The first is
    one that stands for a post.
    """
    found = [one for one in judged if one.held.is_ours and _is_shown(one)]
    found.sort(key=lambda one: (not one.held.certificate.capacities, one.urgency))
    if not found:
        return None
    count = _fitting([len(one.held.text) for one in found])
    return Muster(tuple(one.held for one in found[:count]), len(found) - count)


def _fitting(lengths: Sequence[int]) -> int:
    """How many from the first on a muster has room for; the first always."""
    room = muster.MAX_BYTES - _PROOF
    for number, length in enumerate(lengths[: muster.MAX_CREDENTIALS]):
        room -= length
        if room < 0:
            return max(1, number)
    return min(len(lengths), muster.MAX_CREDENTIALS)


def _is_shown(one: Judged) -> bool:
    is_old_medical = one.standing is Standing.EXPIRED and one.held.certificate.type is _MEDICAL
    return one.standing in _SHOWN or is_old_medical


def moving_code(
    shown: Muster | Photo, signer: Signer, at: datetime, challenge: Challenge | None = None
) -> MovingCode:
    """Frames of `shown` with a proof made at `at`. Raises CannotShow, as ClockIsWrong too."""
    until = holder.good_until(at, challenge)
    if isinstance(shown, Photo):
        text = holder.proven(shown.held.with_portrait or shown.held.text, signer, at, challenge)
        return MovingCode(_split(_packed(text)), at, until)
    first, *others = (one.text for one in shown.members)
    presented = holder.proven(first, signer, at, challenge)
    if not others:
        return MovingCode(_split(_packed(presented)), at, until)
    try:
        wire = muster.pack(presented, others)
    except MalformedCarrier as error:
        raise CannotShow(str(error)) from None
    return MovingCode(_split(wire), at, until)


def _packed(text: str) -> bytes:
    try:
        return carrier.pack(text)
    except MalformedCarrier as error:
        raise CannotShow(str(error)) from None


def _split(wire: bytes) -> Frames:
    try:
        return frames.split(wire)
    except MalformedCarrier as error:
        raise CannotShow(str(error)) from None
