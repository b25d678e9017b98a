"""The whole way over HTTP: reported, previewed, submitted, signed, printed, and valid to an inspector."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import select
from support.case_office import CaseOffice, case_office, party
from support.issuer_app import OPERATOR_TOKEN

from issuer.adapters.tables import certificate
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.services.paper.printing import Printing
from verifier.credential import carrier
from verifier.verdict import Valid


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    """An authority that looks at no automatic case."""
    url = f"sqlite:///{copy(sqlite_template, tmp_path / 'register.db')}"
    with case_office(url, monkeypatch) as office:
        yield office


def test_reported_previewed_submitted_and_the_printed_certificate_is_valid_offline(
    office: CaseOffice, tmp_path: Path
) -> None:
    office.report_medical()
    office.report_service(days=100)
    wish = {"seafarer_id": "7K3M9QXA", "rule": "SE.Lmt", "language": "sv"}
    told = office.post("applications/preview", wish).json()
    assert (told["way"], told["fee"]["amount"]) == ("incomplete", None)
    assert [one["standing"] for one in told["requirements"]] == ["met", "met", "unmet"]  # the age too
    case = office.apply(language="sv")
    assert case["state"] == "awaiting-information"
    office.report_service()  # now it is enough
    office.services.applications.reevaluating.run(office.services.finishing.finish_now)
    shown = office.get(f"applications/{case['case_id']}")
    assert (shown["state"], shown["automatic"]) == ("issued", True)
    services = office.services
    printing = Printing(services.database, services.clock, services.settings, services.issuer)
    printing.print(tmp_path / "paper")
    text = (tmp_path / "paper" / f"{case['case_id']}.txt").read_text()
    verdict = office.verdict(text)
    assert isinstance(verdict, Valid), verdict
    issued = verdict.credential.certificate
    assert [one.code for one in issued.capacities] == ["rating-navigational-watch"]
    assert issued.remarks is not None
    assert "Lättmatros" in issued.remarks
    assert len(services.issuer.issue_many(printing.requests([case["case_id"]]))) == 1
    assert carrier.unpack(carrier.from_qr_text(text))
    with services.database.read() as connection:
        states = connection.exec_driver_sql("SELECT state FROM credential").scalars().all()
    assert states == ["released"], "signed once"
    told = office.get(f"applications/{case['case_id']}/explanation", language="nb")
    assert told["decided_by"] == "automatic"
    counted = office.get("statistics/applications", **{"from": str(office.today), "to": str(office.today)})
    assert (counted["issued"], counted["automatic_share"]) == (1, 1.0)


def test_same_key_gives_the_same_answer_and_one_certificate(office: CaseOffice) -> None:
    office.report_medical()
    office.report_service()
    wish = {"seafarer_id": "7K3M9QXA", "rule": "SE.Lmt"}
    first, again = (office.post("applications", wish, key="one-and-the-same-key") for _ in range(2))
    assert first.content == again.content
    assert first.json()["state"] == "issued"


def test_evidence_withdrawn_after_issue_flags_the_certificate_and_revokes_nothing(office: CaseOffice) -> None:
    office.report_medical()
    record = office.report_service()
    case = office.apply()
    assert case["state"] == "issued"
    by = party("company-1", Reporter.COMPANY, Channel.API, Kind.SERVICE)
    office.services.reporting.withdraw(record, reason="another man of that name", by=by)
    [flag] = office.services.reviewing.flags()
    assert flag.document_number == case["document_number"]
    with office.services.database.read() as connection:
        [row] = connection.execute(select(certificate.c.rule, certificate.c.reporter)).all()
    assert row.rule.startswith("SE.Lmt@")
    assert row.reporter == "company-1", "so that `affected` finds it"
    state = office.get(f"certificates/{case['document_number']}")["entry"]["state"]
    assert state == "in-force", "a person decides"


def test_case_is_decided_over_http_by_two_people(office: CaseOffice) -> None:
    office.report_medical()
    case = office.apply(asks=["SE.likvardig-utbildning"])["case_id"]
    assert office.post(f"applications/{case}/withdraw", {"reason": "mistaken"}).json()["state"] == "withdrawn"
    answer = office.post(f"applications/{case}/decide", {"by": "anna", "decision": "grant", "reason": "so"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ombord:problem:illegal-transition"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("applications", {"seafarer_id": "7K3M9QXA", "rule": "SE.nonsense"}, 404),
        ("applications", {"seafarer_id": "7K3M9QXA", "rule": "SE.Lmt", "kind": "gift"}, 422),
        ("applications", {"seafarer_id": "7K3M9QXA", "rule": "SE.Lmt", "language": "fi"}, 422),
        ("applications", {"seafarer_id": "0000000X", "rule": "SE.Lmt"}, 404),
        ("applications/SE26-00000000/decide", {"by": "anna", "decision": "grant", "reason": "so"}, 404),
        ("applications/SE26-00000000/decide", {"by": "anna", "decision": "grant"}, 422),
        ("applications/nonsense/withdraw", {"reason": "so"}, 422),
    ],
)
def test_what_cannot_be_is_a_problem_of_the_catalogue(
    office: CaseOffice, path: str, body: dict[str, str], status: int
) -> None:
    answer = office.post(path, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_days_of_draws_are_everybodys(office: CaseOffice) -> None:
    office.services.applications.drawing.commit_ahead()
    found = office.client.get("/api/v1/spot-checks").json()
    assert [day["secret"] for day in found["days"]] == [None, None]


def test_metrics_tell_open_cases_and_who_decided(office: CaseOffice) -> None:
    office.report_medical()
    office.apply()
    token = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    address = "https://certificates.example/metrics"
    text = office.client.get(address, headers=token).text
    assert 'ombord_applications_open{state="awaiting-information"} 1.0' in text
    assert 'ombord_applications_issued_last_day{decided_by="rule"} 0.0' in text
    office.report_service()
    office.services.applications.reevaluating.run(office.services.finishing.finish_now)
    text = office.client.get(address, headers=token).text
    assert 'ombord_applications_issued_last_day{decided_by="rule"} 1.0' in text
    assert 'ombord_application_seconds_last_day{decided_by="rule"} 0.0' in text


def test_strangers_see_and_change_nothing(office: CaseOffice) -> None:
    paths = office.get("openapi.json")["paths"]
    routes = [
        (method, path.removeprefix("/no"))
        for path, methods in paths.items()
        for method in methods
        if path.removeprefix("/no/api/v1/").startswith(("applications", "statistics/"))
    ]
    assert len(routes) == 15
    for method, path in routes:
        address = path.replace("{case_id}", "SE26-7K3M9QXA")
        answer = office.client.request(method, address)
        assert (path, answer.status_code) == (path, 401)
        assert answer.headers["content-type"] == "application/problem+json"
