"""What a check can end in: numbered checks with reasons, a headline, and Valid, Rejected or Undetermined.

Rows C judge one credential, rows P a person on a ship. Checks stand in the order of their table, and the
first that failed or is unknown gives the headline. There is no boolean that means "ok".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from verifier.credential.model import Credential, Reference
from verifier.frozen import Filled

if TYPE_CHECKING:
    from verifier.credential.safe_manning import SafeManning
    from verifier.credential.sea_pass import Pass


class Outcome(StrEnum):
    """How one check ended."""

    PASS = "pass"
    REMARK = "remark"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_ASSESSED = "not-assessed"


# An enum's members are slow to look up, and `deciding` does so for each check of each verdict.
_PASS: Final = Outcome.PASS
_REMARK: Final = Outcome.REMARK
_NOT_ASSESSED: Final = Outcome.NOT_ASSESSED


class Headline(StrEnum):
    """What the inspector reads first, in the table's own capitals."""

    NOT_READABLE = "NOT READABLE"
    UNKNOWN_ISSUER = "UNKNOWN ISSUER"
    UNTRUSTED = "UNTRUSTED"
    TAMPERED = "TAMPERED"
    WRONG_HOLDER = "WRONG HOLDER"
    REVOKED = "REVOKED"
    SUSPENDED = "SUSPENDED"
    REPLACED = "REPLACED"
    EXPIRED = "EXPIRED"
    CLOCK_UNTRUSTED = "CLOCK UNTRUSTED"
    NOT_YET_VALID = "NOT YET VALID"
    STATUS_UNKNOWN = "STATUS UNKNOWN"
    UNCONFIRMED = "UNCONFIRMED"
    VALID_WITH_REMARK = "VALID WITH REMARK"
    VALID = "VALID"
    # A person on a ship
    NOT_THE_SAME_PERSON = "NOT THE SAME PERSON"
    DEPENDENCY_INVALID = "DEPENDENCY INVALID"
    ENDORSEMENT_MISSING = "ENDORSEMENT MISSING"
    MEDICAL_MISSING = "MEDICAL MISSING"
    MEDICAL_EXPIRED = "MEDICAL EXPIRED"
    MEDICAL_RESTRICTION = "MEDICAL RESTRICTION"
    NOT_FOR_THIS = "NOT VALID FOR THIS SHIP OR DUTY"
    GRACE = "GRACE"
    REMARK = "REMARK"
    ORIGINAL_REQUIRED = "ORIGINAL REQUIRED"
    FIT_FOR_DUTY = "FIT FOR DUTY"
    NOT_ASSESSED = "NOT ASSESSED"
    # A ship
    SAFE_MANNING_EXPIRED = "SAFE MANNING DOCUMENT EXPIRED"


_VALID: Final = Headline.VALID

# The headline of each row C of docs/inspection.md, when that row is the first to match.
HEADLINE_OF: Final = {
    "C1": Headline.NOT_READABLE,
    "C2": Headline.UNKNOWN_ISSUER,
    "C3": Headline.UNTRUSTED,
    "C4": Headline.TAMPERED,
    "C4b": Headline.NOT_READABLE,
    "C5": Headline.WRONG_HOLDER,
    "C6": Headline.REVOKED,
    "C7": Headline.SUSPENDED,
    "C8": Headline.REPLACED,
    "C9": Headline.EXPIRED,
    "C10": Headline.CLOCK_UNTRUSTED,
    "C11": Headline.NOT_YET_VALID,
    "C12": Headline.STATUS_UNKNOWN,
    "C13": Headline.UNCONFIRMED,
    "C14": Headline.VALID_WITH_REMARK,
    "C15": Headline.VALID,
}
ROWS: Final = tuple(HEADLINE_OF)


class Check(NamedTuple):
    """One row's outcome. The reason is a template that is filled when shown: most never are."""

    row: str
    outcome: Outcome
    template: str
    values: tuple[object, ...] = ()

    @property
    def reason(self) -> str:
        """The reason in words; what it quotes of a credential is not escaped here."""
        return self.template.format(*self.values)


_NOTHING_AGAINST: Final = Check("C15", Outcome.PASS, "nothing is against it")


class ReliedOn(NamedTuple):
    """What a verdict rests on, and how old that is. All instants are aware UTC."""

    time: datetime  # the later of the clock and the time floor
    policy: str
    pack: str | None
    directory_published_at: datetime
    status_uri: str | None = None
    status_as_of: datetime | None = None


@dataclass(frozen=True)
class Judged(Filled):
    """What the three verdicts share. `credential` is None unless its signature verified.

    Of a pass, `sea_pass` is what was signed instead, `members` has a verdict on each of its certificates, and
    the headline is the worst of its own checks and of theirs.
    """

    headline: Headline
    checks: tuple[Check, ...]
    credential: Credential | None
    relied_on: ReliedOn
    members: tuple["Verdict", ...] = ()
    sea_pass: "Pass | None" = None
    manning: "SafeManning | None" = None  # of a ship's safe manning document

    def outcome(self, row: str) -> Outcome:
        """The outcome of a row; NOT_ASSESSED for one that could not run."""
        return next((check.outcome for check in self.checks if check.row == row), Outcome.NOT_ASSESSED)

    @property
    def reason(self) -> str:
        """Why the headline is what it is; empty for VALID. A certificate in a pass is named."""
        check = deciding(self.checks)
        if self.members and (check is None or HEADLINE_OF[check.row] is not self.headline):
            worst = next(one for one in self.members if one.headline is self.headline)
            number = "" if worst.credential is None else worst.credential.certificate.document_number
            return worst.reason and f"{number}: {worst.reason}"
        return "" if check is None else check.reason


class Valid(Judged):
    """Good here and now, perhaps with remarks."""


class Rejected(Judged):
    """Something is against it."""


class Undetermined(Judged):
    """It cannot be told. Unknown is never valid."""


Verdict: TypeAlias = Valid | Rejected | Undetermined


class Standing(StrEnum):
    """The three verdicts by name, as JSON and exit codes know them."""

    VALID = "valid"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


# How bad each is, worst last: one rejected certificate outweighs any number of undetermined ones.
_ORDER: Final = (Standing.VALID, Standing.UNDETERMINED, Standing.REJECTED)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a person on a ship. `standing` is of rows P alone, `overall` of all that was shown."""

    headline: Headline
    standing: Standing
    checks: tuple[Check, ...]
    overall: Standing
    lifted: frozenset[Reference] = frozenset()  # certificates whose being out of their days is excused


def deciding(checks: Iterable[Check], lifted: frozenset[str] = frozenset()) -> Check | None:
    """The check that gives the headline: the first against, else the first remark, else None.

    `lifted` names rows that something else excuses.
    """
    remark = None
    for check in checks:
        outcome = check.outcome
        if outcome is _PASS or outcome is _NOT_ASSESSED or check.row in lifted:
            continue
        if outcome is not _REMARK:
            return check
        if remark is None:
            remark = check
    return remark


def standing_of(checks: Iterable[Check], lifted: frozenset[str] = frozenset()) -> Standing:
    """Valid, rejected or undetermined, by the deciding check."""
    check = deciding(checks, lifted)
    if check is None or check.outcome is Outcome.REMARK:
        return Standing.VALID
    return Standing.REJECTED if check.outcome is Outcome.FAIL else Standing.UNDETERMINED


def conclude(checks: tuple[Check, ...], credential: Credential | None, relied_on: ReliedOn) -> Verdict:
    """The verdict that rows C in their order amount to."""
    check = deciding(checks)
    rests_on = {"credential": credential, "relied_on": relied_on}
    if check is None:
        return Valid.of({"headline": _VALID, "checks": (*checks, _NOTHING_AGAINST), **rests_on})
    found = {"headline": HEADLINE_OF[check.row], "checks": checks, **rests_on}
    if check.outcome is _REMARK:
        return Valid.of(found)
    return Rejected.of(found) if check.outcome is Outcome.FAIL else Undetermined.of(found)


def conclude_pass(own: Verdict, members: tuple[Verdict, ...], sea_pass: "Pass") -> Verdict:
    """The verdict on a pass: nothing that is against one of its certificates hides behind the others."""
    found = max((own, *members), key=badness)  # the pass's own before a member's where both are as bad
    return type(found)(found.headline, own.checks, None, own.relied_on, members, sea_pass)


def badness(verdict: Verdict) -> tuple[int, int]:
    """The standing first; among equals, the row that comes first in the table."""
    check = deciding(verdict.checks)
    if check is None:
        return 0, -len(ROWS)
    return _ORDER.index(standing(verdict)), -ROWS.index(check.row)


def worst(standings: Iterable[Standing]) -> Standing:
    """Rejected before undetermined before valid; undetermined for none at all."""
    return max(standings, key=_ORDER.index, default=Standing.UNDETERMINED)


def standing(verdict: Verdict) -> Standing:
    """The name of a verdict."""
    match verdict:
        case Valid():
            return Standing.VALID
        case Rejected():
            return Standing.REJECTED
        case Undetermined():
            return Standing.UNDETERMINED
