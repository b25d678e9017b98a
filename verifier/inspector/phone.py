"""The inspector's app on an Android phone: its ports, in place of the desktop's."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.ui import texts as shared
from verifier.ui.ports.android_camera import AndroidCamera
from verifier.ui.ports.android_java import learn
from verifier.ui.ports.android_picker import AndroidPicker
from verifier.ui.ports.android_share import AndroidShare
from verifier.ui.ports.scanner import PictureScanner
from verifier.ui.window import prepare_kivy

if TYPE_CHECKING:
    from verifier.inspector.ui.app import InspectorApp
    from verifier.inspector.ui.device import Device


def android_device(home: Path, say: Callable[[str], str]) -> "Device":
    """The phone's ports; `say` is asked at each use, as the language may be another by then."""
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground

    background = ThreadBackground()
    return Device(
        background=background,
        scanner=PictureScanner(),
        camera=lambda: AndroidCamera(lambda: say(shared.HOLD_STILL)),
        share=AndroidShare(),
        picker=AndroidPicker(home / "picked", background),
    )


def main() -> None:
    """Run the app on a phone until it is closed; `deploy/mobile/stage.py` writes what calls this."""
    home = Path(os.environ["ANDROID_PRIVATE"]) / "ombord"
    prepare_kivy(home)
    learn()
    from verifier.inspector.main import compose

    device = android_device(home, lambda message: app.say(message))
    app: InspectorApp = compose(home, device=device, owns_process=True)
    app.run()
