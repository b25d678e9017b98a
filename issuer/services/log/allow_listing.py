"""The allow list of a compromised key: what it truly signed, as register and audit trail agree.

A thief of the key can sign anything and date it as he likes, but he cannot put it into the register's past.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from issuer.adapters.database import Database
from issuer.adapters.tables import credential
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.domain.register import CredentialState
from issuer.services.audit import trail
from issuer.services.clock import Clock
from issuer.services.log.signed_texts import signing_input
from issuer.services.log.what_was_signed import Agreement, evidence
from keys.custody import atomic_file
from keys.trust.allow_list import SALT_BYTES, AllowList, AllowListError, build

MAX_KID = 64  # characters of the column
Progress = Callable[[int, int], None]  # done, of how many


class MadeAllowList(NamedTuple):
    """A file was written: what it holds, and how many credentials it leaves out as not yet released."""

    path: Path
    credentials: int
    unfinished: int
    anonymous: tuple[str, ...] = ()  # serials that it holds although their text can be compared with nothing


def write_allow_list(
    database: Database,
    clock: Clock,
    kid: str,
    path: Path,
    *,
    actor: str,
    progress: Progress = lambda _done, _of: None,
) -> MadeAllowList:
    """Write the allow list of key `kid` to `path`, under a new salt, and note that in the audit trail.

    It holds each credential that was released under the key; what became of it, the status lists say.
    Raises NotFound for a key that signed none, Conflict when the register has one that was never logged,
    InvalidInput when something is at `path` already: a slip of the keyboard must not cost the sealed keys.
    """
    _check_name(kid)
    with _new_file(path):
        data, unfinished, anonymous = _build(database, kid, progress)
        listed = len(AllowList(data))
        details: dict[str, str | int | None] = {"credentials": listed, "sha256": sha256(data).hexdigest()}
        if anonymous:
            details["anonymous"] = len(anonymous)
        with database.write() as connection:
            trail.record(connection, clock, [trail.AuditEvent("allow-list", kid, details, actor)])
            _write(path, data)  # noted or not made: what fails after this takes the file away again
    return MadeAllowList(path, listed, unfinished, anonymous)


def _build(database: Database, kid: str, progress: Progress) -> tuple[bytes, int, tuple[str, ...]]:
    """The file's bytes, how many credentials are left out, and which are anonymous."""
    anonymous: list[str] = []
    with database.read() as connection:
        released, unfinished = _count(connection, kid)
        if not released:
            raise _unknown(connection, kid)
        try:
            inputs = _inputs(connection, kid, released, progress, anonymous)
            data = build(kid, inputs, secrets.token_bytes(SALT_BYTES))
        except AllowListError as error:
            raise InvalidInput(f"key {kid}: {error}", hint="sign them again under another key") from error
    return data, unfinished, tuple(anonymous)


def _check_name(kid: str) -> None:
    if not (kid.isascii() and kid.isprintable() and 0 < len(kid) <= MAX_KID):
        raise InvalidInput(f"{kid!r} is no key id", hint="name the key as the directory does: NO-2026a")


def _count(connection: Connection, kid: str) -> tuple[int, int]:
    """How many credentials of a key are released, and how many may still be."""
    query = (
        select(credential.c.state, func.count()).where(credential.c.kid == kid).group_by(credential.c.state)
    )
    by_state = {CredentialState(state): count for state, count in connection.execute(query)}
    released, void = by_state.get(CredentialState.RELEASED, 0), by_state.get(CredentialState.VOID, 0)
    return released, sum(by_state.values()) - released - void


def _unknown(connection: Connection, kid: str) -> NotFound:
    signed = credential.c.state == CredentialState.RELEASED.value
    query = select(credential.c.kid).where(signed).distinct().order_by(credential.c.kid)
    kids = connection.execute(query).scalars().all()
    return NotFound(
        f"no credential in the register was released under key {kid}",
        hint=f"keys that signed credentials: {', '.join(kids)}; a key for status lists or the pass is revoked"
        if kids
        else "nothing was ever released from this register: check OMBORD_DATABASE_URL",
    )


def _inputs(
    connection: Connection, kid: str, total: int, progress: Progress, anonymous: list[str]
) -> Iterator[bytes]:
    """The signing inputs of a key's released credentials, a thousand rows in memory at a time.

    Where the salt was deleted, the log's leaf with the audit event is what is left to go by: such serials
    are added to `anonymous`.
    """
    mine = and_(credential.c.kid == kid, credential.c.state == CredentialState.RELEASED.value)
    done = 0
    for batch in evidence(connection, mine):
        for one in batch:
            if one.agreement is Agreement.DIFFERENT:
                raise Conflict(
                    f"credential {one.serial} is in the register, "
                    "but not in the audit trail of what was signed",
                    hint="somebody changed the database: restore a backup before making an allow list",
                )
            if one.agreement is Agreement.ANONYMOUS:
                anonymous.append(one.serial)
            yield signing_input(one.token)
        done += len(batch)
        progress(done, total)


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """The name is ours, and of nothing that was there before; it is free again if the block fails."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    except FileExistsError as error:
        raise InvalidInput(f"{path} exists already", hint="choose another --out") from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes) -> None:
    try:
        atomic_file.write(path, data)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be written: {error.strerror}", hint="choose another --out")
