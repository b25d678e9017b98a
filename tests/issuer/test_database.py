"""The database: made by migrations, and clear about what is wrong with it."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, insert, select, text
from support.databases import PostgresServer

from issuer.adapters import database as module
from issuer.adapters.database import Database
from issuer.adapters.migrating import configuration
from issuer.adapters.tables import (
    certificate,
    credential,
    credential_payload,
    credential_token,
    metadata,
    seafarer,
    status_list,
    status_statement,
)
from issuer.domain.errors import DatabaseUnusable


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.bare_database() as address:
        yield address


def test_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_first_use_makes_the_schema_and_second_use_keeps_what_is_there(bare_url: str) -> None:
    row = {"seafarer_id": "7K3M9QXA", "claims": "{}", "source_digest": ""}
    with pytest.raises(DatabaseUnusable, match="no register at") as refused:
        Database.open(bare_url, create=False)
    assert "OMBORD_DATABASE_URL" in refused.value.hint
    first = Database.open(bare_url)
    assert first.is_new
    with first.write() as connection:
        connection.execute(insert(seafarer).values(row))
    first.close()
    second = Database.open(bare_url, create=False)
    assert not second.is_new
    with second.read() as connection:
        assert connection.execute(select(seafarer.c.seafarer_id)).scalars().all() == ["7K3M9QXA"]
    second.close()


def test_register_of_the_first_version_keeps_its_lists_and_gets_room_for_statements(bare_url: str) -> None:
    engine = create_engine(module._parse(bare_url))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0001")
        row = {"number": 1, "uri": "https://certificates.example/no/status/1", "size": 8, "token": "t"}
        connection.execute(insert(status_list).values(row))
    engine.dispose()
    database = Database.open(bare_url, create=False)
    with database.read() as connection:
        assert connection.execute(select(status_list.c.token)).scalars().all() == ["t"]
        assert connection.execute(select(status_statement)).all() == []
    database.close()


def test_register_of_an_earlier_version_keeps_what_was_signed_and_what_was_to_be(bare_url: str) -> None:
    engine = create_engine(module._parse(bare_url))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0003")
        who = {"seafarer_id": "7K3M9QXA", "claims": "{}", "source_digest": ""}
        connection.execute(insert(seafarer).values(who))
        what = {
            "id": 1,
            "document_number": "X",
            "seafarer_id": "7K3M9QXA",
            "type": "coc",
            "state": "in-force",
        }
        connection.execute(insert(certificate).values(**what, claims="{}"))
        connection.execute(insert(status_list).values(number=1, uri="u", size=8))
        for at, (serial, token) in enumerate([("b", "'signed'"), ("a", "NULL")], start=1):
            row = {"certificate_id": 1, "list_number": 1, "state": "persisted", "kid": "k", "issued_at": 0}
            own = {"id": at, "serial": serial, "idempotency_key": serial, "idx": at, "log_salt": ""}
            connection.execute(insert(credential).values(row | own))
            kept = f"INSERT INTO credential_text VALUES ('{serial}', 'to sign {serial}', {token})"
            connection.execute(text(kept))
    engine.dispose()
    database = Database.open(bare_url, create=False)
    with database.read() as connection:
        payloads = connection.execute(select(credential_payload).order_by("credential_id")).all()
        assert payloads == [(1, "to sign b"), (2, "to sign a")]
        assert connection.execute(select(credential_token)).all() == [(1, "signed")]
    database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("sqlite+aiosqlite:///x.db", r"sqlite\+aiosqlite is not supported"),
        ("postgresql+nonsense://x/y", r"postgresql\+nonsense is not supported"),
        ("postgresql://x:port/y", "no database address"),
    ],
)
def test_address_that_no_register_can_have_is_named(url: str, says: str) -> None:
    with pytest.raises(DatabaseUnusable, match=says) as refused:
        Database.open(url)
    assert "sqlite:///FILE" in refused.value.hint


def sqlite_with(path: Path, *statements: str) -> str:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["CREATE TABLE bookmarks (x)"], "belongs to another program"),
        (["CREATE TABLE certificate (x)"], "belongs to another program"),
        (["CREATE TABLE alembic_version (x)"], "cannot be used: no such column"),
    ],
)
def test_database_of_another_program_is_left_alone(
    tmp_path: Path, statements: list[str], says: str, create: bool
) -> None:
    url = sqlite_with(tmp_path / "other.db", *statements)
    with pytest.raises(DatabaseUnusable, match=says):
        Database.open(url, create=create)
    with sqlite3.connect(tmp_path / "other.db") as connection:
        assert [row[0] for row in connection.execute("SELECT sql FROM sqlite_schema")] == statements
    connection.close()


def test_register_without_one_of_its_tables_says_which(sqlite_template: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(sqlite_template, tmp_path / "register.db"))
    with pytest.raises(DatabaseUnusable, match="there is no table nonce") as refused:
        Database.open(sqlite_with(path, "DROP TABLE nonce"))
    assert "backup" in refused.value.hint


def test_database_of_a_newer_version_is_left_alone(database: Database, database_url: str) -> None:
    with database.write() as connection:
        head = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="9999") as refused:
        Database.open(database_url)
    assert "newer version" in refused.value.hint
    with database.write() as connection:  # the session's own is used again
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{head}'")


def test_failed_transaction_leaves_nothing(database: Database) -> None:
    row = {"seafarer_id": "7K3M9QXA", "claims": "{}", "source_digest": ""}

    def fail() -> None:
        with database.write() as connection:
            connection.execute(insert(seafarer).values(row))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as connection:
        assert connection.execute(select(seafarer)).all() == []


def test_sqlite_is_durable_and_has_one_writer(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/register.db")
    with database.write() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in pragmas] == ["wal", 2, 1]
        other = sqlite3.connect(tmp_path / "register.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    database.close()


def test_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/register.db"
    Database.open(url).close()
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    holder = sqlite3.connect(tmp_path / "register.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = Database.open(url)
    with pytest.raises(DatabaseUnusable, match="locked by another process"), database.write():
        pass
    database.close()
    holder.close()


def test_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="folder is missing"):
        Database.open(f"sqlite:///{tmp_path}/nowhere/register.db")


def test_read_only_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    Database.open(f"sqlite:///{path}").close()
    database = Database.open(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(DatabaseUnusable, match="read-only"), database.write() as connection:
        connection.execute(insert(seafarer).values(seafarer_id="7K3M9QXA", claims="{}", source_digest=""))
    database.close()


def test_other_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"certificates " * 1000)
    with pytest.raises(DatabaseUnusable, match="not a database"):
        Database.open(f"sqlite:///{tmp_path}/register.db")


@pytest.mark.parametrize(
    ("url", "says"),
    [("register.db", "no database address"), ("mysql://x/y", "mysql"), ("", "no database address"),
     ("postgresql://nobody@/nothing?host=/nowhere", "not reachable|cannot be reached")],
)  # fmt: skip
def test_unusable_address_says_which_are_good(url: str, says: str) -> None:
    with pytest.raises(DatabaseUnusable, match=says):
        Database.open(url)


def test_complaint_shows_no_password() -> None:
    with pytest.raises(DatabaseUnusable) as refused:
        Database.open("postgresql://clerk:hunter2@/register?host=/nowhere")
    assert "hunter2" not in refused.value.message
