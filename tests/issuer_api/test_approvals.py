"""Drafting and approving over HTTP, and what a client is told of quotas."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.approvers import COURSE, course, row_of
from support.databases import database_url, postgres, sqlite_template
from support.desk import NUMBER
from support.scenario import competency
from support.web_bureau import WebBureau, web_bureau

from keys.custody.approval import Act

__all__ = ["database_url", "postgres", "sqlite_template"]


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Iterator[WebBureau]:
    with web_bureau(sqlite_url, tmp_path, courses_per_hour=1) as opened:
        yield opened


def test_a_draft_is_shown_proposed_and_approved_and_then_in_force(web: WebBureau) -> None:
    answer = web.draft(row_of(competency()))
    assert answer.status_code == 201
    assert answer.json()["state"] == "drafted"
    (waiting,) = web.pending()["certificates"]
    assert waiting["claims_hash"] == answer.json()["claims_hash"]
    assert waiting["claims"]["document_number"] == NUMBER
    assert waiting["lacks"] == "competency needs an approval, and there is none"
    for token in (
        web.bureau.says("clerk-1", NUMBER, act=Act.PROPOSE),
        web.bureau.says("anna-1", NUMBER),
        web.bureau.says("bo-1", NUMBER),
    ):
        done = web.post("approvals", {"approval": token})
        assert done.status_code == 200
    assert done.json() == {"certificates": [{"document_number": NUMBER, "state": "in-force", "lacks": None}]}
    assert web.pending() == {"certificates": [], "next": None}


def test_pages_of_what_waits(web: WebBureau) -> None:
    for number in range(3):
        web.draft(row_of(course(f"NO-CRS-{number}")))
    first = web.pending("?limit=2")
    assert (len(first["certificates"]), first["next"]) == (2, "NO-CRS-1")
    assert [one["document_number"] for one in web.pending("?after=NO-CRS-1")["certificates"]] == ["NO-CRS-2"]


def test_what_does_not_count_is_a_problem_that_names_the_rule(web: WebBureau) -> None:
    web.draft(row_of(competency()))
    row = row_of(course())
    late = web.draft({**row, "expiry_date": "2040-01-01"})
    for answer, status, kind, says in (
        (late, 409, "signing-refused", "S6 validity"),
        (web.draft({**row_of(course()), "issue_date": "1950-01-01"}), 422, "invalid-input", "birth_date"),
        (web.post("certificates", {"certificate": []}), 422, "", "certificate"),
        (web.post("approvals", {"approval": "a.b.c"}), 409, "approval-refused", "not an approval"),
        (web.post("approvals", {"approval": "ø"}), 422, "", "approval"),
        (
            web.post("approvals", {"approval": web.bureau.says("clerk-1", NUMBER)}),
            409,
            "approval-refused",
            "nobody's in the role of officer",
        ),
        (
            web.post(
                "approvals", {"approval": web.bureau.says("bo-1", NUMBER), "document_numbers": ["NO-9"]}
            ),
            404,
            "not-found",
            "no certificate NO-9",
        ),
        (web.post("certificates/NO-9/reject", {"reason": "x"}), 404, "not-found", "NO-9"),
    ):
        assert answer.status_code == status, answer.text
        assert says in answer.json()["detail"]
        assert answer.json()["type"].endswith(kind)
    assert web.bureau.desk.events().count("approval-refused") == 3
    assert web.post(f"certificates/{NUMBER}/reject", {"reason": "x"}).json()["state"] == "cancelled"


def test_a_phone_that_meets_a_quota_is_told_which_and_when_to_come_again(web: WebBureau) -> None:
    numbers = [COURSE, "NO-CRS-2"]
    for number in numbers:
        web.draft(row_of(course(number)))
    assert web.post("approvals", {"approval": web.bureau.rule_says(*numbers)}).status_code == 200
    issue = web.services.issuer
    issue.issue(COURSE, None, "first")
    with pytest.raises(Exception, match="1 an hour of course are signed") as refused:
        issue.issue("NO-CRS-2", None, "second")
    assert refused.value.retry_after == 3_600  # type: ignore[attr-defined] # QuotaReached
    web.bureau.desk.clock.forward(seconds=3_600)
    assert issue.issue("NO-CRS-2", None, "second").document_number == "NO-CRS-2"
