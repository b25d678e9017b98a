"""Backups: six words open them, nothing else does, and what is wrong is said before anything is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scenario import competency, medical
from support.wallet import fill

from verifier.credential.model import Holder
from wallet_app.core import backup, history, passphrase
from wallet_app.core.backup import BackupError, Fault
from wallet_app.core.contents import Contents
from wallet_app.core.history import Event
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.passphrase import NotTheWords
from wallet_app.core.records import PinRecord, StoredCredential
from wallet_app.core.vault import Vault, VaultError

WORDS = ("abandon", "ability", "able", "about", "above", "absent")
CONTENTS = Contents((StoredCredential("first~", 1), StoredCredential("second~", 2)))


@pytest.fixture(autouse=True, scope="module")
def cheap_derivation() -> None:
    """A single pass over little memory: these tests are of the file's form."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "MEMORY_KIB", 64)
        patch.setattr(backup, "ITERATIONS", 1)
        global SEALED
        SEALED = backup.seal(CONTENTS, WORDS)


SEALED = b""


def fault_of(call: Callable[[], object]) -> Fault:
    with pytest.raises(BackupError) as caught:
        call()
    return caught.value.fault


def test_what_was_backed_up_comes_back() -> None:
    assert backup.unseal(SEALED, WORDS) == CONTENTS


def test_a_backup_takes_no_secret_of_the_phone_along() -> None:
    contents = replace(CONTENTS, pin=PinRecord(b"s" * 16, b"c" * 32, 64, 1))
    assert backup.unseal(backup.seal(contents, WORDS), WORDS).pin is None


def test_two_backups_have_nothing_in_common_but_their_head() -> None:
    assert backup.seal(CONTENTS, WORDS)[12:60] != SEALED[12:60]


def test_wrong_words_are_told_apart_from_damage() -> None:
    assert fault_of(lambda: backup.unseal(SEALED, WORDS[::-1])) is Fault.WRONG_WORDS


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_one_flipped_bit_anywhere_is_damage(place: int, bit: int) -> None:
    data = bytearray(SEALED)
    data[place % len(data)] ^= 1 << bit
    assert fault_of(lambda: backup.unseal(bytes(data), WORDS)) in {Fault.DAMAGED, Fault.NO_BACKUP}


@pytest.mark.parametrize("keep", [0, 3, 4, 40, 75, -1])
def test_a_backup_cut_short_is_damage(keep: int) -> None:
    assert fault_of(lambda: backup.unseal(SEALED[:keep], WORDS)) in {Fault.DAMAGED, Fault.NO_BACKUP}


def resealed(head: bytes) -> bytes:
    body = head + SEALED[len(head) : -backup.DIGEST_BYTES]
    return body + backup.sha256(body).digest()


def test_a_form_that_is_newer_is_named_as_such() -> None:
    assert fault_of(lambda: backup.unseal(resealed(b"OBK2"), WORDS)) is Fault.NEWER


@pytest.mark.parametrize("sizes", [(2**32 - 1, 1), (64, 2**31), (0, 1), (64, 0)])
def test_a_file_cannot_ask_for_unbounded_memory_or_time(sizes: tuple[int, int]) -> None:
    head = b"OBK1" + b"".join(size.to_bytes(4, "big") for size in sizes)
    assert fault_of(lambda: backup.unseal(resealed(head), WORDS)) is Fault.DAMAGED


def test_restored_on_another_phone_nothing_is_bound_to_it(tmp_path: Path) -> None:
    old, new = MemoryKeyStore(), MemoryKeyStore()
    fill(tmp_path / "old", old, [competency(), medical()])
    vault = Vault(tmp_path / "old", old.vault_key())
    kept = backup.unseal(backup.seal(vault.contents, WORDS), WORDS)
    there = Vault(tmp_path / "new", new.vault_key())
    assert backup.restore(there, kept, new.holder().public_key) == (2, 0, 2)
    assert backup.restore(there, kept, new.holder().public_key) == (0, 2, 2), "again adds nothing"
    assert backup.restore(vault, kept, old.holder().public_key) == (0, 2, 0), "on its own phone all is well"
    vault.close()
    there.close()


def shown(at: int, key: str = "a") -> Event:
    return Event(at, "code", "scanner", (key,))


def test_the_history_of_a_backup_is_put_between_what_is_there(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    vault = Vault(tmp_path, keys.vault_key())
    vault.update(lambda now: replace(now, shown=(shown(20), shown(40))))
    kept = Contents(shown=(shown(10), shown(20), shown(20, "b"), shown(30)))
    backup.restore(vault, kept, keys.holder().public_key)
    expected = (shown(10), shown(20, "b"), shown(20), shown(30), shown(40))
    assert vault.contents.shown == expected
    backup.restore(vault, kept, keys.holder().public_key)
    assert vault.contents.shown == expected, "again adds nothing"
    vault.close()


@given(st.lists(st.integers(0, 999), max_size=500), st.lists(st.integers(0, 999), max_size=500))
def test_histories_are_merged_by_time_each_line_once_and_never_too_many(
    here: list[int], others: list[int]
) -> None:
    ours, theirs = (tuple(shown(at) for at in sorted(set(times))) for times in (here, others))
    merged = history.merged(ours, theirs)
    assert merged == tuple(shown(at) for at in sorted({*here, *others}))[-history.MOST :]


def test_another_persons_backup_is_refused(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    other = Holder(
        seafarer_id="8H4K2MPA",
        family_name="Hansen",
        given_name="Per",
        native_name=None,
        birth_date=date(1970, 1, 2),
    )
    fill(tmp_path / "hers", keys, [competency()])
    fill(tmp_path / "his", keys, [competency(holder=other)])
    hers, his = (Vault(tmp_path / name, keys.vault_key()) for name in ("hers", "his"))
    before = hers.contents
    restoring = lambda: backup.restore(hers, his.contents, keys.holder().public_key)  # noqa: E731
    assert fault_of(restoring) is Fault.OTHER_PERSON
    assert hers.contents == before
    hers.close()
    his.close()


def test_where_the_storage_is_full_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = MemoryKeyStore()
    vault = Vault(tmp_path, keys.vault_key())

    def full(*_: object) -> None:
        raise VaultError("the store cannot be written: No space left on device")

    monkeypatch.setattr(vault, "_write", full)
    restoring = lambda: backup.restore(vault, CONTENTS, keys.holder().public_key)  # noqa: E731
    assert fault_of(restoring) is Fault.NOT_STORED
    assert vault.contents == Contents()
    vault.close()


def test_words_are_random_and_read_back_however_they_are_typed() -> None:
    words = passphrase.make()
    assert len(set(passphrase.make()) & set(words)) < len(words)
    typed = (
        " ".join(words),
        "  ".join(word.upper() for word in words),
        ", ".join(word[:4] for word in words),
    )
    numbered = "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1))
    assert {passphrase.read(text) for text in (*typed, numbered)} == {words}


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", ""),
        ("abandon ability", ""),
        ("abandon abilitys able", "abilitys"),
        ("ålesund", "ålesund"),
    ],
)
def test_what_cannot_be_the_words_is_said(typed: str, word: str) -> None:
    with pytest.raises(NotTheWords) as caught:
        passphrase.read(typed)
    assert caught.value.word == word
