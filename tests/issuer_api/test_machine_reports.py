"""Reports by machine: each record is taken or refused by itself, once, within what is approved."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.in_process import client_of
from support.issuer_app import (
    KEYS,
    SEAFARER,
    HandClock,
    Office,
    issuer_settings,
    register,
    two_certificates,
)
from support.machine_client import MachineClient

from issuer.api.machine import schemas
from issuer.api.machine.bodies import Places
from issuer.api.problems import Problem
from issuer.api.rate_limit import RateLimit
from issuer.app import build
from issuer.composition import compose
from issuer.domain.organisations import ALL, USUAL, Resource
from issuer.rules.facts import Reporter
from issuer.services.qualifications.correcting import AskedBy

SEA = "reports/sea-service"


def service(reference: str | None = None, **contents: Any) -> dict[str, Any]:
    """A period on board of our one seafarer."""
    said = schemas.example(Resource.SEA_SERVICE)["contents"] | {"hours": 90}  # type: ignore[operator]
    report = {"seafarer_id": SEAFARER, "reference": reference, "contents": {**said, **contents}}
    return {name: value for name, value in report.items() if value is not None}


@pytest.fixture
def company(module_office: Office) -> MachineClient:
    """A shipping company with a token, approved for every ship."""
    client = MachineClient(module_office)
    client.organisations.approve(client.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    return client.admitted()


def school(office: Office, *codes: str) -> MachineClient:
    client = MachineClient(office, roles=(Reporter.SCHOOL,))
    client.organisations.approve(client.client_id, Resource.COURSES, codes, actor="test")
    return client.admitted()


def stored(company: MachineClient, path: str = SEA) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = company.get(path).json()["records"]
    return found


def test_record_is_taken_and_shown_to_its_reporter(office: Office) -> None:
    company = MachineClient(office)
    company.organisations.approve(company.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    company.admitted()
    answer = company.send(SEA, service("r-1"))
    assert (answer.status_code, answer.json()["version"]) == (201, 1), answer.text
    shown = stored(company)
    assert [one["record_id"] for one in shown] == [answer.json()["record_id"]]
    assert (shown[0]["reference"], shown[0]["contents"]["first"]) == ("r-1", "2026-03-01")
    assert "record-reported" in office.audit_trail()


def test_same_key_is_answered_alike_and_another_request_under_it_refused(company: MachineClient) -> None:
    first = company.send(SEA, service("r-1"), key="one-intention")
    again = company.send(SEA, service("r-1"), key="one-intention")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = company.send(SEA, service("r-2"), key="one-intention")
    assert (other.status_code, other.json()["type"]) == (422, "urn:ombord:problem:idempotency-key-used")
    assert len(stored(company)) == 1


def test_keys_of_one_organisation_are_in_nobody_elses_way(company: MachineClient) -> None:
    other = school(company.office, ALL)
    course = {"seafarer_id": SEAFARER, "contents": {"code": "fartygsbefal-V", "day": "2026-05-04"}}
    assert company.send(SEA, service(), key="report-0001").status_code == 201
    assert other.send("reports/courses", course, key="report-0001").status_code == 201


def test_same_reference_and_contents_is_the_same_record(company: MachineClient) -> None:
    first = company.send(SEA, service("r-1"))
    again = company.send(SEA, service("r-1"))
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert again.json()["record_id"] == first.json()["record_id"]


def test_same_reference_with_other_contents_is_a_conflict(company: MachineClient) -> None:
    company.send(SEA, service("r-1"))
    answer = company.send(SEA, service("r-1", last="2026-04-30"))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:ombord:problem:reference-taken")
    assert answer.json()["problems"][0]["pointer"] == "/reference"
    assert len(stored(company)) == 1


BAD = [
    ({"last": "2026-02-28"}, "/contents/last", "period-reversed"),
    ({"last": "2026-02-30"}, "/contents/last", "malformed"),
    ({"last": "2099-01-01"}, "/contents/last", "period-in-the-future"),
    ({"department": "bridge-club"}, "/contents/department", "code-unknown"),
    ({"hours": -1}, "/contents/hours", "malformed"),
    ({"hours": 2**70}, "/contents/hours", "malformed"),
    ({"colour": "red"}, "/contents", "malformed"),
    ({"colour": 2**70}, "/contents", "malformed"),
    ({"ship": {"imo": "9074720", "flag": "NO"}}, "/contents/ship/imo", "ship-unknown"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_what_is_wrong_is_named_by_its_place(
    company: MachineClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = company.send(SEA, service("r-1", **change))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    said = {(one["pointer"], one["code"]) for one in answer.json()["problems"]}
    assert (pointer, code) in said, answer.text
    assert stored(company) == []
    kept = company.get(f"{SEA}/refusals").json()["refusals"]
    assert [one["refusal_id"] for one in kept] == [answer.json()["refusal_id"]]


def test_batch_takes_and_refuses_each_by_itself_in_its_order(office: Office) -> None:
    company = MachineClient(office)
    company.organisations.approve(company.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    company.admitted()
    records: list[Any] = [
        service("a", first="2025-01-01", last="2025-01-31"),
        service("b", last="2026-02-28"),
        "no object",
        service("c", first="2025-02-01", last="2025-02-28"),
        service("a", first="2025-01-01", last="2025-01-31"),
        service("a", first="2025-01-01", last="2025-01-30"),
        {**service("d"), "kind": "course"},
        {**service("e"), "seafarer_id": "NOBODY01"},
    ]
    answer = company.send(f"{SEA}/batch", {"records": records})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["accepted"], said["refused"]) == (3, 5)
    outcomes = [one.get("version") or one["problems"][0]["pointer"] for one in said["results"]]
    assert outcomes == [
        1,
        "/records/1/contents/last",
        "/records/2",
        1,
        1,
        "/records/5/reference",
        "/records/6/kind",
        "/records/7/seafarer_id",
    ]
    assert said["results"][4]["record_id"] == said["results"][0]["record_id"]
    assert len(stored(company)) == 2


def test_batch_is_repeated_under_its_key_byte_for_byte(company: MachineClient) -> None:
    records = [service(f"r-{n}", first=f"2025-0{n}-01", last=f"2025-0{n}-20") for n in range(1, 9)]
    first = company.send(f"{SEA}/batch", {"records": records}, key="the-batch")
    again = company.send(f"{SEA}/batch", {"records": records}, key="the-batch")
    assert again.content == first.content
    anew = company.send(f"{SEA}/batch", {"records": records}, key="another-key")
    assert {one["is_new"] for one in anew.json()["results"]} == {False}
    assert len(stored(company)) == 8


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"records": []}, 422),
        ({"records": [{}] * 10_001}, 422),
        ({"records": {}}, 422),
        ({"records": [{}], "more": 1}, 422),
        ([], 400),
        (b"{", 400),
        (b'{"records":[],"records":[]}', 400),
        (b"x" * (16 * 1024 * 1024 + 1), 413),
    ],
    ids=["none", "too many", "no list", "more", "no object", "no JSON", "twice", "too large"],
)
def test_batch_that_is_none_is_refused_whole(company: MachineClient, body: Any, status: int) -> None:
    answer = company.send(f"{SEA}/batch", body)
    assert answer.status_code == status, answer.text
    assert company.get(f"{SEA}/refusals").json()["refusals"] == []


def test_large_body_is_not_read_of_somebody_without_a_token(company: MachineClient) -> None:
    company.token = "guessed"
    answer = company.send(f"{SEA}/batch", b"{" * (16 * 1024 * 1024))
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:ombord:problem:access-token-not-good")


def test_one_batch_of_an_organisation_at_a_time() -> None:
    class Party:
        organisation_id = "NO-974760673"

    place = Places(2).of(lambda _request: Party())  # type: ignore[arg-type,return-value] # all that it looks at
    first = place(None)  # type: ignore[arg-type]
    next(first)
    with pytest.raises(Problem, match="Another batch"):
        next(place(None))  # type: ignore[arg-type]
    first.close()  # type: ignore[attr-defined]
    next(place(None))  # type: ignore[arg-type]


def test_token_is_needed_and_its_scope(company: MachineClient) -> None:
    reading = MachineClient(company.office).admitted(Resource.SEA_SERVICE.read)
    answer = reading.send(SEA, service())
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ombord:problem:scope-lacking")
    assert "insufficient_scope" in answer.headers["www-authenticate"]
    assert reading.get(SEA).status_code == 200
    reading.token = ""
    answer = reading.send(SEA, service())
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:ombord:problem:access-token-needed")


def test_token_dies_with_its_time_its_key_its_scope_and_its_owner(company: MachineClient) -> None:
    office, mine = company.office, company.organisations
    company.organisations.take_back(company.client_id, frozenset({Resource.SEA_SERVICE.read}), actor="test")
    assert company.get(SEA).status_code == 403
    office.clock.forward(seconds=600)
    assert company.send(SEA, service()).status_code == 401
    company.admitted()
    assert company.send(SEA, service()).status_code == 201
    mine.suspend(company.client_id, reason="sold", actor="test")
    assert company.send(SEA, service()).status_code == 401
    mine.reinstate(company.client_id, actor="test")
    company.admitted()
    mine.end_key(company.client_id, company.kid, actor="test")
    assert company.send(SEA, service()).status_code == 401


def test_suspension_reaches_a_request_that_is_on_its_way(
    company: MachineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = company.send(SEA, service("r-1")).json()["record_id"]

    def suspended_meanwhile(*_: object) -> dict[str, Any]:
        company.organisations.suspend(company.client_id, reason="sold", actor="test")
        return service("r-2")

    for path in (SEA, f"{SEA}/{record}/correct"):
        with monkeypatch.context() as patched:
            module = "reports" if path == SEA else "keeping"
            patched.setattr(f"issuer.api.machine.{module}.parsed", suspended_meanwhile)
            answer = company.send(path, service("r-2"))
        assert answer.status_code == 409, answer.text
        assert "suspended while this was sent" in answer.json()["detail"]
        company.organisations.reinstate(company.client_id, actor="test")
        company.admitted()
    assert [one["version"] for one in stored(company)] == [1]


def test_reporter_is_held_to_what_it_is_approved_for(company: MachineClient) -> None:
    teachers = school(company.office, "fartygsbefal-V")
    records = [
        {"seafarer_id": SEAFARER, "contents": {"code": code, "day": "2026-05-04"}}
        for code in ("fartygsbefal-V", "fartygsbefal-III")
    ]
    said = teachers.send("reports/courses/batch", {"records": records}).json()
    assert (said["accepted"], said["refused"]) == (1, 1)
    refused = said["results"][1]["problems"][0]
    assert (refused["pointer"], refused["code"]) == ("/records/1/contents/code", "outside-approval")


def test_company_is_held_to_its_ships(module_office: Office) -> None:
    company = MachineClient(module_office)
    company.organisations.approve(company.client_id, Resource.SEA_SERVICE, ["9319466"], actor="test")
    company.admitted()
    answer = company.send(SEA, service())
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "outside-approval"
    ship = {"imo": "9319466", "flag": "NO", "gt": 4200, "kw": 3600}
    assert company.send(SEA, service(ship=ship)).status_code == 201


def test_approved_for_nothing_may_report_nothing(module_office: Office) -> None:
    company = MachineClient(module_office).admitted()
    assert company.send(SEA, service()).json()["problems"][0]["code"] == "outside-approval"


def test_record_is_corrected_and_withdrawn_by_its_reporter(company: MachineClient) -> None:
    record = company.send(SEA, service("r-1")).json()["record_id"]
    corrected = company.send(f"{SEA}/{record}/correct", service("r-1", last="2026-05-30"))
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2), corrected.text
    withdrawn = company.send(f"{SEA}/{record}/withdraw", {"reason": "reported twice"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert [one["is_standing"] for one in stored(company)] == [False]
    again = company.send(f"{SEA}/{record}/correct", service("r-1", last="2026-05-29"))
    assert again.status_code == 409


def test_correction_that_is_no_record_is_refused_and_kept(company: MachineClient) -> None:
    record = company.send(SEA, service("r-1")).json()["record_id"]
    answer = company.send(f"{SEA}/{record}/correct", service("r-1", colour="red"), key="correct-it")
    assert (answer.status_code, answer.json()["problems"][0]["pointer"]) == (422, "/contents")
    kept = company.get(f"{SEA}/refusals").json()["refusals"]
    assert [one["refusal_id"] for one in kept] == [answer.json()["refusal_id"]]
    again = company.send(f"{SEA}/{record}/correct", service("r-1", colour="red"), key="correct-it")
    assert again.content == answer.content
    assert len(company.get(f"{SEA}/refusals").json()["refusals"]) == 1


def test_number_of_more_than_64_bits_costs_nobody_elses_record(company: MachineClient) -> None:
    wrong = service("r-2") | {"seafarer_id": 10**30}
    records = [service("r-1"), wrong, service("r-3", ship={"gt": 10**30}), service("r-4", hours=-(10**30))]
    answer = company.send(f"{SEA}/batch", {"records": records})
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (200, 1, 3)
    assert len(company.get(f"{SEA}/refusals").json()["refusals"]) == 3


def test_nobody_touches_anothers_record(company: MachineClient) -> None:
    other = MachineClient(company.office)
    other.organisations.approve(other.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    other.admitted()
    record = company.send(SEA, service("r-1")).json()["record_id"]
    assert other.send(f"{SEA}/{record}/withdraw", {"reason": "ours"}).status_code == 404
    assert other.send(f"{SEA}/{record}/correct", service("r-1")).status_code == 404
    assert stored(other) == []


def test_pages_follow_each_other(company: MachineClient) -> None:
    records = [service(f"r-{n}", first=f"2025-0{n}-01", last=f"2025-0{n}-20") for n in range(1, 6)]
    company.send(f"{SEA}/batch", {"records": records})
    seen, after = [], ""
    while True:
        page = company.get(f"{SEA}?limit=2{after}").json()
        seen += [one["reference"] for one in page["records"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == [f"r-{n}" for n in range(1, 6)]
    assert [one["reference"] for one in company.get(f"{SEA}?reference=r-3").json()["records"]] == ["r-3"]


@pytest.mark.parametrize("resource", list(Resource))
def test_example_of_each_resource_in_the_openapi_document_is_taken(
    module_office: Office, resource: Resource
) -> None:
    role = next(role for role, usual in USUAL.items() if resource in usual)
    client = MachineClient(module_office, roles=(role,))
    client.organisations.approve(client.client_id, resource, [ALL], actor="test")
    answer = client.admitted().send(f"reports/{resource.value}", schemas.example(resource))
    assert answer.status_code == 201, answer.text


def test_code_lists_are_open_and_say_when_they_have_not_changed(module_office: Office) -> None:
    client = module_office.client
    lists = client.get("/api/v1/codes")
    assert {"rank", "department", "course"} <= {one["name"] for one in lists.json()["lists"]}
    ranks = client.get("/api/v1/codes/rank")
    assert {"sv", "da", "nb", "en"} <= ranks.json()["codes"][0]["names"].keys()
    again = client.get("/api/v1/codes/rank", headers={"If-None-Match": ranks.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    danish = client.get("/api/v1/codes/rank?language=da").json()
    assert {tuple(one["names"]) for one in danish["codes"]} == {("da",)}
    assert client.get("/api/v1/codes/nothing").status_code == 404
    assert client.get("/api/v1/codes/rank?language=xx").status_code == 422


def test_organisation_that_asks_too_often_is_told_to_wait(
    company: MachineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(RateLimit, "wait", lambda _limit, client: asked.append(client) or 2.5)
    answer = company.get(SEA)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert asked == [company.client_id], "whatever address it asks from"


def test_authority_without_a_key_to_seal_them_takes_no_personal_numbers(company: MachineClient) -> None:
    named = {**service("r-1"), "personal_number": {"kind": "passport", "number": "GB-1234567"}}
    named.pop("seafarer_id")
    answer = company.send(f"{SEA}/batch", {"records": [named, service("r-2")]})
    assert (answer.json()["accepted"], answer.json()["refused"]) == (1, 1), answer.text
    assert answer.json()["results"][0]["problems"][0]["pointer"] == "/records/0/personal_number"
    assert "GB-1234567" not in answer.text


def test_token_for_one_resource_touches_no_record_of_another(module_office: Office) -> None:
    both = MachineClient(module_office, roles=(Reporter.COMPANY, Reporter.SCHOOL))
    both.organisations.approve(both.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
    record = both.admitted().send(SEA, service("r-1")).json()["record_id"]
    both.admitted(Resource.COURSES.write, Resource.COURSES.read)
    assert stored(both, "reports/courses") == []
    answer = both.send(f"reports/courses/{record}/withdraw", {"reason": "another scope"})
    assert answer.status_code == 404


SEAL = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # 32 bytes, as `openssl rand -base64 32` makes them


@pytest.fixture
def asked(sqlite_url: str) -> Iterator[tuple[MachineClient, str, int]]:
    """A company, its record, and the number of the correction that the seafarer asks for."""
    settings, clock = issuer_settings(sqlite_url, personal_data_key=SEAL), HandClock()
    services = compose(settings, keys=KEYS, clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services), settings.base_url) as client:
        company = MachineClient(Office(settings, services.database, clock, client))
        company.organisations.approve(company.client_id, Resource.SEA_SERVICE, [ALL], actor="test")
        record = company.admitted().send(SEA, service("r-1")).json()["record_id"]
        text = "I signed off on 30 May"
        number = services.correcting.ask(record, text, asked_by=AskedBy.SEAFARER, actor="test")
        yield company, record, number


def test_correction_that_is_asked_for_is_seen_and_answered(asked: tuple[MachineClient, str, int]) -> None:
    company, record, number = asked
    seen = company.get(f"{SEA}/corrections").json()["corrections"]
    assert [(one["number"], one["record_id"], one["asked"]) for one in seen] == [
        (number, record, "I signed off on 30 May")
    ]
    path = f"{SEA}/{record}/correct?answers={number}"
    assert company.send(path, service("r-1", last="2026-05-30")).json()["version"] == 2
    assert company.get(f"{SEA}/corrections").json() == {"corrections": []}


def test_correction_is_declined_with_its_reason_once(asked: tuple[MachineClient, str, int]) -> None:
    company, _, number = asked
    path, said = f"{SEA}/corrections/{number}/decline", {"answer": "the logbook says 31 May"}
    first = company.send(path, said, key="declined-once")
    assert (first.status_code, first.json()) == (200, {"number": number, "state": "declined"})
    assert company.send(path, said, key="declined-once").content == first.content
    assert company.send(path, said).status_code == 409
    assert company.send(f"{SEA}/corrections/{number + 1}/decline", said).status_code == 404
    assert company.get(f"{SEA}/corrections").json() == {"corrections": []}


def test_personal_number_is_in_no_answer_and_stored_nowhere_in_the_clear(
    asked: tuple[MachineClient, str, int],
) -> None:
    company, _, _ = asked
    named = {**service("r-2"), "personal_number": {"kind": "passport", "number": "GB-1234567"}}
    named.pop("seafarer_id")
    answer = company.send(SEA, named)
    assert answer.json()["problems"][0]["code"] == "person-unknown"
    assert "1234567" not in answer.text + company.get(f"{SEA}/refusals").text
    assert "1234567" not in company.office.everything_stored()
