"""A seafarer finds a record wrong: the reporter is asked, and answers by mending or by saying why not."""

import pytest
from support.records import RecordsOffice, company, service

from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.qualifications import correcting
from issuer.services.qualifications.correcting import AskedBy, RequestState

OLD = service("2024-01-01", "2024-06-30")
WHY = "I signed off on 31 May, the crew list shows it"


def ask(office: RecordsOffice, record: str, text: str = WHY, about: str | None = "7K3M9QXA") -> int:
    return office.correcting.ask(
        record, text, asked_by=AskedBy.SEAFARER, actor="seafarer:7K3M9QXA", about=about
    )


def test_request_is_answered_by_a_correction(office: RecordsOffice) -> None:
    record = office.accept(OLD)[0]
    number = ask(office, record)
    waiting = office.correcting.open_for(company())
    assert [(one.id, one.record_id, one.version, one.asked) for one in waiting] == [(number, record, 1, WHY)]
    assert office.correcting.open_for(company("NO-2")) == []
    office.reporting.correct(record, service("2024-01-01", "2024-05-31"), by=company(), answers=number)
    assert office.correcting.open_for(company()) == []
    assert [one.state for one in office.correcting.about("7K3M9QXA", actor="anna")] == [
        RequestState.CORRECTED
    ]
    assert office.desk.events(record) == [
        "record-reported",
        "correction-asked",
        "record-corrected",
        "correction-answered",
    ]


def test_request_is_answered_by_saying_why_the_record_is_right(office: RecordsOffice) -> None:
    number = ask(office, office.accept(OLD)[0])
    with pytest.raises(NotFound):
        office.correcting.decline(number, "not ours", by=company("NO-2"))
    office.correcting.decline(number, "The log book says 30 June.", by=company())
    answered = office.correcting.about("7K3M9QXA", actor="anna")[0]
    assert (answered.state, answered.answer) == (RequestState.DECLINED, "The log book says 30 June.")
    with pytest.raises(Conflict, match="was declined already"):
        office.correcting.decline(number, "Once more.", by=company())


def test_withdrawal_answers_what_is_open(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    ask(small_office, record)
    small_office.reporting.withdraw(record, reason="of another person", by=company())
    assert [one.state for one in small_office.correcting.about("7K3M9QXA", actor="anna")] == [
        RequestState.WITHDRAWN
    ]
    with pytest.raises(Conflict, match="was withdrawn"):
        ask(small_office, record)


def test_what_is_asked_and_answered_is_sealed(office: RecordsOffice) -> None:
    number = ask(office, office.accept(OLD)[0])
    office.correcting.decline(number, "The log book says 30 June.", by=company())
    stored = office.everything_stored()
    assert WHY not in stored
    assert "log book" not in stored


def test_seafarer_asks_about_their_own_records_alone(small_office: RecordsOffice) -> None:
    record = small_office.accept(OLD)[0]
    with pytest.raises(NotFound):
        ask(small_office, record, about="SOMEBODY")
    assert small_office.correcting.open_for(company()) == []


@pytest.mark.parametrize("text", ["", " \n", "x" * 2_001, "a\u0000b"])
def test_request_is_a_text(small_office: RecordsOffice, text: str) -> None:
    with pytest.raises(InvalidInput):
        ask(small_office, small_office.accept(OLD)[0], text)


def test_requests_about_one_record_are_bounded(
    small_office: RecordsOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "MOST_OPEN", 1)
    record = small_office.accept(OLD)[0]
    ask(small_office, record)
    with pytest.raises(Conflict, match="wait already"):
        ask(small_office, record)


def test_correction_answers_only_what_was_asked_of_that_record(small_office: RecordsOffice) -> None:
    record, other = small_office.accept(OLD, service("2025-01-01", "2025-01-31"))
    number = ask(small_office, other)
    with pytest.raises(NotFound, match=f"no open request {number}"):
        small_office.reporting.correct(
            record, service("2024-01-01", "2024-05-31"), by=company(), answers=number
        )
    assert small_office.history.history(record, actor="test").versions[-1].version == 1
