"""Both apps from their command lines: what they say where something is missing or wrong."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from kivy.metrics import Metrics
from support.inspector import DeviceInHand
from support.phone import Phone
from support.simulator import NOW
from support.wallet import PhoneInHand

from verifier.inspector import main as inspector
from verifier.ui import starting, window
from wallet_app import main as wallet

Main = Callable[[Sequence[str] | None], int]
both = pytest.mark.parametrize("main", [inspector.main, wallet.main], ids=["inspector", "wallet"])


@both
def test_a_folder_that_cannot_be_one_is_named_with_what_to_do(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert main(["--home", str(tmp_path / "file")]) == 3
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "hint:" in said


@both
@pytest.mark.screen
def test_without_a_window_it_says_which_packages_to_install(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kivy.core.window.Window", None)
    assert main(["--home", str(tmp_path)]) == 3
    assert "libegl1" in capsys.readouterr().err


@pytest.fixture(params=["inspector", "wallet"])
def in_hand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DeviceInHand | PhoneInHand]:
    """Each app, opened as it is on the first day."""
    opened: DeviceInHand | PhoneInHand
    if request.param == "inspector":
        opened = DeviceInHand(tmp_path, Phone(NOW))
        opened.open(imported=False)
    else:
        opened = PhoneInHand(tmp_path, Phone(NOW))
        opened.open_wallet()
    yield opened
    opened.close()
    Metrics.fontscale = 1.0


@pytest.mark.screen
def test_fonts_that_were_not_built_are_named(
    in_hand: DeviceInHand | PhoneInHand, capsys: pytest.CaptureFixture[str]
) -> None:
    in_hand.app.missing_fonts = ("Inter-Bold.ttf",)
    starting.say_what_is_missing(in_hand.app)
    said = capsys.readouterr().err
    assert "Inter-Bold.ttf" in said
    assert "hint: make setup" in said


@pytest.mark.parametrize(
    ("main", "arguments", "named"),
    [
        (inspector.main, ["--bogus"], "--bogus"),
        (inspector.main, ["--home"], "--home"),
        (inspector.main, ["--frames", "there-is-no-such-folder"], "there-is-no-such-folder"),
        (inspector.main, ["--frames", __file__], "is no folder"),
        (wallet.main, ["--bogus"], "--bogus"),
        (wallet.main, ["--offer"], "--offer"),
        (wallet.main, ["stray"], "stray"),
        (wallet.main, ["--tx-code", "1234"], "--tx-code"),
        (wallet.main, ["--\x1b[2J"], "u{001b}"),
    ],
)
def test_wrong_arguments_are_unusable_and_say_what_to_do(
    main: Main, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert named in said
    assert "\nhint: " in said


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
