"""Status lists for ships, written: signed states as a snapshot, or as a delta from an earlier number.

The bytes are those of docs/sea-pack-format.md, section 3; `ship_status` reads and verifies them.
"""

from hashlib import sha256

from verifier import rice
from verifier.statement import BEFORE_BYTES, Statement
from verifier.status_wire import CHECK_BYTES, Kind, names, start, varint


def to_snapshot(
    statement: Statement, states: bytes, *, flag: str, name: str, body: bytes | None = None
) -> bytes:
    """The whole list. Raises ValueError when the statement is not about `states`, or not of this list.

    `body` is what `rice.encode` has made of `states`, where that was done before.
    """
    _check(statement, states, flag, name)
    header = start(Kind.SNAPSHOT, statement, flag, name) + varint(statement.size // 8)
    coded = rice.encode(states) if body is None else body
    return header + statement.before + statement.signature + coded


def to_delta(
    statement: Statement, states: bytes, *, since: int, before_states: bytes, flag: str, name: str
) -> bytes:
    """What has changed since an earlier number, whose raw states are `before_states`. Raises ValueError."""
    _check(statement, states, flag, name)
    distance = statement.number - since
    if not 1 <= since < statement.number:
        raise ValueError(f"a delta to number {statement.number} cannot build on number {since}")
    base = sha256(before_states).digest()
    if distance == 1 and base[:BEFORE_BYTES] != statement.before:
        raise ValueError(f"these are not the states of number {since}, which the statement names")
    before = b"" if distance == 1 else statement.before
    header = start(Kind.DELTA, statement, flag, name) + varint(distance)
    body = rice.encode_changes(before_states, states)
    return header + before + base[:CHECK_BYTES] + statement.signature + body


def smaller(
    statement: Statement, states: bytes, *, since: int, before_states: bytes, flag: str, name: str
) -> bytes:
    """The delta from `since` or the snapshot, whichever is smaller. A list that has grown has no delta."""
    snapshot = to_snapshot(statement, states, flag=flag, name=name)
    if len(before_states) != len(states):
        return snapshot
    delta = to_delta(statement, states, since=since, before_states=before_states, flag=flag, name=name)
    return min(delta, snapshot, key=len)


def _check(statement: Statement, states: bytes, flag: str, name: str) -> None:
    if not names(flag, name, statement.uri):
        raise ValueError(f"{flag} and {name!r} do not name the list {statement.uri}")
    if sha256(states).digest() != statement.after:
        raise ValueError(f"number {statement.number} of {statement.uri} was signed for other states")
