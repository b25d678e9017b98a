"""At start everything is checked, and what is wrong is said with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.in_process import client_of
from support.issuer_app import KEYS, issuer_settings
from support.simulator import seeded_signer

from issuer.app import create_app
from issuer.domain.errors import DatabaseUnusable, IssuerError, KeysUnusable
from issuer.settings import Settings
from keys.custody import sealed_file

PASSPHRASE = "correct horse battery staple ship"


def sealed(folder: Path, *kids: str) -> Path:
    path = folder / "keys.sealed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
        sealed_file.seal(path, {kid: seeded_signer(kid) for kid in kids}, PASSPHRASE.encode())
    return path


def test_service_starts_from_settings_alone(tmp_path: Path) -> None:
    settings = issuer_settings(
        f"sqlite:///{tmp_path}/register.db",
        sealed_keys=sealed(tmp_path, "NO-2026a", "NO-status-2026a"),
        passphrase=PASSPHRASE,
    )
    with client_of(create_app(settings), settings.base_url) as client:
        assert client.get("https://certificates.example/.well-known/jwt-vc-issuer/no").status_code == 200


def no_passphrase(folder: Path) -> Settings:
    return issuer_settings(f"sqlite:///{folder}/r.db", sealed_keys=sealed(folder, "NO-1", "NO-status-1"))


def wrong_passphrase(folder: Path) -> Settings:
    keys = sealed(folder, "NO-1", "NO-status-1")
    return issuer_settings(f"sqlite:///{folder}/r.db", sealed_keys=keys, passphrase="wrong")


def no_keys(folder: Path) -> Settings:
    return issuer_settings(f"sqlite:///{folder}/r.db", sealed_keys=folder / "none", passphrase=PASSPHRASE)


def no_status_key(folder: Path) -> Settings:
    keys = sealed(folder, "NO-1")
    return issuer_settings(f"sqlite:///{folder}/r.db", sealed_keys=keys, passphrase=PASSPHRASE)


def no_folder_for_the_database(folder: Path) -> Settings:
    keys = sealed(folder, "NO-1", "NO-status-1")
    url = f"sqlite:///{folder}/missing/r.db"
    return issuer_settings(url, sealed_keys=keys, passphrase=PASSPHRASE)


def not_a_database(folder: Path) -> Settings:
    (folder / "r.db").write_bytes(b"this is no database" * 100)
    keys = sealed(folder, "NO-1", "NO-status-1")
    return issuer_settings(f"sqlite:///{folder}/r.db", sealed_keys=keys, passphrase=PASSPHRASE)


WRONG: dict[str, tuple[Callable[[Path], Settings], type[IssuerError], str]] = {
    "no passphrase": (no_passphrase, KeysUnusable, "passphrase"),
    "wrong passphrase": (wrong_passphrase, KeysUnusable, "passphrase"),
    "no key file": (no_keys, KeysUnusable, "none"),
    "no status key": (no_status_key, KeysUnusable, "status"),
    "no folder": (no_folder_for_the_database, DatabaseUnusable, "folder"),
    "no database": (not_a_database, DatabaseUnusable, "database"),
}


@pytest.mark.parametrize(("prepare", "kind", "word"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_what_to_do(
    prepare: Callable[[Path], Settings], kind: type[IssuerError], word: str, tmp_path: Path
) -> None:
    with pytest.raises(kind) as refused:
        create_app(prepare(tmp_path))
    assert word in refused.value.message
    assert refused.value.hint


def test_keys_that_are_given_need_no_file(tmp_path: Path) -> None:
    settings = issuer_settings(f"sqlite:///{tmp_path}/register.db", sealed_keys=tmp_path / "none")
    create_app(settings, keys=KEYS)
