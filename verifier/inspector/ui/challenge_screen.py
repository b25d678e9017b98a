"""A challenge, large enough to be scanned by the seafarer's phone, and as six characters to read out."""

from math import ceil
from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector import texts
from verifier.inspector.core.challenge import LIFETIME

RULES: Final = join(dirname(__file__), "challenge_screen.kv")
TICK_SECONDS: Final = 0.5


class InspectorChallengeScreen(Screen):
    """Sets one when it is entered, unless one is open already; counts it down."""

    qr_text = StringProperty("")
    characters = StringProperty("")
    line = StringProperty("")
    share_left = NumericProperty(1)
    is_open = BooleanProperty(False)
    _ticking: Any = None

    def start(self) -> None:
        """A new one."""
        app: Any = App.get_running_app()
        app.session.set_challenge()
        self._tick(0)

    def on_pre_enter(self, *_: object) -> None:
        """Count down."""
        app: Any = App.get_running_app()
        challenge = app.session.challenge
        if challenge is None or challenge.seconds_left(app.session.clock()) <= 0:
            self.start()
        self._tick(0)
        self._ticking = Clock.schedule_interval(self._tick, TICK_SECONDS)

    def on_leave(self, *_: object) -> None:
        """The challenge stays open: the answer is scanned on another screen."""
        if self._ticking is not None:
            self._ticking.cancel()

    def _tick(self, _: float) -> None:
        app: Any = App.get_running_app()
        challenge, say = app.session.challenge, app.say
        left = 0.0 if challenge is None else challenge.seconds_left(app.session.clock())
        self.is_open = left > 0
        self.share_left = left / LIFETIME.total_seconds()
        if challenge is None or left <= 0:
            used = challenge is not None and challenge.is_used
            self.qr_text = self.characters = ""
            self.line = say(texts.CHALLENGE_USED if used else texts.CHALLENGE_OVER)
            return
        self.qr_text = challenge.qr_text
        self.characters = " ".join((challenge.characters[:3], challenge.characters[3:]))
        self.line = say(texts.CHALLENGE_LEFT, n=ceil(left))
