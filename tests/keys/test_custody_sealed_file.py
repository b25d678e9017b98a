"""Private keys under a passphrase: what opens the file, what does not, and that nothing is ever lost."""

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from support.simulator import seeded_signer

from keys.algorithms import Algorithm
from keys.custody import sealed_file
from keys.custody.sealed_file import Cost, SealedFileError, WrongPassphrase, seal, unseal

PASSPHRASE = "sju små båter på åpent hav".encode()
KEYS = {
    "NO-2026a": seeded_signer("NO-2026a"),
    "root": seeded_signer("root", Algorithm.ED25519),
}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many openings in one test need no costly passphrase."""
    monkeypatch.setattr(sealed_file, "COST", Cost(memory_kib=64, passes=1, lanes=1))


def test_keys_come_back_as_they_were_sealed_at_full_cost(tmp_path: Path) -> None:
    seal(tmp_path / "no.sealed", KEYS, PASSPHRASE)
    assert b'"kdf":"argon2id","memory_kib":65536,"passes":3' in (tmp_path / "no.sealed").read_bytes()
    opened = unseal(tmp_path / "no.sealed", PASSPHRASE)
    assert {kid: key.private_bytes() for kid, key in opened.items()} == {
        kid: key.private_bytes() for kid, key in KEYS.items()
    }
    assert [key.algorithm for key in opened.values()] == [Algorithm.ES256, Algorithm.ED25519]


@pytest.mark.parametrize("guess", [b"", b"sju", PASSPHRASE + b" ", PASSPHRASE.upper()])
def test_another_passphrase_opens_nothing(tmp_path: Path, cheap: None, guess: bytes) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        unseal(tmp_path / "keys", guess)


def test_a_file_needs_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(SealedFileError, match="needs a passphrase"):
        seal(tmp_path / "keys", KEYS, b"")
    assert not (tmp_path / "keys").exists()


def test_no_key_can_be_read_in_the_file(tmp_path: Path, cheap: None) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    data = (tmp_path / "keys").read_bytes()
    assert b"NO-2026a" not in data
    assert PASSPHRASE not in data


def test_only_the_owner_may_read_it_whatever_the_umask(tmp_path: Path, cheap: None) -> None:
    before = os.umask(0)
    try:
        seal(tmp_path / "keys", KEYS, PASSPHRASE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600


def test_sealing_twice_yields_different_bytes(tmp_path: Path, cheap: None) -> None:
    seal(tmp_path / "a", KEYS, PASSPHRASE)
    seal(tmp_path / "b", KEYS, PASSPHRASE)
    first, second = ((tmp_path / name).read_bytes().split(b"\n") for name in "ab")
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_every_truncation_is_named_as_damage(tmp_path: Path, cheap: None) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    data = (tmp_path / "keys").read_bytes()
    for length in range(len(data)):
        (tmp_path / "keys").write_bytes(data[:length])
        with pytest.raises(SealedFileError) as caught:
            unseal(tmp_path / "keys", PASSPHRASE)
        assert not isinstance(caught.value, WrongPassphrase)


def test_every_flipped_bit_is_named_as_damage(tmp_path: Path, cheap: None) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    data = (tmp_path / "keys").read_bytes()
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << position % 8
        (tmp_path / "keys").write_bytes(flipped)
        with pytest.raises(SealedFileError) as caught:
            unseal(tmp_path / "keys", PASSPHRASE)
        assert not isinstance(caught.value, WrongPassphrase)


def _rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with its header or body changed by someone who mends the checksum too."""
    body = data[:-65]
    assert old in body
    body = body.replace(old, new, 1)
    return body + sha256(body).hexdigest().encode() + b"\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"passes":1', b'"passes":2'),
        (b'"memory_kib":64', b'"memory_kib":65'),
        (b'{"format"', b'{ "format"'),
        (b'"cipher":"AES-256-GCM"', b'"cipher":"AES-256-GCM","note":"x"'),
    ],
)
def test_a_changed_header_with_a_mended_checksum_does_not_open(
    tmp_path: Path, cheap: None, old: bytes, new: bytes
) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    (tmp_path / "keys").write_bytes(_rewritten((tmp_path / "keys").read_bytes(), old, new))
    with pytest.raises(WrongPassphrase):
        unseal(tmp_path / "keys", PASSPHRASE)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"memory_kib":64', b'"memory_kib":1073741824', "memory_kib"),
        (b'"passes":1', b'"passes":4000000', "passes"),
        (b'"lanes":1', b'"lanes":0', "lanes"),
        (b'"kdf":"argon2id"', b'"kdf":"pbkdf2"', "not allowed"),
        (b"AES-256-GCM", b"AES-256-CBC", "not allowed"),
        (b'"version":1', b'"version":2', "another version"),
        (b'"salt":"', b'"salt":"A', "salt|base64url"),
        (b'"nonce":"', b'"nonce":"AAAA', "nonce"),
        (b'"version":1', b'"version":1,"version":1', "twice"),
    ],
)
def test_a_hostile_header_is_refused_by_name_before_any_work(
    tmp_path: Path, cheap: None, old: bytes, new: bytes, reason: str
) -> None:
    seal(tmp_path / "keys", KEYS, PASSPHRASE)
    (tmp_path / "keys").write_bytes(_rewritten((tmp_path / "keys").read_bytes(), old, new))
    with pytest.raises(SealedFileError, match=reason):
        unseal(tmp_path / "keys", PASSPHRASE)


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"-----BEGIN CERTIFICATE-----\n", b"x" * (2 << 20)])
def test_another_file_is_no_key_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "keys").write_bytes(data)
    with pytest.raises(SealedFileError, match="not a sealed key file"):
        unseal(tmp_path / "keys", PASSPHRASE)


@pytest.mark.parametrize("step", ["fsync", "replace", "fchmod"])
def test_a_failure_while_sealing_loses_nothing(
    tmp_path: Path, cheap: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    seal(tmp_path / "keys", {"old": KEYS["NO-2026a"]}, PASSPHRASE)

    def full_disk(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, full_disk)
        with pytest.raises(OSError, match="No space left"):
            seal(tmp_path / "keys", KEYS, PASSPHRASE)
    assert list(unseal(tmp_path / "keys", PASSPHRASE)) == ["old"]
    assert os.listdir(tmp_path) == ["keys"]


def test_sealing_through_a_link_replaces_the_file_and_keeps_the_link(tmp_path: Path, cheap: None) -> None:
    (tmp_path / "store").mkdir()
    seal(tmp_path / "store" / "keys", {}, PASSPHRASE)
    (tmp_path / "link").symlink_to(tmp_path / "store" / "keys")
    seal(tmp_path / "link", KEYS, PASSPHRASE)
    assert (tmp_path / "link").is_symlink()
    assert list(unseal(tmp_path / "store" / "keys", PASSPHRASE)) == list(KEYS)


def test_an_openssl_without_argon2_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**parameters: object) -> None:
        raise UnsupportedAlgorithm("Argon2id is not supported")

    monkeypatch.setattr(sealed_file, "Argon2id", none)
    with pytest.raises(SealedFileError, match="no Argon2id"):
        seal(tmp_path / "keys", KEYS, PASSPHRASE)
    assert not (tmp_path / "keys").exists()
