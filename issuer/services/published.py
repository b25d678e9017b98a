"""What a folder of published lists knows that the database does not: a restored backup must not undo it.

A verifier replaces a list by a later one, so whatever an older database publishes clears the revocations that
were decided after its backup was made. Nor may a number that ships have seen get another content.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

from sqlalchemy import Connection, select

from issuer.adapters.repository import among
from issuer.adapters.tables import audit_event, certificate, credential, status_list
from issuer.domain.errors import Conflict, InvalidInput
from issuer.services import statements
from keys import jws
from keys.encoding import EncodingError, b64url_decode, json_object
from verifier import ship_status, status
from verifier.status import Status, StatusListError

# A list may be dated some seconds after the decision that it shows: of several in one second each is later.
_SLACK_SECONDS = 60
_REINSTATED = "certificate-reinstate"


class _Published(NamedTuple):
    """A list as it lies in the folder. Its signature proves nothing here: the folder is our own."""

    path: Path
    uri: str
    iat: int
    not_valid: dict[int, int]


def refuse_older_database(
    connection: Connection, folder: Path, numbers: list[int], *, leaping_at: int | None = None
) -> None:
    """Raise Conflict when `folder` has a list that this database never signed or would clear entries of.

    One that leaps ahead, at the second `leaping_at`, may have lost what it signed, but no decision.
    """
    for path in sorted((folder / "status").glob("*.jwt")):
        held = _read(path)
        _refuse_unknown(path, numbers)
        row = connection.execute(select(status_list).where(status_list.c.number == int(path.stem))).one()
        if row.uri != held.uri:
            raise InvalidInput(f"{path} is the list {held.uri}", hint="choose another folder with --out")
        if leaping_at is not None and held.iat >= leaping_at:
            _refuse(path, "the list there is dated ahead of the clock")
        if leaping_at is None and (row.signed_iat is None or held.iat > row.signed_iat):
            _refuse(path, "the list there was signed later than any that the database knows of")
        for idx in _cleared(connection, int(path.stem), held):
            _refuse(path, f"entry {idx} is not valid there, and nobody reinstated it in the database")

    for path in sorted((folder / "status").glob("*.snapshot")):
        _refuse_other_snapshot(connection, path, numbers, leaping=leaping_at is not None)


def number_in(folder: Path, number: int) -> int:
    """The number that a folder's snapshot of a list has; 0 where there is none."""
    try:
        return ship_status.peek((folder / "status" / f"{number}.snapshot").read_bytes()).number
    except (OSError, StatusListError):
        return 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One publication at a time: of two, the later might be the first to write. Raises Conflict."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InvalidInput(
            f"{folder} cannot be written: {error.strerror}", hint="choose another folder"
        ) from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict(f"another `publish` is writing {folder}", hint="wait until it is done") from error
    except OSError:  # a file system that has no locks: as good as it gets there
        return


def _refuse_unknown(path: Path, numbers: list[int]) -> None:
    if not path.stem.isdecimal() or int(path.stem) not in numbers:
        _refuse(path, "the database has no such list")


def _refuse_other_snapshot(connection: Connection, path: Path, numbers: list[int], *, leaping: bool) -> None:
    """Ships refuse a second content of one number, and a list that builds on another one than theirs."""
    try:
        snapshot = path.read_bytes()
        header = ship_status.peek(snapshot)
    except (OSError, StatusListError) as error:
        raise _unreadable(path) from error
    _refuse_unknown(path, numbers)
    if leaping:
        return
    ours = statements.stored(connection, int(path.stem), header.number)
    if ours is None:
        _refuse(path, f"the database never signed number {header.number} of this list")
    if not statements.is_of(ours, snapshot):
        _refuse(path, f"the database signed another list as number {header.number}")


def _unreadable(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path} cannot be read as a status list, so what it said cannot be compared",
        hint="if it is damaged, move it away; else choose another folder with --out",
    )


def _refuse(path: Path, reason: str) -> NoReturn:
    raise Conflict(
        f"this database is older than what was published: {path}: {reason}",
        hint="restore a later backup; where there is none, repeat the decisions that are missing, then "
        "run `ombord-issuer publish --leap-ahead` once; a folder with entries that nobody here knows is left "
        "as it is: choose a new one with --out",
    )


def _cleared(connection: Connection, number: int, held: _Published) -> list[int]:
    """Entries that would become valid again without a reinstatement since the published list."""
    query = (
        select(credential.c.idx, credential.c.status, certificate.c.document_number)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(credential.c.list_number == number, among(connection, credential.c.idx, held.not_valid))
    )
    ours = {row.idx: row for row in connection.execute(query)}
    since = held.iat - _SLACK_SECONDS
    lifted = select(audit_event.c.subject).where(
        audit_event.c.event == _REINSTATED, audit_event.c.at >= since
    )
    reinstated = set(connection.execute(lifted).scalars())
    return [
        idx
        for idx, before in sorted(held.not_valid.items())
        if idx not in ours
        or (
            ours[idx].status == Status.VALID
            and not (before == Status.SUSPENDED and ours[idx].document_number in reinstated)
        )
    ]


def _read(path: Path) -> _Published:
    try:
        parsed = jws.parse(path.read_text("ascii"), max_size=status.MAX_TOKEN)
        claims = json_object(parsed.payload, max_size=status.MAX_TOKEN)
        uri, iat, body = claims.get("sub"), claims.get("iat"), claims.get("status_list")
        if not (isinstance(uri, str) and type(iat) is int and isinstance(body, dict)):
            raise StatusListError("claims are missing")
        lst = body.get("lst")
        if body.get("bits") != status.BITS or not isinstance(lst, str):
            raise StatusListError("another kind of list")
        array = status.inflate(b64url_decode(lst))
    except (OSError, UnicodeDecodeError, jws.MalformedJws, EncodingError, StatusListError) as error:
        raise _unreadable(path) from error
    return _Published(path, uri, iat, _not_valid(array))


def _not_valid(array: bytes) -> dict[int, int]:
    """The entries that are not 0, of 2 bits each from the least significant."""
    return {
        at * 4 + slot: value
        for at, byte in enumerate(array)
        if byte
        for slot in range(4)
        if (value := byte >> slot * 2 & 3)
    }
