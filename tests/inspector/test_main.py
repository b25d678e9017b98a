"""`ombord-inspector` from its command line, and what it pulls in."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.inspector import DeviceInHand

from verifier.inspector import main
from verifier.ui import starting

ROOT = Path(__file__).parents[2]

# Beside the standard library: what Android's recipes or pure Python give; the last line is Kivy's.
ALLOWED = {
    "kivy", "segno", "cryptography", "tuf", "securesystemslib", "keys", "verifier",
    "filetype", "docutils", "pygments", "requests", "idna", "urllib3", "charset_normalizer", "cffi",
    "certifi",
}  # fmt: skip

OPEN = """
import sys
from pathlib import Path
from verifier.inspector.main import compose
from verifier.ui.window import prepare_kivy
home = Path(sys.argv[1])
prepare_kivy(home)
from kivy.base import EventLoop
EventLoop.ensure_window()
app = compose(home)
app._run_prepare()
EventLoop.idle()
app.dispatch("on_stop")
def is_outside(module):
    return "site-packages" in (getattr(module, "__file__", None) or "")
outside = [name for name, module in sys.modules.items() if is_outside(module)]
ours = [name for name in sys.modules if name.split(".")[0] in {"keys", "verifier", "wallet_app", "issuer"}]
print("MODULES", *sorted({name.split(".")[0] for name in [*outside, *ours]}))
"""


def test_a_folder_that_cannot_be_one_is_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert main.main(["--home", str(tmp_path / "file")]) == 3
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "hint:" in said


@pytest.mark.screen
def test_without_a_window_it_says_which_packages_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kivy.core.window.Window", None)
    assert main.main(["--home", str(tmp_path)]) == 3
    assert "libegl1" in capsys.readouterr().err


@pytest.mark.screen
def test_fonts_that_were_not_built_are_named(
    device: DeviceInHand, capsys: pytest.CaptureFixture[str]
) -> None:
    device.open(imported=False)
    device.app.missing_fonts = ("Inter-Bold.ttf",)
    starting.say_what_is_missing(device.app)
    assert "Inter-Bold.ttf" in capsys.readouterr().err


@pytest.mark.screen
def test_the_first_screen_pulls_in_only_what_a_phone_can_have(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modules = {name for name in done.stdout.split("MODULES", 1)[1].split() if not name.startswith("_")}
    assert modules <= ALLOWED, modules - ALLOWED


def test_core_runs_without_kivy() -> None:
    script = (
        "import sys, verifier.inspector.core.session, verifier.inspector.core.verdict_view, "
        "verifier.inspector.core.importing, verifier.inspector.core.comparison; "
        "sys.exit('kivy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--bogus"], "--bogus"),
        (["--home"], "--home"),
        (["--frames", "there-is-no-such-folder"], "there-is-no-such-folder"),
        (["--frames", __file__], "is no folder"),
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
