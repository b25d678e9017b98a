"""Status for ships: beside each status list token a numbered statement of the same states, and its changes.

Numbers count up, one for each signing, and each statement names the states of the number before. What was
signed under a number never changes. It is kept whole for 60 days, so that a delta can be made from it, then
as its hash alone: whoever holds an older one takes the snapshot. The bytes: docs/sea-pack-format.md, 2 and 3.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy import update as update_of

from issuer.adapters.tables import status_list, status_statement
from issuer.domain.errors import DatabaseUnusable, InvalidInput, SelfVerificationFailed
from keys.algorithms import SignatureMismatch
from keys.signer import Signer
from verifier import rice, ship_status, ship_status_writing, status_wire
from verifier.statement import Statement, sign
from verifier.status import StatusListError

REMEMBERED = 128  # updates: many ships ask for the same few
KEPT = timedelta(days=60)
LEAP = 100_000  # numbers that a restored register passes over: two months of one a minute
CHECK_BYTES = 4  # of the hash of the states that a ship holds
_THINNED_AT_ONCE = 20
_ONE_DAY = timedelta(days=1)


class Stated(NamedTuple):
    """A statement, the raw states that it is about, and how the snapshot names the list."""

    statement: Statement
    states: bytes
    flag: str
    name: str


class Next(NamedTuple):
    """What a list's next statement will be, but for what is signed."""

    number: int
    before: bytes | None  # the states of the number before
    body: bytes  # how a snapshot codes the states, which it was seen to give back


class Stored(NamedTuple):
    """A number of a list, and what was signed under it."""

    number: int
    snapshot: bytes


def next_of(
    connection: Connection, row: Row[Any], states: bytes, *, iat: datetime, at_least: int = 1
) -> Next:
    """All of a list's next statement that can be had before the list itself is signed, which takes long.

    `row` is the list's, locked, with its latest statement as `LIST_WITH_STATEMENT` reads it. Of numbers that
    are passed over (`at_least`) the last counts as one of the states that came before them. Old
    statements are thinned here too, since there is time.
    """
    number = max(at_least, (row.statement_number or 0) + 1)
    before = states if number > 1 else None
    if row.statement_number is not None:
        before = read(row.snapshot, row.uri, row.statement_number).states
    body = _coded(states, row.uri)
    _thin(connection, row.number, int((iat - KEPT).timestamp()))
    return Next(number, before, body)


def _coded(states: bytes, uri: str) -> bytes:
    """The states as a snapshot has them, which a ship reads as we do."""
    body = rice.encode(states)
    try:
        back = rice.decode(body, len(states) * 4)
    except rice.RiceError as error:
        raise _would_not_verify(uri) from error
    if back != states:
        raise _would_not_verify(uri)
    return body


def signed(
    row: Row[Any],
    states: bytes,
    *,
    comes: Next,
    iat: datetime,
    exp: datetime,
    flag: str,
    signer: Signer,
) -> Stored:
    """The next number of a list, signed; to be stored in the transaction that stores its token.

    `exp` is rounded down to whole days after `iat`. Raises InvalidInput for a time that none can have.
    """
    until = iat + (exp - iat) // _ONE_DAY * _ONE_DAY
    try:
        statement = sign(
            states, uri=row.uri, number=comes.number, iat=iat, exp=until, before=comes.before, signer=signer
        )
    except ValueError as error:
        raise InvalidInput(str(error), hint="set the clock right; nothing was signed") from error
    name = name_of(row.number)
    snapshot = ship_status_writing.to_snapshot(statement, states, flag=flag, name=name, body=comes.body)
    if not _reads_back(snapshot, statement, states, comes.body, signer):
        raise _would_not_verify(row.uri)
    return Stored(comes.number, snapshot)


def store(connection: Connection, token: Mapping[str, object], statement: Mapping[str, object]) -> None:
    """Both that were signed of a list, as columns of their rows, within the transaction that locked it."""
    of_statement = {f"its_{name}": value for name, value in statement.items()}
    if connection.dialect.name == "postgresql":
        connection.execute(_BOTH, {**token, **of_statement})
        return
    connection.execute(_STATED, of_statement)
    connection.execute(_SIGNED, {**token, "its_list_number": statement["list_number"]})


def _thin(connection: Connection, list_number: int, before: int) -> None:
    """Of what was signed that long ago, keep the hash. A few at a time: each signing adds one."""
    old = connection.execute(_THINNABLE, {"list_number": list_number, "before": before}).all()
    for row in old:
        one = (status_statement.c.list_number == list_number) & (status_statement.c.number == row.number)
        digest = sha256(row.snapshot).digest()
        connection.execute(update_of(status_statement).where(one).values(snapshot=digest))


def _newest_number(*, of_key: bool = False) -> ScalarSelect[int]:
    """Of the list in question: the newest, or the newest that `kid` signed. Both are found from the end."""
    one = status_statement.alias()
    query = select(one.c.number).where(one.c.list_number == status_list.c.number)
    chosen = query.where(one.c.kid == bindparam("kid")) if of_key else query
    return chosen.order_by(one.c.number.desc()).limit(1).correlate(status_list).scalar_subquery()


_WITH_LATEST = status_list.outerjoin(
    status_statement,
    and_(
        status_statement.c.list_number == status_list.c.number,
        status_statement.c.number == _newest_number(),
    ),
)
_OF_THE_LATEST = (
    status_statement.c.number.label("statement_number"),
    status_statement.c.iat.label("statement_iat"),
    status_statement.c.kid.label("statement_kid"),
    _newest_number(of_key=True).label("own_number"),
)

# The query of list `number` and its latest statement (`statement_…`, `snapshot`), with the newest number that
# key `kid` signed, whatever others have signed since (`own_number`). Made once: that takes as long as asking.
LIST_WITH_STATEMENT: Final[Select[Any]] = (
    select(*status_list.c, *_OF_THE_LATEST, status_statement.c.snapshot)
    .select_from(_WITH_LATEST)
    .where(status_list.c.number == bindparam("number"))
)
# The query of all lists, in order, with what of that is short.
HEADS: Final[Select[Any]] = (
    select(*(column for column in status_list.c if column.name != "token"), *_OF_THE_LATEST)
    .select_from(_WITH_LATEST)
    .order_by(status_list.c.number)
)
_THINNABLE: Final = (
    select(status_statement.c.number, status_statement.c.snapshot)
    .where(
        status_statement.c.list_number == bindparam("list_number"),
        status_statement.c.iat < bindparam("before"),
        func.length(status_statement.c.snapshot) > literal_column("32"),  # as its index says
    )
    .order_by(status_statement.c.number)
    .limit(_THINNED_AT_ONCE)
)
_OF_STATEMENT: Final = ("list_number", "number", "iat", "kid", "snapshot")
_OF_TOKEN: Final = ("token", "signed_revision", "signed_iat", "signed_exp")
_STATED: Final = insert(status_statement).values({name: bindparam(f"its_{name}") for name in _OF_STATEMENT})
_SIGNED: Final = (
    update_of(status_list)
    .where(status_list.c.number == bindparam("its_list_number"))
    .values({name: bindparam(name) for name in _OF_TOKEN})
)
_BOTH: Final = _SIGNED.add_cte(_STATED.cte("stated"))  # PostgreSQL: one question of the server's


def newest_numbers(connection: Connection) -> dict[int, int]:
    """The newest number of each list; 0 where none was signed."""
    query = select(status_list.c.number, func.coalesce(_newest_number(), 0))
    return {row[0]: row[1] for row in connection.execute(query.order_by(status_list.c.number))}


def number_at(connection: Connection, list_number: int, iat: int) -> int | None:
    """The number that was signed at that second; each of a list is of another."""
    of_list = (status_statement.c.list_number == list_number) & (status_statement.c.iat == iat)
    newest_first = select(status_statement.c.number).where(of_list).order_by(status_statement.c.number.desc())
    return connection.execute(newest_first.limit(1)).scalar()


def stored(connection: Connection, list_number: int, number: int) -> bytes | None:
    """The snapshot that was signed under a number, or its SHA-256 where that is long ago; None: never."""
    query = select(status_statement.c.snapshot).where(
        status_statement.c.list_number == list_number, status_statement.c.number == number
    )
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def is_whole(snapshot: bytes) -> bool:
    """Whether `stored` has found more than a hash."""
    return len(snapshot) != sha256().digest_size


def is_of(stored_snapshot: bytes, snapshot: bytes) -> bool:
    """Whether what is `stored` is `snapshot`, or was."""
    return stored_snapshot in (snapshot, sha256(snapshot).digest())


@lru_cache(maxsize=REMEMBERED)
def check_of(snapshot: bytes, uri: str, number: int) -> bytes:
    """The bytes by which a ship tells which states it holds: of their SHA-256, which was signed."""
    return read(snapshot, uri, number).statement.after[:CHECK_BYTES]


def name_of(list_number: int) -> str:
    """What follows the authority's status prefix in the address of a list."""
    return str(list_number)


def read(snapshot: bytes, uri: str, number: int) -> Stated:
    """A snapshot that we stored as `number`. Raises DatabaseUnusable for a damaged one."""
    try:
        parsed = status_wire.parse(bytes(snapshot))
        if parsed.size is None or parsed.before is None or parsed.header.number != number:
            raise StatusListError("it is of another number")
        states = rice.decode(parsed.body, parsed.size)
    except (StatusListError, rice.RiceError) as error:
        raise _damaged(uri, number, error) from error
    statement = ship_status.statement_of(parsed, parsed.before, states, uri=uri)
    return Stated(statement, states, parsed.header.flag, parsed.header.name)


@lru_cache(maxsize=REMEMBERED)
def update(newest: bytes, number: int, held: bytes, since: int, uri: str) -> bytes:
    """What leads from the snapshot `since` of a list to the later `number`: a delta, or `newest` if smaller.

    Raises DatabaseUnusable when one of them is damaged.
    """
    now, before = read(newest, uri, number), read(held, uri, since)
    try:
        return ship_status_writing.smaller(
            now.statement, now.states, since=since, before_states=before.states, flag=now.flag, name=now.name
        )
    except ValueError as error:  # these are not the states that were signed
        raise _damaged(uri, since, error) from error


def _damaged(uri: str, number: int, error: Exception) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"the database is damaged: number {number} of status list {uri} cannot be read: {error}",
        hint="restore a backup",
    )


def _would_not_verify(uri: str) -> SelfVerificationFailed:
    return SelfVerificationFailed(
        f"status list {uri} would not verify on board", hint="nothing was published; report this"
    )


def _reads_back(snapshot: bytes, statement: Statement, states: bytes, body: bytes, signer: Signer) -> bool:
    """Whether a ship will read what we meant, and find it signed. `body` was seen to give `states` back."""
    parsed = status_wire.parse(snapshot)
    if (parsed.body, parsed.size, parsed.header.number) != (body, len(states) * 4, statement.number):
        return False
    if parsed.before is None:
        return False
    back = ship_status.statement_of(parsed, parsed.before, states, uri=statement.uri)
    try:
        signer.public_key.verify(back.message, back.signature)
    except SignatureMismatch:
        return False
    return back == statement
