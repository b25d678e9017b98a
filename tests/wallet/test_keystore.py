"""The desktop's key store: made once, for its owner alone, and clear about damage."""

from pathlib import Path

import pytest

from wallet_app.core.keystore import FileKeyStore, KeyStoreError


def test_keys_stay_the_same(tmp_path: Path) -> None:
    path = tmp_path / "home" / "keys.json"
    first = FileKeyStore(path)
    second = FileKeyStore(path)
    assert first.holder().public_key == second.holder().public_key
    assert first.vault_key() == second.vault_key()
    assert len(first.vault_key()) == 32


def test_file_is_for_its_owner_alone_even_if_somebody_opened_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    FileKeyStore(path).holder()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    FileKeyStore(path).holder()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"not JSON", b'{"holder":"AA","vault":"AA"}', b'{"holder":1,"vault":2}']
)
def test_damaged_file_is_said_and_kept(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(damage)
    with pytest.raises(KeyStoreError, match="damaged"):
        FileKeyStore(path).holder()
    assert path.read_bytes() == damage


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    FileKeyStore(tmp_path / "keys.json").holder()
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]
