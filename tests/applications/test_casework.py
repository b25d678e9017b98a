"""What people decide, with a hearing before a refusal and a second person where the practice says so."""

from datetime import date, timedelta

import pytest
from support.cases import SELF, Bench, medical, watch_service

from issuer.adapters.tables import certificate
from issuer.domain.applications import Decision
from issuer.domain.errors import Conflict, IllegalTransition, InvalidInput
from issuer.services.applications.reevaluating import mark_due

ANNA, BO = "operator:anna", "operator:bo"


@pytest.fixture
def manual(bench: Bench) -> str:
    """A case that only a seafarer's own word about her service meets."""
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    return bench.submit()


def test_person_grants_what_the_law_leaves_open_and_says_why(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    deciding.decide(manual, Decision.GRANT, reason="the discharge book was shown", by=ANNA)
    assert bench.finishing.finish(manual).state == "issued"
    shown = bench.shown(manual)
    assert (shown["automatic"], shown["assigned_to"]) == (False, ANNA)
    assert bench.events(manual) == ["submit", "refer", "assign", "grant", "complete"]
    told = bench.applications.explaining.explain(manual, "sv", actor="test")
    assert (told["decided_by"], told["reason"]) == (ANNA, "the discharge book was shown")
    assert "person" not in told, "a person has looked at it"


def test_what_the_law_does_not_give_no_person_gives_either(bench: Bench) -> None:
    bench.know(medical(bench.today), watch_service(bench.today, days=20, source=SELF))
    case = bench.submit()
    with pytest.raises(Conflict, match="conditions are not met"):
        bench.applications.deciding.decide(case, Decision.GRANT, reason="kindness", by=ANNA)
    assert bench.state(case) == "awaiting-information", "nothing has changed"
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    bench.applications.submitting.withdraw(case, reason="again", actor="test")
    case = bench.submit(key="once more")
    bench.know(medical(bench.today))  # and then the service was withdrawn
    with pytest.raises(Conflict, match=r"conditions are not met.*2 kap\. 12 §"):
        bench.applications.deciding.decide(case, Decision.GRANT, reason="kindness", by=ANNA)
    assert bench.state(case) == "manual", "nothing has changed"


def test_refusal_is_heard_about_first_and_needs_two(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    deciding.decide(manual, Decision.REFUSE, reason="the book is another ship's", by=ANNA)
    shown = bench.shown(manual)
    assert (shown["state"], shown["hearing_until"]) == ("hearing", str(bench.today + timedelta(days=21)))
    with pytest.raises(Conflict, match="may answer until"):
        deciding.decide(manual, Decision.REFUSE, reason="the book is another ship's", by=ANNA)
    deciding.answer(manual, text="it is not", by="applicant")
    deciding.decide(manual, Decision.REFUSE, reason="it is", by=ANNA)
    assert bench.state(manual) == "hearing", "it waits for a second person"
    with pytest.raises(Conflict, match="whoever put it forward"):
        deciding.second(manual, agrees=True, by=ANNA)
    deciding.second(manual, agrees=True, by=BO)
    assert bench.state(manual) == "refused"
    told = bench.applications.explaining.explain(manual, "da", actor="test")
    assert "påklages" in str(told["appeal"])
    deciding.appeal(manual, text="I do not agree", by="applicant")
    assert bench.state(manual) == "appeal"


def test_applicant_who_does_not_answer_has_had_the_time(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    deciding.decide(manual, Decision.REFUSE, reason="the book is another ship's", by=ANNA)
    bench.clock.forward(days=21)
    with pytest.raises(Conflict, match="may answer until"):  # that day is still the applicant's
        deciding.decide(manual, Decision.REFUSE, reason="no answer came", by=ANNA)
    bench.clock.forward(days=1)
    deciding.decide(manual, Decision.REFUSE, reason="no answer came", by=ANNA)
    deciding.second(manual, agrees=True, by=BO)
    assert bench.state(manual) == "refused"


def test_answer_may_turn_an_intended_refusal_into_a_grant(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    deciding.decide(manual, Decision.REFUSE, reason="the book is another ship's", by=ANNA)
    deciding.answer(manual, text="here is the right one", by="applicant")
    deciding.decide(manual, Decision.GRANT, reason="it is the right one", by=BO)
    assert bench.state(manual) == "issuing"


def test_second_person_who_disagrees_leaves_it_with_the_case_worker(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    limits = {"areas": ["inre-fart"]}
    deciding.decide(manual, Decision.LIMIT, reason="inner waters alone", by=ANNA, limitation=limits)
    with pytest.raises(Conflict, match="waits for a second person"):
        deciding.decide(manual, Decision.GRANT, reason="no, all of it", by=BO)
    deciding.second(manual, agrees=False, by=BO)
    assert bench.state(manual) == "in-review"
    deciding.decide(manual, Decision.LIMIT, reason="inner waters alone", by=ANNA, limitation=limits)
    deciding.second(manual, agrees=True, by=BO)
    assert bench.finishing.finish(manual).state == "issued"
    with bench.database.read() as connection:
        [claims] = connection.execute(certificate.select()).all()
    assert '"limitations":{"areas":["inre-fart"]}' in claims.claims


def test_lawful_limitation_is_named_by_its_code_and_an_unknown_one_refused(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    with pytest.raises(Conflict, match="nothing is written down for the limitation nonsense"):
        deciding.decide(manual, Decision.LIMIT, reason="so", by=ANNA, limitation={"code": "nonsense"})
    with pytest.raises(InvalidInput, match="belongs to `limit`"):
        deciding.decide(manual, Decision.GRANT, reason="so", by=ANNA, limitation={"code": "motorfartyg"})
    with pytest.raises(InvalidInput, match="reason is needed"):
        deciding.decide(manual, Decision.GRANT, reason="  ", by=ANNA)
    assert bench.state(manual) == "manual"


def test_what_was_asked_for_takes_the_case_up_but_never_past_the_person(bench: Bench, manual: str) -> None:
    bench.applications.deciding.ask(manual, what="who was the master?", by=ANNA)
    assert bench.state(manual) == "awaiting-information"
    bench.know_enough()
    with bench.database.write() as connection:
        mark_due(connection, ["7K3M9QXA"])
    bench.applications.reevaluating.run()
    assert bench.state(manual) == "manual", "somebody had doubts: the law's yes alone issues nothing"


def test_rejected_certificate_brings_the_case_back_to_a_person(bench: Bench, manual: str) -> None:
    deciding = bench.applications.deciding
    deciding.decide(manual, Decision.GRANT, reason="the discharge book was shown", by=ANNA)
    with bench.database.write() as connection:
        connection.execute(certificate.update().values(state="cancelled"))
    assert bench.finishing.finish(manual).state == "manual"
    deciding.decide(manual, Decision.GRANT, reason="for good now", by=ANNA)
    assert bench.finishing.finish(manual).document_number == f"{manual}-2"


def test_law_of_the_day_of_decision_decides(bench: Bench, manual: str) -> None:
    shown = bench.shown(manual)
    assert date.fromisoformat(shown["decisions"][0]["law_of"]) == bench.today


def test_person_looks_at_what_a_machine_found_incomplete_when_asked_to(bench: Bench) -> None:
    case = bench.submit()
    bench.applications.deciding.assign(case, by=ANNA)
    assert bench.state(case) == "in-review"
    bench.applications.deciding.decide(case, Decision.REFUSE, reason="nothing came", by=ANNA)
    assert bench.state(case) == "hearing"
    with pytest.raises(IllegalTransition, match="possible"):
        bench.applications.deciding.check(case, is_good=True, reason="", by=ANNA)
