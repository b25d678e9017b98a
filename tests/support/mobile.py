"""The phones' apps for tests: specifications, staged files, and a clean environment of one extra."""

from __future__ import annotations

import configparser
import importlib.util
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
MOBILE = ROOT / "deploy" / "mobile"
APPS = ("wallet", "inspector")


def spec(app: str) -> configparser.SectionProxy:
    """The `[app]` section of an app's buildozer.spec."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string((MOBILE / app / "buildozer.spec").read_text("utf-8"))
    return parser["app"]


def requirements(app: str) -> dict[str, str]:
    """What the app is built with: names, with the version where one is fixed."""
    found = {}
    for one in spec(app)["requirements"].split(","):
        name, _, version = one.partition("==")
        found[name] = version
    return found


def staging() -> ModuleType:
    """`deploy/mobile/stage.py`, which is in no package."""
    loader = importlib.util.spec_from_file_location("stage", MOBILE / "stage.py")
    assert loader is not None
    assert loader.loader is not None
    module = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(module)
    return module


def clean_environment(folder: Path, extra: str) -> list[str]:
    """Fill `folder` with links to what `ombord[extra]` asks for, and to nothing else; returns the names.

    As a new virtual environment with that one extra would be, without a network.
    """
    folder.mkdir(parents=True)
    names = sorted(_closure("ombord", {extra}))
    for name in names:
        found = distribution(name)
        for top in sorted({file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "")}):
            source, target = Path(str(found.locate_file(top))), folder / top
            if source.exists() and not target.exists() and name != "ombord":
                target.symlink_to(source)
    return names


def _closure(name: str, extras: set[str]) -> set[str]:
    """The distribution and all that it needs here, with these extras."""
    seen: dict[str, set[str]] = {}
    waiting = [(name, extras)]
    while waiting:
        one, asked = waiting.pop()
        if one in seen and asked <= seen[one]:
            continue
        seen[one] = seen.get(one, set()) | asked
        try:
            found = distribution(one)
        except PackageNotFoundError:  # of an extra that is not installed here
            continue
        waiting += list(_needs(found, asked))
    return {one for one in seen if _is_installed(one)}


def _needs(found: Distribution, extras: set[str]) -> Iterator[tuple[str, set[str]]]:
    for text in found.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield re.sub(r"[-_.]+", "-", requirement.name).lower(), set(requirement.extras)


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
