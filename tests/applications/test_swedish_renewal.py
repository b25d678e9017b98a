"""Renewal in Sweden: one decision of the law for all certificates (6 kap. 2 §), always by a person."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.case_office import ASTRID, CaseOffice, case_office

from issuer.adapters.tables import certificate
from issuer.domain.errors import InvalidInput
from issuer.rules.calendar import Period
from issuer.services.applications.cases import Wish
from keys.encoding import json_dumps

OLD = "SE-2021-000017"
RULE = "SE.K@0123456789abcdef"


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    with case_office(sqlite_url, monkeypatch) as office:
        yield office


def holds(office: CaseOffice, last: date, rule: str = RULE) -> None:
    """A Swedish certificate in the register, good for five years up to that day."""
    row: dict[str, Any] = {
        "kind": "certificate", "type": "competency", "state": "in-force", "seafarer_id": ASTRID,
        "document_number": OLD, "issuing_country": "SE", "issuing_authority": "Transportstyrelsen",
        "issue_date": str(Period(-60).after(last) + timedelta(days=1)), "expiry_date": str(last),
        "stcw_code": ["II/2"], "rule": rule, "capacities": [{"capacity_code": "master"}],
        "functions": [{"code": "navigation", "level": "management"}],
    }  # fmt: skip
    head: dict[str, Any] = {"format": "ombord-register", "version": 1, "authority": "SE"}
    extract = io.BytesIO(b"".join(json_dumps(one) + b"\n" for one in (head, row)))
    loaded = office.services.importing.load(extract, actor="test")
    assert not loaded.rejected, loaded


def renew(office: CaseOffice, rule: str = "SE.K") -> dict[str, Any]:
    return office.apply(rule, kind="renewal", language="sv")


def granted(office: CaseOffice, case: str) -> dict[str, Any]:
    body = {"by": "anna", "decision": "grant", "reason": "as the agency's regulations say"}
    assert office.post(f"applications/{case}/decide", body).status_code == 200
    office.services.finishing.finish(case)
    return dict(office.get(f"certificates/{case}"))


def test_it_goes_to_a_person_by_the_paragraph_with_the_dates_of_early_renewal(office: CaseOffice) -> None:
    last = office.today + timedelta(days=60)
    holds(office, last)
    wish = {"seafarer_id": ASTRID, "rule": "SE.K", "kind": "renewal", "language": "sv"}
    told = office.post("applications/preview", wish).json()
    assert (told["rule"], told["grants"], told["way"]) == ("SE.fornyelse", "SE.K", "manual")
    assert (told["casework"], list(told["why"])) == ([], ["discretion"])
    first = last + timedelta(days=1)
    term = {"first": str(first), "last": str(Period(60).after(first) - timedelta(days=1))}
    assert told["term"] == term
    assert "6 kap. 2 §" in " ".join(told["text"])
    case = renew(office)
    assert case["state"] == "manual"
    [decision] = case["decisions"]
    assert (decision["rule"], decision["report"]["term"]) == ("SE.fornyelse", term)
    assert decision["report"]["casework"] == [], "the law has a rule for it"


@pytest.mark.parametrize(
    ("days_left", "begins_after_the_old"), [(150, True), (0, True), (200, False), (-1, False)]
)
def test_renewed_in_its_last_six_months_it_loses_no_day(
    office: CaseOffice, days_left: int, begins_after_the_old: bool
) -> None:
    last = office.today + timedelta(days=days_left)
    holds(office, last)
    case = renew(office)["case_id"]
    new = granted(office, case)
    first = last + timedelta(days=1) if begins_after_the_old else office.today
    assert new["entry"]["expiry_date"] == str(Period(60).after(first) - timedelta(days=1))
    assert office.get(f"certificates/{OLD}")["entry"]["state"] == "replaced"
    agreed = office.services.applications.explaining.replay(case, actor="test")
    assert [agrees for _, agrees in agreed] == [True, True]


def test_what_was_renewed_is_held_as_before_and_renewed_again(office: CaseOffice) -> None:
    holds(office, office.today + timedelta(days=60))
    first = renew(office)["case_id"]
    granted(office, first)
    again = renew(office)
    assert (again["state"], again["replaces"]) == ("manual", first)
    with office.services.database.read() as connection:
        rules = connection.execute(select(certificate.c.rule)).scalars().all()
    assert rules == [RULE, RULE], "the rights are still those that this rule gave"


def test_without_one_in_the_register_it_waits(office: CaseOffice) -> None:
    case = renew(office)
    assert case["state"] == "awaiting-information"
    assert case["decisions"][0]["report"]["shortfalls"][0]["kind"] == "holding"


def test_what_is_good_until_further_notice_has_no_renewal_in_the_law(office: CaseOffice) -> None:
    case = renew(office, "SE.Lmt")
    assert case["state"] == "manual"
    assert case["decisions"][0]["report"]["casework"] == ["no-rule-for-what-is-asked"]


def test_which_one_is_renewed_is_to_be_said(office: CaseOffice) -> None:
    answer = office.post(
        "applications/preview", {"seafarer_id": ASTRID, "rule": "SE.fornyelse", "kind": "renewal"}
    )
    assert answer.status_code == 422
    assert "does not say which" in answer.json()["detail"]
    with pytest.raises(InvalidInput):
        office.services.applications.submitting.submit(
            Wish(ASTRID, "SE.fornyelse"), key="any key", actor="test"
        )
