"""Where rows meet: the first against gives the headline, nothing bad hides, and the overall is the worst."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.person_cases import (
    DANE,
    MASTER,
    PASSPORT,
    SHIP,
    Case,
    application,
    endorsement,
    judged,
    verdict_of,
)
from support.scenario import INGRID, TODAY, Inspection, competency, medical, show
from support.simulator import DAY, NOW, seeded_signer

from verifier.credential.model import CapacityGrant, Certificate, Limitations
from verifier.decision import assess
from verifier.inspection.identity import DIFFERS
from verifier.inspection.person import fit
from verifier.policy import Policy
from verifier.verdict import Headline, Outcome, Standing

ENDORSED = endorsement(DANE)


def bent(faults: frozenset[str]) -> Case:
    """A Danish master on a Norwegian ship, recognised and fit, with these rows' faults."""
    limits = Limitations(max_gt=500) if "P6" in faults else None
    dane = replace(DANE, capacities=(CapacityGrant("master", limits),))
    other = competency(issuing_country="DK", document_number="DK-2", expiry_date=TODAY - DAY)
    papers: list[Certificate] = [dane]
    if "P3" not in faults:
        papers.append(ENDORSED)
    if "P2" in faults:
        papers += [other, replace(endorsement(other), document_number="NO-END-0002")]
    if "P4" not in faults:
        papers.append(medical(lookout="P5" not in faults))
    identity = replace(PASSPORT, photo=DIFFERS) if "P1" in faults else PASSPORT
    policy = Policy(paper_originals=frozenset({"NO competency"})) if "P7" in faults else Policy()
    return Case(tuple(papers), ship=SHIP, duty=MASTER, identity=identity, policy=policy)


HEADLINES = {
    "P1": Headline.NOT_THE_SAME_PERSON,
    "P2": Headline.DEPENDENCY_INVALID,
    "P3": Headline.ENDORSEMENT_MISSING,
    "P4": Headline.MEDICAL_MISSING,
    "P5": Headline.MEDICAL_RESTRICTION,
    "P6": Headline.NOT_FOR_THIS,
    "P7": Headline.ORIGINAL_REQUIRED,
}
PAIRS = [frozenset({one, other}) for one in HEADLINES for other in HEADLINES if one < other]


def expected(faults: frozenset[str]) -> Headline:
    """The first row's headline; P5 cannot be seen without a medical certificate, and P7 is a remark."""
    against = sorted(faults - {"P7"})
    return HEADLINES[against[0]] if against else HEADLINES["P7"] if faults else Headline.FIT_FOR_DUTY


@pytest.mark.parametrize("faults", PAIRS, ids=["+".join(sorted(pair)) for pair in PAIRS])
def test_where_two_rows_meet_the_first_gives_the_headline(faults: frozenset[str]) -> None:
    assessment = judged(bent(faults))
    assert assessment.headline is expected(faults)
    for check in assessment.checks:
        if check.row in faults and check.row != "P7" and not (check.row == "P5" and "P4" in faults):
            assert check.outcome is Outcome.FAIL, "each is reported"


@given(st.frozensets(st.sampled_from(sorted(HEADLINES))), st.sampled_from(sorted(HEADLINES)))
@settings(max_examples=120)
def test_another_fault_never_makes_a_person_better(faults: frozenset[str], more: str) -> None:
    order = (Standing.VALID, Standing.UNDETERMINED, Standing.REJECTED)
    before, after = judged(bent(faults)), judged(bent(faults | {more}))
    assert order.index(after.overall) >= order.index(before.overall)
    assert fit(before) or not fit(after)
    assert judged(bent(faults)).headline is expected(faults)


@given(st.frozensets(st.sampled_from(sorted(HEADLINES))))
@settings(max_examples=60)
def test_only_who_has_nothing_against_them_is_fit(faults: frozenset[str]) -> None:
    assert fit(judged(bent(faults))) is (faults <= {"P7"})


# Undetermined certificates make undetermined rows, never valid ones


def doubtful(case: Case, number: int) -> tuple[Headline, Standing]:
    """The case with one certificate shown by a screen that is ten minutes old."""
    inspection = Inspection()
    for authority in (inspection.norway, inspection.denmark):
        authority.change_key(sign_from=NOW - 1_000 * DAY)
    verdicts = [verdict_of(inspection, one) for one in case.papers]
    stale = verdict_of(inspection, case.papers[number], shown_at=NOW - timedelta(minutes=10))
    verdicts[number] = stale
    found = assess(verdicts, ship=case.ship, at=NOW, identity=case.identity, duty=case.duty)
    return found.headline, found.standing


DOUBTS = {
    "the certificate under an endorsement (P2, P6)": (Case((DANE, ENDORSED, medical())), 0),
    "the endorsement (P3)": (Case((DANE, ENDORSED, medical())), 1),
    "the proof of application (P3)": (Case((DANE, application(DANE), medical())), 1),
    "the medical certificate (P4)": (Case(), 1),
    "the certificate for the duty (P6)": (Case(), 0),
}


@pytest.mark.parametrize(("case", "number"), DOUBTS.values(), ids=DOUBTS.keys())
def test_what_cannot_be_judged_leaves_the_person_unconfirmed(case: Case, number: int) -> None:
    assert doubtful(case, number) == (Headline.UNCONFIRMED, Standing.UNDETERMINED)


# Early renewal


def renewed(old_ends: int, new_starts: int, replaces: str | None = "NO-COC-0001") -> Case:
    old = competency(issue_date=TODAY - 1_800 * DAY, expiry_date=TODAY + old_ends * DAY)
    new = competency(
        document_number="NO-COC-0002",
        issue_date=TODAY + new_starts * DAY,
        expiry_date=TODAY + 1_800 * DAY,
        replaces=replaces,
    )
    return Case((old, new, medical()))


@pytest.mark.parametrize(
    ("old_ends", "new_starts", "overall"),
    [
        (0, 1, Standing.VALID),  # the last day of the old one
        (-1, 0, Standing.VALID),  # the first day of the new one
        (-2, 1, Standing.REJECTED),  # a gap between the two
        (-1, 1, Standing.REJECTED),
    ],
)
def test_who_renews_early_holds_two_and_serves_on_one(
    old_ends: int, new_starts: int, overall: Standing
) -> None:
    assessment = judged(renewed(old_ends, new_starts))
    assert assessment.overall is overall
    assert fit(assessment) is (overall is Standing.VALID)


def test_an_expired_certificate_beside_one_that_does_not_replace_it_is_expired() -> None:
    assert judged(renewed(-1, 0, replaces=None)).overall is Standing.REJECTED


def test_renewal_excuses_no_revocation() -> None:
    inspection, case = Inspection(), renewed(-1, 0)
    inspection.norway.change_key(sign_from=NOW - 1_000 * DAY)
    old = inspection.issue(case.papers[0], at=NOW - DAY)
    inspection.norway.revoke(old)
    verdicts = [inspection.verdict(show(old)), *(verdict_of(inspection, one) for one in case.papers[1:])]
    assert assess(verdicts, ship=SHIP, at=NOW, duty=MASTER).overall is Standing.REJECTED


# Papers of several people


def test_when_papers_are_several_peoples_no_other_row_is_assessed() -> None:
    inspection = Inspection()
    inspection.norway.change_key(sign_from=NOW - 1_000 * DAY)
    stolen = inspection.issue(medical(), holder_key=seeded_signer("another"), at=NOW - DAY)
    verdicts = [
        verdict_of(inspection, competency()),
        inspection.verdict(show(stolen, phone=seeded_signer("another"))),
    ]
    found = assess(verdicts, ship=SHIP, at=NOW, identity=PASSPORT, duty=MASTER)
    assert found.headline is Headline.NOT_THE_SAME_PERSON
    assert {check.outcome for check in found.checks[1:]} == {Outcome.NOT_ASSESSED}
    assert found.lifted == frozenset()


def test_nothing_shown_is_nobody() -> None:
    found = assess([], ship=SHIP, at=NOW, identity=PASSPORT, duty=MASTER)
    assert found.overall is not Standing.VALID
    assert not fit(found)


def test_a_medical_certificate_counts_whichever_spelling_its_name_has() -> None:
    latin = replace(medical(), holder=replace(INGRID, family_name="Oestergaard"))
    assert judged(Case((competency(), latin))).headline is Headline.FIT_FOR_DUTY
