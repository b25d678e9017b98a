"""The locks pin every package by hash and serve any registry: they name no host and no path."""

import json
import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = ["requirements.lock", "requirements-issuer.lock", "requirements-bootstrap.lock"]
NODE_LOCKS = [
    "tests/interop/package-lock.json",
    "deploy/fonts/package-lock.json",
    "deploy/page/package-lock.json",
]
PINNED = re.compile(r"^([a-z0-9-]+)==\S+", re.MULTILINE)


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_lock_names_no_host_and_no_path(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--index|--find-links|/work|/root|/home", text)


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_lock_has_a_hash_for_each_pin(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    pins = [block for block in re.split(r"\n(?=[a-z0-9])", text) if PINNED.match(block)]
    assert pins
    assert all("--hash=sha256:" in block for block in pins)


@pytest.mark.parametrize("name", NODE_LOCKS)
def test_node_lock_has_a_hash_for_each_package_and_names_no_registry(name: str) -> None:
    packages = json.loads((CHECKOUT / name).read_bytes())["packages"]
    installed = [entry for path, entry in packages.items() if path]
    assert installed
    assert all("integrity" in entry and "resolved" not in entry for entry in installed)


def test_lock_holds_every_dependency_of_every_extra() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(one for extra in project["project"]["optional-dependencies"].values() for one in extra),
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[\[<>=!~ ]", one, maxsplit=1)[0] for one in wanted} - {"ombord"}
    locked = set(PINNED.findall((CHECKOUT / "requirements.lock").read_text(encoding="utf-8")))
    assert names <= locked
