"""Who may fill which post, and at what cost: the rows P of a person in each post's duty."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from verifier.credential.model import Limitations
from verifier.credential.safe_manning import Post
from verifier.inspection import limits, person
from verifier.inspection.by_hand import as_certificate
from verifier.inspection.duty import Duty, duty_of
from verifier.inspection.entitled import entitles
from verifier.inspection.persons import Person
from verifier.inspection.ship import Ship
from verifier.inspection.shown import FAIL, NOT_ASSESSED, PASS, REMARK, UNKNOWN
from verifier.verdict import Assessment, Headline
from verifier.wording import Joined, Text, of, text

# Who shows a forgery, or another's certificate, fills no post until that is cleared up.
FRAUD: Final = frozenset({Headline.TAMPERED, Headline.WRONG_HOLDER, Headline.UNTRUSTED})
_REMARKED: Final = 1  # what a remark costs: a person without one is preferred
_ON_PAPER: Final = "{} {}, seen on paper by the inspector alone"
_COUNTS: Final = (PASS, REMARK)


class Candidate(NamedTuple):
    """A person in a post's duty."""

    assessment: Assessment
    cost: int
    in_doubt: bool  # may fill it, for all that is known, and cannot be counted
    refusal: Text | None  # why they cannot fill it; None where they can

    @property
    def remark(self) -> Text | None:
        """What must be seen of it."""
        found = [text("{}: {}", one.row, of(one)) for one in self.assessment.checks if one.outcome is REMARK]
        return Joined(tuple(found)) if found else None


Wanted = Sequence[tuple[Post, Sequence[tuple[Duty, frozenset[str]]]]]


def wanted(posts: Sequence[Post]) -> Wanted:
    """Each post's duties, and what a certificate for them is about."""
    return [(post, [(duty, _wanted(duty)) for duty in _duties(post)]) for post in posts]


def candidates(one: Person, examined: person.Examined, posts: Wanted) -> dict[Post, Candidate]:
    """The person in each post that anything shown is about, by the best of the capacities it accepts."""
    about = _about(examined)
    judged: dict[str, Assessment] = {}
    found: dict[Post, Candidate] = {}
    for post, duties in posts:
        for duty, about_it in duties:
            if about.isdisjoint(about_it):
                continue
            if duty.capacity_code not in judged:
                judged[duty.capacity_code] = person.conclude(examined, duty)
            candidate = _judged(one, examined, post, judged[duty.capacity_code])
            if post not in found or _order(candidate) < _order(found[post]):
                found[post] = candidate
    return found


def _order(candidate: Candidate) -> tuple[bool, bool, int]:
    return candidate.refusal is not None, not candidate.in_doubt, candidate.cost


def _duties(post: Post) -> Iterator[Duty]:
    for code in (post.capacity_code, *post.also):
        duty = duty_of(code)
        if duty is not None:
            yield duty


def _about(examined: person.Examined) -> frozenset[str]:
    """What anything shown, valid or not, is about: capacities, and regulations where none is named."""
    found: set[str] = set()
    for one in examined.shown.credentials:
        certificate = one.certificate
        if certificate.capacities:
            found.update(grant.code for grant in certificate.capacities)
        else:
            found.update(certificate.stcw_code)
    return frozenset(found)


def _wanted(duty: Duty) -> frozenset[str]:
    """What a certificate for the duty is about."""
    return frozenset((duty.capacity_code, *duty.covered_by, *duty.regulations))


def _judged(one: Person, examined: person.Examined, post: Post, assessment: Assessment) -> Candidate:
    outcomes = {check.row: check.outcome for check in assessment.checks}
    against = next((check for check in assessment.checks if check.outcome in (FAIL, UNKNOWN)), None)
    open_rows = [row for row in ("P3", "P4", "P5", "P6", "P7") if outcomes[row] not in _COUNTS]
    refusal: Text | None = None
    lacking = _lacking(examined, post)
    if any(verdict.headline in FRAUD for verdict in one.verdicts):
        refusal = text("shows what must not be relied on")
    elif against is not None:
        refusal = text("{}: {}", assessment.headline, of(against))
    elif open_rows:
        first = next(check for check in assessment.checks if check.row == open_rows[0])
        refusal = text("not assessed: {}", of(first))
    elif lacking:
        refusal = text("no valid certificate under {}", ", ".join(lacking))
    in_doubt = refusal is not None and FAIL not in outcomes.values() and not lacking
    cost = _REMARKED if REMARK in outcomes.values() else 0
    return Candidate(assessment, cost, in_doubt, refusal)


def _lacking(examined: person.Examined, post: Post) -> list[str]:
    """Regulations that the post asks for, and that no valid certificate is under."""
    if not post.regulations:
        return []
    held = {code for certificate in examined.shown.valid for code in certificate.stcw_code}
    return [code for code in post.regulations if code not in held]


def by_hand(one: Person, post: Post, ship: Ship, examined: person.Examined) -> Text | None:
    """Why papers that the inspector saw would fill the post, or None. It never counts as valid."""
    today = examined.shown.today
    for entry in one.entries:
        certificate = as_certificate(entry)
        if certificate is None or not entry.in_date(today):
            continue
        for duty in _duties(post):
            grant = entitles(certificate, duty, ship.flag)
            if grant is not None and not _exceeds(grant.limits, ship):
                return text(_ON_PAPER, entry.type.value, entry.document_number)
    return None


def _exceeds(found: Sequence[Limitations], ship: Ship) -> bool:
    points = (point for one in found for point in limits.against(one, ship))
    return any(point.outcome in (FAIL, UNKNOWN, NOT_ASSESSED) for point in points)
