"""Keys in a desktop's key ring: made once, and never made anew because the ring is locked or was emptied."""

from pathlib import Path

import pytest

from wallet_app.core.keystore import FileKeyStore, KeyStoreError
from wallet_app.core.ring_keystore import FILE, RingError, RingKeyStore, SystemRing, desktop_keys


class FakeRing:
    """Keeps, forgets or refuses, as it is told."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.is_locked = self.is_forgetful = False

    def get(self, name: str) -> str | None:
        if self.is_locked:
            raise RingError("locked")
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        if not self.is_forgetful:
            self.secrets[name] = secret


def test_keys_stay_the_same(tmp_path: Path) -> None:
    ring, note = FakeRing(), tmp_path / "home" / "in-key-ring"
    first, second = RingKeyStore(ring, note), RingKeyStore(ring, note)
    assert first.holder().public_key == second.holder().public_key
    assert first.vault_key() == second.vault_key()
    assert note.read_bytes() == b"", "no secret is on disk"


def test_a_locked_ring_is_said_and_no_new_keys_are_made(tmp_path: Path) -> None:
    ring, note = FakeRing(), tmp_path / "in-key-ring"
    RingKeyStore(ring, note).holder()
    ring.is_locked = True
    with pytest.raises(KeyStoreError, match="Unlock it"):
        RingKeyStore(ring, note).holder()


def test_a_ring_that_lost_the_keys_is_said_and_no_new_keys_are_made(tmp_path: Path) -> None:
    ring, note = FakeRing(), tmp_path / "in-key-ring"
    RingKeyStore(ring, note).holder()
    ring.secrets.clear()
    with pytest.raises(KeyStoreError, match="no longer has"):
        RingKeyStore(ring, note).holder()
    assert not ring.secrets


def test_a_ring_that_keeps_nothing_is_found_out_at_once(tmp_path: Path) -> None:
    ring = FakeRing()
    ring.is_forgetful = True
    with pytest.raises(KeyStoreError, match="does not keep"):
        RingKeyStore(ring, tmp_path / "in-key-ring").holder()
    assert not (tmp_path / "in-key-ring").exists()


@pytest.mark.parametrize("damage", ["", "{}", '{"holder":"AA","vault":"AA"}', "no JSON"])
def test_a_damaged_secret_is_said(tmp_path: Path, damage: str) -> None:
    ring, note = FakeRing(), tmp_path / "in-key-ring"
    RingKeyStore(ring, note).holder()
    ring.secrets = dict.fromkeys(ring.secrets, damage)
    with pytest.raises(KeyStoreError, match="damaged"):
        RingKeyStore(ring, note).holder()


class Found(SystemRing):
    """A system whose key ring encrypts, or does not."""

    def __init__(self, encrypts: bool) -> None:
        self._encrypts = encrypts

    @property
    def encrypts(self) -> bool:
        return self._encrypts


def test_new_keys_go_to_a_ring_that_encrypts_and_else_to_a_file(tmp_path: Path) -> None:
    assert isinstance(desktop_keys(tmp_path, Found(True)), RingKeyStore)
    assert isinstance(desktop_keys(tmp_path, Found(False)), FileKeyStore)


def test_keys_stay_where_they_are(tmp_path: Path) -> None:
    FileKeyStore(tmp_path / FILE).holder()
    assert isinstance(desktop_keys(tmp_path, Found(True)), FileKeyStore)
    other = tmp_path / "other"
    RingKeyStore(FakeRing(), other / "keys-in-key-ring").holder()
    assert isinstance(desktop_keys(other, Found(False)), RingKeyStore)
