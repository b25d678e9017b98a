"""`ombord-inspector`: composes the app from its parts, on a display or without one."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from verifier import state
from verifier.arguments import Parser
from verifier.ui import starting

if TYPE_CHECKING:
    from verifier.inspector.core.session import Clock
    from verifier.inspector.ui.app import InspectorApp
    from verifier.inspector.ui.device import Device
    from verifier.ui.ports.camera import Camera


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app until it is closed."""
    options = _options(arguments)
    trouble = starting.prepare(options.home, folder="the app's folder")
    if trouble:
        return trouble
    app = compose(options.home, frames=options.frames, owns_process=True)
    starting.run(app)
    return 0


def compose(
    home: Path,
    *,
    clock: "Clock | None" = None,
    device: "Device | None" = None,
    frames: Path | None = None,
    owns_process: bool = False,
) -> "InspectorApp":
    """The app that judges with what was imported into `home`; parts not given are the desktop's.

    `frames` is a folder of camera frames, instead of a camera. Kivy must be prepared. An app that
    `owns_process` sees to its memory.
    """
    from verifier.inspector.core.session import Session
    from verifier.inspector.ui.app import InspectorApp

    session = Session(home, clock or (lambda: datetime.now(UTC)))
    return InspectorApp(session, device or _desktop(frames), owns_process=owns_process)


def _desktop(frames: Path | None) -> "Device":
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.camera import DeviceCamera, FolderCamera
    from verifier.ui.ports.scanner import PictureScanner

    def camera() -> "Camera":
        return DeviceCamera() if frames is None else FolderCamera(frames, monotonic)

    return Device(background=ThreadBackground(), scanner=PictureScanner(), camera=camera)


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
