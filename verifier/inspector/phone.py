"""The inspector's app on an Android phone: its ports, in place of the desktop's."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.ui.ports.android_camera import AndroidCamera
from verifier.ui.ports.android_share import AndroidShare
from verifier.ui.ports.scanner import PictureScanner
from verifier.ui.window import prepare_kivy
from verifier.ui.words import Words

if TYPE_CHECKING:
    from verifier.inspector.ui.device import Device

HOLD_STILL: Final = "Hold the code in the middle, upright and steady"


def android_device(say: Words) -> "Device":
    """The phone's ports. Kivy must be prepared."""
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground

    return Device(
        background=ThreadBackground(),
        scanner=PictureScanner(),
        camera=lambda: AndroidCamera(say(HOLD_STILL)),
        share=AndroidShare(),
    )


def main() -> None:
    """Run the app on a phone until it is closed; `deploy/mobile/stage.py` writes what calls this."""
    home = Path(os.environ["ANDROID_PRIVATE"]) / "ombord"
    prepare_kivy(home)
    from verifier.inspector.main import compose

    compose(home, device=android_device(Words())).run()
