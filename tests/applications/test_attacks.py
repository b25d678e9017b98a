"""What an applicant, a clumsy clerk or one broken case may not do to an authority."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select, update
from support.case_office import CaseOffice, case_office, party
from support.cases import ASTRID, SELF, Bench, medical, watch_service

from issuer import timer
from issuer.adapters.database import Database
from issuer.adapters.tables import audit_event, certificate
from issuer.adapters.tables_applications import application
from issuer.domain.applications import Asked, Decision
from issuer.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.rules.term import term_of
from issuer.services.applications.cases import Wish
from issuer.services.applications.finishing import Finishing
from issuer.services.applications.granting import Grant, Granting
from issuer.services.applications.reevaluating import mark_due
from issuer.services.applications.statistics import statistics
from issuer.services.approval.approving import Approving
from issuer.services.approval.proposing import Proposing

ANNA, BO = "operator:anna", "operator:bo"
BERIT = "8K3M9QXB"


def report_enough(bench: Bench, *seafarers: str) -> None:
    """Evidence comes in, as a report brings it, and is acted on."""
    for one in seafarers or (ASTRID,):
        known = medical(bench.today - timedelta(days=30)), watch_service(bench.today - timedelta(days=1))
        bench.know(*known, seafarer_id=one)
    with bench.database.write() as connection:
        mark_due(connection, seafarers or (ASTRID,))
    bench.applications.reevaluating.run(bench.finishing.finish_now)


def cell(bench: Bench, name: str, case: str) -> Any:
    with bench.database.read() as connection:
        return connection.execute(
            select(application.c[name]).where(application.c.case_id == case)
        ).scalar_one()


def events_of(bench: Bench, subject: str) -> list[str]:
    with bench.database.read() as connection:
        query = select(audit_event.c.event).where(audit_event.c.subject == subject)
        return list(connection.execute(query.order_by(audit_event.c.sequence)).scalars())


# The spot check


def test_case_is_drawn_by_the_secret_of_the_day_on_which_it_is_first_automatic(bench: Bench) -> None:
    case = bench.submit()
    submitted = bench.today
    bench.clock.forward(days=1)
    drawn = bench.today
    report_enough(bench)
    assert bench.state(case) == "issued"
    assert cell(bench, "draw_day", case) == drawn.isoformat() != submitted.isoformat()
    with pytest.raises(Conflict, match="still in use"):
        bench.applications.drawing.verify(case)
    bench.clock.forward(days=1)
    found = bench.applications.drawing.verify(case)
    assert (found.was_drawn, found.day) == (False, drawn.isoformat())


def test_law_of_the_day_of_application_stays_that_of_submission(bench: Bench) -> None:
    case = bench.submit()
    submitted = bench.today
    bench.clock.forward(days=1)
    report_enough(bench)
    with bench.database.read() as connection:
        row = connection.execute(select(application).where(application.c.case_id == case)).one()
    bench.clock.forward(days=3)
    days = []
    evaluating = bench.applications.submitting._settling.evaluating
    given = evaluating.evaluate

    def noted(connection: Any, wish: Any, told: Any, **more: Any) -> Any:
        days.append(told.submitted)
        return given(connection, wish, told, **more)

    settling = bench.applications.submitting._settling
    with pytest.MonkeyPatch.context() as patch, bench.database.read() as connection:
        patch.setattr(settling.evaluating, "evaluate", noted)
        settling.evaluate(connection, row)
    assert days == [submitted]


def test_whoever_withdraws_a_drawn_case_is_looked_at_again_until_a_look_was_good(bench: Bench) -> None:
    bench.share = 1.0
    bench.know_enough()
    first = bench.submit()
    bench.applications.submitting.withdraw(first, reason="changed my mind", actor="test")
    bench.share = 0.0
    second = bench.submit(key="the second key")
    assert bench.state(second) == "spot-check", "no number would have drawn it"
    bench.clock.forward(days=1)
    found = bench.applications.drawing.verify(second)
    assert (found.agrees, found.was_drawn, found.earlier) == (True, True, first)
    bench.applications.submitting.withdraw(second, reason="again", actor="test")
    third = bench.submit(key="the third key")
    bench.clock.forward(days=1)
    bench.applications.deciding.check(third, is_good=True, reason="as reported", by=ANNA)
    assert bench.finishing.finish(third).state == "issued"
    with bench.database.read() as connection:
        assert bench.applications.drawing.evaded(connection, ASTRID, "SE26-00000000") is None


def test_withdrawing_what_was_not_drawn_changes_no_draw(bench: Bench) -> None:
    first = bench.submit()
    bench.applications.submitting.withdraw(first, reason="", actor="test")
    bench.know_enough()
    assert bench.state(bench.submit(key="the second key")) == "issuing"


# What is held


@pytest.mark.parametrize("asked", [Asked.FIRST, Asked.UPGRADE, Asked.REACQUISITION])
def test_what_is_held_in_force_is_not_given_a_second_time(bench: Bench, asked: Asked) -> None:
    bench.know_enough()
    assert bench.finishing.finish(bench.submit()).state == "issued"
    with pytest.raises(Conflict, match="held already"):
        bench.submit(key="the second key", asked=asked)


# Two people


def put_forward(bench: Bench) -> str:
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    case = bench.submit()
    limits = {"areas": ["inre-fart"]}
    bench.applications.deciding.decide(
        case, Decision.LIMIT, reason="inner waters alone", by=ANNA, limitation=limits
    )
    return str(case)


@pytest.mark.parametrize("by", ["operator:Anna", "operator:ANNA", "anna"])
def test_one_person_is_not_two_by_a_capital_letter_or_another_door(bench: Bench, by: str) -> None:
    case = put_forward(bench)
    with pytest.raises(Conflict, match="not the second person"):
        bench.applications.deciding.second(case, agrees=True, by=by)


def test_second_person_agrees_to_nothing_once_the_evidence_is_gone(bench: Bench) -> None:
    case = put_forward(bench)
    bench.know(medical(bench.today))
    with pytest.raises(Conflict, match="conditions are not met"):
        bench.applications.deciding.second(case, agrees=True, by=BO)
    bench.applications.deciding.second(case, agrees=False, by=BO)
    assert bench.state(case) == "in-review"


def test_second_person_agrees_about_the_evidence_of_the_first_or_not_at_all(bench: Bench) -> None:
    case = put_forward(bench)
    service = watch_service(bench.today, source=SELF)
    bench.know(medical(bench.today), replace(service, id="sea@4"))
    with pytest.raises(Conflict, match="has changed since"):
        bench.applications.deciding.second(case, agrees=True, by=BO)
    assert bench.state(case) == "in-review", "and nothing was decided"
    bench.know(medical(bench.today), service)
    bench.applications.deciding.second(case, agrees=True, by=BO)
    assert bench.finishing.finish(case).state == "issued"


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    with case_office(sqlite_url, monkeypatch) as office:
        yield office


def test_what_rests_on_a_record_that_changed_is_not_signed_but_looked_at(office: CaseOffice) -> None:
    office.report_medical()
    service = office.report_service()
    services = office.services
    wish = Wish(ASTRID, "SE.Lmt")
    case = services.applications.submitting.submit(wish, key="the first key", actor="test").case_id
    company = party("company-1", Reporter.COMPANY, Channel.API, Kind.SERVICE)
    services.reporting.withdraw(service, reason="another ship", by=company)
    assert services.finishing.finish(case).state == "manual"
    assert states(services.database) == {case: "cancelled"}, "its own draft ends with it"
    shown = services.applications.explaining.show(case, actor="test")
    assert f"record {service}" in str(shown["history"])


# A certificate that a person names


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.document_number: row.state for row in connection.execute(select(certificate))}


def drafted(
    bench: Bench, number: str, kind: str = "proficiency", *, seafarer_id: str = ASTRID, approve: bool = False
) -> None:
    """By hand, from what an office writes."""
    members = {
        "document_number": number,
        "seafarer_id": seafarer_id,
        "issuing_country": "SE",
        "issuing_authority": "Transportstyrelsen",
        "issue_date": bench.today.isoformat(),
        "expiry_date": (bench.today + timedelta(days=365)).isoformat(),
        "type": kind,
        "stcw_code": ["II/4"],
        "capacities": [{"capacity_code": "rating-navigational-watch"}],
    }
    parts = (bench.database, bench.clock, bench.settings)
    Proposing(*parts, None).draft(members, actor="test")
    if approve:
        Approving(*parts, None).approve_without_policy([number], actor="test")


def manual(bench: Bench, **wish: Any) -> str:
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    return str(bench.submit(**wish))


def grant(bench: Bench, case: str, number: str) -> None:
    bench.applications.deciding.decide(case, Decision.GRANT, reason="as drafted", by=ANNA, certificate=number)


@pytest.mark.parametrize("approve", [False, True])
def test_certificate_drafted_by_hand_for_the_case_is_issued(bench: Bench, approve: bool) -> None:
    case = manual(bench)
    drafted(bench, "HAND-1", approve=approve)
    grant(bench, case, "HAND-1")
    if not approve:
        assert bench.finishing.finish(case).state == "issuing"
        parts = (bench.database, bench.clock, bench.settings)
        Approving(*parts, None).approve_without_policy(["HAND-1"], actor="test")
    assert bench.finishing.finish(case).state == "issued"


def test_certificate_that_was_issued_before_is_nobodys_new_one(bench: Bench) -> None:
    bench.know_enough()
    held = bench.submit()
    assert bench.finishing.finish(held).state == "issued"
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    with bench.database.write() as connection:
        connection.execute(update(certificate).values(expiry_date=(bench.today - timedelta(1)).isoformat()))
    case = bench.submit(key="another key")
    with pytest.raises(Conflict, match="not drafted for this case"):
        grant(bench, case, held)
    assert bench.state(case) == "manual", "the clerk names another"
    assert states(bench.database) == {held: "in-force"}


def test_certificate_of_another_type_is_refused_before_anything_is_decided(bench: Bench) -> None:
    case = manual(bench)
    drafted(bench, "HAND-1", "competency")
    with pytest.raises(Conflict, match="type competency, and proficiency is applied for"):
        grant(bench, case, "HAND-1")
    assert bench.state(case) == "manual"


def test_certificate_of_another_seafarer_or_of_none_is_not_to_be_had(bench: Bench) -> None:
    case = manual(bench)
    bench.enter(BERIT)
    drafted(bench, "HAND-1", seafarer_id=BERIT)
    for number in ("HAND-1", "HAND-2"):
        with pytest.raises(NotFound, match=f"no drafted certificate {number} of this applicant"):
            grant(bench, case, number)
    assert bench.state(case) == "manual"


def test_certificate_that_no_case_made_is_never_cancelled_by_one(bench: Bench) -> None:
    case = manual(bench)
    drafted(bench, "HAND-1", approve=True)
    grant(bench, case, "HAND-1")
    refused = Conflict("the signer says no")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Finishing, "_replace", Mock(side_effect=refused))
        assert bench.finishing.finish(case).state == "manual"
    assert states(bench.database) == {"HAND-1": "in-force"}


# One broken case


def two_waiting(bench: Bench) -> tuple[str, str]:
    """Two cases that wait for evidence, by number."""
    bench.enter(BERIT)
    first = bench.submit()
    row = bench.applications.submitting.submit(Wish(BERIT, "SE.Lmt"), key="the other", actor="test")
    bad, good = sorted((first, str(row.case_id)))
    return bad, good


def test_case_whose_rule_is_gone_goes_to_a_person_and_stops_no_other(bench: Bench) -> None:
    bad, good = two_waiting(bench)
    with bench.database.write() as connection:
        connection.execute(update(application).where(application.c.case_id == bad).values(rule="SE.Gone"))
    report_enough(bench, ASTRID, BERIT)
    assert (bench.state(bad), bench.state(good)) == ("manual", "issued")
    assert "SE.Gone" in str(bench.shown(bad)["history"][-1]["note"])


def test_case_that_cannot_be_signed_stops_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = two_waiting(bench)
    finish = Finishing.finish

    def broken(self: Finishing, case_id: str) -> Any:
        if case_id == bad:
            raise ValueError("stored contents that nobody can read")
        return finish(self, case_id)

    with monkeypatch.context() as patch:
        patch.setattr(Finishing, "finish", broken)
        report_enough(bench, ASTRID, BERIT)
        assert (bench.state(bad), bench.state(good)) == ("issuing", "issued")
    assert bench.finishing.run() == 1


def test_timer_survives_what_nobody_foresaw() -> None:
    done, calls = Event(), []

    def work() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("nobody foresaw this")
        done.set()

    with timer.repeated("work", work, 0.001):
        assert done.wait(10)


# What is said, and what is put forward

NUMBER = "811218-9876"


def test_nothing_that_is_said_of_a_case_keeps_a_personal_number(bench: Bench) -> None:
    case = manual(bench)
    deciding = bench.applications.deciding
    with pytest.raises(InvalidInput, match="personal number"):
        deciding.ask(case, what=f"are you {NUMBER}?", by=ANNA)
    with pytest.raises(InvalidInput, match="personal number"):
        deciding.decide(case, Decision.REFUSE, reason=f"{NUMBER} is another", by=ANNA)
    with pytest.raises(InvalidInput, match="personal number"):
        bench.applications.submitting.withdraw(case, reason=NUMBER, actor="test")
    limits = {"areas": [NUMBER]}
    with pytest.raises(InvalidInput, match="personal number"):
        deciding.decide(case, Decision.LIMIT, reason="so", by=ANNA, limitation=limits)
    assert bench.events(case) == ["submit", "refer"]


def test_name_of_a_clerk_is_no_personal_number(office: CaseOffice) -> None:
    office.report_medical()
    case = office.apply()["case_id"]
    answer = office.post(f"applications/{case}/assign", {"by": NUMBER})
    assert answer.status_code == 422
    assert NUMBER not in answer.text


@pytest.mark.parametrize("limits", [{"nonsense": 1}, {"max_gt": -1}, {"max_gt": 10**30}, {}])
def test_limitation_that_no_certificate_can_carry_is_not_put_forward(
    bench: Bench, limits: dict[str, Any]
) -> None:
    case = manual(bench)
    with pytest.raises(InvalidInput):
        bench.applications.deciding.decide(case, Decision.LIMIT, reason="so", by=ANNA, limitation=limits)
    assert bench.events(case) == ["submit", "refer"]
    assert states(bench.database) == {}


def test_refusal_names_what_was_asked_for(bench: Bench) -> None:
    case = bench.submit()
    with pytest.raises(IllegalTransition, match="awaiting-information: clear is not possible"):
        bench.applications.deciding.check(case, is_good=True, reason="", by=ANNA)
    with pytest.raises(InvalidInput, match="needs a limitation"):
        bench.applications.deciding.decide(case, Decision.LIMIT, reason="so", by=ANNA)


def test_person_gives_no_longer_than_the_law(bench: Bench) -> None:
    found = bench.applications.submitting.preview(Wish(ASTRID, "SE.Lmt"), actor="test").found
    validity = bench.book().law.rule("SE.K", bench.today).validity
    last = term_of(validity, bench.today).last
    assert last is not None
    limited = found._replace(rule=replace(found.rule, validity=validity))
    granting = Granting(
        bench.settings, Proposing(bench.database, bench.clock, bench.settings, None), bench.approving
    )
    grant = Grant(
        number="X-1",
        seafarer_id=ASTRID,
        asked=Asked.FIRST,
        found=limited,
        today=bench.today,
        old=None,
        until=last,
    )
    assert granting.members(grant)["expiry_date"] == last.isoformat()
    with pytest.raises(InvalidInput, match=f"until {last} at the latest"):
        granting.members(replace(grant, until=last + timedelta(days=1)))


def test_refusal_is_about_what_the_applicant_was_heard_about(bench: Bench) -> None:
    case = bench.submit()
    deciding = bench.applications.deciding
    deciding.decide(case, Decision.REFUSE, reason="nothing came", by=ANNA)
    deciding.answer(case, text="it will", by="applicant")
    bench.know_enough()
    with pytest.raises(Conflict, match="has changed since the applicant was told"):
        deciding.decide(case, Decision.REFUSE, reason="nothing came", by=ANNA)
    deciding.decide(case, Decision.GRANT, reason="it came", by=ANNA)
    assert bench.finishing.finish(case).state == "issued"


def test_nobody_agrees_to_refuse_once_the_evidence_is_complete(bench: Bench) -> None:
    case = bench.submit()
    deciding = bench.applications.deciding
    deciding.decide(case, Decision.REFUSE, reason="nothing came", by=ANNA)
    deciding.answer(case, text="it will", by="applicant")
    deciding.decide(case, Decision.REFUSE, reason="nothing came", by=ANNA)
    bench.know_enough()
    with pytest.raises(Conflict, match="has changed since"):
        deciding.second(case, agrees=True, by=BO)
    assert bench.state(case) == "hearing"


# Looks and figures


def test_refused_preview_and_submission_are_noted_as_looks(bench: Bench) -> None:
    bench.know_enough()
    bench.finishing.finish(bench.submit())
    with pytest.raises(Conflict):
        bench.applications.submitting.preview(Wish(ASTRID, "SE.Lmt"), actor="test")
    with pytest.raises(Conflict):
        bench.submit(key="again and again")
    with pytest.raises(NotFound):
        bench.applications.submitting.preview(Wish("ZZZZZZZZ", "SE.Lmt"), actor="test")
    refused = ["application-preview-refused", "application-submit-refused"]
    assert [one for one in events_of(bench, ASTRID) if one in refused] == refused
    assert events_of(bench, "ZZZZZZZZ") == ["application-preview-refused"]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date.max),
        (date.min, date(2026, 1, 1)),
        (date(2026, 1, 2), date(2026, 1, 1)),
    ],
)
def test_figures_are_of_a_time_that_there_is(bench: Bench, first: date, last: date) -> None:
    with pytest.raises(InvalidInput, match="no time to count over"):
        statistics(bench.database, bench.settings, first, last)
