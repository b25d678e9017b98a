"""`ombord-wallet` from its command line: what it says where something is missing."""

import os
from pathlib import Path

import pytest
from support.scenario import competency
from support.wallet import PhoneInHand

from verifier.ui import starting, window
from wallet_app import main


@pytest.mark.screen
def test_fonts_that_were_not_built_are_named(phone: PhoneInHand, capsys: pytest.CaptureFixture[str]) -> None:
    phone.open_wallet(competency())
    phone.app.missing_fonts = ("Inter-Bold.ttf",)
    starting.say_what_is_missing(phone.app)
    said = capsys.readouterr().err
    assert "Inter-Bold.ttf" in said
    assert "hint: make setup" in said


@pytest.mark.screen
def test_without_a_window_it_says_which_packages_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kivy.core.window.Window", None)
    assert main.main(["--home", str(tmp_path)]) == 3
    assert "libegl1" in capsys.readouterr().err


def test_a_folder_that_cannot_be_one_is_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert main.main(["--home", str(tmp_path / "file")]) == 3
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "hint:" in said


@pytest.mark.parametrize("said", ["abc", "", "nan", "inf", "0", "-1", "1e9"])
def test_density_that_is_none_is_said_and_one_is_used(
    said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(window.DENSITY, said)
    assert window.density() == 1
    assert f"note: KIVY_METRICS_DENSITY is {said!r}" in capsys.readouterr().err
    assert os.environ[window.DENSITY] == "1", "Kivy reads it too"


@pytest.mark.parametrize("said", ["1", "2.5", "0.75"])
def test_density_is_taken_as_it_is_said(
    said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(window.DENSITY, said)
    assert window.density() == float(said)
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--bogus"], "--bogus"),
        (["--offer"], "--offer"),
        (["stray"], "stray"),
        (["--tx-code", "1234"], "--tx-code"),
        (["--\x1b[2J"], "u{001b}"),
    ],
)
def test_wrong_arguments_are_unusable_and_say_what_to_do(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(arguments)
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert named in said
    assert "\nhint: " in said
