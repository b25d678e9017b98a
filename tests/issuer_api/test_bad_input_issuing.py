"""Bad input to issuing, over HTTP: the problem names the rule, the audit trail has it, nothing is changed.

A list that is full is no input of anybody's: tests/issuer/test_gathering.py.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import select
from support.approvers import COURSE, course, row_of
from support.desk import NUMBER
from support.scenario import competency, medical
from support.web_bureau import WebBureau, web_bureau

from issuer.adapters.tables import certificate, credential
from issuer.api.problems import problem_of
from issuer.domain.errors import IssuerError
from issuer.services.log.anonymising import anonymise
from keys.custody.approval import Act


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Iterator[WebBureau]:
    with web_bureau(sqlite_url, tmp_path) as opened:
        yield opened


class Bad(NamedTuple):
    """What comes before, what is asked, and how it is refused: status, type, words, event."""

    before: Callable[[WebBureau], object]
    ask: Callable[[WebBureau], httpx.Response]
    status: int
    kind: str
    says: str
    event: str


def nothing(_: WebBureau) -> None:
    """An empty register."""


def drafted(web: WebBureau) -> None:
    assert web.draft(row_of(competency())).status_code == 201
    assert web.draft(row_of(course())).status_code == 201


def says(web: WebBureau, kid: str, act: Act = Act.APPROVE, *numbers: str) -> httpx.Response:
    return web.post("approvals", {"approval": web.bureau.says(kid, *(numbers or (NUMBER,)), act=act)})


def proposed(web: WebBureau, by: str = "clerk-1") -> None:
    drafted(web)
    assert says(web, by, Act.PROPOSE).is_success


def approved_once(web: WebBureau) -> None:
    proposed(web)
    assert says(web, "anna-1").is_success


def in_force(web: WebBureau) -> None:
    approved_once(web)
    assert says(web, "bo-1").is_success


def changed(web: WebBureau, what: str, **members: object) -> httpx.Response:
    return web.post(f"certificates/{NUMBER}/{what}", {"reason": "as it was found", **members})


def revoked(web: WebBureau) -> None:
    in_force(web)
    assert changed(web, "revoke", **{"as": "revoked"}).is_success


def replaced(web: WebBureau) -> None:
    """By the course's certificate, in a register where that is of the same type."""
    in_force(web)
    assert web.draft(row_of(competency(document_number="NO-COC-0002"))).is_success
    for kid, act in (("clerk-1", Act.PROPOSE), ("anna-1", Act.APPROVE), ("bo-1", Act.APPROVE)):
        assert says(web, kid, act, "NO-COC-0002").is_success
    assert changed(web, "replace", by="NO-COC-0002").is_success


def other_body(web: WebBureau) -> httpx.Response:
    key = {"key": "one-intention"}
    assert web.post(f"certificates/{NUMBER}/suspend", {"reason": "an inquiry"}, **key).is_success
    return web.post(f"certificates/{NUMBER}/suspend", {"reason": "another"}, **key)


def over_other_claims(web: WebBureau) -> httpx.Response:
    token = web.bureau.says("anna-1", COURSE)
    return web.post("approvals", {"approval": token, "document_numbers": [NUMBER]})


def of_the_unknown(web: WebBureau) -> httpx.Response:
    token = web.bureau.says("anna-1", NUMBER)
    return web.post("approvals", {"approval": token, "document_numbers": ["NO-9"]})


def dated(**members: object) -> Callable[[WebBureau], httpx.Response]:
    return lambda web: web.draft({**row_of(course()), **members})


def medical_of_four_years(web: WebBureau) -> httpx.Response:
    """The policy lets one be good for 731 days."""
    return web.draft({**row_of(medical()), "expiry_date": "2030-08-12"})


def offered(web: WebBureau) -> httpx.Response:
    return web.post("offers", {"document_numbers": [NUMBER]})


CHANGE, DRAFT, APPROVAL = "certificate-change-refused", "certificate-draft-refused", "approval-refused"
TABLE = {
    "suspending the unapproved": Bad(
        drafted, lambda web: changed(web, "suspend"), 409, "illegal-transition", "drafted", CHANGE
    ),
    "offering the unapproved": Bad(drafted, offered, 409, "conflict", NUMBER, "offer-not-made"),
    "offering the unknown": Bad(nothing, offered, 404, "not-found", NUMBER, "offer-not-made"),
    "approving the unknown": Bad(drafted, of_the_unknown, 404, "not-found", "NO-9", APPROVAL),
    "approving what nobody proposed": Bad(
        drafted, lambda web: says(web, "anna-1"), 409, "approval-refused", "nobody", APPROVAL
    ),
    "approving twice": Bad(
        approved_once, lambda web: says(web, "anna-2"), 409, "approval-refused", "counts once", APPROVAL
    ),
    "approving what is in force": Bad(
        in_force, lambda web: says(web, "anna-2"), 409, "approval-refused", "", APPROVAL
    ),
    "an approval over other claims": Bad(
        proposed, over_other_claims, 409, "approval-refused", "over other claims", APPROVAL
    ),
    "the proposer approving": Bad(
        lambda web: proposed(web, "anna-1"),
        lambda web: says(web, "anna-2"),
        409,
        "approval-refused",
        "may not approve",
        APPROVAL,
    ),
    "a body changed under the same key": Bad(
        in_force, other_body, 422, "idempotency-key-used", "another request", "idempotency-key-reused"
    ),
    "revoking the revoked": Bad(
        revoked,
        lambda web: changed(web, "revoke", **{"as": "revoked"}),
        409,
        "illegal-transition",
        "revoked",
        CHANGE,
    ),
    "replacing the replaced": Bad(
        replaced, lambda web: changed(web, "replace"), 409, "illegal-transition", "replaced", CHANGE
    ),
    "revoking the unknown": Bad(
        nothing, lambda web: changed(web, "revoke", **{"as": "revoked"}), 404, "not-found", NUMBER, CHANGE
    ),
    "a date before birth": Bad(
        nothing, dated(issue_date="1950-01-01"), 422, "invalid-input", "birth_date", DRAFT
    ),
    "a date after the key's end": Bad(
        nothing, dated(expiry_date="2040-01-01"), 409, "signing-refused", "S6 validity", DRAFT
    ),
    "a certificate that outlives its rule's maximum": Bad(
        nothing, medical_of_four_years, 409, "signing-refused", "S6 validity", DRAFT
    ),
}


def standing(web: WebBureau) -> list[object]:
    """What decides anything: certificates and credentials with their states."""
    with web.services.database.read() as connection:
        rows = connection.execute(select(certificate).order_by(certificate.c.id)).all()
        return [*rows, *connection.execute(select(credential).order_by(credential.c.id)).all()]


@pytest.mark.parametrize("bad", TABLE.values(), ids=TABLE.keys())
def test_bad_input_is_refused_by_a_named_rule_noted_and_changes_nothing(web: WebBureau, bad: Bad) -> None:
    bad.before(web)
    before, noted = standing(web), web.bureau.desk.events().count(bad.event)
    answer = bad.ask(web)
    assert answer.status_code == bad.status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:ombord:problem:{bad.kind}"
    assert bad.says in problem["detail"]
    assert web.bureau.desk.events().count(bad.event) == noted + 1
    if bad.kind != "idempotency-key-used":  # there the first request of the two did its work
        assert standing(web) == before


def test_refusal_that_is_repeated_is_the_same_and_noted_once(web: WebBureau) -> None:
    revoked(web)
    order = {"as": "revoked", "reason": "again"}
    answers = [web.post(f"certificates/{NUMBER}/revoke", order, "the-same-key") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert web.bureau.desk.events().count(CHANGE) == 1


def test_unapproved_certificate_is_not_issued_and_that_is_noted(web: WebBureau) -> None:
    drafted(web)
    with pytest.raises(IssuerError) as refused:
        web.services.issuer.issue(NUMBER, None, "an early bird")
    problem = problem_of(refused.value)
    assert (problem.status, problem.name) == (409, "not-in-force")
    assert "drafted" in problem.detail
    assert "issuing-refused" in web.bureau.desk.events()


def test_salt_that_was_deleted_is_not_deleted_again(web: WebBureau) -> None:
    in_force(web)
    serial = web.services.issuer.issue(NUMBER, None, "first").serial
    parts = web.services.database, web.services.clock, serial
    anonymise(*parts, reason="asked for", actor="test")
    with pytest.raises(IssuerError) as refused:
        anonymise(*parts, reason="asked for", actor="test")
    problem = problem_of(refused.value)
    assert (problem.status, problem.name) == (409, "conflict")
    assert "log-anonymise-refused" in web.bureau.desk.events()
