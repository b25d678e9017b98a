"""How both apps are started: what is in the way is said on stderr, with what to do."""

import sys
from pathlib import Path
from typing import Any

from verifier.arguments import UNUSABLE, complain
from verifier.ui.window import has_window, prepare_kivy


def prepare(home: Path, *, folder: str) -> int:
    """Settle Kivy's surroundings in `home`, called `folder` to a person. 0, or the command's exit code."""
    try:
        prepare_kivy(home)
    except OSError as error:
        complain(
            f"{home} cannot be {folder}: {error.strerror}", "name a folder that you may write to, with --home"
        )
        return UNUSABLE
    if not has_window():
        complain(
            "no window can be opened", "on Debian: apt-get install libegl1 libgl1 libgl1-mesa-dri libmtdev1"
        )
        return UNUSABLE
    return 0


def run(app: Any) -> None:
    """Until it is closed."""
    app.bind(on_start=say_what_is_missing)
    app.run()


def say_what_is_missing(app: Any) -> None:
    """What it can do without, and looks the worse for."""
    if app.missing_fonts:
        names = ", ".join(app.missing_fonts)
        print(f"note: drawn in Kivy's own font, as these were not built: {names}", file=sys.stderr)
        print("hint: make setup builds them into verifier/ui/assets", file=sys.stderr)
