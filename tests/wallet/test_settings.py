"""Settings: whole or as they were, and never in anybody's way."""

import os
from pathlib import Path

import pytest

from keys.encoding import json_dumps
from wallet_app.core.relay import Relayed
from wallet_app.core.settings import Settings, SettingsError, SettingsFile, is_address
from wallet_app.core.transport import Response

CHOSEN = Settings(
    language="nb",
    text_size=130,
    theme="dark",
    lock_seconds=300,
    biometrics=True,
    sync_address="https://relay.example:8443",
)


def test_what_was_set_is_there_again(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "home" / "settings.json").write(CHOSEN)
    assert SettingsFile(tmp_path / "home" / "settings.json").read() == CHOSEN


@pytest.mark.parametrize("damage", [b"", b"no JSON", b"[1]", b"\xff\xfe", b"{" * 20_000])
def test_a_damaged_file_is_the_settings_as_at_first(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(damage)
    assert SettingsFile(tmp_path / "settings.json").read() == Settings()


def test_each_member_that_does_not_fit_is_as_at_first(tmp_path: Path) -> None:
    members = {
        "language": "tlh",
        "text_size": True,
        "theme": "dark",
        "lock_seconds": 1,
        "sync_address": "http://x",
    }
    (tmp_path / "settings.json").write_bytes(json_dumps({**members, "of_a_newer_app": 1}))
    assert SettingsFile(tmp_path / "settings.json").read() == Settings(theme="dark")


def test_where_the_storage_is_full_the_old_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.write(CHOSEN)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as storage:
        storage.setattr(os, "fsync", full)
        with pytest.raises(SettingsError, match="No space left"):
            file.write(Settings())
    assert file.read() == CHOSEN
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["https://relay.example", "https://10.0.0.4:8443", "https://RELAY.example"])
def test_an_https_origin_is_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["http://relay.example", "https://", "relay.example", "https://a@relay.example", "https://relay.example/x",
     "https://relay.example:99999", "https://relay.example?x", "https://" + "a" * 300,
     "https://rélay.example", "https://["],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert not is_address(text)


class Kept:
    """Remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []

    def send(self, method: str, url: str, *, headers: dict[str, str], body: bytes | None = None) -> Response:
        self.sent.append((url, headers))
        return Response(200, "text/plain", b"")


def test_syncs_go_through_the_address_that_was_set_and_say_whom_they_are_for() -> None:
    kept, address = Kept(), "https://relay.example:8443"
    Relayed(kept, lambda: address).send("POST", "https://no.example/api/v1/sync?x=1", headers={"A": "b"})  # type: ignore[arg-type]
    forwarded = {"A": "b", "Forwarded": 'host="no.example";proto=https'}
    assert kept.sent == [("https://relay.example:8443/api/v1/sync?x=1", forwarded)]


def test_without_an_address_syncs_go_straight_to_the_authority() -> None:
    kept = Kept()
    Relayed(kept, lambda: "").send("GET", "https://no.example/x", headers={})  # type: ignore[arg-type]
    assert kept.sent == [("https://no.example/x", {})]
