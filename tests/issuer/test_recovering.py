"""Recovery: what is in nobody's hand is finished or cleanly voided, by one worker alone; the rest is left."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update
from support.desk import NUMBER, PHONE, Desk
from support.issuer_app import KEYS
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.adapters.tables import audit_event, configuration, credential, credential_payload, log_entry
from issuer.domain.errors import (
    IssuingStopped,
    KeysUnusable,
    NotFound,
    NotInForce,
    QuotaReached,
    SigningDeferred,
    SigningRefused,
)
from issuer.domain.register import CredentialState
from issuer.services.approval import approvals
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.custody.signing_port import InProcessSigner
from issuer.services.issuing import recovering
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential, IssueRequest, Recovered
from issuer.services.issuing.stopping import Stopping
from issuer.services.log import transparency
from keys.custody.approval import approve, claims_hash, verify
from keys.custody.signer_client import SignerGone, ToSign
from keys.custody.signing_case import Answer
from keys.custody.signing_policy import Check, Refusal
from keys.encoding import json_object

Answering = Callable[[Sequence[ToSign]], list[Answer]]


class Signer:
    """Answers as it is told, and notes what it was asked for."""

    def __init__(self, answering: Answering | None = None) -> None:
        self.answering = answering
        self.asked: list[ToSign] = []

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        self.asked += drafts
        return self.answering(drafts) if self.answering else InProcessSigner(KEYS.signers).sign(drafts)


def gone(_drafts: Sequence[ToSign]) -> list[Answer]:
    raise SignerGone("no signer at that socket")


def refusing(check: Check) -> Answering:
    return lambda drafts: [Refusal(check, "for this test") for _ in drafts]


def with_signer(desk: Desk, signer: Signer) -> CredentialIssuer:
    return CredentialIssuer(desk.database, desk.clock, replace(KEYS, guarded=signer), desk.settings)


def requests(numbers: Sequence[str]) -> list[IssueRequest]:
    return [IssueRequest(document_number=one, holder_key=None, idempotency_key=one) for one in numbers]


def reason_of(desk: Desk, event: str) -> str:
    with desk.database.read() as connection:
        query = select(audit_event.c.details).where(audit_event.c.event == event)
        details = json_object(connection.execute(query).scalars().one().encode())
    return f"{details.get('rule', '')} {details['reason']}"


@pytest.mark.parametrize(
    ("answering", "error"),
    [
        (gone, SigningDeferred),
        (refusing(Check.CLOCK), SigningDeferred),
        (refusing(Check.QUOTA), QuotaReached),
        (refusing(Check.STOPPED), SigningDeferred),
        (refusing(Check.BACKEND), SigningDeferred),
    ],
    ids=["gone", "S8", "S9", "S10", "S11"],
)
def test_draft_that_cannot_be_signed_now_is_kept_and_finished_later_as_it_was_persisted(
    desk: Desk, answering: Answering, error: type[SigningDeferred]
) -> None:
    desk.enter()
    signer = Signer(answering)
    with pytest.raises(error):
        with_signer(desk, signer).issue(NUMBER, PHONE, "a key")
    assert desk.credential_states() == ["persisted"]
    again = with_signer(desk, signer).recover()
    assert (again.finished, again.voided, again.waiting) == (0, 0, 1)
    assert isinstance(again.why, error)
    desk.clock.forward(hours=2)
    signer.answering = None
    assert with_signer(desk, signer).recover() == Recovered(finished=1)
    issued = desk.issue(key="a key")
    assert {one.text for one in signer.asked} == {issued.token.rpartition(".")[0]}


LASTING = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S12", "S13", "S14")
TEMPORARY = ("S8", "S9", "S10", "S11")


@pytest.mark.parametrize("check", Check)
def test_each_check_is_temporary_or_lasting_as_the_page_says(check: Check) -> None:
    assert {one.value.split()[0] for one in Check} == {*LASTING, *TEMPORARY}
    assert check.is_temporary is (check.value.split()[0] in TEMPORARY)
    page = (Path(__file__).resolve().parents[2] / "docs" / "custody.md").read_text(encoding="utf-8")
    assert f"| {check.value} | {'again' if check.is_temporary else 'never'} |" in page


@pytest.mark.parametrize("check", [one for one in Check if one.value.split()[0] in LASTING])
def test_draft_that_the_signer_refuses_for_good_is_void_with_the_rule_in_the_trail(
    desk: Desk, check: Check
) -> None:
    desk.enter()
    with pytest.raises(SigningRefused, match=check.value):
        with_signer(desk, Signer(refusing(check))).issue(NUMBER, PHONE, "a key")
    assert desk.credential_states() == ["void"]
    assert check.value in reason_of(desk, "credential-void")
    assert desk.issue(key="a key").document_number == NUMBER, "its key is free again"


def test_of_one_batch_each_gets_its_own_answer(desk: Desk) -> None:
    numbers = desk.enter_many(4)

    def answering(drafts: Sequence[ToSign]) -> list[Answer]:
        signed = InProcessSigner(KEYS.signers).sign(drafts)
        return [signed[0], Refusal(Check.APPROVAL, "x"), Refusal(Check.QUOTA, "y"), *signed[3:]]

    outcomes = with_signer(desk, Signer(answering)).issue_many(requests(numbers))
    kinds = [type(getattr(one, "error", one)) for one in outcomes]
    assert kinds == [IssuedCredential, SigningRefused, QuotaReached, IssuedCredential]
    assert desk.credential_states() == ["persisted", "released", "released", "void"]


def test_signer_is_given_the_approvals_of_what_it_signs(desk: Desk) -> None:
    desk.enter()
    signer = Signer(gone)
    with pytest.raises(SigningDeferred):
        with_signer(desk, signer).issue(NUMBER, PHONE, "a key")
    with desk.database.read() as connection:
        payload = connection.execute(select(credential_payload.c.payload)).scalar_one()
    person = seeded_signer("anna")
    digest = claims_hash(json_object(payload.encode()))
    statement = approve([digest], "competency", at=1, name="1", signer=person, kid="anna-1")
    said = verify(statement, {"anna-1": person.public_key}, {})
    with desk.database.write() as connection:
        approvals.store(connection, approvals.Received(statement, said, "anna"))
    signer.answering = None
    with_signer(desk, signer).resume()
    assert [list(one.approvals) for one in signer.asked] == [[], [statement]]


def test_switch_stops_recovery_too_and_lets_it_go_on(desk: Desk) -> None:
    desk.enter()
    with pytest.raises(SigningDeferred):
        with_signer(desk, Signer(gone)).issue(NUMBER, PHONE, "a key")
    switch = Stopping(desk.database, desk.clock)
    switch.stop(reason="a key is stolen", actor="test")
    found = desk.issuer.recover()
    assert isinstance(found.why, IssuingStopped)
    assert desk.issuer.resume() == 0, "what waits is no reason not to start"
    with pytest.raises(IssuingStopped, match="a key is stolen"):
        desk.issue(key="another")
    assert desk.credential_states() == ["persisted"]
    switch.start(actor="test")
    assert desk.issuer.recover() == Recovered(finished=1)


class StoppedDatabase(Database):
    """Somebody throws the switch right after its n-th transaction."""

    def __init__(self, living: Database, transaction: int, switch: Stopping) -> None:
        super().__init__(living.engine)
        self._writer = living._writer
        self._left = transaction
        self._switch = switch

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[Connection]:
        with super().write(wait=wait) as connection:
            yield connection
        self._left -= 1
        if self._left == 0:
            self._switch.stop(reason="enough", actor="test")


@pytest.mark.parametrize("state", ["reserved", "persisted", "signed", "verified", "logged"])
def test_no_step_is_taken_after_the_switch_wherever_a_credential_stands(desk: Desk, state: str) -> None:
    desk.enter()
    steps = list(CredentialState).index(CredentialState(state)) + 1
    switch = Stopping(desk.database, desk.clock)
    stopped = StoppedDatabase(desk.database, steps, switch)
    with pytest.raises(IssuingStopped, match="enough"):
        CredentialIssuer(stopped, desk.clock, KEYS, desk.settings).issue(NUMBER, PHONE, "a key")
    assert desk.credential_states() == [state]
    assert isinstance(desk.issuer.recover().why, IssuingStopped)
    assert desk.credential_states() == [state]
    switch.start(actor="test")
    assert desk.issuer.recover() == Recovered(finished=1)


def test_running_bulk_halts_at_the_next_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.services.issuing.issuer.BATCH", 4)
    monkeypatch.setattr("issuer.services.issuing.issuer.THREADS", 1)
    numbers = desk.enter_many(40)

    def answering(drafts: Sequence[ToSign]) -> list[Answer]:
        if len(signer.asked) == 8:
            Stopping(desk.database, desk.clock).stop(reason="enough", actor="test")
        return InProcessSigner(KEYS.signers).sign(drafts)

    signer = Signer(answering)
    with pytest.raises(IssuingStopped):
        with_signer(desk, signer).issue_many(requests(numbers))
    assert desk.credential_states() == ["persisted"] * 4 + ["released"] * 4
    Stopping(desk.database, desk.clock).start(actor="test")
    issued = desk.issuer.issue_many(requests(numbers))
    assert all(isinstance(one, IssuedCredential) for one in issued)
    assert desk.credential_states() == ["released"] * 40


def left_behind(desk: Desk, count: int) -> list[str]:
    """Certificates whose credentials are persisted, and in nobody's hand."""
    numbers = desk.enter_many(count)
    with_signer(desk, Signer(gone)).issue_many(requests(numbers))
    return numbers


def test_workers_that_recover_at_once_never_do_the_same_one_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(desk, 24)
    monkeypatch.setattr(recovering, "CHUNK", 3)
    signer, start = Signer(), threading.Barrier(4)

    def work(_: int) -> Recovered:
        start.wait()
        return with_signer(desk, signer).recover()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))
    assert sum(one.finished for one in done) == 24
    assert len(signer.asked) == len({one.text for one in signer.asked}) == 24


def test_what_a_living_worker_is_busy_with_is_left_alone(desk: Desk) -> None:
    left_behind(desk, 3)
    with desk.database.lease() as its:
        with desk.database.write() as connection:
            mine = connection.execute(select(credential.c.id).order_by(credential.c.id).limit(2)).scalars()
            connection.execute(update(credential).where(credential.c.id.in_(list(mine))).values(lease=its))
        assert desk.issuer.recover() == Recovered(finished=1)
        assert desk.issuer.recover() == Recovered()
    assert desk.issuer.recover() == Recovered(finished=2)


@pytest.mark.postgres
def test_lease_ends_with_its_worker(desk: Desk) -> None:
    if desk.database.is_sqlite:
        return  # a process forgets its own
    left_behind(desk, 2)
    worker = Database(desk.database.engine)
    with worker.lease() as its:
        with desk.database.write() as connection:
            connection.execute(update(credential).values(lease=its))
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
                f" AND objid = {its} AND objsubid = 2"
            )
        assert desk.issuer.recover() == Recovered(finished=2)


def test_key_that_is_lost_holds_up_no_others_credential(desk: Desk) -> None:
    desk.enter_many(2)
    left, right = "NO-COC-0000", "NO-COC-0001"
    old = replace(KEYS, guarded=Signer(gone))
    CredentialIssuer(desk.database, desk.clock, old, desk.settings).issue_many(requests([left]))
    new_signers = {"NO-2027a": seeded_signer("new"), "NO-status-2026a": KEYS.signers["NO-status-2026a"]}
    new = AuthorityKeys(signers=new_signers, certificate_kid="NO-2027a", status_kid="NO-status-2026a")
    waiting = CredentialIssuer(desk.database, desk.clock, replace(new, guarded=Signer(gone)), desk.settings)
    waiting.issue_many(requests([right]))
    found = CredentialIssuer(desk.database, desk.clock, new, desk.settings).recover()
    assert (found.finished, found.waiting) == (1, 1)
    assert isinstance(found.why, KeysUnusable)
    assert "NO-2026a" in found.why.message


def test_what_was_released_before_there_was_a_log_is_appended_first_in_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = desk.enter_many(6)
    with monkeypatch.context() as without_log:
        without_log.setattr(transparency, "append", lambda _connection, _entries: None)
        before = [desk.issue(number, None, number).serial for number in numbers[:5]]
    with desk.database.write() as connection:
        connection.execute(update(credential).values(configuration=None))
    monkeypatch.setattr(recovering, "CHUNK", 2)
    assert desk.issuer.recover() == Recovered(logged=5)
    assert desk.issuer.recover() == Recovered()
    after = desk.issue(numbers[5], None, numbers[5]).serial
    with desk.database.read() as connection:
        logged = connection.execute(select(log_entry.c.serial).order_by(log_entry.c.idx)).scalars().all()
    assert list(logged) == [*before, after]


def test_older_ones_are_logged_before_the_first_new_one_whoever_begins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = desk.enter_many(2)
    with monkeypatch.context() as without_log:
        without_log.setattr(transparency, "append", lambda _connection, _entries: None)
        first = desk.issue(numbers[0], None, "1").serial
    with desk.database.write() as connection:
        connection.execute(update(credential).values(configuration=None))
    second = desk.issue(numbers[1], None, "2").serial
    with desk.database.read() as connection:
        logged = connection.execute(select(log_entry.c.serial).order_by(log_entry.c.idx)).scalars().all()
    assert list(logged) == [first, second]


def test_every_released_credential_has_its_entry_in_the_log(desk: Desk) -> None:
    desk.issuer.issue_many(requests(desk.enter_many(9)))
    with desk.database.read() as connection:
        without = select(func.count()).where(credential.c.serial.not_in(select(log_entry.c.serial)))
        assert connection.execute(without).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(log_entry)).scalar_one() == 9


def test_credential_names_what_it_was_made_under(desk: Desk) -> None:
    numbers = desk.enter_many(2)
    desk.issue(numbers[0], None, "1")
    other = desk.settings.model_copy(update={"list_fill": 0.25})
    CredentialIssuer(desk.database, desk.clock, KEYS, other).issue(numbers[1], None, "2")
    with desk.database.read() as connection:
        query = select(configuration.c.content, credential.c.kid).join(
            configuration, configuration.c.digest == credential.c.configuration
        )
        found = connection.execute(query.order_by(credential.c.id)).all()
    assert [json_object(row.content.encode())["list_fill"] for row in found] == ["0.5", "0.25"]
    assert {row.kid for row in found} == {"NO-2026a"}


def test_refusal_is_an_event_that_names_the_rule(desk: Desk) -> None:
    desk.enter()
    with pytest.raises(NotFound, match="NO-NONE") as unknown:
        desk.issue("NO-NONE")
    assert unknown.value.hint
    assert reason_of(desk, "issuing-refused").startswith("not-found")
    desk.lifecycle.suspend(NUMBER, reason="", actor="test")
    with pytest.raises(NotInForce) as suspended:
        desk.issue()
    assert "reinstate" in suspended.value.hint
    assert desk.events(NUMBER)[-1] == "issuing-refused"
