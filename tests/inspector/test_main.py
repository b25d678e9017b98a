"""What `ombord-inspector` pulls in."""

import subprocess
import sys
from pathlib import Path

import pytest

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
