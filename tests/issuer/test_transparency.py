"""The transparency log over a database: it only grows, and every proof about it is read from a few rows."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError
from support.desk import NUMBER, Desk

from issuer.adapters import log_store
from issuer.adapters.database import Database
from issuer.adapters.tables import credential, log_checkpoint, log_entry, log_node
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotFound
from issuer.services.log import transparency
from issuer.services.log.transparency import NewEntry, Sizes
from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, LogKey, verify
from keys.transparency.checkpoint import sign as sign_note
from keys.transparency.entry import Receipt, check, leaf
from keys.transparency.merkle import Frontier, Node

ORIGIN = "certificates.sdir.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
NEXT_SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(1, 33)))
KEY = LogKey(ORIGIN, SIGNER.public_key)


def entries(start: int, stop: int) -> list[NewEntry]:
    made = []
    for n in range(start, stop):
        random = sha256(b"salt %d" % n).hexdigest()
        made.append(NewEntry(random[:32], bytes.fromhex(random[32:]), b"header.payload %d" % n))
    return made


def root(size: int) -> bytes:
    return Frontier().append(leaf(one.salt, one.signing_input) for one in entries(0, size))[0].root


def append(desk: Desk, new: Sequence[NewEntry]) -> Sizes:
    with desk.database.write() as connection:
        return transparency.append(connection, new)


def sign(desk: Desk, signer: SoftwareSigner = SIGNER, origin: str = ORIGIN) -> str:
    with desk.database.write() as connection:
        return transparency.checkpoint(connection, signer, origin=origin, at=desk.clock())


def signed(desk: Desk) -> Checkpoint:
    return verify(sign(desk).encode(), [KEY], origin=ORIGIN)


def receipt(desk: Desk, one: NewEntry) -> Receipt:
    with desk.database.read() as connection:
        return transparency.receipt(connection, one.serial)


def proof(desk: Desk, old: int, new: int) -> tuple[bytes, ...]:
    with desk.database.read() as connection:
        return transparency.prove_consistency(connection, old, new)


def test_log_that_grows_in_batches_is_the_tree_of_all_its_entries(desk: Desk) -> None:
    checkpoints, at = [signed(desk)], 0
    for count in (1, 2, 5, 0, 24, 1):
        assert append(desk, entries(at, at + count)) == Sizes(at, at + count)
        at += count
        checkpoints.append(signed(desk))
    assert [(one.size, one.root) for one in checkpoints] == [(n, root(n)) for n in (0, 1, 3, 8, 8, 32, 33)]
    for old in checkpoints:
        for new in checkpoints[checkpoints.index(old) :]:
            consistency.check(old, new, proof(desk, old.size, new.size))


def test_every_entry_has_a_receipt_and_ever_the_same_one(desk: Desk) -> None:
    append(desk, entries(0, 9))
    sign(desk)
    before = [receipt(desk, one).to_json() for one in entries(0, 9)]
    append(desk, entries(9, 20))
    sign(desk)
    assert [receipt(desk, one).to_json() for one in entries(0, 9)] == before
    for at, one in enumerate(entries(0, 20)):
        held = Receipt.from_json(receipt(desk, one).to_json())
        assert held.index == at
        assert check(held, one.signing_input, KEY).size == (9 if at < 9 else 20)


def test_receipt_waits_for_a_checkpoint(desk: Desk) -> None:
    append(desk, entries(0, 2))
    sign(desk)
    append(desk, entries(2, 3))
    with pytest.raises(Conflict, match="no checkpoint has credential"):
        receipt(desk, entries(2, 3)[0])
    with pytest.raises(NotFound, match="is not in the transparency log"):
        receipt(desk, entries(7, 8)[0])


def test_checkpoint_of_the_same_log_is_the_same_until_the_key_is_another(desk: Desk) -> None:
    append(desk, entries(0, 3))
    first = sign(desk)
    desk.clock.now += timedelta(days=1)
    assert sign(desk) == first
    following = sign(desk, NEXT_SIGNER)
    assert following != first
    assert verify(following.encode(), [LogKey(ORIGIN, NEXT_SIGNER.public_key)], origin=ORIGIN).size == 3
    with desk.database.read() as connection:
        assert connection.execute(select(log_checkpoint.c.note)).scalars().all() == [first, following]


def test_log_keeps_its_name(desk: Desk) -> None:
    sign(desk)
    with pytest.raises(Conflict, match=f"this log is called {ORIGIN}"):
        sign(desk, origin="other.example/log")


def test_credential_is_logged_once(desk: Desk) -> None:
    append(desk, entries(0, 3))
    with pytest.raises(Conflict, match="in the transparency log already"):
        append(desk, [*entries(3, 5), *entries(1, 2)])
    assert append(desk, entries(3, 5)) == Sizes(3, 5), "nothing of the refused batch is there"
    assert signed(desk).root == root(5)


def test_batch_whose_transaction_fails_was_never_there(desk: Desk) -> None:
    def fail() -> None:
        with desk.database.write() as connection:
            transparency.append(connection, entries(0, 5))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert signed(desk).size == 0


def test_writers_at_once_make_one_tree(desk: Desk) -> None:
    with ThreadPoolExecutor(6) as pool:
        sizes = list(pool.map(lambda n: append(desk, entries(3 * n, 3 * n + 3)), range(12)))
    assert sorted(sizes) == [Sizes(at, at + 3) for at in range(0, 36, 3)]
    sign(desk)
    for one in entries(0, 36):
        check(receipt(desk, one), one.signing_input, KEY)


CHANGES = (
    "UPDATE log_entry SET leaf_hash = salt WHERE idx = 1",
    "UPDATE log_entry SET leaf_hash = (SELECT max(hash) FROM log_node), salt = NULL WHERE idx = 1",
    "UPDATE log_entry SET idx = 9, salt = NULL WHERE idx = 1",
    "UPDATE log_entry SET serial = 'x', salt = NULL WHERE idx = 1",
    "UPDATE log_entry SET salt = leaf_hash WHERE idx = 1",
    "UPDATE log_entry SET salt = salt WHERE idx = 1",
    "UPDATE log_entry SET salt = leaf_hash WHERE idx = 2",
    "DELETE FROM log_entry WHERE idx = 1",
    "UPDATE log_node SET number = 99 WHERE number = 1",
    "UPDATE log_node SET hash = (SELECT salt FROM log_entry WHERE idx = 1)",
    "DELETE FROM log_node",
    "UPDATE log_checkpoint SET note = 'x'",
    "DELETE FROM log_checkpoint",
)


def test_database_refuses_to_change_the_log(desk: Desk) -> None:
    append(desk, entries(0, 4))
    sign(desk)
    with desk.database.write() as connection:
        transparency.anonymise(connection, desk.clock, entries(2, 3)[0].serial)
    for change in CHANGES:
        with pytest.raises(DBAPIError, match="append-only"), desk.database.write() as connection:
            connection.execute(text(change))
    assert signed(desk).root == root(4)


def test_anonymous_entry_says_nothing_and_all_proofs_stay(desk: Desk) -> None:
    append(desk, entries(0, 6))
    before = signed(desk)
    one, other = entries(2, 4)
    with desk.database.write() as connection:
        transparency.anonymise(connection, desk.clock, one.serial)
    with desk.database.read() as connection:
        row = connection.execute(select(log_entry).where(log_entry.c.idx == 2)).one()
        assert row.salt is None
        assert row.leaf_hash == leaf(one.salt, one.signing_input)
    with pytest.raises(Conflict, match="its salt was deleted"):
        receipt(desk, one)
    check(receipt(desk, other), other.signing_input, KEY)
    append(desk, entries(6, 8))
    consistency.check(before, signed(desk), proof(desk, 6, 8))
    assert desk.events() == [transparency.SALT_DELETED]
    for serial, error in ((one.serial, Conflict), ("0" * 32, NotFound)):
        with pytest.raises(error), desk.database.write() as connection:
            transparency.anonymise(connection, desk.clock, serial)
    assert desk.events() == [transparency.SALT_DELETED]


def test_salt_goes_from_beside_the_credential_too(desk: Desk) -> None:
    desk.enter()
    desk.issue(NUMBER)
    with desk.database.write() as connection:
        row = connection.execute(select(credential.c.serial, credential.c.log_salt)).first()
        assert row is not None
        transparency.anonymise(connection, desk.clock, row.serial)
        salt = select(credential.c.log_salt).where(credential.c.serial == row.serial)
        assert connection.execute(salt).scalar() == ""


@pytest.mark.parametrize(("old", "new"), [(-1, 2), (2, 1), (0, 5)])
def test_growth_that_never_was_is_not_proven(desk: Desk, old: int, new: int) -> None:
    append(desk, entries(0, 4))
    with pytest.raises(InvalidInput, match="the log grew from 0 to 4 entries"):
        proof(desk, old, new)


UNLOCK = {
    "sqlite": ("DROP TRIGGER log_entry_no_update", "DROP TRIGGER log_entry_no_delete"),
    "postgresql": ("ALTER TABLE log_entry DISABLE TRIGGER USER",),
}
LOCK = {"sqlite": (), "postgresql": ("ALTER TABLE log_entry ENABLE TRIGGER USER",)}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE log_entry SET leaf_hash = (SELECT hash FROM log_node WHERE number = 1) WHERE idx = 4",
         "contradicts its signed checkpoint of 5 entries"),
        ("DELETE FROM log_entry WHERE idx = 4", "contradicts its signed checkpoint of 5 entries"),
        ("DELETE FROM log_entry WHERE idx >= 2", "has a gap|contradicts"),
    ],
)  # fmt: skip
def test_whoever_gets_round_that_gets_neither_a_checkpoint_signed_nor_a_receipt(
    desk: Desk, change: str, says: str
) -> None:
    append(desk, entries(0, 5))
    sign(desk)
    kind = desk.database.engine.dialect.name
    with desk.database.write() as connection:
        for statement in (*UNLOCK[kind], change, *LOCK[kind]):
            connection.execute(text(statement))
    with pytest.raises(DatabaseUnusable, match=says) as refused:
        sign(desk)
    assert "stop issuing" in refused.value.hint
    with pytest.raises(DatabaseUnusable, match=r"has a gap|contradicts"):
        receipt(desk, entries(0, 1)[0])  # its proof has what became of entry 4


def test_missing_hash_is_a_gap_and_not_a_wrong_tree(desk: Desk) -> None:
    with desk.database.write() as connection:
        connection.execute(insert(log_entry).values(idx=2, leaf_hash=bytes(32), serial="x", salt=None))
    with pytest.raises(DatabaseUnusable, match="has a gap"):
        sign(desk)


def test_batch_and_proof_in_a_large_log_touch_few_rows(database: Database) -> None:
    """A log of 2^40 entries, of which only the rows exist that appending and proving may read."""
    size = (1 << 40) + 1
    read: list[int] = []

    def count(*arguments: Any) -> None:
        read.append(1)

    with database.write() as connection:
        connection.execute(insert(log_entry).values(idx=size - 1, leaf_hash=bytes(32), serial="x"))
        connection.execute(insert(log_node).values(number=(1 << 40) - 1, hash=bytes(32)))
        event.listen(connection, "before_cursor_execute", count)
        assert transparency.append(connection, entries(0, 10)) == Sizes(size, size + 10)
        assert len(read) <= 6, "statements"
        made = connection.execute(select(log_node.c.number)).all()
        assert len(made) < 1 + 10 + 1
        found = partial(log_store.hashes, connection)
        read.clear()
        assert len(found([Node(0, position) for position in range(size, size + 10)])) == 10
        assert len(read) == 1


def test_checkpoint_that_another_wrote_into_the_table_is_found_out(desk: Desk) -> None:
    append(desk, entries(0, 3))
    forged = Checkpoint(ORIGIN, 3, bytes(32))
    with desk.database.write() as connection:
        log_store.add_checkpoint(connection, 3, 0, sign_note(forged, SIGNER))
    with pytest.raises(DatabaseUnusable, match="two different trees of 3 leaves"):
        sign(desk)
