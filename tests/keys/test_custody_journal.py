"""The signer's journal: what is answered stays, what is torn is cut, what is changed is refused."""

import errno
import os
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from keys.custody.journal import Entry, Journal, JournalBusy, JournalError

AT = 1_795_305_600


def entry(number: int, at: int = AT, purpose: str = "course") -> Entry:
    digest = sha256(str(number).encode()).digest()
    return Entry(digest, digest + digest, at, purpose, "NO-2026a")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of three batches: one entry, two, one."""
    path = tmp_path / "signer.journal"
    journal = Journal(path, new=True)
    for batch in ([entry(1)], [entry(2), entry(3)], [entry(4, AT + 1, "status")]):
        journal.append(batch)
    journal.close()
    return path


def opened(path: Path) -> Journal:
    journal = Journal(path)
    journal.close()
    return journal


def test_what_was_written_is_found_again(path: Path) -> None:
    journal = Journal(path)
    assert [journal.lookup(entry(n).draft) for n in (1, 2, 3)] == [entry(n) for n in (1, 2, 3)]
    assert journal.lookup(entry(5).draft) is None
    assert journal.counts == {("NO-2026a", "course"): 3, ("NO-2026a", "status"): 1}
    assert (len(journal), journal.last_at, journal.torn) == (4, AT + 1, 0)
    assert journal.last_hour.used("course", at=AT + 1) == (3, 4)
    journal.append([entry(5, AT + 2)])
    assert journal.lookup(entry(5).draft) == entry(5, AT + 2)
    journal.close()
    assert opened(path).head == journal.head
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_opening_is_refused_until_the_first_is_closed(path: Path) -> None:
    journal = Journal(path)
    with pytest.raises(JournalBusy):
        Journal(path)
    journal.close()
    opened(path)


def test_a_missing_journal_is_not_quietly_begun_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "signer.journal")


def test_a_batch_cut_at_any_byte_is_as_if_it_was_never_written(path: Path) -> None:
    whole = path.read_bytes()
    begins = whole.rindex(b"\n", 0, whole.rindex(b"\n", 0, whole.rindex(b"= "))) + 1
    before = whole[:begins]
    for end in range(begins + 1, len(whole), 9):
        path.write_bytes(whole[:end])
        journal = Journal(path)
        assert (len(journal), journal.torn) == (3, end - begins)
        journal.append([entry(9)])
        journal.close()
        assert path.read_bytes().startswith(before)
        [kept] = path.parent.glob("signer.journal.torn-*")
        assert kept.read_bytes() == whole[begins:end]
        kept.unlink()


def test_blocks_that_never_reached_the_disk_are_a_torn_tail(path: Path) -> None:
    whole = path.read_bytes()
    begins = whole.index(b"\n", whole.rindex(b"= 2")) + 1
    path.write_bytes(whole[:begins] + bytes(len(whole) - begins - 20) + whole[-20:])
    assert len(opened(path)) == 3


@pytest.mark.parametrize("end", [0, 1, 23, 24, 40, 56])
def test_a_journal_whose_making_was_cut_short_can_be_made_again(tmp_path: Path, end: int) -> None:
    path = tmp_path / "signer.journal"
    Journal(path, new=True).close()
    path.write_bytes(path.read_bytes()[:end])
    assert len(opened(path)) == 0


def swap_lines(data: bytes) -> bytes:
    lines = data.split(b"\n")
    lines[3], lines[4] = lines[4], lines[3]
    return b"\n".join(lines)


def drop_batch(data: bytes) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(lines[:1] + lines[3:])


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "another file": lambda data: b"{}\n" + data,
    "short and other": lambda _: b"hello",
    "another name": lambda data: data[:30] + (b"0" if data[30:31] != b"0" else b"1") + data[31:],
    "a batch taken out": drop_batch,
    "two lines swapped": swap_lines,
    "a batch written twice": lambda data: data + b"\n".join(data.split(b"\n")[-3:]),
    "a count changed": lambda data: data.replace(b"= 2 ", b"= 3 "),
    "lines added by hand": lambda data: data + b"= 0 \n",
    "a purpose changed": lambda data: data.replace(b" status ", b" course "),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_whatever_else_was_changed_is_refused_and_left_alone(
    path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(JournalError, match="no journal that this signer left"):
        Journal(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_no_flipped_bit_of_an_answered_batch_goes_unnoticed(path: Path) -> None:
    whole = path.read_bytes()
    dice = random.Random(5)
    for place in [*range(57, len(whole), 7), len(whole) - 2]:
        data = bytearray(whole)
        data[place] ^= 1 << dice.randrange(7)
        if data[place] == 0 or (whole[place : place + 1] == b"\n" == whole[-1:] and place == len(whole) - 1):
            continue
        path.write_bytes(data)
        try:
            journal = opened(path)
        except JournalError:
            continue
        # A changed closing line of the last batch looks torn: what it held is kept beside, never lost.
        assert len(journal) == 3
        assert list(path.parent.glob("*.torn-*"))


def test_a_change_while_it_is_open_is_noticed(path: Path) -> None:
    journal = Journal(path)
    data = path.read_bytes()
    path.write_bytes(data[:57] + b"A" * 20 + data[77:])
    with pytest.raises(JournalError, match="changed while it was open"):
        journal.lookup(entry(1).draft)
    journal.close()


def test_after_a_failed_flush_nothing_more_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(JournalError, match="the disk is gone"):
            journal.append([entry(5)])
    assert entry(5).draft not in journal
    with pytest.raises(JournalError, match="before"):
        journal.append([entry(6)])
    journal.close()
    assert len(opened(path)) == 5  # it did reach the disk: asked again, it is the same


def test_a_full_disk_cuts_a_batch_that_was_not_answered(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, write = Journal(path), os.write

    def full(file: int, data: bytes) -> int:
        if len(data) < 200:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[:100])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(JournalError, match="No space"):
            journal.append([entry(5), entry(6)])
    journal.close()
    again = opened(path)
    assert len(again) == 4
    assert again.torn > 0
