"""Who may fill which post, and at what cost: the rows P of a person in each post's duty."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from verifier.credential.model import CertificateType
from verifier.credential.safe_manning import Post
from verifier.inspection import limits, person
from verifier.inspection.by_hand import as_certificate
from verifier.inspection.duty import Duty, duty_of
from verifier.inspection.entitled import entitles
from verifier.inspection.persons import Person
from verifier.inspection.ship import Ship
from verifier.inspection.shown import FAIL, NOT_ASSESSED, PASS, REMARK, UNKNOWN
from verifier.verdict import Assessment, Headline, Outcome

# Who shows a forgery, or another's certificate, fills no post until that is cleared up.
FRAUD: Final = frozenset({Headline.TAMPERED, Headline.WRONG_HOLDER, Headline.UNTRUSTED})
_REMARKED: Final = 1  # what a remark costs: a person without one is preferred
_COUNTS: Final = (PASS, REMARK)


class Candidate(NamedTuple):
    """A person in a post's duty."""

    assessment: Assessment
    duty: Duty
    cost: int
    in_doubt: bool  # may fill it, for all that is known, and cannot be counted
    refusal: str | None  # why they cannot fill it; None where they can

    @property
    def remark(self) -> str | None:
        """What must be seen of it."""
        found = [f"{one.row}: {one.reason}" for one in self.assessment.checks if one.outcome is REMARK]
        return "; ".join(found) or None


def candidate(one: Person, examined: person.Examined, post: Post) -> Candidate | None:
    """The person in the post, by the best of the capacities that it accepts; None where nothing entitles."""
    found = [_judged(one, examined, post, duty) for duty in _duties(post) if _may_be_entitled(examined, duty)]
    return min(found, key=lambda each: (each.refusal is not None, not each.in_doubt, each.cost), default=None)


def _duties(post: Post) -> Iterator[Duty]:
    for code in (post.capacity_code, *post.also):
        duty = duty_of(code)
        if duty is not None:
            yield duty


def _may_be_entitled(examined: person.Examined, duty: Duty) -> bool:
    """Whether anything shown, valid or not, is about this duty: the rest need no rows."""
    flag = None if examined.ship is None else examined.ship.flag
    return any(
        entitles(one.certificate, duty, flag) is not None
        or (one.certificate.type is CertificateType.DISPENSATION and _names(one.certificate.capacities, duty))
        for one in examined.shown.credentials
    )


def _names(capacities: Sequence[object], duty: Duty) -> bool:
    return any(getattr(grant, "code", None) == duty.capacity_code for grant in capacities)


def _judged(one: Person, examined: person.Examined, post: Post, duty: Duty) -> Candidate:
    assessment = person.conclude(examined, duty)
    outcomes = {check.row: check.outcome for check in assessment.checks}
    against = next((check for check in assessment.checks if check.outcome in (FAIL, UNKNOWN)), None)
    open_rows = [row for row in ("P3", "P4", "P5", "P6", "P7") if outcomes[row] not in _COUNTS]
    refusal = None
    if any(verdict.headline in FRAUD for verdict in one.verdicts):
        refusal = "shows what must not be relied on"
    elif against is not None:
        refusal = f"{assessment.headline}: {against.reason}"
    elif open_rows:
        reasons = {check.row: check.reason for check in assessment.checks}
        refusal = f"not assessed: {reasons[open_rows[0]]}"
    elif lacking := _lacking(examined, post):
        refusal = f"no valid certificate under {', '.join(lacking)}"
    in_doubt = refusal is not None and FAIL not in outcomes.values() and not _lacking(examined, post)
    cost = _REMARKED if REMARK in outcomes.values() else 0
    return Candidate(assessment, duty, cost, in_doubt, refusal)


def _lacking(examined: person.Examined, post: Post) -> list[str]:
    """Regulations that the post asks for, and that no valid certificate is under."""
    held = {code for certificate in examined.shown.valid for code in certificate.stcw_code}
    return [code for code in post.regulations if code not in held]


def by_hand(one: Person, post: Post, ship: Ship, examined: person.Examined) -> str | None:
    """Why papers that the inspector saw would fill the post, or None. It never counts as valid."""
    today = examined.shown.today
    for entry in one.entries:
        certificate = as_certificate(entry)
        if certificate is None or not entry.in_date(today):
            continue
        for duty in _duties(post):
            grant = entitles(certificate, duty, ship.flag)
            if grant is not None and not _exceeds(grant.limits, ship):
                return f"{entry.type.value} {entry.document_number}, seen on paper by the inspector alone"
    return None


def _exceeds(found: Sequence[object], ship: Ship) -> bool:
    points = (point for one in found for point in limits.against(one, ship))  # type: ignore[arg-type]
    return any(point.outcome in (FAIL, UNKNOWN, NOT_ASSESSED) for point in points)


__all__ = ["FRAUD", "Candidate", "Outcome", "by_hand", "candidate"]
