"""A crew against its safe manning document: exact matching, shortfalls, problems, papers by hand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.crews import fit_at_sea, holds, manning, phone_of, seafarer, verdicts
from support.scenario import TODAY, Inspection, show, tampered
from support.simulator import DAY, NOW

from verifier.credential.model import CapacityGrant, CertificateType, InvalidCertificate, Limitations
from verifier.credential.safe_manning import Post, SafeManning
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import group, judge
from verifier.inspection.matching import match
from verifier.inspection.persons import CrewReport, Person
from verifier.inspection.ship import Ship
from verifier.verdict import Standing
from verifier.wording import text


@pytest.fixture
def inspection() -> Inspection:
    """Norway's office, whose key has signed for years."""
    found = Inspection()
    found.norway.change_key(sign_from=NOW - 1_000 * DAY)
    return found


def person(inspection: Inspection, number: int, *capacities: str, medical: bool = True) -> Person:
    holder = seafarer(number)
    papers = [holds(holder, *capacities)] if capacities else []
    papers += [fit_at_sea(holder)] if medical else []
    return Person(label=holder.full_name, verdicts=tuple(verdicts(inspection, *papers)))


def report(inspection: Inspection, crew: list[Person], document: SafeManning, **how: object) -> CrewReport:
    return judge(crew, document, at=NOW, **how)  # type: ignore[arg-type] # what the test adds


def filled(found: CrewReport) -> dict[str, str]:
    return {f"{one.post.capacity_code} {one.place}": one.person.label for one in found.assignments}


def test_a_whole_crew_is_valid(inspection: Inspection) -> None:
    crew = [
        person(inspection, 1, "master"),
        person(inspection, 2, "chief-mate"),
        person(inspection, 3, "officer-navigational-watch"),
        person(inspection, 4, "rating-navigational-watch"),
        person(inspection, 5, "rating-navigational-watch"),
        person(inspection, 6, "chief-engineer"),
        person(inspection, 7),  # the cook
    ]
    found = report(inspection, crew, manning())
    assert (found.standing, found.shortfalls, found.problems) == (Standing.VALID, (), ())
    assert len(found.assignments) == 6


def test_the_matching_is_exact_where_a_greedy_one_leaves_a_post_empty(inspection: Inspection) -> None:
    """Whoever comes first may be needed elsewhere: the mate alone can be mate, both can keep the watch."""
    document = manning(Post("officer-navigational-watch", also=("chief-mate",)), Post("chief-mate"))
    mate, officer = person(inspection, 1, "chief-mate"), person(inspection, 2, "officer-navigational-watch")
    for crew in ([mate, officer], [officer, mate]):
        found = report(inspection, crew, document)
        assert filled(found) == {
            "officer-navigational-watch 0": officer.label,
            "chief-mate 0": mate.label,
        }


def test_one_person_fills_one_post(inspection: Inspection) -> None:
    both = person(inspection, 1, "master", "chief-mate")
    found = report(inspection, [both], manning(Post("master"), Post("chief-mate")))
    assert [one.post.capacity_code for one in found.shortfalls] == ["chief-mate"], "the first named is filled"
    assert found.standing is Standing.REJECTED
    assert [one.code for one in found.deficiencies] == ["01209"]


def test_a_higher_certificate_counts_with_a_remark_and_one_of_its_own_name_is_preferred(
    inspection: Inspection,
) -> None:
    master, mate = person(inspection, 1, "master"), person(inspection, 2, "chief-mate")
    alone = report(inspection, [master], manning(Post("chief-mate")))
    assert "compared with the STCW Code" in str(alone.assignments[0].remark)
    assert filled(report(inspection, [master, mate], manning(Post("chief-mate")))) == {
        "chief-mate 0": mate.label
    }


def test_a_shortfall_names_who_comes_nearest_and_why_not(inspection: Inspection) -> None:
    sick = person(inspection, 1, "master", medical=False)
    found = report(inspection, [sick], manning(Post("master")))
    assert "MEDICAL MISSING" in str(found.shortfalls[0].nearest[0])
    assert {one.code for one in found.deficiencies} == {"01209", "01218"}


def test_limits_are_held_against_the_documents_ship(inspection: Inspection) -> None:
    holder = seafarer(1)
    small = replace(
        holds(holder), type=CertificateType.COMPETENCY,
        capacities=(CapacityGrant("master", Limitations(max_gt=3_000)),),
    )  # fmt: skip
    one = Person(label="small", verdicts=tuple(verdicts(inspection, small, fit_at_sea(holder))))
    assert report(inspection, [one], manning(Post("master"))).shortfalls
    coaster = replace(manning(Post("master")), vessel=manning().vessel._replace(gt=3_000))
    assert not report(inspection, [one], coaster).shortfalls
    assert report(inspection, [one], coaster, ship=Ship(gt=3_001)).shortfalls, "the inspector measured"


def test_a_post_may_ask_for_a_certificate_besides(inspection: Inspection) -> None:
    holder = seafarer(1)
    basic = replace(
        holds(holder, "rating-navigational-watch", number="NO-BST-1"), stcw_code=("VI/1",), capacities=()
    )
    post = Post("master", regulations=("VI/1",))
    without = person(inspection, 1, "master")
    trained = replace(without, verdicts=(*without.verdicts, *verdicts(inspection, basic)))
    assert "VI/1" in str(report(inspection, [without], manning(post)).shortfalls[0].nearest[0])
    assert not report(inspection, [trained], manning(post)).shortfalls


def test_who_is_in_doubt_fills_no_post_and_leaves_the_crew_undetermined(inspection: Inspection) -> None:
    holder = seafarer(1)
    phone = phone_of(holder)
    texts = [
        inspection.issue(one, holder_key=phone, at=NOW - DAY)
        for one in (holds(holder, "master"), fit_at_sea(holder))
    ]
    stale = [inspection.verdict(show(one, phone=phone, at=NOW - timedelta(minutes=9))) for one in texts]
    found = report(inspection, [Person(label="late", verdicts=tuple(stale))], manning(Post("master")))
    assert found.shortfalls
    assert found.standing is Standing.UNDETERMINED


def test_who_shows_a_forgery_fills_no_post(inspection: Inspection) -> None:
    honest = person(inspection, 1, "master")
    forged = inspection.verdict(tampered(inspection.issue(holds(seafarer(1), "chief-mate"))))
    found = report(
        inspection, [replace(honest, verdicts=(*honest.verdicts, forged))], manning(Post("master"))
    )
    assert found.shortfalls
    assert "TAMPERED" in {one.headline for one in found.problems}


def test_a_safe_manning_document_past_its_last_day_is_a_deficiency(inspection: Inspection) -> None:
    crew = [person(inspection, 1, "master")]
    until_today = report(inspection, crew, manning(Post("master"), expiry_date=TODAY))
    assert until_today.standing is Standing.VALID
    expired = report(inspection, crew, manning(Post("master"), expiry_date=TODAY - DAY))
    assert expired.standing is Standing.REJECTED
    assert [one.code for one in expired.deficiencies] == ["01113"]


def test_an_unreadable_person_is_named_and_the_rest_is_judged(inspection: Inspection) -> None:
    crew = [Person(label="broken.txt", unreadable=text("holds no text")), person(inspection, 1, "master")]
    found = report(inspection, crew, manning(Post("master")))
    assert not found.shortfalls
    assert [(one.person, one.headline) for one in found.problems] == [("broken.txt", "NOT READABLE")]
    assert found.standing is Standing.UNDETERMINED


def test_nobody_on_board_is_every_post_short(inspection: Inspection) -> None:
    found = report(inspection, [], manning())
    assert sum(one.missing for one in found.shortfalls) == 6
    assert found.standing is Standing.REJECTED


# Papers entered by hand

PAPER = HandEntry(
    type=CertificateType.COMPETENCY,
    document_number="PA-1",
    issuing_country="NO",
    name="Ana Reyes",
    birth_date=date(1980, 1, 1),
    capacities=(CapacityGrant("master"),),
    expiry_date=TODAY,
)


def by_hand(**changes: object) -> Person:
    entry = replace(PAPER, **changes)  # type: ignore[arg-type] # any field
    return Person(label=entry.name, entries=(entry,))


def test_a_paper_seen_fills_no_post_and_is_counted_apart(inspection: Inspection) -> None:
    found = report(inspection, [by_hand()], manning(Post("master")))
    assert found.assignments == ()
    assert [one.person.label for one in found.counted_by_hand] == ["Ana Reyes"]
    assert found.shortfalls, "the post stays short"
    assert found.standing is Standing.UNDETERMINED, "never green"


BY_HAND = {
    "past its last day": {"expiry_date": TODAY - DAY},
    "before its first": {"issue_date": TODAY + DAY},
    "another capacity": {"capacities": (CapacityGrant("chief-engineer"),)},
    "over its limit": {"limitations": Limitations(max_gt=500)},
    "a medical certificate": {"type": CertificateType.MEDICAL},
}


@pytest.mark.parametrize("changes", BY_HAND.values(), ids=BY_HAND.keys())
def test_a_paper_that_does_not_fit_is_not_counted(inspection: Inspection, changes: dict[str, object]) -> None:
    found = report(inspection, [by_hand(**changes)], manning(Post("master")))
    assert found.counted_by_hand == ()
    assert found.standing is Standing.REJECTED


def test_whom_a_verified_certificate_has_a_post_for_is_not_counted_twice(inspection: Inspection) -> None:
    one = replace(person(inspection, 1, "master"), entries=(PAPER,))
    found = report(inspection, [one], manning(Post("master", 2)))
    assert len(found.assignments) == 1
    assert found.counted_by_hand == ()


@pytest.mark.parametrize("changes", [{"name": " "}, {"document_number": ""}, {"issuing_country": "Norway"}])
def test_an_entry_that_names_nobody_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidCertificate):
        by_hand(**changes)


# Grouping


def test_a_crews_verdicts_are_told_apart_by_phone_and_id(inspection: Inspection) -> None:
    one, other = person(inspection, 1, "master"), person(inspection, 2, "chief-mate")
    mixed = [one.verdicts[0], other.verdicts[0], one.verdicts[1], other.verdicts[1]]
    assert [found.label for found in group(mixed)] == [one.label, other.label]
    assert [len(found.verdicts) for found in group(mixed)] == [2, 2]


def test_a_torn_code_goes_with_the_only_person_of_its_file(inspection: Inspection) -> None:
    one = person(inspection, 1, "master")
    torn = inspection.verdict("OB1:TORN")
    assert len(group([*one.verdicts, torn], ["a.txt"] * 3)) == 1
    assert [found.label for found in group([*one.verdicts, torn], ["a.txt", "a.txt", "b.txt"])] == [
        one.label,
        "b.txt",
    ]


def test_codes_that_say_nothing_of_their_holder_stand_together_under_their_file(
    inspection: Inspection,
) -> None:
    torn = [inspection.verdict("OB1:A")] * 3
    assert [(one.label, len(one.verdicts)) for one in group(torn, ["a.txt", "b.txt", "a.txt"])] == [
        ("a.txt", 2),
        ("b.txt", 1),
    ]


def test_who_shows_more_codes_than_anybody_has_is_named_and_not_judged(inspection: Inspection) -> None:
    """What were left out could be what speaks against them; and 8,000 lines must not hold up the ship."""
    one = person(inspection, 1, "master")
    few, many = [*one.verdicts, *[inspection.verdict("OB1:A")] * 198], [inspection.verdict("OB1:A")] * 8_000
    assert [len(found.verdicts) for found in group(few, ["a"] * len(few))] == [200]
    started = process_time()
    for shown in ([*few, few[-1]], many, [*few, *many]):
        found = report(inspection, list(group(shown, ["a"] * len(shown))), manning(Post("master")))
        assert not found.assignments
        assert [one.headline for one in found.problems] == ["NOT READABLE"]
        assert "200 at most" in str(found.problems[0].reason)
    assert process_time() - started < 5


# The matching alone


def brute(costs: list[dict[int, int]], persons: int) -> tuple[tuple[int, ...], int]:
    """The filled places (most, then the first named) and the least cost, by trying everything."""
    best: tuple[int, list[int], int] | None = None
    slots = list(range(persons)) + [-1] * len(costs)
    for chosen in set(permutations(slots, len(costs))):
        if any(who >= 0 and who not in costs[at] for at, who in enumerate(chosen)):
            continue
        empty = [at for at, who in enumerate(chosen) if who < 0]
        cost = sum(costs[at][who] for at, who in enumerate(chosen) if who >= 0)
        key = (len(empty), [-at for at in empty], cost)
        best = key if best is None or key < best else best
    assert best is not None
    return tuple(at for at in range(len(costs)) if -at not in best[1]), best[2]


@given(st.integers(0, 2**32), st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=150)
def test_as_many_places_as_can_be_the_first_named_first_at_least_cost(
    seed: int, places: int, persons: int
) -> None:
    random = Random(seed)
    costs = [
        {who: random.randrange(2) for who in range(persons) if random.random() < 0.5} for _ in range(places)
    ]
    found = match(costs, persons)
    assert len(set(found.values())) == len(found)
    assert all(who in costs[at] for at, who in found.items())
    filled, cost = brute(costs, persons)
    assert (tuple(sorted(found)), sum(costs[at][who] for at, who in found.items())) == (filled, cost)
    assert found == match(costs, persons), "the same each time"


def test_two_hundred_persons_who_can_all_do_everything_are_matched() -> None:
    found = match([dict.fromkeys(range(200), 1) for _ in range(200)], 200)
    assert len(set(found.values())) == 200
