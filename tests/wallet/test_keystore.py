"""The desktop's key store: made once, for its owner alone, and clear about damage."""

from pathlib import Path

import pytest

from keys.algorithms import Algorithm
from keys.encoding import b64url_encode, json_dumps
from keys.signer import SoftwareSigner
from wallet_app.core.keystore import FileKeyStore, KeyStoreError


def test_keys_stay_the_same(tmp_path: Path) -> None:
    path = tmp_path / "home" / "keys.json"
    first = FileKeyStore(path)
    second = FileKeyStore(path)
    assert first.holder().public_key == second.holder().public_key
    assert first.vault_key() == second.vault_key()
    assert len(first.vault_key()) == 32


def test_a_file_of_an_earlier_version_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key = SoftwareSigner.from_private_bytes(Algorithm.ES256, bytes(31) + b"\x07")
    members = {"holder": b64url_encode(key.private_bytes()), "vault": b64url_encode(bytes(range(32)))}
    path.write_bytes(json_dumps({**members}))
    before = path.read_bytes()
    assert FileKeyStore(path).holder().public_key == key.public_key
    assert FileKeyStore(path).vault_key() == bytes(range(32))
    assert path.read_bytes() == before


def test_keys_that_cannot_be_read_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(KeyStoreError, match=r"keys\.json"):
        FileKeyStore(tmp_path / "keys.json").vault_key()


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
