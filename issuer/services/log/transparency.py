"""The transparency log: what was signed is appended before anybody gets it, and never leaves again.

Every function works within the caller's transaction: a credential's step and its entry live or die together.
What the log is, and how it is checked by those who do not trust us, is docs/transparency-log.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, update

from issuer.adapters import log_store
from issuer.adapters.log_store import AlreadyThere, NewLeaf
from issuer.adapters.tables import credential
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotFound
from issuer.services.audit.trail import SYSTEM, AuditEvent, head, record
from issuer.services.clock import Clock
from keys.signer import Signer
from keys.transparency import consistency, merkle
from keys.transparency.anchor import Anchor, anchor_of
from keys.transparency.checkpoint import Checkpoint, LogKey, parse, sign
from keys.transparency.entry import Receipt, leaf
from keys.transparency.merkle import ProofError
from keys.trust.record import unix

SALT_DELETED = "log-salt-deleted"


class NewEntry(NamedTuple):
    """A signed credential on its way into the log."""

    serial: str
    salt: bytes  # 16 random bytes, of this entry alone
    signing_input: bytes


class Sizes(NamedTuple):
    """How many entries the log had, and has: the new ones have the indices between."""

    before: int
    after: int


def append(connection: Connection, entries: Sequence[NewEntry]) -> Sizes:
    """Log what was signed, in this order. On PostgreSQL others who append wait until we commit.

    Raises Conflict, and nothing may be committed then, where a credential is in the log already.
    """
    log_store.lock(connection)
    frontier = log_store.frontier(connection)
    leaves = [NewLeaf(leaf(one.salt, one.signing_input), one.serial, one.salt) for one in entries]
    grown, made = frontier.append(one.leaf_hash for one in leaves)
    if leaves:
        try:
            log_store.add(connection, frontier.size, leaves, made)
        except AlreadyThere as error:
            raise Conflict(
                "one of these credentials is in the transparency log already",
                hint="each credential is logged once: ask for its receipt",
            ) from error
    return Sizes(frontier.size, grown.size)


def checkpoint(
    connection: Connection,
    signer: Signer,
    *,
    origin: str,
    at: datetime,
    anchored_every: timedelta = timedelta.max,
) -> str:
    """The signed note for the log as it is now; the one that there is, while nothing was added since.

    It anchors the audit trail's head. Where that alone has moved, the same log is signed anew once the last
    note is `anchored_every` old. Nothing is signed that contradicts what was signed before: raises
    DatabaseUnusable instead, and Conflict for another origin than the log has had.
    """
    log_store.lock(connection)
    frontier, anchor = log_store.frontier(connection), head(connection)
    now = Checkpoint(origin, frontier.size, frontier.root, (anchor.line,))
    newest = log_store.newest_checkpoint(connection)
    if newest is not None:
        before, signatures = parse(newest.encode())
        _check_growth(connection, before, now)
        key = LogKey(origin, signer.public_key)
        signed = any((one.name, one.key_id) == (key.name, key.key_id) for one in signatures)
        if (
            signed
            and before.size == now.size
            and not _is_stale(connection, before, anchor, at, anchored_every)
        ):
            return newest
    note = sign(now, signer)
    log_store.add_checkpoint(connection, now.size, unix(at), note)
    return note


def receipt(connection: Connection, serial: str) -> Receipt:
    """What a credential's holder can show. Ever the same bytes: under the first checkpoint that has it.

    Raises NotFound for what is not logged; Conflict before a checkpoint has it, and once its salt is deleted;
    DatabaseUnusable where the rows do not lead to the root that was signed.
    """
    row = log_store.entry(connection, serial)
    if row is None:
        raise _not_logged(serial)
    if row.salt is None:
        raise _anonymous(serial)
    note = log_store.first_checkpoint_with(connection, row.idx)
    if note is None:
        raise Conflict(f"no checkpoint has credential {serial} yet", hint="ask again after the next one")
    signed = parse(note.encode()).checkpoint
    proof = merkle.prove_inclusion(row.idx, signed.size, partial(log_store.hashes, connection))
    try:
        merkle.verify_inclusion(row.leaf_hash, index=row.idx, size=signed.size, root=signed.root, proof=proof)
    except ProofError as error:
        raise _contradiction(signed.size, error) from error
    return Receipt(row.idx, row.salt, proof, note)


def receipts(connection: Connection, serials: Iterable[str]) -> tuple[dict[str, Receipt], bool]:
    """Those that there are, by serial; and whether one is only waiting for the next checkpoint.

    Raises DatabaseUnusable where the rows do not lead to the root that was signed.
    """
    found, waiting = {}, False
    for serial in serials:
        row = log_store.entry(connection, serial)
        if row is None or row.salt is None:
            continue
        if log_store.first_checkpoint_with(connection, row.idx) is None:
            waiting = True
        else:
            found[serial] = receipt(connection, serial)
    return found, waiting


def prove_consistency(connection: Connection, old: int, new: int) -> tuple[bytes, ...]:
    """That the log of `new` entries begins with that of `old`. Raises InvalidInput."""
    size = log_store.size(connection)
    if not 0 <= old <= new <= size:
        raise InvalidInput(
            f"the log grew from 0 to {size} entries, not from {old} to {new}",
            hint="name two sizes, the smaller one first",
        )
    return merkle.prove_consistency(old, new, partial(log_store.hashes, connection))


def anonymise(
    connection: Connection, clock: Clock, serial: str, *, reason: str = "", actor: str = SYSTEM
) -> None:
    """Delete the salt, here and beside the credential: nobody can tell any more what the entry says.

    The entry's hash stays, and all proofs with it. Meant for the transaction that also deletes the
    credential's own texts. Raises NotFound, or Conflict where it is done already.
    """
    if not log_store.delete_salt(connection, serial):
        raise _not_logged(serial) if log_store.entry(connection, serial) is None else _anonymous(serial)
    connection.execute(update(credential).where(credential.c.serial == serial).values(log_salt=""))
    details = {"before": "salted", "after": "anonymous", "reason": reason}
    record(connection, clock, [AuditEvent(SALT_DELETED, serial, details, actor)])


def _is_stale(
    connection: Connection, before: Checkpoint, anchor: Anchor, at: datetime, lasts: timedelta
) -> bool:
    last = log_store.newest_checkpoint_at(connection)
    return last is not None and unix(at) - last >= lasts.total_seconds() and anchor_of(before) != anchor


def _check_growth(connection: Connection, before: Checkpoint, now: Checkpoint) -> None:
    if before.origin != now.origin:
        raise Conflict(
            f"this log is called {before.origin}, and was to be signed as {now.origin}",
            hint="a log keeps its name: its readers know it by that",
        )
    try:
        proof = merkle.prove_consistency(before.size, now.size, partial(log_store.hashes, connection))
        consistency.check(before, now, proof)
    except ProofError as error:
        raise _contradiction(before.size, error) from error


def _contradiction(size: int, error: ProofError) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"the transparency log contradicts its signed checkpoint of {size} entries: {error}",
        hint="stop issuing, and restore a backup that holds all of them",
    )


def _not_logged(serial: str) -> NotFound:
    return NotFound(f"credential {serial} is not in the transparency log", hint="check the serial")


def _anonymous(serial: str) -> Conflict:
    return Conflict(
        f"the log's entry of credential {serial} is anonymous: its salt was deleted",
        hint="nothing brings it back; the entry itself stays in the log",
    )
