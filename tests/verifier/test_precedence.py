"""Faults together: the first row of the table gives the headline, and no fault ever makes anything valid."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.scenario import TODAY, Inspection, competency, show, tampered
from support.simulator import DAY, NOW, seeded_signer

from verifier.credential import presentation
from verifier.verdict import HEADLINE_OF, Outcome, Rejected, Undetermined, Valid, Verdict

LONG_AGO = NOW - 100 * DAY


@dataclass
class Case:
    """One inspection that faults are added to."""

    inspection: Inspection = field(default_factory=Inspection)
    certificate: dict[str, object] = field(default_factory=dict)
    state: int = 0
    phone: object = None
    shown_at: timedelta = timedelta(0)
    proof: bool = True
    tampered: bool = False
    at: datetime = NOW

    def verdict(self) -> Verdict:
        text = self.inspection.issue(competency(**self.certificate), at=LONG_AGO)
        self.inspection.norway.revoke(text, self.state)
        if self.tampered:
            text = tampered(text)
        if self.proof:
            how = {} if self.phone is None else {"phone": self.phone}
            text = show(text, at=max(self.at, NOW) - self.shown_at, **how)  # type: ignore[arg-type]
        return self.inspection.verdict(text, at=self.at)


def _untrusted(case: Case) -> None:
    case.inspection.norway.change_key(purposes=frozenset({"medical"}))


def _stranger(case: Case) -> None:
    case.inspection.norway.iss = "https://nowhere.example"


def _wrong_phone(case: Case) -> None:
    case.phone, case.proof = seeded_signer("another phone"), True


def _old_proof(case: Case) -> None:
    case.shown_at = timedelta(minutes=10)


def _stale(case: Case) -> None:
    case.inspection.listed_at = NOW - 60 * DAY


def _state(value: int) -> Callable[[Case], None]:
    return lambda case: setattr(case, "state", value)


# Each row's fault, in the order of the table.
FAULTS: dict[str, Callable[[Case], None]] = {
    "C2": _stranger,
    "C3": _untrusted,
    "C4": lambda case: setattr(case, "tampered", True),
    "C5": _wrong_phone,
    "C6": _state(1),
    "C7": _state(2),
    "C8": _state(3),
    "C9": lambda case: case.certificate.update(expiry_date=TODAY - DAY),
    "C10": lambda case: setattr(case, "at", NOW - 10 * DAY),
    "C11": lambda case: case.certificate.update(issue_date=TODAY + 3 * DAY, expiry_date=TODAY + 900 * DAY),
    "C12": _stale,
    "C13": _old_proof,
}
EXCLUSIVE = ({"C6", "C7", "C8"}, {"C9", "C11"})  # a place has one state, and a period one side


def _together(rows: set[str]) -> bool:
    return all(len(rows & group) < 2 for group in EXCLUSIVE)


fault_sets = st.sets(st.sampled_from(sorted(FAULTS)), max_size=5).filter(_together)


def judge(rows: set[str]) -> Verdict:
    case = Case()
    for row in rows:
        FAULTS[row](case)
    return case.verdict()


@given(fault_sets)
@example(set())
@example({"C3", "C4"})
@example({"C6", "C12"})
@example({"C9", "C10"})
@settings(max_examples=150)
def test_the_first_row_of_the_table_gives_the_headline(rows: set[str]) -> None:
    verdict = judge(rows)
    if not rows:
        assert isinstance(verdict, Valid)
        return
    first = min(rows, key=list(HEADLINE_OF).index)
    assert verdict.headline is HEADLINE_OF[first]


@given(fault_sets, st.sampled_from(sorted(FAULTS)))
@settings(max_examples=150)
def test_adding_a_fault_never_makes_it_valid(rows: set[str], more: str) -> None:
    assert not isinstance(judge(rows | {more}) if _together(rows | {more}) else judge({more}), Valid)


@given(fault_sets)
@settings(max_examples=100)
def test_every_fault_that_can_be_seen_is_reported(rows: set[str]) -> None:
    verdict = judge(rows)
    against = {c.row for c in verdict.checks if c.outcome in (Outcome.FAIL, Outcome.UNKNOWN)}
    if not rows & {"C2", "C3", "C4"}:
        expected = rows - {"C13"} if "C5" in rows else rows  # a proof by another phone has no time of its own
        assert against == expected


@given(fault_sets)
@settings(max_examples=100)
def test_a_valid_verdict_has_assessed_every_row(rows: set[str]) -> None:
    verdict = judge(rows)
    if isinstance(verdict, Valid):
        skipped = {c.row for c in verdict.checks if c.outcome is Outcome.NOT_ASSESSED}
        assert skipped <= {"C5"}


@given(fault_sets)
@settings(max_examples=100)
def test_claims_are_shown_only_under_a_good_signature(rows: set[str]) -> None:
    verdict = judge(rows)
    signed = any(c.row == "C4" and c.outcome is Outcome.PASS for c in verdict.checks)
    assert (verdict.credential is not None) is signed


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_arbitrary_text_is_never_valid_and_never_crashes(text: str) -> None:
    for presented in (text, "OB1:" + text, "eyJhbGciOiJFUzI1NiJ9." + text, text + "~"):
        assert isinstance(Inspection().verdict(presented), Undetermined)


PRESENTED = show(Inspection().issue())


@given(st.integers(0, len(PRESENTED) - 1), st.characters(min_codepoint=33, max_codepoint=126))
@settings(max_examples=300)
def test_a_changed_character_is_never_valid(position: int, character: str) -> None:
    inspection = Inspection()
    inspection.issue()  # so that the status index is taken
    changed = PRESENTED[:position] + character + PRESENTED[position + 1 :]
    verdict = inspection.verdict(changed)
    assert isinstance(verdict, Valid) is (changed == PRESENTED)
    assert isinstance(verdict, Valid | Rejected | Undetermined)


@given(st.integers(0, len(PRESENTED) - 1))
@settings(max_examples=100)
def test_a_text_cut_short_is_never_valid(end: int) -> None:
    inspection = Inspection()
    inspection.issue()
    assert not isinstance(inspection.verdict(PRESENTED[:end]), Valid)


def test_the_proof_alone_is_no_credential() -> None:
    proof = PRESENTED.rpartition("~")[2]
    assert presentation.AUD_TIME not in proof
    assert isinstance(Inspection().verdict(proof), Undetermined)
