"""docs/running-an-issuer.md stays true: its commands run, its tables say what the programs read."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from support.issuer_app import KEYS, issuer_settings

from issuer.app import create_app
from issuer.settings import Settings
from issuer.settings_loading import ELSEWHERE

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "running-an-issuer.md").read_text(encoding="utf-8")


def test_documented_commands_run_from_nothing(tmp_path: Path) -> None:
    script = "set -eu\n" + "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    assert script.count("ombord-keys") == 10
    outside = {name: value for name, value in os.environ.items() if not name.startswith("OMBORD_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{outside['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**outside, "PATH": path, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "norway"
    assert f"made a new register at {folder}/ombord.db" in done.stderr
    assert "0 rejected" in done.stdout
    assert "transaction code" in done.stdout
    for made in ("directory/1.root.json", "paper/index.csv", "offer.svg", "public/status/1.jwt",
                 "public/status/1.snapshot", "site/packs/latest",
                 "approved/index.csv"):  # fmt: skip
        assert (folder / made).stat().st_size > 0


def shown_default(field: FieldInfo) -> str:
    default = field.default
    if field.is_required():
        return "required"
    if default is None:
        return "none"
    return f"`{int(default.total_seconds()) if isinstance(default, timedelta) else default}`"


def settings_table() -> str:
    rows = [
        f"| `{name}` | {shown_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| name | default | meaning |", "|---|---|---|", *rows])


def test_table_of_settings_is_what_the_program_reads() -> None:
    assert settings_table() in PAGE


def test_every_variable_of_every_program_is_documented() -> None:
    sources = [
        path for area in ("keys", "verifier", "wallet_app") for path in (CHECKOUT / area).rglob("*.py")
    ]
    read = {name for path in sources for name in re.findall(r"\bOMBORD_[A-Z_]+\b", path.read_text("utf-8"))}
    known = ELSEWHERE | {f"OMBORD_{name.upper()}" for name in Settings.model_fields}
    assert read <= known
    assert all(f"`{name}`" in PAGE for name in read | ELSEWHERE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The addresses of an issuer, as patterns; and that of the document that lists them."""
    register = tmp_path_factory.mktemp("served") / "register.db"
    app = create_app(issuer_settings(f"sqlite:///{register}"), keys=KEYS)
    return [str(app.openapi_url), *(re.sub(r"\{[a-z_]+\}", "[^/]+", path) for path in app.openapi()["paths"])]


@pytest.mark.parametrize(
    "address", sorted(set(re.findall(r"/no/(?:api/v1|status|packs)/[a-zA-Z0-9./]+", PAGE)))
)
def test_documented_addresses_are_served(address: str, served: list[str]) -> None:
    assert any(re.fullmatch(one, address) for one in served)
