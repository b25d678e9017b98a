"""The camera's picture with a frame to hold the code in, and a ring that fills while moving frames come."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from verifier.credential.frames import Progress
from verifier.inspector import texts
from verifier.ui.ports.camera import Camera, Frame
from verifier.ui.scanning import ScanLoop

RULES: Final = join(dirname(__file__), "viewfinder.kv")
PREVIEW_SECONDS: Final = 0.1


class WatchedCamera:
    """A camera of which the newest picture is kept for the preview."""

    def __init__(self, camera: Camera) -> None:
        """Watch `camera`."""
        self._camera = camera
        self.newest: Frame | None = None

    def open(self) -> None:
        """Begin. Raises CameraError."""
        self._camera.open()

    def close(self) -> None:
        """End; the last picture is forgotten."""
        self._camera.close()
        self.newest = None

    def frame(self) -> Frame | None:
        """The newest one. Raises CameraError."""
        found = self._camera.frame()
        self.newest = found or self.newest
        return found


class Viewfinder(FloatLayout):
    """Scans between `start` and `stop`; each code is told as `on_code`."""

    preview = ObjectProperty(None, allownone=True)
    title = StringProperty("")  # why there is no picture
    advice = StringProperty("")
    hint = StringProperty("")
    share = NumericProperty(0)  # of moving frames, for the ring
    is_moving = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_code")
        super().__init__(**properties)
        self._loop: ScanLoop | None = None
        self._camera: WatchedCamera | None = None
        self._drawing: Any = None
        self._drawn: Frame | None = None

    def on_code(self, text: str) -> None:
        """A code, or what moving frames amount to."""

    def start(self) -> None:
        """Open the camera, where there is one."""
        app: Any = App.get_running_app()
        self.stop()
        self.title = self.advice = ""
        self.hint = app.say(texts.HOLD)
        if app.device.camera is None:
            self._say(texts.NO_CAMERA, texts.NO_CAMERA_ADVICE)
            return
        self._camera = WatchedCamera(app.device.camera())
        self._loop = ScanLoop(
            self._camera,
            app.background,
            lambda text: self.dispatch("on_code", text),
            on_progress=self._progress,
            on_trouble=self._trouble,
        )
        self._drawing = Clock.schedule_interval(self._draw, PREVIEW_SECONDS)
        self._loop.start()

    def stop(self) -> None:
        """Close the camera; nothing of its pictures is kept."""
        if self._loop is not None:
            self._loop.stop()
            self._loop = None
        if self._drawing is not None:
            self._drawing.cancel()
        self.preview = self._drawn = None
        self.is_moving, self.share = False, 0

    def forget(self) -> None:
        """Read what is in view once more."""
        if self._loop is not None:
            self._loop.forget()
        self.is_moving, self.share = False, 0

    def _progress(self, progress: Progress) -> None:
        app: Any = App.get_running_app()
        app.session.touch()
        self.is_moving, self.share = True, progress.received / max(1, progress.needed)
        self.hint = app.say(texts.FRAMES_SEEN, received=progress.received, needed=progress.needed)

    def _trouble(self, _: str) -> None:
        self._say(texts.CAMERA_BROKEN, texts.CAMERA_BROKEN_ADVICE)

    def _say(self, title: str, advice: str) -> None:
        app: Any = App.get_running_app()
        self.preview, self.hint = None, ""
        self.title, self.advice = app.say(title), app.say(advice)

    def _draw(self, _: float) -> None:
        frame = None if self._camera is None else self._camera.newest
        if frame is None or frame is self._drawn or not frame.channels:  # or read already: no picture
            return
        self._drawn = frame
        kind = "luminance" if frame.channels == 1 else "rgb"
        across, up = self._part(frame)
        if self.preview is None or self.preview.size != (across, up):
            self.preview = Texture.create(size=(across, up), colorfmt=kind)
        self.preview.blit_buffer(_cut(frame, across, up), colorfmt=kind, bufferfmt="ubyte")
        self.canvas.ask_update()

    def _part(self, frame: Frame) -> tuple[int, int]:
        """How much of the picture's middle fills the viewfinder, so that nothing is squeezed."""
        scale = max(self.width / frame.width, self.height / frame.height)
        return min(frame.width, round(self.width / scale)), min(frame.height, round(self.height / scale))

    def corner(self, which: int, *_: object) -> list[float]:
        """One of the four corners of the frame to hold the code in: two thirds of the shorter side."""
        half, arm = min(self.width, self.height) / 3, dp(34)
        right, up = (1, -1)[which % 2], (1, -1)[which // 2]
        x, y = self.center_x + right * half, self.center_y + up * half
        return [x - right * arm, y, x, y, x, y - up * arm]


def _cut(frame: Frame, across: int, up: int) -> bytes:
    """The middle of a picture, its rows from below, as the screen counts them."""
    row, data = frame.width * frame.channels, frame.pixels
    left, size = (frame.width - across) // 2 * frame.channels, across * frame.channels
    first = (frame.height - up) // 2
    starts = ((line * row) + left for line in range(first + up - 1, first - 1, -1))
    return b"".join(data[start : start + size] for start in starts)


Factory.register("Viewfinder", cls=Viewfinder)
