"""What a store of published lists knows that the database does not: a restored backup must not undo it.

A verifier replaces a list by a later one, so whatever an older database publishes clears the revocations that
were decided after its backup was made. Nor may a number that ships have seen get another content.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

from sqlalchemy import Connection, select

from issuer.adapters.repository import among
from issuer.adapters.tables import audit_event, certificate, credential, status_list
from issuer.domain.errors import Conflict, InvalidInput
from issuer.services.publishing import statements
from keys import jws
from keys.encoding import EncodingError, b64url_decode, json_object
from verifier import ship_status, status
from verifier.status import Status, StatusListError

FOLDER = "status/"
TOKEN, SNAPSHOT = ".jwt", ".snapshot"

# A list may be dated some seconds after the decision that it shows: of several in one second each is later.
_SLACK_SECONDS = 60
_REINSTATED = "certificate-reinstate"
_LIST = re.compile(rf"{FOLDER}([^/]+)({re.escape(TOKEN)}|{re.escape(SNAPSHOT)})", re.ASCII)


class Lying(NamedTuple):
    """Lists as they lie in a store. Their signatures prove nothing here: the store is our own."""

    contents: Mapping[str, bytes]  # by name; only those that must be compared
    label: Callable[[str], str]  # where a name lies, for people


class _Token(NamedTuple):
    uri: str
    iat: int
    not_valid: dict[int, int]


def token_name(number: int) -> str:
    """Under which name a list's token is published."""
    return f"{FOLDER}{number}{TOKEN}"


def snapshot_name(number: int) -> str:
    """Under which name a list is published for ships."""
    return f"{FOLDER}{number}{SNAPSHOT}"


def is_list(name: str) -> bool:
    """Whether a name is a list's, of whatever number."""
    return _LIST.fullmatch(name) is not None


def refuse_older_database(
    connection: Connection, lying: Lying, numbers: Sequence[int], *, leaping_at: int | None = None
) -> None:
    """Raise Conflict when the store has a list that this database never signed or would clear entries of.

    One that leaps ahead, at the second `leaping_at`, may have lost what it signed, but no decision.
    """
    for name, number, data in _lists(lying, TOKEN, numbers):
        _refuse_token(connection, lying.label(name), number, data, leaping_at)
    for name, number, data in _lists(lying, SNAPSHOT, numbers):
        _refuse_other_snapshot(connection, lying.label(name), number, data, leaping=leaping_at is not None)


def edition_of(connection: Connection, name: str, data: bytes) -> int | None:
    """The number of the statement that a list's file is of, where the database has signed it."""
    found = _LIST.fullmatch(name)
    if found is None:
        return None
    if found[2] == SNAPSHOT:
        return ship_status.peek(data).number
    return statements.number_at(connection, int(found[1]), _read(name, data).iat)


def number_in(contents: Mapping[str, bytes], number: int) -> int:
    """The number that a store's snapshot of a list has; 0 where there is none."""
    try:
        return ship_status.peek(contents[snapshot_name(number)]).number
    except (KeyError, StatusListError):
        return 0


def _lists(lying: Lying, ending: str, numbers: Sequence[int]) -> Iterator[tuple[str, int, bytes]]:
    """Those of one kind. Raises Conflict for one that no list of ours has."""
    for name in sorted(lying.contents):
        found = _LIST.fullmatch(name)
        if found is None or found[2] != ending:
            continue
        if ending == TOKEN:
            _read(lying.label(name), lying.contents[name])
        if not found[1].isdecimal() or int(found[1]) not in numbers:
            _refuse(lying.label(name), "the database has no such list")
        yield name, int(found[1]), lying.contents[name]


def _refuse_token(
    connection: Connection, where: str, number: int, data: bytes, leaping_at: int | None
) -> None:
    held = _read(where, data)
    of_it = select(status_list.c.uri, status_list.c.signed_iat).where(status_list.c.number == number)
    row = connection.execute(of_it).one()
    if row.uri != held.uri:
        raise InvalidInput(f"{where} is the list {held.uri}", hint="publish elsewhere, with --to")
    if leaping_at is not None and held.iat >= leaping_at:
        _refuse(where, "the list there is dated ahead of the clock")
    if leaping_at is None and (row.signed_iat is None or held.iat > row.signed_iat):
        _refuse(where, "the list there was signed later than any that the database knows of")
    for idx in _cleared(connection, number, held):
        _refuse(where, f"entry {idx} is not valid there, and nobody reinstated it in the database")


def _refuse_other_snapshot(
    connection: Connection, where: str, number: int, snapshot: bytes, *, leaping: bool
) -> None:
    """Ships refuse a second content of one number, and a list that builds on another one than theirs."""
    try:
        header = ship_status.peek(snapshot)
    except StatusListError as error:
        raise _unreadable(where) from error
    if leaping:
        return
    ours = statements.stored(connection, number, header.number)
    if ours is None:
        _refuse(where, f"the database never signed number {header.number} of this list")
    if not statements.is_of(ours, snapshot):
        _refuse(where, f"the database signed another list as number {header.number}")


def _unreadable(where: str) -> InvalidInput:
    return InvalidInput(
        f"{where} cannot be read as a status list, so what it said cannot be compared",
        hint="if it is damaged, move it away; else publish elsewhere, with --to",
    )


def _refuse(where: str, reason: str) -> NoReturn:
    raise Conflict(
        f"this database is older than what was published: {where}: {reason}",
        hint="restore a later backup; where there is none, repeat the decisions that are missing, then "
        "run `ombord-issuer publish --leap-ahead` once; a store with entries that nobody here knows is left "
        "as it is: publish elsewhere, with --to",
    )


def _cleared(connection: Connection, number: int, held: _Token) -> list[int]:
    """Entries that would become valid again without a reinstatement since the published list."""
    query = (
        select(credential.c.idx, credential.c.status, certificate.c.document_number)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(credential.c.list_number == number, among(connection, credential.c.idx, held.not_valid))
    )
    ours = {row.idx: row for row in connection.execute(query)}
    valid = {idx: row.document_number for idx, row in ours.items() if row.status == Status.VALID}
    reinstated = _reinstated(connection, set(valid.values()), held.iat - _SLACK_SECONDS)
    return [
        idx
        for idx, before in sorted(held.not_valid.items())
        if idx not in ours or (idx in valid and not (before == Status.SUSPENDED and valid[idx] in reinstated))
    ]


def _reinstated(connection: Connection, documents: set[str], since: int) -> set[str]:
    """Which of these certificates somebody reinstated since then."""
    if not documents:
        return set()
    lifted = select(audit_event.c.subject).where(
        among(connection, audit_event.c.subject, documents),
        audit_event.c.event == _REINSTATED,
        audit_event.c.at >= since,
    )
    return set(connection.execute(lifted).scalars())


def _read(where: str, data: bytes) -> _Token:
    try:
        parsed = jws.parse(data.decode("ascii"), max_size=status.MAX_TOKEN)
        claims = json_object(parsed.payload, max_size=status.MAX_TOKEN)
        uri, iat, body = claims.get("sub"), claims.get("iat"), claims.get("status_list")
        if not (isinstance(uri, str) and type(iat) is int and isinstance(body, dict)):
            raise StatusListError("claims are missing")
        lst = body.get("lst")
        if body.get("bits") != status.BITS or not isinstance(lst, str):
            raise StatusListError("another kind of list")
        array = status.inflate(b64url_decode(lst))
    except (UnicodeDecodeError, jws.MalformedJws, EncodingError, StatusListError) as error:
        raise _unreadable(where) from error
    return _Token(uri, iat, _not_valid(array))


def _not_valid(array: bytes) -> dict[int, int]:
    """The entries that are not 0, of 2 bits each from the least significant."""
    return {
        at * 4 + slot: value
        for at, byte in enumerate(array)
        if byte
        for slot in range(4)
        if (value := byte >> slot * 2 & 3)
    }
