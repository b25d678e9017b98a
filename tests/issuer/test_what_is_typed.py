"""What is typed wrongly is said back briefly, once, and in an operator's words."""

from pathlib import Path

import pytest

from issuer.arguments import check_hash, check_text, check_why
from issuer.commands.selecting import Choice
from issuer.domain.errors import InvalidInput, SettingsInvalid
from issuer.settings import Settings
from issuer.settings_loading import load_settings

SETTINGS = "base_url: https://certificates.example/no\nflag: NO\nauthority_name: Sjøfartsdirektoratet\n"


@pytest.mark.parametrize("check", [check_why, check_text, check_hash])
def test_long_text_is_not_echoed_whole(check: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("x" * 5_000)  # type: ignore[operator]
    assert len(refused.value.message) < 200
    assert "…: " in refused.value.message


def test_binary_file_is_no_list_of_numbers(tmp_path: Path) -> None:
    file = tmp_path / "numbers"
    file.write_bytes(bytes(range(256)))
    fields: dict[str, None] = dict.fromkeys(
        ("key", "rule", "reporter", "provider", "configuration", "since", "until", "kind", "state")
    )
    choice = Choice(**fields, numbers=file)
    settings = Settings(
        base_url="https://certificates.example/no", flag="NO", authority_name="Sjøfartsdirektoratet"
    )
    with pytest.raises(InvalidInput) as refused:
        choice.selection(settings)
    assert refused.value.message == f"{file} is no text of document numbers"
    assert "codec" not in refused.value.hint


@pytest.mark.parametrize("name", ["ombord.yaml", "ombord.toml"])
def test_unknown_setting_lists_the_known_ones_once(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(f"{SETTINGS}flagg: NO\n" if name.endswith("yaml") else 'flagg = "NO"\n')
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(file)
    said = f"{refused.value.message} {refused.value.hint}"
    assert "flagg" in said
    assert said.count("operator_token") == 1
