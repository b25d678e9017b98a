"""Rows P: this person, on this ship, in this duty. P4, the medical certificate, is the one assessed yet.

Of P1 only what the certificates themselves say is looked at: whether they can be one person's. What lacks its
input says NOT ASSESSED and changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType, Credential, Reference
from verifier.inspection.duty import Duty
from verifier.inspection.identity import Identity
from verifier.inspection.ship import Ship
from verifier.policy import DEFAULT, Policy
from verifier.remarks import add_months
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
PERMIT_MONTHS: Final = 3  # MLC 2006 A1.2.8: an urgent permit's period, and how recent the expiry must be

_LAST_DAY: Final = frozenset({"C9"})
_GRACE: Final = (
    "{0.document_number} expired on this voyage on {1}: "
    "good until the next port with a recognised practitioner"
)
_PERMIT: Final = "the flag's urgent permit {0} stands in for {1.document_number}"


class _Medical(NamedTuple):
    """How row P4 ends, and the certificate whose C9 it lifts, if any."""

    headline: Headline
    check: Check
    lifted: Reference | None = None


def assess(
    verdicts: Sequence[Verdict],
    *,
    ship: Ship | None = None,
    at: datetime,
    identity: Identity | None = None,
    duty: Duty | None = None,
    policy: Policy = DEFAULT,
) -> Assessment:
    """Judge a person by all verdicts on what was shown together, the ship and the inspector's answers.

    `at` is the clock; the time floors that the verdicts relied on hold here too. A pass stands for the
    certificates in it, and its own rows hold besides.
    """
    shown = [one for verdict in verdicts for one in verdict.members or (verdict,)]
    passes = [standing_of(verdict.checks) for verdict in verdicts if verdict.members]
    together, medical = _together(shown), None
    if ship is not None:
        today = max([at, *(verdict.relied_on.time for verdict in verdicts)]).date()
        if together.outcome is Outcome.UNKNOWN:
            reason = "it cannot be told whose medical certificate this is"
            medical = _ends(Outcome.UNKNOWN, Headline.UNCONFIRMED, reason)
        else:
            medical = _medical(shown, ship, today)
    rows = (together, *(_row(number, medical) for number in range(2, 9)))
    person = standing_of(rows)
    certificates = [_lifted(verdict, medical) for verdict in shown]
    headline = Headline.NOT_ASSESSED if medical is None else medical.headline
    if together.outcome is Outcome.UNKNOWN:
        headline = Headline.UNCONFIRMED
    return Assessment(headline, person, rows, worst([person, *passes, *certificates]))


def excuses(person: Assessment, verdict: Verdict) -> bool:
    """Whether row P4 excuses that the last day of this medical certificate has passed."""
    if verdict.headline is not Headline.EXPIRED or verdict.credential is None:
        return False
    named = verdict.credential.certificate.certificate_id
    return any(
        check.row == "P4" and check.outcome is Outcome.REMARK and named in check.values
        for check in person.checks
    )


def _row(number: int, medical: _Medical | None) -> Check:
    if number == 4 and medical is not None:
        return medical.check
    reason = "the ship is not described" if number == 4 else "not assessed by this version"
    return Check(f"P{number}", Outcome.NOT_ASSESSED, reason)


def _together(verdicts: Sequence[Verdict]) -> Check:
    """P1: can all that was shown be one person's? That it is this person's, only the inspector can tell."""
    shown = [verdict.credential for verdict in verdicts if verdict.credential is not None]
    for what, differ in _identities(shown):
        if differ:
            reason = "what was shown is not clearly one person's: {}; check each person alone"
            return Check("P1", Outcome.UNKNOWN, reason, (what,))
    return _row(1, None)


def _identities(shown: Sequence[Credential]) -> Iterator[tuple[str, bool]]:
    """What one person has one of, and whether the credentials shown have several."""
    yield "the birth dates differ", len({one.certificate.holder.birth_date for one in shown}) > 1
    seafarers = {(one.issuer, one.certificate.holder.seafarer_id) for one in shown}
    several = len({issuer for issuer, _ in seafarers}) < len(seafarers)
    yield "one authority knows them as different seafarers", several
    phones = {one.holder_key for one in shown if one.holder_key is not None}
    yield "they are bound to different phones", len(phones) > 1


def _lifted(verdict: Verdict, medical: _Medical | None) -> Standing:
    """What a credential contributes: grace and an urgent permit excuse that its last day has passed."""
    excused = (
        medical is not None
        and medical.lifted is not None
        and verdict.credential is not None
        and verdict.credential.certificate.certificate_id == medical.lifted
    )
    return standing_of(verdict.checks, _LAST_DAY if excused else frozenset())


def _medical(verdicts: Sequence[Verdict], ship: Ship, today: date) -> _Medical:
    """P4: a medical certificate that holds, or what stands in for one (STCW Reg. I/9, MLC 2006 A1.2.8-9)."""
    shown = list(_of_type(verdicts, CertificateType.MEDICAL))
    if any(isinstance(verdict, Valid) for verdict in shown):
        return _ends(Outcome.PASS, Headline.NOT_ASSESSED, "a medical certificate is held")
    # Only one that was good until its last day can be excused: a revoked one never.
    expired, refusals = dict(_expired(shown)), []
    if expired:
        newest = max(expired, key=expired.__getitem__)
        last = expired[newest]
        refusal = _no_grace(last, ship, today)
        if refusal is None:
            return _ends(Outcome.REMARK, Headline.GRACE, _GRACE, newest, last, lifted=newest)
        refusals.append(f"expired on {last}; {refusal}")
    for permit in _valid_permits(verdicts):
        refusal = _no_permit(permit, expired, ship, today)
        if refusal is None:
            values = (permit.document_number, permit.rests_on)
            return _ends(Outcome.REMARK, Headline.REMARK, _PERMIT, *values, lifted=permit.rests_on)
        refusals.append(f"urgent permit {permit.document_number} does not count: {refusal}")
    if expired:
        return _ends(Outcome.FAIL, Headline.MEDICAL_EXPIRED, "{}", "; ".join(refusals))
    if any(standing_of(verdict.checks) is Standing.UNDETERMINED for verdict in shown):
        return _ends(Outcome.UNKNOWN, Headline.UNCONFIRMED, "the medical certificate shown cannot be judged")
    missing = "; ".join(["no medical certificate that counts was shown", *refusals])
    return _ends(Outcome.FAIL, Headline.MEDICAL_MISSING, "{}", missing)


def _ends(
    outcome: Outcome, headline: Headline, template: str, *values: object, lifted: Reference | None = None
) -> _Medical:
    return _Medical(headline, Check("P4", outcome, template, values), lifted)


def _of_type(verdicts: Iterable[Verdict], kind: CertificateType) -> Iterator[Verdict]:
    for verdict in verdicts:
        if verdict.credential is not None and verdict.credential.certificate.type is kind:
            yield verdict


def _expired(shown: Iterable[Verdict]) -> Iterator[tuple[Reference, date]]:
    """Those that only their last day is against, with that day. What is unknown of them stays unknown."""
    for verdict in shown:
        against = deciding(verdict.checks, _LAST_DAY)
        if verdict.outcome("C9") is Outcome.FAIL and (against is None or against.outcome is not Outcome.FAIL):
            certificate = None if verdict.credential is None else verdict.credential.certificate
            if certificate is not None and certificate.expiry_date is not None:
                yield certificate.certificate_id, certificate.expiry_date


def _valid_permits(verdicts: Iterable[Verdict]) -> Iterator[Certificate]:
    for verdict in _of_type(verdicts, CertificateType.MEDICAL_PERMIT):
        if isinstance(verdict, Valid) and verdict.credential is not None:
            yield verdict.credential.certificate


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


def _no_permit(permit: Certificate, expired: Mapping[Reference, date], ship: Ship, today: date) -> str | None:
    """Why an urgent permit does not stand in for a medical certificate, or None (MLC 2006 A1.2.8)."""
    last = None if permit.rests_on is None else expired.get(permit.rests_on)
    if last is None:
        return "the expired medical certificate that it rests on was not shown"
    if ship.flag is not None and permit.issuing_country != ship.flag:
        return f"it is of {permit.issuing_country}, and the ship's flag is {ship.flag}"
    if permit.expiry_date is None or permit.expiry_date > add_months(permit.issue_date, PERMIT_MONTHS):
        return "it runs for more than three months"
    if today > add_months(last, PERMIT_MONTHS):
        return f"the medical certificate expired on {last}, more than three months ago"
    return None
