"""Migrations while others work (decision 0028): they add, they lock nobody out, old workers go on."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, event, func, inspect, select
from support.databases import PostgresServer

from issuer.adapters import indexing, migrating, revisions
from issuer.adapters.database import Database
from issuer.adapters.migrating import configuration, make_schema, rebuilding
from issuer.adapters.tables import metadata
from issuer.domain.errors import DatabaseUnusable

FIRST = "0007"  # what was released before the rule
REVISIONS = sorted(one for one in revisions.known() if one >= FIRST)
# What may happen to a register that is in use: in its transaction, and after it.
ALLOWED = [
    r"CREATE TABLE (?!_alembic)", r"ALTER TABLE \w+ ADD COLUMN \w+ [^,]*$", r"CREATE (OR REPLACE )?FUNCTION ",
    r"CREATE (OR REPLACE )?TRIGGER ", r"ALTER TABLE \w+ SET \(", r"ALTER TABLE \w+ ENABLE (ALWAYS )?TRIGGER",
    r"COMMENT ON ", r"CREATE (UNIQUE )?INDEX CONCURRENTLY ", r"DROP INDEX CONCURRENTLY ",
    r"UPDATE alembic_version ", r"(SELECT|SHOW|SET|BEGIN|ROLLBACK|COMMIT)\b",
]  # fmt: skip
OF_NEW_TABLES = r"(?:CREATE (?:UNIQUE )?INDEX \w+ ON|INSERT INTO|REVOKE .* ON) (\w+)"


@contextmanager
def at(url: str, revision: str) -> Iterator[Connection]:
    """A new register of an earlier schema, in a transaction."""
    database = Database.bare(url)
    with database.engine.connect() as connection, rebuilding(connection):
        writing = connection.execution_options(ombord_write=True)
        with writing.begin():
            make_schema(writing, revision)
            yield writing
    database.close()


def test_names_of_the_files_say_what_alembic_says_of_the_schemas(tmp_path: Path) -> None:
    with Database.bare(f"sqlite:///{tmp_path}/any.db").engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
    walked = [one.revision for one in scripts.walk_revisions()]
    assert walked == sorted(revisions.known(), reverse=True)
    assert scripts.get_current_head() == revisions.head()


def test_nothing_that_works_on_a_register_of_this_version_needs_alembic() -> None:
    asked = "import sys, issuer.cli, issuer.app; print([one for one in sys.modules if one == 'alembic'])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("create", [True, False])
def test_register_that_claims_two_schemas_is_refused(tmp_path: Path, create: bool) -> None:
    url = f"sqlite:///{tmp_path}/register.db"
    Database.open(url).close()
    with closing(sqlite3.connect(tmp_path / "register.db")) as file:
        file.execute("INSERT INTO alembic_version VALUES ('0001')")
        file.commit()
    with pytest.raises(DatabaseUnusable, match=f"has the schemas 0001, {revisions.head()}$"):
        Database.open(url, create=create)


def reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


@pytest.mark.postgres
def test_migrations_do_nothing_to_a_register_in_use_but_add(postgres: PostgresServer) -> None:
    with postgres.bare_database() as url:
        with at(url, FIRST) as connection:
            old = set(reflected(connection).tables)
        said: list[str] = []

        @event.listens_for(Engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            said.append(" ".join(statement.split()))

        try:
            Database.open(url, create=False).close()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    refused = []
    for statement in said:
        if any(re.match(one, statement) for one in ALLOWED):
            if "ADD COLUMN" in statement and re.search(r"NOT NULL(?!.*DEFAULT)|UNIQUE|PRIMARY", statement):
                refused.append(statement)
            continue
        of = re.match(OF_NEW_TABLES, statement)
        if of is None or of[1] in old:
            refused.append(statement)
    assert refused == []
    assert any("INDEX CONCURRENTLY" in one for one in said)


def test_worker_of_the_version_before_reads_and_writes_the_newer_schema(tmp_path: Path) -> None:
    old: MetaData | None = None
    for revision in REVISIONS:
        with at(f"sqlite:///{tmp_path}/{revision}.db", revision) as connection:
            for table in old.sorted_tables if old else ():
                connection.execute(select(*table.columns)).all()
                now = {one["name"]: one for one in inspect(connection).get_columns(table.name)}
                # An old worker's INSERT names the columns that it knows.
                needed = [
                    name
                    for name, one in now.items()
                    if name not in table.columns and not one["nullable"] and one["default"] is None
                ]
                assert needed == [], (revision, table.name)
                for column in table.columns:
                    assert str(now[column.name]["type"]) == str(column.type)
                    assert now[column.name]["nullable"] == column.nullable
            old = reflected(connection)


@pytest.mark.postgres
def test_indexes_of_tables_in_use_are_built_beside_those_who_work_also_after_a_crash(
    postgres: PostgresServer,
) -> None:
    with postgres.bare_database() as url:
        with at(url, FIRST):
            pass
        database = Database.open(url, create=False)
        wanted = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
        lost = "ix_credential_in_hand"
        with database.write() as connection:
            standing = connection.exec_driver_sql("SELECT indexname FROM pg_indexes").scalars().all()
            assert wanted <= set(standing)
            assert indexing.OBSOLETE.isdisjoint(standing)
            connection.exec_driver_sql(f"DROP INDEX {lost}")
            half = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_nonce_expires_at'::regclass"
            connection.exec_driver_sql(half)
        assert sorted(indexing.settle(database.engine)) == [lost, "ix_nonce_expires_at"]
        assert indexing.settle(database.engine) == []
        database.close()


@pytest.mark.postgres
def test_long_transaction_delays_a_migration_and_nobody_else(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "ATTEMPTS", 2)
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(migrating, "PAUSE", 0.0)
    with postgres.bare_database() as url:
        with at(url, FIRST):
            pass
        busy = Database.bare(url)
        with busy.read() as long:
            long.execute(select(func.count()).select_from(metadata.tables["nonce"]))
            long.exec_driver_sql("SELECT count(*) FROM certificate")
            with pytest.raises(DatabaseUnusable, match="too busy to be brought to schema"):
                Database.open(url, create=False)
            with busy.read() as another:
                another.exec_driver_sql("SELECT count(*) FROM certificate")
        Database.open(url, create=False).close()
        busy.close()
