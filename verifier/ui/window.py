"""Kivy's surroundings and its window, of a phone's size on a desktop: settled before Kivy is imported."""

import os
import sys
from pathlib import Path
from typing import Final

WIDTH_DP: Final = 412
HEIGHT_DP: Final = 915
# On a display, or on an Android phone, which calls itself Linux.
_DRAWN_ON: Final = ("DISPLAY", "WAYLAND_DISPLAY", "ANDROID_ARGUMENT")
DENSITY: Final = "KIVY_METRICS_DENSITY"
LEAST_DENSITY: Final = 0.25
MOST_DENSITY: Final = 8.0


def prepare_kivy(home: Path) -> None:
    """Settle Kivy's surroundings, which it reads when first imported: its own files go below `home`."""
    pixels = density()
    folder = home / "kivy"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("KIVY_NO_ARGS", "KIVY_NO_CONFIG", "KIVY_NO_FILELOG"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("KIVY_IMAGE", "sdl2")  # what phones have; else Kivy imports every reader it finds
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # else Kivy swallows what goes to stderr, tracebacks too
    os.environ.setdefault("KIVY_HOME", str(folder))
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DRAWN_ON):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
        os.environ.setdefault("KIVY_CLIPBOARD", "dummy")

    from kivy.config import Config
    from kivy.logger import Logger

    Logger.disabled = True  # it reports each absent driver with a traceback; `has_window` says what matters
    Config.set("graphics", "width", str(int(WIDTH_DP * pixels)))
    Config.set("graphics", "height", str(int(HEIGHT_DP * pixels)))
    Config.set("graphics", "multisamples", "0")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "free_all")  # what a thread hands over need not wait for the next frame


def density() -> float:
    """Pixels for each dp, as the surroundings say; Kivy reads them too, so what is none is taken away."""
    said = os.environ.get(DENSITY, "1")
    try:
        pixels = float(said)
    except ValueError:
        pixels = 0.0
    if LEAST_DENSITY <= pixels <= MOST_DENSITY:
        return pixels
    limits = f"a number from {LEAST_DENSITY:g} to {MOST_DENSITY:g}"
    print(f"note: {DENSITY} is {said[:40]!r}, which is not {limits}: 1 is used", file=sys.stderr)
    os.environ[DENSITY] = "1"
    return 1.0


def has_window() -> bool:
    """Whether there is anything to draw on; Kivy must be prepared."""
    from kivy.core.window import Window

    return Window is not None
