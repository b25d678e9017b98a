"""The store: encrypted, whole after any crash, and clear about what is wrong."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stored import one_more

from wallet_app.core import vault as vaults
from wallet_app.core.contents import Contents
from wallet_app.core.records import Item, PickUp, StoredCredential
from wallet_app.core.shapes import RecordError
from wallet_app.core.vault import Vault, VaultDamaged, VaultError, VaultInUse, VaultLocked, set_aside

KEY = bytes(range(32))
FIRST, SECOND = StoredCredential("first~", 1), StoredCredential("second~", 2)
PICK_UP = PickUp(
    issuer="https://no.example",
    issuer_name="Sjøfartsdirektoratet",
    nonce_endpoint="https://no.example/n",
    credential_endpoint="https://no.example/c",
    notification_endpoint=None,
    access_token="secret",
    expires_at=3,
    items=(Item("NO-1", "competency"),),
)


def store(folder: Path, *credentials: StoredCredential) -> None:
    vault = Vault(folder, KEY)
    for credential in credentials:
        vault.update(one_more(credential))
    vault.close()


def reopen(folder: Path, key: bytes = KEY) -> tuple[Contents, str | None]:
    vault = Vault(folder, key)
    vault.close()
    return vault.contents, vault.damage


def test_what_is_stored_is_there_again(tmp_path: Path) -> None:
    store(tmp_path, FIRST, SECOND)
    vault = Vault(tmp_path, KEY)
    vault.update(lambda contents: Contents(contents.credentials, PICK_UP))
    vault.close()
    assert reopen(tmp_path) == (Contents((FIRST, SECOND), PICK_UP), None)


def test_nothing_readable_is_on_disk(tmp_path: Path) -> None:
    store(tmp_path, StoredCredential("Ingrid Østergård", 1))
    for file in tmp_path.iterdir():
        assert b"Ingrid" not in file.read_bytes()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    store(tmp_path / "vault", FIRST, SECOND)
    assert {(tmp_path / "vault" / name).stat().st_mode & 0o777 for name in vaults.SLOTS} == {0o600}


@pytest.mark.parametrize("keep", [0, 1, 20, 32, 33, -1])
def test_half_written_file_leaves_the_state_before_it(tmp_path: Path, keep: int) -> None:
    store(tmp_path, FIRST, SECOND)
    newest = tmp_path / "vault-0"
    newest.write_bytes(newest.read_bytes()[:keep])
    contents, damage = reopen(tmp_path)
    assert contents.credentials == (FIRST,)
    assert damage is not None
    assert "vault-0" in damage


def test_damage_heals_with_the_next_write(tmp_path: Path) -> None:
    store(tmp_path, FIRST, SECOND)
    (tmp_path / "vault-0").write_bytes(b"")
    store(tmp_path, SECOND)
    assert reopen(tmp_path) == (Contents((FIRST, SECOND)), None)


def test_crash_while_writing_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(tmp_path, KEY)
    vault.update(one_more(FIRST))

    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", crash)
        with pytest.raises(VaultError, match="No space left"):
            vault.update(one_more(SECOND))
    assert vault.contents == Contents((FIRST,))
    vault.close()
    assert reopen(tmp_path) == (Contents((FIRST,)), None)
    assert not list(tmp_path.glob("*.draft"))


def test_both_copies_damaged_is_said_and_nothing_is_touched(tmp_path: Path) -> None:
    store(tmp_path, FIRST, SECOND)
    for name in vaults.SLOTS:
        (tmp_path / name).write_bytes(b"OBV1 and then nothing that helps anybody at all")
    before = {name: (tmp_path / name).read_bytes() for name in vaults.SLOTS}
    with pytest.raises(VaultError):
        Vault(tmp_path, KEY)
    assert before == {name: (tmp_path / name).read_bytes() for name in vaults.SLOTS}


def test_starting_again_keeps_the_damaged_files(tmp_path: Path) -> None:
    store(tmp_path, FIRST, SECOND)
    for name in vaults.SLOTS:
        (tmp_path / name).write_bytes(b"no store")
    with pytest.raises(VaultDamaged, match="no store of this app"):
        Vault(tmp_path, KEY)
    assert len(set_aside(tmp_path)) == 2
    assert reopen(tmp_path) == (Contents(), None)
    assert len(list(tmp_path.glob("*.damaged-*"))) == 2


def test_another_phones_key_is_named_as_such(tmp_path: Path) -> None:
    store(tmp_path, FIRST)
    with pytest.raises(VaultLocked, match="another phone's key"):
        Vault(tmp_path, bytes(32))


def test_second_window_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    first = Vault(tmp_path, KEY)
    with pytest.raises(VaultInUse):
        Vault(tmp_path, KEY)
    first.close()
    Vault(tmp_path, KEY).close()


def test_answer_that_comes_after_closing_writes_nothing(tmp_path: Path) -> None:
    store(tmp_path, FIRST)
    vault = Vault(tmp_path, KEY)
    vault.close()
    other = Vault(tmp_path, KEY)
    with pytest.raises(VaultError, match="closed"):
        vault.update(one_more(SECOND))
    other.close()
    assert reopen(tmp_path) == (Contents((FIRST,)), None)


def test_store_of_a_newer_version_is_not_guessed_at() -> None:
    with pytest.raises(RecordError, match="a newer version"):
        Contents.from_json({"version": 2, "credentials": []})


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_every_flipped_bit_is_noticed(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    folder = tmp_path_factory.mktemp("vault")
    store(folder, FIRST, SECOND)
    newest = folder / "vault-0"
    data = bytearray(newest.read_bytes())
    data[place % len(data)] ^= 1 << bit
    newest.write_bytes(data)
    contents, damage = reopen(folder)
    assert contents.credentials == (FIRST,)
    assert damage is not None


def test_contents_that_could_not_be_read_again_are_not_written(tmp_path: Path) -> None:
    store(tmp_path, FIRST, SECOND)
    before = {name: (tmp_path / name).read_bytes() for name in vaults.SLOTS}
    vault = Vault(tmp_path, KEY)
    with pytest.raises(VaultError, match="full"):
        vault.update(one_more(StoredCredential("x" * vaults.MAX_BYTES, 3)))
    assert vault.contents.credentials == (FIRST, SECOND)
    vault.close()
    assert {name: (tmp_path / name).read_bytes() for name in vaults.SLOTS} == before
    assert reopen(tmp_path) == (Contents((FIRST, SECOND)), None)
