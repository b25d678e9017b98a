"""`ombord-inspector`: composes the app from its parts, on a display or without one."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from verifier import state
from verifier.arguments import UNUSABLE, Parser, complain
from verifier.ui.window import has_window, prepare_kivy

if TYPE_CHECKING:
    from verifier.inspector.core.session import Clock
    from verifier.inspector.ui.app import InspectorApp
    from verifier.inspector.ui.device import Device
    from verifier.ui.ports.camera import Camera


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app until it is closed."""
    options = _options(arguments)
    try:
        prepare_kivy(options.home)
    except OSError as error:
        complain(
            f"{options.home} cannot be the app's folder: {error.strerror}",
            "name a folder that you may write to, with --home",
        )
        return UNUSABLE
    if not has_window():
        complain(
            "no window can be opened", "on Debian: apt-get install libegl1 libgl1 libgl1-mesa-dri libmtdev1"
        )
        return UNUSABLE
    app = compose(options.home, frames=options.frames)
    app.bind(on_start=_say_what_is_missing)
    app.run()
    return 0


def compose(
    home: Path,
    *,
    clock: "Clock | None" = None,
    device: "Device | None" = None,
    frames: Path | None = None,
) -> "InspectorApp":
    """The app that judges with what was imported into `home`; parts not given are the desktop's.

    `frames` is a folder of camera frames, instead of a camera. Kivy must be prepared.
    """
    from verifier.inspector.core.session import Session
    from verifier.inspector.ui.app import InspectorApp

    session = Session(home, clock or (lambda: datetime.now(UTC)))
    return InspectorApp(session, device or _desktop(frames))


def _desktop(frames: Path | None) -> "Device":
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.camera import DeviceCamera, FolderCamera
    from verifier.ui.ports.scanner import PictureScanner

    def camera() -> "Camera":
        return DeviceCamera() if frames is None else FolderCamera(frames, monotonic)

    return Device(background=ThreadBackground(), scanner=PictureScanner(), camera=camera)


def _say_what_is_missing(app: "InspectorApp") -> None:
    if app.missing_fonts:
        names = ", ".join(app.missing_fonts)
        print(f"note: drawn in Kivy's own font, as these were not built: {names}", file=sys.stderr)
        print("hint: make setup builds them into verifier/ui/assets", file=sys.stderr)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(prog="ombord-inspector", description="Check seafarers' certificates with no connection.")
    parser.add_argument(
        "--home", type=Path, default=Path(state.home()), help="where trust data is, as for ombord-verify"
    )
    parser.add_argument("--frames", type=Path, metavar="FOLDER", help="camera frames, instead of a camera")
    options = parser.parse_args(arguments)
    if options.frames is not None and not options.frames.is_dir():
        parser.refuse(f"{options.frames} is no folder", "name one with pictures in it, or leave --frames out")
    return options


if __name__ == "__main__":
    sys.exit(main())
