"""The camera, looking for a code: what it sees is drawn, what it reads is handed on once."""

from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.ui.ports.camera import DeviceCamera, Frame
from verifier.ui.ports.scanner import missing
from verifier.ui.preview import Preview
from verifier.ui.scanning import ScanLoop
from wallet_app import texts_showing as texts


class ScanScreen(Screen):
    """Scans from when it is entered until it is left, or until it has read something."""

    message = StringProperty("")
    picture = ObjectProperty(None, allownone=True)
    has_failed = BooleanProperty(False)

    def start(self, purpose: str) -> None:
        """Look for an offer ("add") or for a challenge."""
        app: Any = App.get_running_app()
        self._purpose = purpose
        self.message = app.say(texts.SCANNING)
        self.picture, self.has_failed = None, False

    def on_enter(self, *_: object) -> None:
        """Open the camera."""
        app: Any = App.get_running_app()
        self._preview = Preview()
        self._loop = ScanLoop(
            app.device.camera, app.background, self._read, on_frame=self._draw, on_trouble=self._fail
        )
        self._loop.start()

    def on_leave(self, *_: object) -> None:
        """Let go of it."""
        self._loop.stop()
        self.picture, self._preview = None, Preview()

    def _read(self, text: str) -> None:
        app: Any = App.get_running_app()
        self._loop.stop()
        app.scanned(text, self._purpose)

    def _fail(self, _reason: str) -> None:
        app: Any = App.get_running_app()
        lacks = missing() if isinstance(app.device.camera, DeviceCamera) else ()
        words = (
            app.say(texts.NO_CAMERA_PACKAGES, names=", ".join(lacks)) if lacks else app.say(texts.NO_CAMERA)
        )
        self.message, self.has_failed = words, True

    def _draw(self, frame: Frame) -> None:
        self.picture = self._preview.whole(frame)
        self.ids.picture.canvas.ask_update()
