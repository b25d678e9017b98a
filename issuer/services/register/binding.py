"""Whose register it is: settings of another authority do not open it, or it would sign under their `iss`.

What is persisted is signed to the byte and repeated as it is, so one command with the wrong `--config` could
never be mended. A register is bound when it is first used; one from before that, to what it has signed.
There is no way to change it: wallets, status lists and the directory's pins all go by the `iss`, so an
authority with another address begins another register.
"""

from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Table, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.database import Database
from issuer.adapters.tables import authority, configuration, status_list
from issuer.domain.errors import SettingsInvalid
from issuer.services.clock import Clock
from issuer.settings import Settings


class Authority(NamedTuple):
    """Whom what is signed names as its issuer; `flag` is None where nothing says."""

    issuer: str
    flag: str | None


def hold(database: Database, clock: Clock, settings: Settings) -> None:
    """Let only its own authority's settings go on; the first ones bind it. Raises SettingsInvalid."""
    with database.read() as connection:
        bound = _bound(connection)
    if bound is None:
        with database.write() as connection:
            refuse_other(connection, settings, where=database.address)
            _bind(connection, clock, settings)
            bound = _bound(connection)  # another process may have been the first
    _refuse(bound, settings, database.address)


def refuse_other(connection: Connection, settings: Settings, *, where: str, said: str | None = None) -> None:
    """Raises SettingsInvalid where the register, of whatever schema, is another authority's.

    `said` is the issuer that its backup names, for a register that says nothing itself.
    """
    found = _bound(connection) or _seen(connection)
    _refuse(found or (Authority(said, None) if said is not None else None), settings, where)


def _refuse(found: Authority | None, settings: Settings, where: str) -> None:
    if found is None or (found.issuer == settings.issuer and found.flag in (None, settings.flag)):
        return
    whose = found.issuer if found.flag is None else f"{found.issuer} (flag {found.flag})"
    raise SettingsInvalid(
        f"the register {where} belongs to {whose}, and the settings are those of "
        f"{settings.issuer} (flag {settings.flag}); nothing was done",
        hint="give the --config of the register's authority, or the OMBORD_DATABASE_URL of another register; "
        "a register's base_url and flag never change",
    )


def _bound(connection: Connection) -> Authority | None:
    if not _there(connection, authority):
        return None
    row = connection.execute(select(authority.c.issuer, authority.c.flag)).one_or_none()
    return None if row is None else Authority(row.issuer, row.flag)


def _seen(connection: Connection) -> Authority | None:
    """By the oldest of what was opened and used: that came before any mistake."""
    uri = connection.execute(select(status_list.c.uri).order_by(status_list.c.number).limit(1)).scalar()
    if uri is None:
        return None
    issuer = uri.rpartition("/status/")[0]
    return Authority(issuer, _flag_of(connection, issuer))


def _flag_of(connection: Connection, issuer: str) -> str | None:
    if not _there(connection, configuration):
        return None
    used = select(configuration.c.content).order_by(configuration.c.first_used_at, configuration.c.digest)
    contents = (orjson.loads(content) for content in connection.execute(used).scalars())
    return next((str(one["flag"]) for one in contents if one["issuer"] == issuer), None)


def _bind(connection: Connection, clock: Clock, settings: Settings) -> None:
    if _bound(connection) is not None:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {"id": 1, "issuer": settings.issuer, "flag": settings.flag, "bound_at": int(clock().timestamp())}
    connection.execute(insert(authority).values(row).on_conflict_do_nothing())


def _there(connection: Connection, table: Table) -> bool:
    return inspect(connection).has_table(table.name)
