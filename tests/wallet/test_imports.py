"""What the app pulls in: only what a phone can have, and nothing of the server."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Beside the standard library: what Android's recipes or pure Python give; the last line is Kivy's.
ALLOWED = {
    "kivy", "segno", "cryptography", "certifi", "tuf", "keys", "verifier", "wallet_app",
    "filetype", "docutils", "pygments", "requests", "idna", "urllib3", "charset_normalizer", "cffi",
}  # fmt: skip

REPORT = """
def comes_from_outside(module):
    return "site-packages" in (getattr(module, "__file__", None) or "")
site = [name for name, module in sys.modules.items() if comes_from_outside(module)]
ours = {"keys", "verifier", "wallet_app", "issuer", "demo"}
names = [*site, *(name for name in sys.modules if name.split(".")[0] in ours)]
print("MODULES", *sorted({name.split(".")[0] for name in names}))
"""

OPEN_AND_SHOW = (
    """
import sys
from pathlib import Path
from wallet_app.core.keystore import FileKeyStore
from wallet_app.main import compose, prepare_kivy
home = Path(sys.argv[1])
prepare_kivy(home)
from kivy.base import EventLoop
EventLoop.ensure_window()
app = compose(home, keys=FileKeyStore(home / "keys.json"))
app._run_prepare()
while app.wallet is None or not app.wallet.is_read:
    EventLoop.idle()
app.dispatch("on_stop")
"""
    + REPORT
)

EVERY_MODULE = (
    """
import importlib, pkgutil, sys
from pathlib import Path
from wallet_app.main import prepare_kivy
prepare_kivy(Path(sys.argv[1]))
import verifier.ui, wallet_app
for package in (wallet_app, verifier.ui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""
    + REPORT
)


@pytest.mark.screen
@pytest.mark.parametrize("script", [OPEN_AND_SHOW, EVERY_MODULE], ids=["opened", "every module"])
def test_only_what_a_phone_can_have_is_imported(tmp_path: Path, script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split("MODULES", 1)[1].split())
    modules = {name for name in modules if not name.startswith(("_", "__editable"))}
    assert modules <= ALLOWED, modules - ALLOWED
    assert {"wallet_app", "verifier", "keys"} <= modules
    assert not {"issuer", "demo", "pydantic"} & modules


def test_core_runs_without_kivy() -> None:
    script = "import sys, wallet_app.core.wallet, wallet_app.core.views; sys.exit('kivy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
