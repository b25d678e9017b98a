"""Reconciliation: log = database = the signer's drafts; what differs is named, and stops issuing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from support.desk import MEDICAL, NEW_PHONE, NUMBER, Desk
from support.issuer_app import KEYS
from support.issuer_cli import Run

from issuer.adapters.tables import credential, credential_payload, credential_token, log_entry
from issuer.domain.errors import IssuingStopped, KeysUnusable, SigningDeferred
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.issuing.stopping import Stopping
from issuer.services.log.anonymising import anonymise
from issuer.services.operating.comparing import Difference
from issuer.services.operating.reconciling import Last, Reconciling, last
from keys.custody.signer_client import SignerCount, SignerGone, ToSign
from keys.custody.signing_case import Answer

UNSIGNED = "under NO-2026a in the database that the signer never signed"
UNKNOWN = "under NO-2026a signed that the database knows nothing of"


class _Signer:
    """A signer process that has signed so many credentials of each type, and status lists besides."""

    def __init__(self, **by_type: int) -> None:
        self.by_type = by_type

    def count(self) -> SignerCount:
        by_key = {"NO-2026a": self.by_type, "NO-status-2026a": {"status": 7}}
        return SignerCount(drafts=sum(self.by_type.values()) + 7, by_key=by_key)


class _Gone:
    def count(self) -> SignerCount:
        raise SignerGone("no signer there")


def reconciling(desk: Desk, signer: Any = None) -> Reconciling:
    return Reconciling(desk.database, desk.clock, Stopping(desk.database, desk.clock), signer)


@pytest.fixture
def issued(desk: Desk) -> list[str]:
    """Serials of three credentials: two of a certificate of competency, one medical."""
    desk.enter()
    return [
        desk.issue().serial,
        desk.issue(MEDICAL, key="medical").serial,
        desk.issue(holder=None, key="paper").serial,
    ]


def test_log_database_and_signer_that_agree_let_issuing_go_on(desk: Desk, issued: list[str]) -> None:
    found = reconciling(desk, _Signer(competency=2, medical=1)).run()
    assert (found.log, found.database, found.signer, found.differences) == (3, 3, 3, ())
    assert found.by_key == found.signer_by_key == {"NO-2026a": 3}
    with desk.database.read() as connection:
        assert last(connection) == Last(int(desk.clock().timestamp()), 3, 3, 3, 0)
    desk.issue(MEDICAL, NEW_PHONE, key="goes on")


def test_keys_in_this_process_give_no_third_count(desk: Desk, issued: list[str]) -> None:
    found = reconciling(desk).run()
    assert (found.signer, found.differences) == (None, ())


@pytest.mark.parametrize(
    ("signer", "said"),
    [
        (_Signer(competency=1, medical=1), f"competency {UNSIGNED}"),
        (_Signer(competency=3, medical=1), f"competency {UNKNOWN}"),
        (_Signer(competency=2, medical=1, gmdss=1), f"gmdss {UNKNOWN}"),
    ],
    ids=["fewer", "more", "of another type"],
)  # fmt: skip
def test_signer_that_counts_otherwise_stops_issuing(
    desk: Desk, issued: list[str], signer: _Signer, said: str
) -> None:
    assert reconciling(desk, signer).run().differences == (Difference(said, 1),)
    with pytest.raises(IssuingStopped, match="reconciliation: 1"):
        desk.issue(MEDICAL, NEW_PHONE, key="no more")


def test_difference_that_a_person_explained_is_none_until_it_grows(desk: Desk, issued: list[str]) -> None:
    before = _Signer(competency=5, medical=1)
    assert reconciling(desk, before).run(explanation="a restored backup").differences == ()
    found = reconciling(desk, before).run()
    assert (found.differences, found.explained) == ((), (Difference(f"competency {UNKNOWN}", 3),))
    assert reconciling(desk, _Signer(competency=6, medical=1)).run().differences


class _Away:
    """A signer process that is not there just now: what is asked of it stays persisted."""

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        raise SignerGone("no signer there")


def leave_persisted(desk: Desk, key: str) -> None:
    keys = replace(KEYS, guarded=_Away())
    away = CredentialIssuer(desk.database, desk.clock, keys, desk.settings)
    with pytest.raises(SigningDeferred):
        away.issue(NUMBER, None, key)


@pytest.mark.parametrize(
    ("at_restore", "finished", "a_week_later", "one_too_many", "said"),
    [(5, 6, 8, 9, UNKNOWN),  # the journal has three more; what is persisted was not among them
     (5, 5, 7, 9, UNKNOWN),  # it was: the journal gives the same bytes again
     (1, 2, 4, 2, UNSIGNED),  # an old journal: it lacks one; what is persisted is signed now
     (1, 1, 3, 2, UNSIGNED)],  # it had been signed, and the answer was lost
)  # fmt: skip
def test_explained_restore_is_settled_for_all_nights_that_follow(
    desk: Desk,
    issued: list[str],
    at_restore: int,
    finished: int,
    a_week_later: int,
    one_too_many: int,
    said: str,
) -> None:
    leave_persisted(desk, "on its way")

    def night(signed: int) -> Reconciling:
        return reconciling(desk, _Signer(competency=signed, medical=1))

    [difference] = night(at_restore).run().differences
    assert difference.what == f"competency {said}"
    assert night(at_restore).run(explanation="a restored backup", actor="clerk").differences == ()
    switch = Stopping(desk.database, desk.clock)
    switch.start(actor="clerk")
    assert desk.issuer.resume() == 1
    assert night(finished).run().differences == ()
    for key in ("another", "and one more"):
        desk.issue(NUMBER, NEW_PHONE, key=key)
    assert night(a_week_later).run().differences == ()
    assert switch.standing() is None
    assert night(one_too_many).run().differences
    assert switch.standing() is not None


def test_explanation_that_came_while_a_night_was_counting_is_not_forgotten(
    desk: Desk, issued: list[str]
) -> None:
    signer = _Signer(competency=5, medical=1)

    class Slow:
        def count(self) -> SignerCount:
            reconciling(desk, signer).run(explanation="a restored backup", actor="clerk")
            return signer.count()

    assert reconciling(desk, Slow()).run().differences == ()
    assert reconciling(desk, signer).run().differences == ()


def test_signer_that_does_not_answer_is_no_difference(desk: Desk, issued: list[str]) -> None:
    with pytest.raises(KeysUnusable, match="nothing is reconciled"):
        reconciling(desk, _Gone()).run()
    assert Stopping(desk.database, desk.clock).standing() is None


def test_persisted_draft_may_have_been_signed_and_a_void_one_was(desk: Desk, issued: list[str]) -> None:
    with desk.database.write() as connection:
        mine = credential.c.serial == issued[0]
        connection.execute(update(credential).where(mine).values(state="void"))
        medical = credential.c.serial == issued[1]
        connection.execute(update(credential).where(medical).values(state="persisted"))
        texts = delete(credential_token).where(credential_token.c.credential_id == 2)
        _without_protection(connection, lambda: connection.execute(texts), credential_token)
        _without_protection(connection, lambda: connection.execute(
            delete(log_entry).where(log_entry.c.serial == issued[1])))  # fmt: skip
    for signed in (0, 1):
        found = reconciling(desk, _Signer(competency=2, medical=signed)).run()
        assert (found.differences, found.on_their_way, found.void_in_log) == ((), 1, 1)
    assert reconciling(desk, _Signer(competency=2, medical=2)).run().differences


def _without_protection(connection: Any, harm: Callable[[], object], table: Table = log_entry) -> None:
    """As somebody does who owns the database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        harm()
        connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))
        return
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(query, {"table": table.name}).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    harm()
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _forget(connection: Any, serial: str) -> None:
    _without_protection(
        connection, lambda: connection.execute(delete(log_entry).where(log_entry.c.serial == serial))
    )


def _slip_in(connection: Any, serial: str) -> None:
    values = {"idx": 3, "leaf_hash": b"x" * 32, "serial": "f" * 32, "salt": None}
    connection.execute(insert(log_entry).values(values))


def _put_back(connection: Any, serial: str) -> None:
    connection.execute(update(credential).where(credential.c.serial == serial).values(state="signed"))


@pytest.mark.parametrize(
    ("harm", "said"),
    [(_forget, "released or logged, and not in the log"), (_slip_in, "in the log, and not in the database"),
     (_put_back, "in the log, and not so far on their way in the database")],
)  # fmt: skip
def test_what_log_or_database_lacks_is_named_and_stops_issuing(
    desk: Desk, issued: list[str], harm: Callable[[Any, str], None], said: str
) -> None:
    with desk.database.write() as connection:
        harm(connection, issued[0])
    [difference] = reconciling(desk).run().differences
    assert (difference.what, difference.number) == (said, 1)
    assert difference.examples == (("f" * 32,) if harm is _slip_in else (issued[0],))
    assert desk.events()[-2:] == ["reconciled", "issuing-stopped"]


def _other_text(connection: Any, serial: str) -> None:
    mine = select(credential.c.id).where(credential.c.serial == serial).scalar_subquery()
    other = select(credential_token.c.token).where(credential_token.c.credential_id != mine).limit(1)
    token = connection.execute(other).scalar_one()
    change = update(credential_token).where(credential_token.c.credential_id == mine).values(token=token)
    _without_protection(connection, lambda: connection.execute(change), credential_token)


def _other_salt(connection: Any, serial: str) -> None:
    mine = credential.c.serial == serial
    connection.execute(update(credential).where(mine).values(log_salt="00" * 16))


def _other_salt_there_too(connection: Any, serial: str) -> None:
    _other_salt(connection, serial)
    change = update(log_entry).where(log_entry.c.serial == serial).values(salt=bytes(16))
    _without_protection(connection, lambda: connection.execute(change))


def _other_leaf(connection: Any, serial: str) -> None:
    change = update(log_entry).where(log_entry.c.serial == serial).values(leaf_hash=bytes(32))
    _without_protection(connection, lambda: connection.execute(change))


def _no_salt(connection: Any, serial: str) -> None:
    mine = log_entry.c.serial == serial
    connection.execute(update(log_entry).where(mine).values(salt=None))
    connection.execute(update(credential).where(credential.c.serial == serial).values(log_salt=""))


def _no_hexadecimal(connection: Any, serial: str) -> None:
    connection.execute(update(credential).where(credential.c.serial == serial).values(log_salt="x"))


HARM = [_other_text, _other_salt, _other_salt_there_too, _other_leaf, _no_salt, _no_hexadecimal]


@pytest.mark.parametrize("harm", HARM)
def test_text_or_salt_that_is_not_what_was_signed_is_named_and_stops_issuing(
    desk: Desk, issued: list[str], harm: Callable[[Any, str], None]
) -> None:
    with desk.database.write() as connection:
        harm(connection, issued[1])
    [difference] = reconciling(desk).run().differences
    assert difference == Difference("whose text or salt is not what was signed and logged", 1, (issued[1],))
    assert Stopping(desk.database, desk.clock).standing() is not None


def test_anonymous_entry_is_no_difference_as_long_as_its_event_and_leaf_agree(
    desk: Desk, issued: list[str]
) -> None:
    anonymise(desk.database, desk.clock, issued[0], reason="erasure asked for", actor="anna")
    assert reconciling(desk).run().differences == ()
    with desk.database.write() as connection:
        _other_leaf(connection, issued[0])
    [difference] = reconciling(desk).run().differences
    assert difference.examples == (issued[0],)


@pytest.mark.parametrize("table", [credential_token, credential_payload])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_signed_text_is_written_once(desk: Desk, issued: list[str], table: Table, verb: str) -> None:
    column = table.columns[1].name
    change = f"UPDATE {table.name} SET {column} = 'x'" if verb == "UPDATE" else f"DELETE FROM {table.name}"
    with pytest.raises(DBAPIError, match="append-only"), desk.database.write() as connection:
        connection.execute(text(change))


def test_command_ends_with_1_and_names_what_differs(run: Run, desk: Desk, issued: list[str]) -> None:
    code, output, _ = run("reconcile")
    assert (code, output.splitlines()[0]) == (0, "3 entries in the log")
    assert "no third count" in output
    with desk.database.write() as connection:
        _forget(connection, issued[0])
    code, output, complaints = run("reconcile")
    assert (code, f"DIFFERENCE: 1 released or logged, and not in the log: {issued[0]}" in output) == (1, True)
    assert "issuing is stopped" in complaints
    assert json.loads(run("reconcile", "--json")[1])["differences"][0][1] == 1
    assert run("status")[1].startswith("issuing is stopped")
    assert NUMBER not in output
