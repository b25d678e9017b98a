"""Rows P: this person, on this ship, in this duty. Only P4, the medical certificate, is assessed yet.

What lacks its input says NOT ASSESSED and changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.checks import add_months
from verifier.credential.model import CertificateType
from verifier.ship import Ship
from verifier.verdict import (
    Assessment,
    Check,
    Headline,
    Outcome,
    Standing,
    Valid,
    Verdict,
    deciding,
    standing_of,
    worst,
)

GRACE_MONTHS: Final = 3  # STCW Reg. I/9: until the next port with a practitioner, at most

_LAST_DAY: Final = frozenset({"C9"})


class _Medical(NamedTuple):
    """How row P4 ends, and the verdict whose C9 it lifts, if any."""

    headline: Headline
    check: Check
    lifted: Verdict | None = None


def assess(
    verdicts: Sequence[Verdict],
    *,
    ship: Ship | None = None,
    duty: str | None = None,  # noqa: ARG001 - rows P5 and P6 will read it
    answers: Mapping[str, str] | None = None,  # noqa: ARG001 - row P1 will read the inspector's answers
    at: datetime,
) -> Assessment:
    """Judge a person by all verdicts on what was shown together, the ship and the inspector's answers.

    `at` is the clock; the time floors that the verdicts relied on hold here too.
    """
    medical = None
    if ship is not None:
        today = max([at, *(verdict.relied_on.time for verdict in verdicts)]).date()
        medical = _medical(verdicts, ship, today)
    rows = tuple(_row(number, medical) for number in range(1, 9))
    person = standing_of(rows)
    shown = [_lifted(verdict, medical) for verdict in verdicts]
    headline = Headline.NOT_ASSESSED if medical is None else medical.headline
    return Assessment(headline, person, rows, worst([person, *shown]))


def _row(number: int, medical: _Medical | None) -> Check:
    if number == 4 and medical is not None:
        return medical.check
    reason = "the ship is not described" if number == 4 else "not assessed by this version"
    return Check(f"P{number}", Outcome.NOT_ASSESSED, reason)


def _lifted(verdict: Verdict, medical: _Medical | None) -> Standing:
    """What a credential contributes: grace and an urgent permit excuse that its last day has passed."""
    excused = medical is not None and medical.lifted is verdict
    return standing_of(verdict.checks, _LAST_DAY if excused else frozenset())


def _medical(verdicts: Sequence[Verdict], ship: Ship, today: date) -> _Medical:
    """P4: a medical certificate that holds, or what stands in for one (STCW Reg. I/9, MLC 2006 A1.2.8-9)."""
    shown = list(_of_type(verdicts, CertificateType.MEDICAL))
    for verdict in shown:
        if isinstance(verdict, Valid):
            return _ends(Outcome.PASS, Headline.NOT_ASSESSED, "a medical certificate is held")
    # Only one that was good until its last day can be excused: a revoked one never.
    last, expired = max(_expired(shown), key=_first, default=(None, None))
    refusal = "" if last is None else _no_grace(last, ship, today)
    if refusal is None:
        reason = "expired on this voyage on {}: good until the next port with a recognised practitioner"
        return _ends(Outcome.REMARK, Headline.GRACE, reason, last, lifted=expired)
    if any(isinstance(verdict, Valid) for verdict in _of_type(verdicts, CertificateType.MEDICAL_PERMIT)):
        reason = "the flag's urgent permit stands in for a medical certificate"
        return _ends(Outcome.REMARK, Headline.REMARK, reason, lifted=expired)
    if expired is not None:
        return _ends(Outcome.FAIL, Headline.MEDICAL_EXPIRED, "expired on {}; {}", last, refusal)
    if any(standing_of(verdict.checks) is Standing.UNDETERMINED for verdict in shown):
        return _ends(Outcome.UNKNOWN, Headline.UNCONFIRMED, "the medical certificate shown cannot be judged")
    return _ends(Outcome.FAIL, Headline.MEDICAL_MISSING, "no medical certificate that counts was shown")


def _ends(
    outcome: Outcome, headline: Headline, template: str, *values: object, lifted: Verdict | None = None
) -> _Medical:
    return _Medical(headline, Check("P4", outcome, template, values), lifted)


def _of_type(verdicts: Iterable[Verdict], kind: CertificateType) -> Iterable[Verdict]:
    for verdict in verdicts:
        if verdict.credential is not None and verdict.credential.certificate.type is kind:
            yield verdict


def _expired(shown: Iterable[Verdict]) -> Iterable[tuple[date, Verdict]]:
    """Those that only their last day is against, with that day. What is unknown of them stays unknown."""
    for verdict in shown:
        against = deciding(verdict.checks, _LAST_DAY)
        if verdict.outcome("C9") is Outcome.FAIL and (against is None or against.outcome is not Outcome.FAIL):
            last = None if verdict.credential is None else verdict.credential.certificate.expiry_date
            if last is not None:
                yield last, verdict


def _first(pair: tuple[date, Verdict]) -> date:
    return pair[0]


def _no_grace(last: date, ship: Ship, today: date) -> str | None:
    """Why an expired medical certificate has no grace, or None."""
    if ship.voyage_start is None or ship.last_port_with_practitioner is None:
        return "grace needs voyage_start and last_port_with_practitioner of the ship"
    if ship.voyage_start > last:
        return "that was before this voyage began"
    if today > add_months(last, GRACE_MONTHS):
        return "that is more than three months ago"
    if ship.last_port_with_practitioner > last:
        return "the ship has called at a port with a recognised practitioner since"
    return None
