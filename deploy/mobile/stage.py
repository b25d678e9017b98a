"""Copy one app and what it imports to `build/mobile/`, where buildozer takes it from: no server, no tests.

python deploy/mobile/stage.py wallet|inspector [FOLDER]
"""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class App:
    """The packages of one app, and which parts of them it has no use for."""

    packages: tuple[str, ...]
    without: tuple[str, ...]
    entry: str  # the module whose `main` python-for-android is to start


APPS: Mapping[str, App] = {
    "wallet": App(
        ("keys", "verifier", "wallet_app"), ("verifier/inspector", "verifier/page"), "wallet_app.phone"
    ),
    "inspector": App(("keys", "verifier"), ("verifier/page",), "verifier.inspector.phone"),
}


def stage(name: str, folder: Path) -> None:
    """Make `folder` anew with the app called `name`."""
    app = APPS[name]
    shutil.rmtree(folder, ignore_errors=True)
    left_out = {CHECKOUT / path for path in app.without}

    def ignore(inside: str, names: list[str]) -> set[str]:
        return {one for one in names if one == "__pycache__" or Path(inside, one) in left_out}

    for package in app.packages:
        shutil.copytree(CHECKOUT / package, folder / package, ignore=ignore)
    (folder / "main.py").write_text(f"from {app.entry} import main\n\nmain()\n", "utf-8")


def main(arguments: list[str]) -> int:
    """Stage the app that is named; 3 where it is none."""
    if not arguments or arguments[0] not in APPS:
        print(f"error: name an app: {', '.join(APPS)}", file=sys.stderr)
        return 3
    folder = Path(arguments[1]) if len(arguments) > 1 else CHECKOUT / "build" / "mobile" / arguments[0]
    stage(arguments[0], folder)
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
