"""The camera, looking for a code: what it sees is drawn, what it reads is handed on once."""

from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.ui.ports.camera import Camera, Frame
from verifier.ui.scanning import FRAMES_PER_SECOND, ScanLoop
from wallet_app import texts_showing as texts


class Watched:
    """A camera whose newest frame is kept for drawing."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self.newest: Frame | None = None

    def open(self) -> None:
        """Begin."""
        self.newest = None
        self._camera.open()

    def close(self) -> None:
        """End."""
        self._camera.close()

    def frame(self) -> Frame | None:
        """The newest, for the reader."""
        found = self._camera.frame()
        if found is not None:
            self.newest = found
        return found


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
        self._camera = Watched(app.device.camera)
        self._loop = ScanLoop(self._camera, app.background, self._read, on_trouble=self._fail)
        self._drawing = Clock.schedule_interval(self._draw, 1 / FRAMES_PER_SECOND)
        self._loop.start()

    def on_leave(self, *_: object) -> None:
        """Let go of it."""
        self._drawing.cancel()
        self._loop.stop()
        self.picture = None

    def _read(self, text: str) -> None:
        app: Any = App.get_running_app()
        self._loop.stop()
        app.scanned(text, self._purpose)

    def _fail(self, _reason: str) -> None:
        app: Any = App.get_running_app()
        self.message, self.has_failed = app.say(texts.NO_CAMERA), True

    def _draw(self, _: float) -> None:
        frame = self._camera.newest
        if frame is None or not frame.channels:  # none, or one that was read already
            return
        kind = "luminance" if frame.channels == 1 else "rgb"
        texture = self.picture
        if texture is None or texture.size != (frame.width, frame.height) or texture.colorfmt != kind:
            texture = Texture.create(size=(frame.width, frame.height), colorfmt=kind)
            texture.flip_vertical()
        texture.blit_buffer(frame.pixels, colorfmt=kind, bufferfmt="ubyte")
        self.picture = texture
        self.ids.picture.canvas.ask_update()
