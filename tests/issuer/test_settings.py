"""Settings: checked at start, with a message that says what to change."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from issuer.domain.errors import SettingsInvalid
from issuer.settings import Settings
from issuer.settings_loading import load_settings

GOOD = {
    "OMBORD_BASE_URL": "https://certificates.example/no",
    "OMBORD_FLAG": "NO",
    "OMBORD_AUTHORITY_NAME": "Sjøfartsdirektoratet",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OMBORD_{name.upper()}", raising=False)
    monkeypatch.delenv("OMBORD_CONFIG", raising=False)


def with_environment(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value)


def test_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(monkeypatch, OMBORD_STATUS_TTL="3600")
    settings = load_settings()
    assert (settings.issuer, settings.path) == ("https://certificates.example/no", "/no")
    assert settings.status_uri(3) == "https://certificates.example/no/status/3"
    assert settings.status_ttl == timedelta(hours=1)


@pytest.mark.parametrize("suffix", ["toml", "yaml"])
def test_environment_outranks_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str) -> None:
    config = tmp_path / f"ombord.{suffix}"
    config.write_text('port = 9000\nhost = "10.0.0.1"' if suffix == "toml" else "port: 9000\nhost: 10.0.0.1")
    with_environment(monkeypatch, OMBORD_PORT="9100")
    settings = load_settings(config)
    assert (settings.host, settings.port) == ("10.0.0.1", 9100)


def test_norway_is_no_boolean(tmp_path: Path) -> None:
    config = tmp_path / "ombord.yaml"
    config.write_text("flag: NO\nbase_url: https://certificates.example/no\nauthority_name: off\n")
    settings = load_settings(config)
    assert (settings.flag, settings.authority_name) == ("NO", "off")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("flag: NO\nflag: DK\n", "a key stands twice"),
        ("prot: 1\n", "'prot' is no key"),
        ("- flag\n", "lines of `key: value`"),
        ("port: [\n", "line 2"),
    ],
)
def test_yaml_is_read_strictly(tmp_path: Path, content: str, says: str) -> None:
    config = tmp_path / "ombord.yaml"
    config.write_text(content)
    with pytest.raises(SettingsInvalid, match=says):
        load_settings(config)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("OMBORD_BASE_URK", "OMBORD_BASE_URL"), ("OMBORD_DATABASE", "OMBORD_DATABASE_URL"),
     ("OMBORD_QQQ", "settings are: database_url")],
)  # fmt: skip
def test_misspelt_variable_is_named_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    with_environment(monkeypatch, **{name: "x"})
    with pytest.raises(SettingsInvalid, match=f"no such setting: {name}") as refused:
        load_settings()
    assert meant in refused.value.hint


def test_variables_of_ombords_other_programs_may_stand_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(monkeypatch, OMBORD_HOME="x", OMBORD_KEYS_HOME="y", OMBORD_KEYS_PASSPHRASE="z")
    assert load_settings().flag == "NO"


def test_file_may_be_named_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ombord.toml").write_text("port = 9000")
    with_environment(monkeypatch, OMBORD_CONFIG=str(tmp_path / "ombord.toml"))
    assert load_settings().port == 9000


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OMBORD_BASE_URL", "certificates.example", "base_url: must be an absolute https URL"),
        ("OMBORD_BASE_URL", "https://x.example/", "must not end with a slash"),
        ("OMBORD_BASE_URL", "https://x.example?a=b", "without query"),
        ("OMBORD_BASE_URL", "http://x.example", "must be https"),
        ("OMBORD_FLAG", "no", "flag"),
        ("OMBORD_FLAG", "NOR", "flag"),
        ("OMBORD_TIME_ZONE", "Oslo", "time_zone: must be an IANA time zone"),
        ("OMBORD_TIME_ZONE", "../etc/passwd", "time_zone"),
        ("OMBORD_LIST_SIZE", "100", "list_size"),
        ("OMBORD_PORT", "70000", "port"),
        ("OMBORD_ENVIRONMENT", "staging", "environment"),
        ("OMBORD_STATUS_EXPIRY", "86400", "at least 60 days"),
        ("OMBORD_STATUS_EXPIRY", "9" * 9, "status_expiry"),
        ("OMBORD_STATUS_TTL", "9" * 30, "status_ttl: longer than any duration"),
        ("OMBORD_STATUS_TTL", "9" * 5_000, "status_ttl"),
        ("OMBORD_STATUS_TTL", "0", "status_ttl"),
        ("OMBORD_STATUS_TTL", "-1", "status_ttl"),
        ("OMBORD_OFFER_LIFETIME", "0", "offer_lifetime"),
        ("OMBORD_TOKEN_LIFETIME", "86401", "token_lifetime"),
        ("OMBORD_NONCE_LIFETIME", "PT0.5S", "nonce_lifetime"),
        ("OMBORD_OPERATOR_TOKEN", "x" * 15, "operator_token"),
        ("OMBORD_AUTHORITY_NAME", "Sjø\u202efart", "authority_name: must be text without"),
        ("OMBORD_AUTHORITY_NAME", "a\nb", "authority_name"),
        ("OMBORD_AUTHORITY_NAME", " ", "authority_name"),
        ("OMBORD_BASE_URL", "https://u:p@x.example", "base_url"),
        ("OMBORD_BASE_URL", "https://x.example/{no}", "base_url"),
        ("OMBORD_BASE_URL", "https://x.example/a/../no", "base_url: must not hold"),
        ("OMBORD_BASE_URL", "https://x.example//no", "base_url"),
        ("OMBORD_BASE_URL", "https://x.example/n\u00f8", "base_url"),
        ("OMBORD_BASE_URL", "https://x.example/no\n", "base_url"),
        ("OMBORD_BASE_URL", "https://x.example/" + "n" * 300, "base_url"),
        ("OMBORD_TRUSTED_PROXIES", "*", "trusted_proxies: must be addresses"),
        ("OMBORD_TRUSTED_PROXIES", "", "trusted_proxies"),
    ],
)
def test_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    with_environment(monkeypatch, **{name: value})
    with pytest.raises(SettingsInvalid, match=says):
        load_settings()


def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(monkeypatch, OMBORD_TRUSTED_PROXIES="10.0.0.7, 2001:db8::/32")
    assert load_settings().trusted_proxies == "10.0.0.7/32,2001:db8::/32"


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings()
    assert all(name in refused.value.message for name in ("base_url", "flag", "authority_name"))
    assert "OMBORD_" in refused.value.hint


def test_production_never_serves_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(monkeypatch, OMBORD_BASE_URL="http://127.0.0.1:8000", OMBORD_ENVIRONMENT="production")
    with pytest.raises(SettingsInvalid, match="must be https"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "says"),
    [("port = = 1", "cannot be read"), ("prot = 1", "no such setting: prot"), (None, "No such file")],
)
def test_unusable_file_says_why(tmp_path: Path, content: str | None, says: str) -> None:
    config = tmp_path / "ombord.toml"
    if content is not None:
        config.write_text(content)
    with pytest.raises(SettingsInvalid, match=says):
        load_settings(config)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(
        monkeypatch, OMBORD_PASSPHRASE="hunter2", OMBORD_OPERATOR_TOKEN="hunter3-hunter3-hunter3"
    )
    settings = load_settings()
    assert "hunter" not in repr(settings)
    assert settings.read_passphrase() == b"hunter2"


def test_passphrase_is_the_same_on_every_keyboard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    composed, decomposed = "blåbær", "bla\u030abær"
    (tmp_path / "secret").write_text(decomposed, encoding="utf-8")
    with_environment(monkeypatch, OMBORD_PASSPHRASE_FILE=str(tmp_path / "secret"))
    assert load_settings().read_passphrase() == composed.encode()
    with_environment(monkeypatch, OMBORD_PASSPHRASE=decomposed)
    assert load_settings().read_passphrase() == composed.encode()


def test_passphrase_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    with_environment(monkeypatch, OMBORD_PASSPHRASE_FILE=str(tmp_path / "secret"))
    assert load_settings().read_passphrase() == b"hunter2"
    (tmp_path / "secret").unlink()
    with pytest.raises(SettingsInvalid, match="passphrase_file"):
        load_settings().read_passphrase()


def test_today_is_the_authoritys_date(monkeypatch: pytest.MonkeyPatch) -> None:
    with_environment(monkeypatch, OMBORD_TIME_ZONE="Europe/Oslo")
    assert load_settings().today(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == date(2026, 11, 22)
