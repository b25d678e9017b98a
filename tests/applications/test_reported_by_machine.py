"""Swedish service as a company's system sends it: its ship's flag decides whether it counts by itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from support.case_office import ASTRID, CaseOffice, case_office
from support.issuer_app import Office
from support.machine_client import MachineClient

from issuer.domain.organisations import ALL, Resource

SHIP = {"imo": "9319466", "name": "Havsbris", "gt": 8_500, "kw": 6_000, "use": "handelsfartyg"}


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    with case_office(sqlite_url, monkeypatch) as office:
        yield office


class _Served:
    """The authority as a company's system meets it."""

    def __init__(self, office: CaseOffice) -> None:
        self.client = office.client
        self.settings = office.services.settings
        self.clock = office.services.clock
        self.database = office.services.database


def report(office: CaseOffice, ship: dict[str, Any]) -> None:
    """Half a year of supervised watches on the bridge, by HTTP with a token."""
    company = MachineClient(cast(Office, _Served(office)), country="SE", number="5560000001")
    company.organisations.approve(company.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    company.admitted()
    last = office.today - timedelta(days=1)
    contents = {
        "first": str(last - timedelta(days=179)), "last": str(last), "ship": ship, "department": "deck",
        "rank": "dackspersonal", "area": "narfart", "marks": ["brovakt", "handledd"],
    }  # fmt: skip
    answer = company.send("reports/sea-service", {"seafarer_id": ASTRID, "contents": contents})
    assert answer.status_code == 201, answer.text


def test_swedish_service_counts_by_itself(office: CaseOffice) -> None:
    office.report_medical()
    report(office, {**SHIP, "flag": "SE"})
    case = office.apply()
    assert (case["state"], case["automatic"]) == ("issued", True)


@pytest.mark.parametrize("ship", [{**SHIP, "flag": "NO"}, SHIP], ids=["Norwegian", "flag not told"])
def test_other_service_is_credited_by_a_person(office: CaseOffice, ship: dict[str, Any]) -> None:
    office.report_medical()
    report(office, ship)
    case = office.apply()
    assert case["state"] == "manual"
    assert list(case["decisions"][0]["report"]["why"]) == ["service-to-credit"]
    told = office.get(f"applications/{case['case_id']}/explanation", language="sv")["text"]
    assert "2 kap. 34 §" in " ".join(" ".join(told).split())
