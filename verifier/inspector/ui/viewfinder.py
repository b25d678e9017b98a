"""The camera's picture with a frame to hold the code in, and a ring that fills while moving frames come."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.factory import Factory
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from verifier.credential.frames import Progress
from verifier.inspector import texts
from verifier.ui.ports.camera import Frame
from verifier.ui.preview import Preview
from verifier.ui.scanning import ScanLoop

RULES: Final = join(dirname(__file__), "viewfinder.kv")


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
        self._preview = Preview()

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
        self._loop = ScanLoop(
            app.device.camera(),
            app.background,
            lambda text: self.dispatch("on_code", text),
            on_progress=self._progress,
            on_frame=self._draw,
            on_trouble=self._trouble,
        )
        self._loop.start()

    def stop(self) -> None:
        """Close the camera; nothing of its pictures is kept."""
        if self._loop is not None:
            self._loop.stop()
            self._loop = None
        self.preview, self._preview = None, Preview()
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

    def _draw(self, frame: Frame) -> None:
        self.preview = self._preview.middle(frame, self.size)
        self.canvas.ask_update()

    def corner(self, which: int, *_: object) -> list[float]:
        """One of the four corners of the frame to hold the code in: two thirds of the shorter side."""
        half, arm = min(self.width, self.height) / 3, dp(34)
        right, up = (1, -1)[which % 2], (1, -1)[which // 2]
        x, y = self.center_x + right * half, self.center_y + up * half
        return [x - right * arm, y, x, y, x, y - up * arm]


Factory.register("Viewfinder", cls=Viewfinder)
