"""One sailor fills one post, however many phones and flags the papers come from."""

from dataclasses import replace
from datetime import date

import pytest
from support.crews import fit_at_sea, holds, manning, seafarer
from support.person_cases import MATCHES, both
from support.scenario import Inspection, show
from support.simulator import DAY, NOW, seeded_signer

from verifier.credential.model import CertificateType, Holder
from verifier.credential.safe_manning import Post
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import group, judge
from verifier.inspection.identity import Document, Identity
from verifier.inspection.persons import CrewReport, Person
from verifier.verdict import Standing

WATCH = "rating-navigational-watch"
NORWEGIAN = seafarer(1, "Østergård")
DANISH = replace(NORWEGIAN, seafarer_id="9Z9Z9Z9Z")


@pytest.fixture
def inspection() -> Inspection:
    found = Inspection()
    for authority in (found.norway, found.denmark):
        authority.change_key(sign_from=NOW - 1_000 * DAY)
    return found


def on_two_phones(inspection: Inspection, first: Holder, second: Holder) -> tuple[Person, ...]:
    """Norwegian papers on one phone and Danish ones on another, each in a file of its own."""
    verdicts, files = [], []
    for country, holder in (("NO", first), ("DK", second)):
        phone = seeded_signer(f"the phone with {country} papers")
        authority = inspection.norway if country == "NO" else inspection.denmark
        for paper in (holds(holder, WATCH, number=f"{country}-1"), fit_at_sea(holder)):
            of_flag = replace(paper, issuing_country=country, issuing_authority="its flag's")
            token = authority.issue(of_flag, phone, at=NOW - 200 * DAY)
            verdicts.append(inspection.verdict(show(token, phone=phone), status=both(inspection)))
            files.append(country)
    found = group(verdicts, files)
    assert len(found) == 2
    return found


def crew(persons: tuple[Person, ...], posts: int = 2) -> CrewReport:
    return judge(persons, manning(Post(WATCH, count=posts)), at=NOW)


SPELT = {
    "the same": DANISH,
    "transliterated": replace(DANISH, family_name="OESTERGAARD", given_name="KIM"),
    "without marks": replace(DANISH, family_name="Ostergard"),
    "the family name first": replace(DANISH, family_name="Kim", given_name="Østergård"),
}
OTHERS = {
    "another birth date": replace(DANISH, birth_date=date(1985, 1, 2)),
    "another name": replace(DANISH, given_name="Ola"),
}


@pytest.mark.parametrize("second", SPELT.values(), ids=SPELT.keys())
def test_who_may_be_one_sailor_fills_one_post_and_the_crew_cannot_be_told(
    inspection: Inspection, second: Holder
) -> None:
    persons = on_two_phones(inspection, NORWEGIAN, second)
    found = crew(persons)
    assert len(found.assignments) == 1
    assert found.standing is Standing.UNDETERMINED
    assert [one.headline for one in found.problems] == ["UNCONFIRMED"]
    assert "birth date" in str(found.problems[0].reason)
    alone = crew(persons, posts=1)
    assert (alone.standing, alone.problems) == (Standing.VALID, ()), "one post needs one sailor"


@pytest.mark.parametrize("second", OTHERS.values(), ids=OTHERS.keys())
def test_two_sailors_fill_two_posts(inspection: Inspection, second: Holder) -> None:
    assert crew(on_two_phones(inspection, NORWEGIAN, second)).standing is Standing.VALID


def test_they_are_two_once_each_is_compared_with_an_identity_document(inspection: Inspection) -> None:
    passport = Identity(document=Document.PASSPORT, name_answer=MATCHES, birth_answer=MATCHES, photo=MATCHES)
    first, second = on_two_phones(inspection, NORWEGIAN, DANISH)
    one_compared = crew((replace(first, identity=passport), second))
    assert len(one_compared.assignments) == 1
    each = crew((replace(first, identity=passport), replace(second, identity=passport)))
    assert (len(each.assignments), each.standing) == (2, Standing.VALID)


def test_papers_seen_of_a_sailor_who_fills_a_post_are_not_another_sailor(inspection: Inspection) -> None:
    paper = HandEntry(
        type=CertificateType.PROFICIENCY,
        document_number="PA-1",
        issuing_country="NO",
        name="KIM OESTERGAARD",
        birth_date=NORWEGIAN.birth_date,
        capacities=holds(NORWEGIAN, WATCH).capacities,
    )
    first, _ = on_two_phones(inspection, NORWEGIAN, DANISH)
    found = crew((first, Person(label=paper.name, entries=(paper,))))
    assert (len(found.assignments), found.counted_by_hand) == (1, ())
    assert found.standing is Standing.UNDETERMINED
