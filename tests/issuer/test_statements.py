"""Status for ships: numbered statements of what the lists say, deltas from any of them, nothing undone."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_app import KEYS
from support.issuer_directory import issuer_directory
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.adapters.object_store import StoreUnusable, Upload
from issuer.adapters.object_store_folder import FolderStore
from issuer.adapters.tables import status_statement
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotFound, SelfVerificationFailed
from issuer.services.publishing import statements
from issuer.services.publishing.publisher import Orders, SignedList, StatusPublisher
from keys import jws
from verifier import rice, ship_status, status
from verifier.statement import NO_STATES, before_hash
from verifier.status import Status, StatusList

DIRECTORY = issuer_directory()
rice_encode = rice.encode


def aboard(signed: SignedList) -> StatusList:
    """What a ship reads."""
    return ship_status.verify_snapshot(signed.snapshot, directory=DIRECTORY)


def snapshots(desk: Desk) -> list[StatusList]:
    """All that was ever signed for ships, oldest first, as ships read it."""
    with desk.database.read() as connection:
        query = select(status_statement.c.snapshot).order_by(status_statement.c.number)
        blobs = [bytes(one) for one in connection.execute(query).scalars()]
    return [ship_status.verify_snapshot(one, directory=DIRECTORY) for one in blobs]


def history(desk: Desk, count: int = 5) -> list[SignedList]:
    """A list with some entries that was signed `count` times, each time with another status."""
    desk.enter()
    desk.issue(key="1")
    desk.issue(MEDICAL, key="2")
    signed = [desk.publisher.current(1)]
    while len(signed) < count:
        desk.clock.forward(hours=5)
        act = desk.lifecycle.suspend if len(signed) % 2 else desk.lifecycle.reinstate
        act(NUMBER, reason="", actor="clerk")
        signed.append(desk.publisher.current(1))
    return signed


def test_ships_read_what_the_token_says_and_when(desk: Desk) -> None:
    for signed in history(desk):
        token = status.verify_list(signed.token, directory=DIRECTORY)
        held = aboard(signed)
        assert (held.uri, held.iat, held.exp, held.states) == (token.uri, token.iat, token.exp, token.states)
        assert (held.number, held.issuer) == (signed.statement_number, desk.settings.issuer)


def test_numbers_count_up_and_each_names_the_states_before_it(desk: Desk) -> None:
    history(desk)
    lists = snapshots(desk)
    said = [one.statement for one in lists]
    assert [one.number for one in lists] == [1, 2, 3, 4, 5]
    assert [one.before for one in said if one] == [
        NO_STATES,
        *(before_hash(one.states) for one in lists[:-1]),
    ]
    assert sorted({one.iat for one in lists}) == [one.iat for one in lists]
    for held, offered in pairwise(lists):
        ship_status.refuse_fork(held, offered)


def test_nothing_is_signed_while_nothing_has_changed(desk: Desk) -> None:
    signed = history(desk, 2)[-1]
    desk.clock.forward(hours=5)
    assert desk.publisher.current(1) == signed
    assert len(snapshots(desk)) == 2


def test_list_is_soon_signed_by_the_new_key_and_workers_do_not_take_turns(desk: Desk) -> None:
    signed = history(desk, 1)[0]
    new = StatusPublisher(desk.database, desk.clock, replace(KEYS, status_kid="NO-2026a"), desk.settings)
    assert new.current(1) == signed
    desk.clock.forward(minutes=1)
    after = new.current(1)
    assert (after.statement_number, jws.parse(after.token, max_size=10**6).kid) == (2, "NO-2026a")
    assert desk.publisher.current(1) == new.current(1) == after


def test_list_that_has_aged_gets_a_number_of_the_same_states(desk: Desk) -> None:
    signed = history(desk, 2)[-1]
    desk.clock.forward(hours=7)
    again = desk.publisher.current(1)
    assert (aboard(again).number, aboard(again).states) == (3, aboard(signed).states)
    blob = desk.publisher.update(1, 2)
    assert blob is not None
    assert ship_status.apply_delta(aboard(signed), blob, directory=DIRECTORY).iat == again.iat


def test_a_delta_leads_from_each_number_to_the_newest(desk: Desk) -> None:
    for number in desk.enter_many(30)[2:]:
        desk.issue(number, key=number)
        desk.lifecycle.revoke(number, reason="", actor="clerk")
    *earlier, newest = history(desk)
    for signed in earlier:
        blob = desk.publisher.update(1, signed.statement_number)
        assert blob is not None
        assert len(blob) < len(newest.snapshot)
        assert ship_status.apply_delta(aboard(signed), blob, directory=DIRECTORY) == aboard(newest)


def test_who_holds_the_newest_number_needs_nothing(desk: Desk) -> None:
    assert desk.publisher.update(1, history(desk)[-1].statement_number) is None


@pytest.mark.parametrize("held", [6, 57, 2**31 - 1])
def test_number_that_is_still_to_come_is_a_conflict(desk: Desk, held: int) -> None:
    history(desk)
    with pytest.raises(Conflict, match=f"has come to number 5, not to {held}") as refused:
        desk.publisher.update(1, held)
    assert "keep the list that you have" in refused.value.hint


def test_who_holds_nothing_or_what_we_no_longer_know_gets_the_snapshot(desk: Desk) -> None:
    newest = history(desk)[-1]
    with desk.database.write() as connection:
        connection.execute(delete(status_statement).where(status_statement.c.number == 2))
    assert [desk.publisher.update(1, held) for held in (0, 2)] == [newest.snapshot] * 2


def test_snapshot_is_sent_where_it_is_smaller_than_the_delta(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.enter()
    desk.issue()
    random = bytes(range(256))
    monkeypatch.setattr(status, "pack_states", lambda _entries, size: random)
    first = desk.publisher.current(1)
    desk.clock.forward(hours=7)
    monkeypatch.setattr(status, "pack_states", lambda _entries, size: bytes(size // 4))
    newest = desk.publisher.current(1)
    assert len(first.snapshot) > 256
    assert desk.publisher.update(1, 1) == newest.snapshot


def test_list_that_is_not_there_has_no_update(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.publisher.update(7, 0)


def test_list_that_was_signed_before_there_were_statements_is_signed_again(desk: Desk) -> None:
    before = history(desk, 1)[0]
    with desk.database.write() as connection:
        connection.execute(delete(status_statement))
    now = desk.publisher.current(1)
    assert now.iat > before.iat
    assert (aboard(now).number, aboard(now).iat) == (1, now.iat)


def test_token_and_statement_are_stored_both_or_neither(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = history(desk, 2)[-1]
    desk.lifecycle.reinstate(NUMBER, reason="", actor="clerk")
    with monkeypatch.context() as broken:
        broken.setattr(status, "encode", fail)
        with pytest.raises(OSError, match="no more entropy"):
            desk.publisher.current(1)
    assert len(snapshots(desk)) == 2
    now = desk.publisher.current(1)
    assert (now.statement_number, now.iat > before.iat) == (3, True)


def fail(*_args: object, **_options: object) -> str:
    raise OSError("no more entropy")


def test_statement_expires_whole_days_after_it_was_signed(database: Database) -> None:
    desk = Desk.open(database, status_expiry=timedelta(days=60, seconds=1))
    signed = history(desk, 1)[0]
    assert signed.exp == signed.iat + timedelta(days=60, seconds=1)
    assert aboard(signed).exp == signed.iat + timedelta(days=60)


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, 23, 59, tzinfo=UTC),
                                 datetime(2156, 3, 1, tzinfo=UTC)])  # fmt: skip
def test_clock_of_another_age_signs_nothing(desk: Desk, now: datetime) -> None:
    desk.enter()
    desk.issue()
    right, desk.clock.now = desk.clock.now, now
    with pytest.raises(InvalidInput, match="within 2020 and 2155") as refused:
        desk.publisher.current(1)
    assert "set the clock right" in refused.value.hint
    desk.clock.now = right
    assert desk.publisher.current(1).statement_number == 1


def test_statement_that_ships_would_refuse_is_not_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.enter()
    desk.issue()
    monkeypatch.setattr(statements, "sign", signed_by_another(statements.sign))
    with pytest.raises(SelfVerificationFailed, match="would not verify on board"):
        desk.publisher.current(1)
    assert snapshots(desk) == []


def signed_by_another(sign: Callable[..., object]) -> Callable[..., object]:
    return lambda states, **rest: sign(states, **{**rest, "signer": seeded_signer("thief")})


@pytest.mark.parametrize("coded", [lambda states: rice_encode(bytes(len(states))), lambda states: b"\xff"])
def test_states_that_ships_would_read_otherwise_are_not_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, coded: Callable[[bytes], bytes]
) -> None:
    (newest,) = history(desk, 1)
    desk.lifecycle.revoke(NUMBER, reason="", actor="clerk")
    monkeypatch.setattr(rice, "encode", coded)
    with pytest.raises(SelfVerificationFailed, match="would not verify on board"):
        desk.publisher.current(1)
    assert snapshots(desk) == [aboard(newest)]


@pytest.mark.parametrize(
    "damage", [lambda blob: blob[:-1], lambda blob: b"", lambda blob: b"\x02" + blob[1:]]
)
def test_damaged_statement_stops_signing_and_says_so(desk: Desk, damage: Callable[[bytes], bytes]) -> None:
    newest = history(desk, 2)[-1]
    desk.lifecycle.reinstate(NUMBER, reason="", actor="clerk")
    with desk.database.write() as connection:
        row = update(status_statement).where(status_statement.c.number == 2)
        connection.execute(row.values(snapshot=damage(newest.snapshot)))
    with pytest.raises(DatabaseUnusable, match=r"number 2 of status list .* cannot be read") as refused:
        desk.publisher.current(1)
    assert "backup" in refused.value.hint


@pytest.mark.parametrize(
    "damage", [lambda blob: blob[:-1], lambda blob: b"", lambda blob: b"\xff" + blob[1:]]
)
def test_damaged_older_statement_gives_no_delta_and_says_so(
    desk: Desk, damage: Callable[[bytes], bytes]
) -> None:
    first, newest = history(desk, 2)
    with desk.database.write() as connection:
        row = update(status_statement).where(status_statement.c.number == 1)
        connection.execute(row.values(snapshot=damage(first.snapshot)))
    with pytest.raises(DatabaseUnusable, match=r"number 1 of status list .* cannot be read"):
        desk.publisher.update(1, 1)
    other = newest.snapshot.replace(b"1\2", b"1\1", 1)  # the newer list, under the older number
    with desk.database.write() as connection:
        connection.execute(row.values(snapshot=other))
    with pytest.raises(DatabaseUnusable, match="these are not the states of number 1"):
        desk.publisher.update(1, 1)
    assert desk.publisher.update(1, 0) == newest.snapshot


def test_workers_that_sign_at_once_give_each_number_once(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    workers = [StatusPublisher(desk.database, desk.clock, KEYS, desk.settings) for _ in range(4)]
    with ThreadPoolExecutor(len(workers)) as pool:
        for number in range(1, 6):
            act = desk.lifecycle.suspend if number % 2 else desk.lifecycle.reinstate
            act(NUMBER, reason="", actor="clerk")
            signed = list(pool.map(lambda worker: worker.current(1), workers))
            assert {one.statement_number for one in signed} == {number}
            assert len({(one.token, one.snapshot) for one in signed}) == 1
    assert [one.number for one in snapshots(desk)] == [1, 2, 3, 4, 5]


def test_each_list_has_numbers_of_its_own(database: Database) -> None:
    desk = Desk.open(database, list_size=16)
    for number in desk.enter_many(10):
        desk.issue(number, key=number)
    desk.lifecycle.revoke("NO-COC-0009", reason="", actor="clerk")
    assert [desk.publisher.current(number).statement_number for number in (1, 2)] == [1, 1]
    assert [ship_status.peek(desk.publisher.current(number).snapshot).name for number in (1, 2)] == ["1", "2"]
    states = aboard(desk.publisher.current(2))
    assert [states.get(idx) for idx in range(16)].count(Status.REVOKED) == 1


# Folders


def test_folder_holds_what_the_token_says_for_ships(desk: Desk, tmp_path: Path) -> None:
    history(desk, 3)
    assert "status/1.snapshot" in desk.publish(tmp_path)
    held = ship_status.verify_snapshot((tmp_path / "status/1.snapshot").read_bytes(), directory=DIRECTORY)
    token = status.verify_list((tmp_path / "status/1.jwt").read_text("ascii"), directory=DIRECTORY)
    assert (held.states, held.iat, held.number) == (token.states, token.iat, 3)


def test_publishing_that_broke_off_anywhere_is_done_by_the_next_run(desk: Desk, tmp_path: Path) -> None:
    history(desk, 2)
    desk.publish(tmp_path)
    for files in range(2):
        desk.clock.forward(hours=7)
        with pytest.raises(StoreUnusable, match="full"):
            desk.publication(StoreOf(tmp_path, files)).publish()
        ship_status.verify_snapshot((tmp_path / "status/1.snapshot").read_bytes(), directory=DIRECTORY)
        desk.publish(tmp_path)
        assert agree(tmp_path)


class StoreOf(FolderStore):
    """Has room for this many files."""

    def __init__(self, folder: Path, files: int) -> None:
        super().__init__(folder)
        self.left = files

    def put(self, upload: Upload, *, over: str | None) -> str:
        if not self.left:
            raise StoreUnusable("the disk is full")
        self.left -= 1
        return super().put(upload, over=over)


def agree(folder: Path) -> bool:
    """Whether the token and the snapshot in a folder say the same."""
    held = ship_status.verify_snapshot((folder / "status/1.snapshot").read_bytes(), directory=DIRECTORY)
    token = status.verify_list((folder / "status/1.jwt").read_text("ascii"), directory=DIRECTORY)
    return (held.states, held.iat) == (token.states, token.iat)


@pytest.fixture
def backup(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Restores, whenever asked, what the register was after one list was published."""
    database = Database.open(f"sqlite:///{tmp_path}/register.db")
    desk = Desk.open(database)
    history(desk, 1)
    desk.publish(tmp_path / "public")
    database.close()
    opened: list[Database] = []

    def restore() -> Desk:
        path = shutil.copy(tmp_path / "register.db", tmp_path / f"restored-{len(opened)}.db")
        opened.append(Database.open(f"sqlite:///{path}"))
        return Desk.open(opened[-1])

    yield restore
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("signed_again", "says"),
    [
        (0, "never signed number 2"),
        (1, "signed another list as number 2"),
        (3, "signed another list as number 2"),
    ],
)
def test_restored_database_gives_no_number_a_second_content(
    backup: Callable[[], Desk], tmp_path: Path, signed_again: int, says: str
) -> None:
    later = backup()
    later.clock.forward(hours=7)
    later.publish(tmp_path / "public")
    (tmp_path / "public/status/1.jwt").unlink()  # the snapshot alone is enough to tell
    there = (tmp_path / "public/status/1.snapshot").read_bytes()
    restored = backup()
    for _ in range(signed_again):
        restored.clock.forward(hours=8)
        restored.publisher.current(1)
    with pytest.raises(Conflict, match=says) as refused:
        restored.publish(tmp_path / "public")
    assert "restore a later backup" in refused.value.hint
    assert (tmp_path / "public/status/1.snapshot").read_bytes() == there
    assert not (tmp_path / "public/status/1.jwt").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("1.snapshot", lambda blob: blob[:20], "cannot be read"),
        ("1.snapshot", lambda blob: b"", "cannot be read"),
        ("1.snapshot", lambda blob: blob + b"\0", "another list as number 1"),
        ("1.snapshot", lambda blob: blob[:-1] + bytes((blob[-1] ^ 1,)), "another list as number 1"),
        ("1.snapshot", lambda blob: blob[:1] + b"DK" + blob[3:], "another list as number 1"),
        ("2.snapshot", lambda blob: blob, "has no such list"),
        ("x.snapshot", lambda blob: blob, "has no such list"),
    ],
)
def test_snapshot_that_is_not_ours_is_left_alone(
    desk: Desk, tmp_path: Path, name: str, content: Callable[[bytes], bytes], says: str
) -> None:
    history(desk, 1)
    desk.publish(tmp_path)
    other = content((tmp_path / "status/1.snapshot").read_bytes())
    (tmp_path / "status" / name).write_bytes(other)
    with pytest.raises((Conflict, InvalidInput), match=says):
        desk.publish(tmp_path)
    assert (tmp_path / "status" / name).read_bytes() == other


def test_two_publications_do_not_mix(desk: Desk, tmp_path: Path) -> None:
    history(desk, 1)
    folder = tmp_path / "public"
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(Conflict, match="another `publish` is writing"):
        desk.publish(folder)
    assert list(folder.iterdir()) == []
    os.close(handle)
    desk.publish(folder)


# A register that was restored


def restored_fork(backup: Callable[[], Desk], tmp_path: Path) -> tuple[Desk, StatusList]:
    """A restored register that signed another number 2 than the one that ships hold."""
    later = backup()
    later.clock.forward(hours=7)
    later.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    held = aboard(later.publisher.current(1))
    later.publish(tmp_path / "public")
    restored = backup()
    restored.clock.forward(hours=8)
    restored.publisher.current(1)
    return restored, held


def check_of(held: StatusList) -> bytes:
    return sha256(held.states).digest()[: statements.CHECK_BYTES]


def test_ship_whose_number_has_another_content_here_is_told_so(
    backup: Callable[[], Desk], tmp_path: Path
) -> None:
    restored, held = restored_fork(backup, tmp_path)
    assert held.number == 2
    assert restored.publisher.update(1, 2) is None  # a ship that does not say what it holds
    with pytest.raises(Conflict, match="number 2 of status list 1 has another content here") as refused:
        restored.publisher.update(1, 2, check_of(held))
    assert "publish --leap-ahead" in refused.value.hint
    assert restored.publisher.update(1, 2, check_of(aboard(restored.publisher.current(1)))) is None


def test_ship_with_other_states_of_an_older_number_gets_the_snapshot(
    backup: Callable[[], Desk], tmp_path: Path
) -> None:
    restored, held = restored_fork(backup, tmp_path)
    restored.clock.forward(hours=8)
    newest = restored.publisher.current(1)
    assert restored.publisher.update(1, 2, check_of(held)) == newest.snapshot


def test_restored_register_leaps_ahead_and_every_ship_takes_its_lists_again(
    backup: Callable[[], Desk], tmp_path: Path
) -> None:
    restored, held = restored_fork(backup, tmp_path)
    with pytest.raises(Conflict) as refused:
        restored.publish(tmp_path / "public")
    assert "publish --leap-ahead" in refused.value.hint
    restored.lifecycle.suspend(NUMBER, reason="", actor="clerk")  # the decision that was lost
    restored.publish(tmp_path / "public", leap_ahead=True)
    taken = ship_status.verify_snapshot(
        (tmp_path / "public/status/1.snapshot").read_bytes(), directory=DIRECTORY
    )
    assert taken.number == 2 + statements.LEAP
    ship_status.refuse_fork(held, taken)
    blob = restored.publisher.update(1, 2, check_of(held))
    assert blob is not None
    assert aboard(restored.publisher.current(1)).number == taken.number
    restored.clock.forward(hours=7)
    restored.publish(tmp_path / "public")  # and counts on from there
    assert restored.publisher.current(1).statement_number == taken.number + 1


def test_leap_undoes_no_revocation_that_nobody_repeated(backup: Callable[[], Desk], tmp_path: Path) -> None:
    restored, _ = restored_fork(backup, tmp_path)
    before = (tmp_path / "public/status/1.snapshot").read_bytes()
    with pytest.raises(Conflict, match="nobody reinstated it"):
        restored.publish(tmp_path / "public", leap_ahead=True)
    assert (tmp_path / "public/status/1.snapshot").read_bytes() == before


# Old statements


def test_what_was_signed_long_ago_is_kept_as_a_hash_and_its_holder_takes_the_snapshot(
    desk: Desk, tmp_path: Path
) -> None:
    first, second = history(desk, 2)
    desk.publish(tmp_path)
    desk.clock.forward(days=61)
    newest = desk.publisher.current(1)
    with desk.database.read() as connection:
        kept = connection.execute(
            select(status_statement.c.snapshot).order_by(status_statement.c.number)
        ).scalars()
        sizes = [len(bytes(one)) for one in kept]
    assert sizes == [32, 32, len(newest.snapshot)]
    for held in (first, second):
        assert desk.publisher.update(1, held.statement_number) == newest.snapshot
    desk.publish(tmp_path)  # the folder's old snapshot is known by its hash


def test_what_was_signed_within_60_days_still_gives_a_delta(desk: Desk) -> None:
    for number in desk.enter_many(30)[2:]:
        desk.issue(number, key=number)
        desk.lifecycle.revoke(number, reason="", actor="clerk")
    first = history(desk, 1)[0]
    desk.clock.forward(days=60)
    newest = desk.publisher.current(1)
    blob = desk.publisher.update(1, first.statement_number, check_of(aboard(first)))
    assert blob is not None
    assert ship_status.apply_delta(aboard(first), blob, directory=DIRECTORY) == aboard(newest)


# A worker that was left behind


def other_worker(desk: Desk) -> StatusPublisher:
    return StatusPublisher(desk.database, desk.clock, replace(KEYS, status_kid="NO-2026a"), desk.settings)


def test_worker_left_with_an_old_key_signs_nothing_and_says_so(desk: Desk) -> None:
    history(desk, 1)
    desk.clock.forward(minutes=2)
    other_worker(desk).current(1)
    for _ in range(3):
        desk.clock.forward(minutes=2)
        assert desk.publisher.current(1).statement_number == 2  # what the new key signed
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    with pytest.raises(InvalidInput, match="NO-2026a has taken its place") as refused:
        desk.publisher.current(1)
    assert "--key-is-right" in refused.value.hint
    assert other_worker(desk).current(1).statement_number == 3
    assert desk.publisher.current(1).statement_number == 3


def test_operator_who_goes_back_to_the_old_key_says_so_once(desk: Desk, tmp_path: Path) -> None:
    history(desk, 1)
    desk.clock.forward(minutes=2)
    other_worker(desk).current(1)
    desk.publish(tmp_path, Orders(key_is_right=True))
    assert desk.publisher.current(1).statement_number == 3
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    assert desk.publisher.current(1).statement_number == 4
    desk.lifecycle.reinstate(NUMBER, reason="", actor="clerk")
    with pytest.raises(InvalidInput, match="has taken its place"):
        other_worker(desk).current(1)
