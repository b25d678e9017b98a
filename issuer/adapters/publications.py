"""What the register remembers of each store: which content lies there under which name.

To forget it costs reading the store once, so it is never waited for. What a store has now, and what it was
given last, are told apart by the versions.
"""

from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection, Insert, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.tables import publication


class Remembered(NamedTuple):
    """The content of a name. Without a version there is none."""

    version: str | None
    digest: str | None = None
    edition: int | None = None


def digest_of(data: bytes) -> str:
    """How a content is remembered."""
    return sha256(data).hexdigest()


_ALL: Final = select(
    publication.c.name, publication.c.version, publication.c.digest, publication.c.edition
).where(publication.c.store == bindparam("store"))
_SOME: Final = _ALL.where(publication.c.name.in_(bindparam("names", expanding=True)))
_CLAIMED: Final = _SOME.order_by(publication.c.name).with_for_update()
_CLAIMED_IF_FREE: Final = _CLAIMED.with_for_update(skip_locked=True)


def remembered(
    connection: Connection, store: str, names: Collection[str] | None = None
) -> dict[str, Remembered]:
    """What is known of a store, or of these names in it."""
    if names is None:
        found = connection.execute(_ALL, {"store": store})
    else:
        found = connection.execute(_SOME, {"store": store, "names": list(names)})
    return {name: Remembered(*rest) for name, *rest in found}


def remember(connection: Connection, store: str, what: Mapping[str, Remembered], at: int) -> None:
    """Note what lies there now."""
    if what:
        rows = [{"store": store, "name": name, "at": at, **one._asdict()} for name, one in what.items()]
        connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Insert:
    row = (sqlite if dialect == "sqlite" else postgresql).insert(publication)
    new = {name: row.excluded[name] for name in (*Remembered._fields, "at")}
    upsert: Insert = row.on_conflict_do_update(index_elements=["store", "name"], set_=new)
    return upsert


def forget(connection: Connection, store: str, name: str) -> None:
    """A name that is there no more."""
    gone = (publication.c.store == store) & (publication.c.name == name)
    connection.execute(delete(publication).where(gone))


def make_claimable(connection: Connection, store: str, names: Collection[str], at: int) -> None:
    """See to it that there is a row for each name, which a publisher can lock."""
    known = remembered(connection, store, names)
    for name in sorted(set(names) - set(known)):
        kind = sqlite if connection.dialect.name == "sqlite" else postgresql
        row = kind.insert(publication).values(store=store, name=name, at=at)
        connection.execute(row.on_conflict_do_nothing())


def claim(
    connection: Connection, store: str, name: str, others: Collection[str] = (), *, wait: bool
) -> dict[str, Remembered] | None:
    """Lock a name, and `others` with it, until the transaction ends; what is remembered of them.

    Without `wait`, None where another publisher has the name.
    """
    query = _CLAIMED if wait else _CLAIMED_IF_FREE
    found = connection.execute(query, {"store": store, "names": [name, *others]})
    known = {name: Remembered(*rest) for name, *rest in found}
    return known if name in known else None
