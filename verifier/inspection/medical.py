"""Row P4: a medical certificate that holds, or what stands in for one (STCW Reg. I/9, MLC 2006 A1.2)."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from verifier.credential.model import Certificate, CertificateType, MedicalCertificate, Reference
from verifier.inspection.ship import Ship
from verifier.inspection.shown import (
    FAIL,
    REMARK,
    UNKNOWN,
    Finding,
    Shown,
    but_for_its_days,
    ends,
    left_open,
    passes,
)
from verifier.remarks import add_months
from verifier.verdict import Headline, Standing, Valid, Verdict, standing_of
from verifier.wording import NOTHING, Joined, Said, text

GRACE_MONTHS: Final = 3  # STCW Reg. I/9: until the next port with a practitioner, at most
PERMIT_MONTHS: Final = 3  # MLC 2006 A1.2.8: an urgent permit's period, and how recent the expiry must be
MOST_MONTHS: Final = 24  # STCW Reg. I/9, MLC 2006 A1.2.7: two years, and one for who was under 18
UNDER_18_MONTHS: Final = 12
_ADULT_MONTHS: Final = 18 * 12

_ROW: Final = "P4"
OF_OTHER_FLAG: Final = "it is of {}, and the ship's flag is {}"
_GRACE: Final = "{} expired on this voyage on {}: good until the next port with a recognised practitioner"
_PERMIT: Final = "the flag's urgent permit {} stands in for {}"


_NEWER: Final = "the newer medical certificate {} was withdrawn or replaced"
_WITHDRAWN: Final = frozenset({Headline.REVOKED, Headline.SUSPENDED, Headline.REPLACED})


class Medical(NamedTuple):
    """How row P4 ends, and the newest examination's certificates where one counts (row P5 reads them)."""

    finding: Finding
    counts: tuple[MedicalCertificate, ...] = ()


class _Past(NamedTuple):
    """A medical certificate that only its last day is known to be against."""

    last: date
    certificate: MedicalCertificate
    sure: bool  # everything else holds; else nobody can tell, and nothing excuses it


def row(shown: Shown, ship: Ship | None) -> Medical:
    """P4: a medical certificate that holds, grace, an urgent permit, or none."""
    if ship is None:
        return Medical(left_open(_ROW, "the ship is not described"))
    verdicts = list(shown.of_type(CertificateType.MEDICAL))
    holds = tuple(_holding(verdicts, shown.today))
    if holds:
        examined = (*holds, *(one.certificate for _, one in _expired(verdicts, shown.today) if one.sure))
        return Medical(passes(_ROW, "a medical certificate is held"), tuple(_newest(examined)))
    expired = dict(_expired(verdicts, shown.today))
    refusals: list[Said] = []
    if expired:
        newest = max(expired, key=lambda one: (expired[one].certificate.issue_date, expired[one].last))
        last, medical, sure = expired[newest]
        refusal = _withdrawn_since(verdicts, medical) or _no_grace(last, ship, shown.today)
        if refusal is None and not (sure and _known_since(verdicts, medical)):
            return Medical(_doubtful())
        if refusal is None:
            grace = ends(_ROW, REMARK, Headline.GRACE, _GRACE, newest.document_number, last, lifted=newest)
            return Medical(grace, (medical,))
        refusals.append(text("expired on {}; {}", last, refusal))
    for permit in shown.held(CertificateType.MEDICAL_PERMIT):
        past = None if permit.rests_on is None else expired.get(permit.rests_on)
        against = None if past is None else _withdrawn_since(verdicts, past.certificate)
        against = against or _no_permit(permit, past, ship, shown.today)
        if against is None and permit.rests_on is not None and past is not None:
            if not (past.sure and _known_since(verdicts, past.certificate)):
                return Medical(_doubtful())
            values = (permit.document_number, permit.rests_on.document_number)
            lets = ends(_ROW, REMARK, Headline.REMARK, _PERMIT, *values, lifted=permit.rests_on)
            return Medical(lets, (past.certificate,))
        reason = "urgent permit {} does not count: {}"
        refusals.append(text(reason, permit.document_number, against or NOTHING))
    return Medical(_none(shown, verdicts, bool(expired), refusals))


def last_day(certificate: Certificate) -> date | None:
    """The last day that it can have: two years from its issue, one where the holder was under 18 then."""
    adult = add_months(certificate.holder.birth_date, _ADULT_MONTHS)
    months = UNDER_18_MONTHS if certificate.issue_date < adult else MOST_MONTHS
    longest = add_months(certificate.issue_date, months)
    return longest if certificate.expiry_date is None else min(certificate.expiry_date, longest)


def _doubtful() -> Finding:
    return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "the medical certificate shown cannot be judged")


def _none(shown: Shown, verdicts: list[Verdict], expired: bool, refusals: list[Said]) -> Finding:
    if expired:
        return ends(_ROW, FAIL, Headline.MEDICAL_EXPIRED, "{}", Joined(tuple(refusals)))
    if any(standing_of(verdict.checks) is Standing.UNDETERMINED for verdict in verdicts):
        return _doubtful()
    if not shown.credentials:
        return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "nothing that was shown could be read")
    missing = "no medical certificate that counts was shown"
    if not refusals:
        return ends(_ROW, FAIL, Headline.MEDICAL_MISSING, missing)
    return ends(_ROW, FAIL, Headline.MEDICAL_MISSING, "{}", Joined((text(missing), *refusals)))


def _certificates(verdicts: list[Verdict]) -> Iterator[tuple[Verdict, MedicalCertificate]]:
    for verdict in verdicts:
        certificate = None if verdict.credential is None else verdict.credential.certificate
        if isinstance(certificate, MedicalCertificate):
            yield verdict, certificate


def _holding(verdicts: list[Verdict], today: date) -> Iterator[MedicalCertificate]:
    for verdict, certificate in _certificates(verdicts):
        last = last_day(certificate)
        if isinstance(verdict, Valid) and (last is None or today <= last):
            yield certificate


def _newest(examined: tuple[MedicalCertificate, ...]) -> Iterator[MedicalCertificate]:
    """What the last examination found; an older, milder one does not undo it, even where that has run out."""
    last = max(one.issue_date for one in examined)
    return (one for one in examined if one.issue_date == last)


def _expired(verdicts: list[Verdict], today: date) -> Iterator[tuple[Reference, _Past]]:
    """Those that only their last day is against. A revoked one is never excused; what is unknown stays so."""
    for verdict, certificate in _certificates(verdicts):
        last = last_day(certificate)
        if last is None:
            continue
        besides = standing_of(verdict.checks) if today > last else None
        besides = but_for_its_days(verdict, "C9") or besides
        if besides in (Standing.VALID, Standing.UNDETERMINED):
            yield certificate.certificate_id, _Past(last, certificate, besides is Standing.VALID)


def _withdrawn_since(verdicts: list[Verdict], medical: MedicalCertificate) -> Said | None:
    """Why an older examination cannot be leaned on: what a later one found does not count any more.

    STCW Reg. I/9 lets go on what ran out on the voyage; since a later one, that is no longer the older.
    """
    for verdict, later in _later(verdicts, medical):
        if verdict.headline in _WITHDRAWN:
            return text(_NEWER, later.document_number)
    return None


def _known_since(verdicts: list[Verdict], medical: MedicalCertificate) -> bool:
    """Whether each later examination can be judged: what is unknown of it may be that it was revoked."""
    later = (but_for_its_days(one, "C9") or standing_of(one.checks) for one, _ in _later(verdicts, medical))
    return all(standing is not Standing.UNDETERMINED for standing in later)


def _later(
    verdicts: list[Verdict], medical: MedicalCertificate
) -> Iterator[tuple[Verdict, MedicalCertificate]]:
    return (one for one in _certificates(verdicts) if one[1].issue_date > medical.issue_date)


def _no_grace(last: date, ship: Ship, today: date) -> Said | None:
    """Why an expired medical certificate has no grace, or None."""
    if ship.voyage_start is None or ship.last_port_with_practitioner is None:
        return text("grace needs the start of the voyage and the last port with a practitioner")
    if ship.voyage_start > last:
        return text("that was before this voyage began")
    if today > add_months(last, GRACE_MONTHS):
        return text("that is more than three months ago")
    if ship.last_port_with_practitioner > last:
        return text("the ship has called at a port with a recognised practitioner since")
    return None


def _no_permit(permit: Certificate, past: _Past | None, ship: Ship, today: date) -> Said | None:
    """Why an urgent permit does not stand in for a medical certificate, or None (MLC 2006 A1.2.8)."""
    if past is None:
        return text("the expired medical certificate that it rests on was not shown")
    if ship.flag is not None and permit.issuing_country != ship.flag:
        return text(OF_OTHER_FLAG, permit.issuing_country, ship.flag)
    if permit.expiry_date is None or permit.expiry_date > add_months(permit.issue_date, PERMIT_MONTHS):
        return text("it runs for more than three months")
    if today > add_months(past.last, PERMIT_MONTHS):
        return text("the medical certificate expired on {}, more than three months ago", past.last)
    return None
