"""Rows P3 and P6 go by one and the same certificate: two halves do not make a master."""

from itertools import permutations

import pytest
from support.person_cases import DANE, Case, application, danish, endorsement, judged, limited
from support.scenario import TODAY, competency, medical
from support.simulator import DAY

from verifier.credential.model import CapacityGrant, Certificate, Limitations
from verifier.inspection.person import fit
from verifier.verdict import Standing

OWN_SMALL = limited(max_gt=500)
DANE_SMALL = danish(OWN_SMALL, "DK-COC-2")
SMALL_MASTER = (CapacityGrant("master", Limitations(max_gt=500)),)

# Each is a paper that fits the ship and one that the flag lets count, and never both in one.
HALVES = {
    "own and small, foreign and not recognised": (OWN_SMALL, DANE),
    "two foreign, the small one recognised": (DANE, DANE_SMALL, endorsement(DANE_SMALL)),
    "two foreign, the small one applied for": (DANE, DANE_SMALL, application(DANE_SMALL)),
    "recognised for small ships alone": (DANE, endorsement(DANE, capacities=SMALL_MASTER)),
    "own and small, foreign and recognised for small ships": (
        OWN_SMALL, DANE, endorsement(DANE, capacities=SMALL_MASTER),
    ),
    "own and small, foreign and applied for too long ago": (
        OWN_SMALL, DANE, application(DANE, TODAY - 120 * DAY),
    ),
}  # fmt: skip

# And these hold by one certificate, whatever else is shown beside it.
WHOLE = {
    "own and small, foreign and recognised": (OWN_SMALL, DANE, endorsement(DANE)),
    "own and small, foreign and applied for": (OWN_SMALL, DANE, application(DANE)),
    "own, and a foreign small one": (competency(), DANE_SMALL),
    "two foreign, the large one recognised": (DANE, DANE_SMALL, endorsement(DANE)),
    "two endorsements, one for small ships": (
        DANE, endorsement(DANE, capacities=SMALL_MASTER), endorsement(DANE, document_number="NO-END-2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("papers", HALVES.values(), ids=HALVES.keys())
def test_what_fits_the_ship_and_what_is_recognised_must_be_one_certificate(
    papers: tuple[Certificate, ...],
) -> None:
    for order in permutations(papers):
        assessment = judged(Case(papers=(*order, medical())))
        assert not fit(assessment)
        assert assessment.overall is Standing.REJECTED


@pytest.mark.parametrize("papers", WHOLE.values(), ids=WHOLE.keys())
def test_one_certificate_that_is_both_is_enough(papers: tuple[Certificate, ...]) -> None:
    for order in permutations(papers):
        assessment = judged(Case(papers=(*order, medical())))
        assert fit(assessment), [check.reason for check in assessment.checks]
        assert assessment.overall is Standing.VALID
