"""Releasing: one phone for one seafarer, one living credential for a certificate, and no two in a knot."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from support.desk import MEDICAL, NEW_PHONE, NUMBER, PHONE, SEAFARER, Desk
from support.scenario import TODAY, competency, medical

from issuer.adapters.tables import credential
from issuer.domain.errors import PhoneTaken
from issuer.domain.register import CredentialState
from issuer.services.issuing.draft_rows import Overtaken, load_drafts
from issuer.services.issuing.issuer import IssueRequest, Refusal
from keys.jwk import PublicKey
from verifier.credential.model import Holder
from verifier.status import Status

OTHERS = "NO-COC-0009"
WRITTEN = re.compile(r"(?:UPDATE|INSERT INTO) (status_list|credential|audit_head)\b")


def enter_two(desk: Desk) -> None:
    """Ingrid's certificates, and one of another seafarer's."""
    other = Holder(seafarer_id="9ZZZZZZZ", family_name="Li", birth_date=TODAY - timedelta(days=9_000))
    desk.enter(competency(), medical(), replace(competency(), document_number=OTHERS, holder=other))


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """Tables in the order in which they are written, with a mark between transactions."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        seen.extend(WRITTEN.findall(statement))

    def ended(_connection: Any) -> None:
        seen.append("|")

    engine = desk.database.engine
    event.listen(engine, "before_cursor_execute", note)
    for end in ("commit", "rollback"):
        event.listen(engine, end, ended)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
    for end in ("commit", "rollback"):
        event.remove(engine, end, ended)


def test_phone_of_one_seafarer_is_given_no_others_certificate(desk: Desk) -> None:
    enter_two(desk)
    desk.issue(key="1")
    with pytest.raises(PhoneTaken, match=OTHERS):
        desk.issue(OTHERS, key="2")
    assert desk.credential_states() == ["released", "void"]
    assert desk.issue(OTHERS, NEW_PHONE, key="2").holder_thumbprint == NEW_PHONE.thumbprint()


def test_of_two_seafarers_in_one_batch_the_first_has_the_phone(desk: Desk) -> None:
    enter_two(desk)
    wanted = [
        IssueRequest(document_number=number, holder_key=PHONE, idempotency_key=number)
        for number in (NUMBER, OTHERS, MEDICAL)
    ]
    outcomes = desk.issuer.issue_many(wanted)
    assert [isinstance(one, Refusal) for one in outcomes] == [False, True, False]


def test_of_two_phones_in_one_batch_the_second_takes_over(desk: Desk) -> None:
    desk.enter()
    wanted = [
        IssueRequest(document_number=NUMBER, holder_key=phone, idempotency_key=key)
        for key, phone in (("old", PHONE), ("new", NEW_PHONE), ("paper", None))
    ]
    old, new, paper = desk.issuer.issue_many(wanted)
    assert not isinstance(old, Refusal)
    assert not isinstance(new, Refusal)
    assert not isinstance(paper, Refusal)
    found = [desk.status(one) for one in (old, new, paper)]
    assert found == [Status.REPLACED, Status.VALID, Status.VALID]


def test_phone_whose_seafarer_has_another_one_now_may_serve_the_next(desk: Desk) -> None:
    enter_two(desk)
    desk.issue(key="1")
    desk.lifecycle.rebind(SEAFARER, actor="clerk")
    assert desk.issue(OTHERS, key="2").holder_thumbprint == PHONE.thumbprint()


def test_two_seafarers_who_pick_up_with_one_phone_at_once_are_one_too_many(desk: Desk) -> None:
    enter_two(desk)

    def issue(number: str) -> bool:
        try:
            desk.issue(number, key=number)
        except PhoneTaken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(issue, (NUMBER, OTHERS))) == [False, True]


def test_certificate_released_for_two_phones_at_once_lives_on_one(desk: Desk) -> None:
    desk.enter()

    def issue(phone: PublicKey) -> None:
        desk.issue(holder=phone, key=phone.thumbprint())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(issue, (PHONE, NEW_PHONE)))
    with desk.database.read() as connection:
        ended = connection.execute(select(credential.c.superseded_at)).scalars().all()
    assert sorted(one is None for one in ended) == [False, True]


def test_release_that_another_process_did_first_writes_nothing(desk: Desk) -> None:
    """It took its own credential for an older one, and then the list's lock after the credential's."""
    desk.enter()
    issued = desk.issue()
    with desk.database.read() as connection:
        [stale] = load_drafts(connection, credential.c.serial == issued.serial).values()
    stale.state = CredentialState.LOGGED  # as it was when this process last looked
    with statements(desk) as seen, pytest.raises(Overtaken):
        desk.issuer.protocol._release([stale])
    assert "status_list" not in seen
    desk.issuer.protocol.finish([stale])
    assert stale.state is CredentialState.RELEASED


def test_every_change_locks_lists_before_credentials_and_the_audit_head_last(desk: Desk) -> None:
    enter_two(desk)
    with statements(desk) as seen:
        desk.issue(key="1")
        desk.issue(holder=NEW_PHONE, key="2")  # supersedes
        with pytest.raises(PhoneTaken):
            desk.issue(OTHERS, NEW_PHONE, key="3")  # gives up
        desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
        desk.lifecycle.rebind(SEAFARER, actor="clerk")
    order = ("status_list", "credential", "audit_head")
    for transaction in " ".join(seen).split("|"):
        places = [order.index(table) for table in transaction.split()]
        firsts = list(dict.fromkeys(places))
        assert firsts == sorted(firsts), transaction


def test_a_draft_that_our_rules_refuse_locks_its_list_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = desk.enter_many(2)
    monkeypatch.setattr(
        "issuer.services.issuing.protocol.objection",
        lambda signed, _key: "broken" if numbers[0] in signed.document_number else None,
    )
    wanted = [IssueRequest(document_number=one, holder_key=None, idempotency_key=one) for one in numbers]
    with statements(desk) as seen:
        outcomes = desk.issuer.issue_many(wanted)
    assert [isinstance(one, Refusal) for one in outcomes] == [True, False]
    _reserving, voiding = [one for one in " ".join(seen).split("|") if "status_list" in one]
    assert voiding.split()[0] == "status_list"
