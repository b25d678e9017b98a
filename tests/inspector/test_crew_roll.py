"""A crew as it is scanned: doubles, strangers, forgeries, papers; nobody is lost, nobody counts twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support import crews as aboard
from support.scenario import Inspection, medical, show, tampered
from support.simulator import DAY, NOW

from verifier.credential.model import CapacityGrant, CertificateType, Holder
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.identity import MATCHES, Document, Identity
from verifier.inspector.core import crew as crews
from verifier.inspector.core import crew_views, person_views
from verifier.inspector.core.crew import Added, Crew, Roll
from verifier.inspector.core.crew_views import Basis
from verifier.inspector.core.report_state import Tone
from verifier.policy import DEFAULT
from verifier.ui.words import Words, words_in
from verifier.verdict import Headline

LABEL = "Code {n}"
SAY = Words()
MASTER = aboard.seafarer(1, "Østergård")
MATE = aboard.seafarer(2, "Virtanen")


def scan(inspection: Inspection, roll: Roll, text: str, **how: object) -> tuple[Roll, Added]:
    return crews.add(roll, text, (inspection.verdict(text, **how),), LABEL)


def everyone(inspection: Inspection, *texts: str) -> Roll:
    roll = Roll()
    for text in texts:
        roll, _ = scan(inspection, roll, text)
    return roll


def judged(roll: Roll, **how: object) -> Crew:
    parts: dict[str, object] = {"manning": aboard.manning(), "ship": None, "at": NOW, **how}
    return crews.judge(roll, label=LABEL, **parts)  # type: ignore[arg-type] # as `judge` has them


def of(holder: Holder, *capacities: str) -> tuple[object, ...]:
    return aboard.holds(holder, *capacities), aboard.fit_at_sea(holder)


def paper(name: str = "Kim Østergård", born: date = MASTER.birth_date, **changes: object) -> HandEntry:
    entry = HandEntry(
        type=CertificateType.COMPETENCY,
        document_number="P-1",
        issuing_country="NO",
        name=name,
        birth_date=born,
        capacities=(CapacityGrant("chief-engineer"),),
    )
    return replace(entry, **changes)  # type: ignore[arg-type] # any field, as the test says


def test_two_documents_of_one_phone_are_one_person() -> None:
    inspection = Inspection()
    first, second = aboard.presented(inspection, *of(MASTER, "master"))  # type: ignore[arg-type]
    roll, added = scan(inspection, Roll(), first)
    assert added is Added.PERSON
    roll, added = scan(inspection, roll, second)
    assert added is Added.MORE
    assert [one.label for one in crews.persons(roll, LABEL)] == ["Kim Østergård"]


def test_the_same_code_twice_adds_nothing() -> None:
    inspection = Inspection()
    (text,) = aboard.presented(inspection, aboard.holds(MASTER, "master"))
    roll, _ = scan(inspection, Roll(), text)
    again, added = scan(inspection, roll, text)
    assert added is Added.SAME
    assert len(crews.persons(again, LABEL)[0].verdicts) == 1


def test_a_live_code_mends_the_picture_that_was_shown_before_it_and_is_not_undone_by_one_after() -> None:
    inspection = Inspection()
    phone = aboard.phone_of(MASTER)
    credential = inspection.issue(aboard.holds(MASTER, "master"), holder_key=phone)
    stale = show(credential, phone=phone, at=NOW - timedelta(hours=1))
    roll, _ = scan(inspection, Roll(), stale)
    assert crews.persons(roll, LABEL)[0].verdicts[0].headline is Headline.UNCONFIRMED
    roll, added = scan(inspection, roll, show(credential, phone=phone))
    assert added is Added.SAME
    assert crews.persons(roll, LABEL)[0].verdicts[0].headline is Headline.VALID
    roll, _ = scan(inspection, roll, stale)
    assert crews.persons(roll, LABEL)[0].verdicts[0].headline is Headline.VALID


def test_what_rejects_counts_whenever_it_comes() -> None:
    inspection = Inspection()
    phone = aboard.phone_of(MASTER)
    credential = inspection.issue(aboard.holds(MASTER, "master"), holder_key=phone)
    roll, _ = scan(inspection, Roll(), show(credential, phone=phone))
    inspection.norway.revoke(credential)
    roll, _ = scan(inspection, roll, show(credential, phone=phone))
    assert crews.persons(roll, LABEL)[0].verdicts[0].headline is Headline.REVOKED


def test_what_cannot_be_read_at_all_is_nobody() -> None:
    inspection = Inspection()
    roll, added = scan(inspection, Roll(), "OB1:NONSENSE")
    assert (roll, added) == (Roll(), Added.UNREADABLE)


def test_a_forgery_stands_for_itself_and_the_rest_are_judged() -> None:
    inspection = Inspection()
    texts = aboard.presented(inspection, *of(MASTER, "master"))  # type: ignore[arg-type]
    forged = tampered(inspection.issue(aboard.holds(MATE, "chief-mate"), holder_key=aboard.phone_of(MATE)))
    crew = judged(everyone(inspection, texts[0], forged, texts[1]))
    assert [one.label for one in crew.persons] == ["Kim Østergård", "Code 2"]
    states = list(crew_views.person_states(crew, SAY))
    assert [one.tone for one in states] == [Tone.GOOD, Tone.BAD]
    assert states[1].word == "TAMPERED"
    assert crew.report is not None
    assert [one.person.label for one in crew.report.assignments] == ["Kim Østergård"]


def test_a_strangers_certificate_makes_a_person_of_its_own_and_lends_nothing() -> None:
    inspection = Inspection()
    texts = aboard.presented(
        inspection,
        aboard.holds(MASTER, "master"),
        aboard.fit_at_sea(MATE),  # somebody else's, from another phone
    )
    crew = judged(everyone(inspection, *texts))
    assert len(crew.persons) == 2
    master = next(crew_views.person_states(crew, SAY))
    assert master.word == "MEDICAL MISSING"


def test_namesakes_with_different_phones_are_two_persons_with_their_own_words() -> None:
    inspection = Inspection()
    one, other = aboard.seafarer(3, "Ek"), aboard.seafarer(4, "Ek")
    texts = aboard.presented(inspection, *of(one, "master"), aboard.holds(other, "chief-mate"))  # type: ignore[arg-type]
    states = list(crew_views.person_states(judged(everyone(inspection, *texts)), SAY))
    assert [(one.name, one.word) for one in states] == [("Kim Ek", "VALID"), ("Kim Ek", "MEDICAL MISSING")]


def test_a_paper_goes_with_the_person_of_its_name_and_birth_date_however_it_is_spelt() -> None:
    inspection = Inspection()
    roll = everyone(inspection, *aboard.presented(inspection, aboard.holds(MASTER, "master")))
    roll, added = crews.add_paper(roll, paper("KIM OESTERGAARD"))
    assert added is Added.PERSON
    assert [len(one.entries) for one in crews.persons(roll, LABEL)] == [1]


def test_a_paper_of_nobody_scanned_is_a_person_who_is_never_green() -> None:
    roll, _ = crews.add_paper(Roll(), paper("Ada Nobody"))
    crew = judged(roll)
    (state,) = crew_views.person_states(crew, SAY)
    assert state.tone is not Tone.GOOD
    assert state.word == "SEEN ON PAPER"
    assert crew.report is not None
    assert not crew.report.assignments


def test_the_same_paper_twice_is_one() -> None:
    roll, _ = crews.add_paper(Roll(), paper())
    roll, added = crews.add_paper(roll, paper(capacities=()))
    assert added is Added.SAME
    assert [one.capacities for one in roll.entries] == [()]


def test_posts_that_papers_fill_are_called_so_and_are_amber() -> None:
    manning = aboard.manning(aboard.Post("chief-engineer"))
    roll, _ = crews.add_paper(Roll(), paper("Ada Nobody"))
    crew = judged(roll, manning=manning)
    assert crew.report is not None
    (post,) = crew_views.post_states(crew.report, SAY)
    assert (post.tone, post.word, post.filled) == (Tone.CAUTION, "paper", "0 of 1")
    assert crew_views.standing_words(crew, SAY)[0] is Tone.CAUTION


def test_removing_a_person_takes_all_that_they_showed_and_nothing_else() -> None:
    inspection = Inspection()
    texts = aboard.presented(inspection, *of(MASTER, "master"), *of(MATE, "chief-mate"))  # type: ignore[arg-type]
    roll, _ = crews.add_paper(everyone(inspection, *texts), paper())
    master, mate = crews.persons(roll, LABEL)
    left = crews.persons(crews.without(roll, master), LABEL)
    assert [one.label for one in left] == [mate.label]
    assert left[0].verdicts == mate.verdicts


def test_without_a_safe_manning_document_everybody_is_judged_and_no_post_is_called_filled() -> None:
    inspection = Inspection()
    crew = judged(everyone(inspection, *aboard.presented(inspection, *of(MASTER, "master"))), manning=None)  # type: ignore[arg-type]
    assert crew.report is None
    assert crew.persons[0].assessment is not None
    assert crew_views.standing_words(crew, SAY) == (Tone.CAUTION, "Posts not matched")


def test_a_person_who_was_compared_with_a_document_is_fit_for_duty() -> None:
    inspection = Inspection()
    roll = everyone(inspection, *aboard.presented(inspection, *of(MASTER, "master")))  # type: ignore[arg-type]
    (person,) = crews.persons(roll, LABEL)
    identity = Identity(document=Document.PASSPORT, name_answer=MATCHES, birth_answer=MATCHES, photo=MATCHES)
    crew = judged(roll, identities={crews.identity_key(person.verdicts, person.label): identity})
    (state,) = crew_views.person_states(crew, SAY)
    assert state.tone is Tone.GOOD
    assert "compared" not in " ".join(state.problems)


def test_sixty_persons_are_judged_and_the_sixty_first_too() -> None:
    inspection = Inspection()
    holders = [aboard.seafarer(number) for number in range(61)]
    roll = everyone(inspection, *aboard.presented(inspection, *(aboard.fit_at_sea(one) for one in holders)))
    assert len(judged(roll).persons) == 61


def test_more_persons_than_a_crew_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "MOST_PERSONS", 1)
    inspection = Inspection()
    texts = aboard.presented(inspection, aboard.fit_at_sea(MASTER), aboard.fit_at_sea(MATE))
    roll, _ = scan(inspection, Roll(), texts[0])
    full, added = scan(inspection, roll, texts[1])
    assert added is Added.FULL
    assert full == roll


def test_open_rows_say_which_input_would_settle_them() -> None:
    inspection = Inspection()
    roll = everyone(inspection, *aboard.presented(inspection, *of(MASTER, "master")))  # type: ignore[arg-type]
    crew = judged(roll, manning=None)
    person = crew.persons[0]
    state = person_views.state(person, person.assessment, ship=None, ship_line="", duty=None, say=SAY)
    reasons = {row.row: row.reason for row in state.open_rows}
    assert "identity document" in reasons["P1"]
    assert "flag" in reasons["P3"]
    assert reasons["P6"].startswith("Describe the ship: flag, tonnage, power, type, area")
    assert not {row.row for row in state.rows} & set(reasons)


def test_the_report_names_every_person_and_every_shortfall() -> None:
    inspection = Inspection()
    expired = replace(medical(NOW.date() - 20 * DAY), holder=MATE, document_number="NO-MED-X")
    texts = aboard.presented(inspection, *of(MASTER, "master"), aboard.holds(MATE, "chief-mate"), expired)  # type: ignore[arg-type]
    crew = judged(everyone(inspection, *texts))
    assert crew.report is not None
    basis = Basis(crew.report.ship, crew.report.manning, None, DEFAULT.name, rehearsal=True)
    state = crew_views.report_state(crew, basis, at=NOW, say=SAY, device="abc")
    assert [one.name for one in state.persons] == ["Kim Virtanen", "Kim Østergård"]  # the worst first
    assert state.persons[0].word == "MEDICAL EXPIRED"
    assert state.headline == "5 posts are short"
    assert {post.title: post.word for post in state.posts}["Master"] == "filled"
    assert state.rehearsal
    assert any("abc" in note for note in state.notes)
    assert all(one.mark for one in state.deficiencies)


def test_what_is_short_and_why_is_said_in_the_readers_language() -> None:
    inspection = Inspection()
    expired = replace(medical(NOW.date() - 20 * DAY), holder=MATE, document_number="NO-MED-X")
    texts = aboard.presented(inspection, *of(MASTER, "master"), aboard.holds(MATE, "chief-mate"), expired)  # type: ignore[arg-type]
    crew = judged(everyone(inspection, *texts))
    assert crew.report is not None
    norwegian = words_in("nb")
    posts = {post.title: post.shortfall for post in crew_views.post_states(crew.report, norwegian)}
    assert "Kim Virtanen: HELSEERKLÆRING UTLØPT" in posts["Overstyrmann"]
    assert "fristen krever" in posts["Overstyrmann"]
    basis = Basis(crew.report.ship, crew.report.manning, None, DEFAULT.name, rehearsal=True)
    state = crew_views.report_state(crew, basis, at=NOW, say=norwegian, device="abc")
    because = "; ".join(one.reason for one in state.deficiencies)
    assert "1 Overstyrmann mangler" in because
    assert not {"missing", "EXPIRED", "chief-mate"} & {*because.replace(";", " ").split()}
