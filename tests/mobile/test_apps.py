"""The phones' apps as they are packed: what is in them, and that they start with their own extra alone."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support.mobile import APPS, MOBILE, ROOT, clean_environment, requirements, spec, staging

# Names of modules -> of what brings them, where they differ.
BROUGHT_BY = {
    "yaml": "pyyaml",
    "fpdf": "fpdf2",
    "PIL": "pillow",
    "fontTools": "fonttools",
    "jnius": "pyjnius",
}
# What only a desktop has: the app runs without, and says so where it matters.
DESKTOP_ONLY = {"zxingcpp", "av", "PIL", "numpy"}
# What kivy asks for itself, or stands in for on a desktop.
KIVYS = {"docutils", "pygments", "requests", "idna", "urllib3", "charset_normalizer", "kivy_garden"}

EVERY_MODULE = """
import importlib, pkgutil, sys
from pathlib import Path
from verifier.ui.window import prepare_kivy
prepare_kivy(Path(sys.argv[1]))
from kivy.base import EventLoop
EventLoop.ensure_window()
for name in sys.argv[2:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
site = {name.split(".")[0] for name, module in sys.modules.items()
        if "/clean/" in (getattr(module, "__file__", None) or "")}
print("MODULES", *sorted(site))
"""
PACKAGES = {
    "wallet": ["verifier.credential", "verifier.ui", "wallet_app"],  # of keys.custody what these import
    "inspector": [
        "keys.trust",
        "verifier.credential",
        "verifier.inspection",
        "verifier.ui",
        "verifier.inspector",
    ],
}


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def staged(app: str, tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    staging().stage(app, folder)
    return folder


def test_phone_has_no_server_no_tests_and_not_the_other_app(app: str, staged: Path) -> None:
    tops = {path.name for path in staged.iterdir()}
    assert tops == {"keys", "verifier", "main.py"} | ({"wallet_app"} if app == "wallet" else set())
    assert (staged / "verifier" / "inspector").exists() == (app == "inspector")
    assert not (staged / "verifier" / "page").exists()
    assert not list(staged.rglob("__pycache__"))


def test_nothing_in_it_imports_what_was_left_behind(app: str, staged: Path) -> None:
    other = "verifier.inspector" if app == "wallet" else "wallet_app"
    for path in staged.rglob("*.py"):
        for name in imported(path):
            assert name.split(".")[0] not in {"issuer", "tests", "support", "demo", "benchmarks"}, path
            assert name != other, path
            assert not name.startswith(f"{other}."), path


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_every_kind_of_file_that_the_app_reads_is_packed(app: str, staged: Path) -> None:
    packed = set(spec(app)["source.include_exts"].split(","))
    kinds = {path.suffix.removeprefix(".") for path in staged.rglob("*") if path.is_file()}
    assert kinds - packed <= {"typed", "po", "in"}, "files that the app would not find on a phone"


@pytest.mark.screen
def test_app_starts_where_its_extra_alone_is_installed(app: str, staged: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    names = clean_environment(clean, app)
    assert "fastapi" not in names
    assert "pydantic" not in names
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"PYTHONPATH": os.pathsep.join([str(staged), str(clean)]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", EVERY_MODULE, str(tmp_path / "home"), *PACKAGES[app]],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    modules = {name for name in done.stdout.split("MODULES", 1)[1].split() if not name.startswith("_")}
    assert modules, done.stdout
    on_phone = {BROUGHT_BY.get(name, name) for name in modules - DESKTOP_ONLY - KIVYS}
    assert on_phone <= {*requirements(app), "cffi", "pycparser", "six", "defusedxml", "packaging"}, (
        "imported, and not in the requirements of buildozer.spec"
    )


def test_on_a_desktop_its_extra_brings_what_scans_and_the_phone_is_spared_it(app: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    asked = {re.split(r"[<>=]", one)[0] for one in extras[app]}
    assert {"av", "ombord[scan]"} <= asked
    assert {re.split(r"[<>=]", one)[0] for one in extras["scan"]} == {"pillow", "zxing-cpp"}
    assert not {"av", "zxing-cpp", "numpy"} & set(requirements(app))


def test_both_apps_pin_the_same_tool_and_the_same_shims() -> None:
    pins = {(spec(app)["p4a.commit"], spec(app)["android.add_src"], spec(app)["android.api"]) for app in APPS}
    assert pins == {("a608f593978c4a9df55626a89a43c7435a7ad08e", "../java", "35")}


def test_app_keeps_no_backup_at_googles_and_asks_for_few_permissions() -> None:
    for app in APPS:
        assert spec(app)["android.allow_backup"] == "False"
        assert set(spec(app)["android.permissions"].split(", ")) <= {"INTERNET", "CAMERA", "USE_BIOMETRIC"}


def test_link_of_an_offer_opens_the_wallet() -> None:
    filters = (MOBILE / "wallet" / spec("wallet")["android.manifest.intent_filters"]).read_text("utf-8")
    assert 'android:scheme="openid-credential-offer"' in filters
