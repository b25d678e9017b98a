"""A write within a write of the same thread is one transaction: an act and its stored answer, say."""

import threading

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.tables import seafarer
from issuer.services.audit.trail import AuditEvent, record, verify_chain
from issuer.services.clock import utc_now

IDS = ("7K3M9QXA", "7K3M9QXB", "7K3M9QXC")


def _add(connection: Connection, number: int) -> None:
    connection.execute(insert(seafarer).values(seafarer_id=IDS[number], claims="{}", source_digest=""))


def _stored(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(seafarer.c.seafarer_id).order_by("seafarer_id")).scalars())


def _add_in_an_inner_write(database: Database, *numbers: int) -> None:
    with database.write() as inner:
        for number in numbers:
            _add(inner, number)


def _record_and_fail(database: Database) -> None:
    with database.write() as inner:
        record(inner, utc_now, [AuditEvent("undone", IDS[0])])
        _add(inner, 0)
        _add(inner, 0)


def _outer_fails_after_inner(database: Database) -> None:
    with database.write() as outer:
        with database.write() as inner:
            _add(inner, 0)
        _add(outer, 1)
        raise RuntimeError("the answer could not be stored")


def test_inner_write_is_lost_with_the_outer_one(database: Database) -> None:
    with pytest.raises(RuntimeError):
        _outer_fails_after_inner(database)
    assert _stored(database) == []


def test_inner_and_outer_write_commit_together(database: Database) -> None:
    with database.write() as outer:
        _add(outer, 0)
        with database.write() as inner:
            _add(inner, 1)
        elsewhere: list[str] = []
        reader = threading.Thread(target=lambda: elsewhere.extend(_stored(database)))
        reader.start()
        reader.join()
        assert elsewhere == [], "nobody else sees half of it"
    assert _stored(database) == list(IDS[:2])


def test_read_within_a_write_sees_what_was_written(database: Database) -> None:
    with database.write() as connection:
        _add(connection, 2)
        assert _stored(database) == [IDS[2]]


def test_inner_write_that_fails_is_undone_alone(database: Database) -> None:
    with database.write() as outer:
        _add(outer, 0)
        with pytest.raises(IntegrityError):
            _add_in_an_inner_write(database, 1, 0)
        with database.write() as inner:
            _add(inner, 2)
    assert _stored(database) == [IDS[0], IDS[2]]


def test_audit_chain_is_whole_across_joined_writes(database: Database) -> None:
    with database.write() as outer:
        record(outer, utc_now, [AuditEvent("first", IDS[0])])
        with pytest.raises(IntegrityError):
            _record_and_fail(database)
        with database.write() as inner:
            record(inner, utc_now, [AuditEvent("second", IDS[0])])
    with database.read() as connection:
        found = verify_chain(connection)
    assert getattr(found, "events", found) == 2


def test_thread_is_writing_only_inside_its_own_write(database: Database) -> None:
    seen = [database.is_writing]
    with database.write():
        seen.append(database.is_writing)
        thread = threading.Thread(target=lambda: seen.append(database.is_writing))
        thread.start()
        thread.join()
    assert [*seen, database.is_writing] == [False, True, False, False]


def test_write_that_does_not_wait_is_seen_at_once_and_waits_for_nobody_later(database: Database) -> None:
    setting = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"

    def durability(*, wait: bool) -> str:
        with database.write(wait=wait) as connection:
            return str(connection.exec_driver_sql(setting).scalar())

    usual = durability(wait=True)
    with database.write(wait=False) as connection:
        _add(connection, 0)
    assert _stored(database) == [IDS[0]]
    assert durability(wait=False) == ("1" if database.is_sqlite else "off")
    assert durability(wait=True) == usual, "the connection's next transaction waits again"
    if database.is_sqlite:
        assert usual == "2"


def test_write_that_waits_does_not_join_one_that_does_not(database: Database) -> None:
    with pytest.raises(AssertionError, match="waits"), database.write(wait=False), database.write():
        pass
