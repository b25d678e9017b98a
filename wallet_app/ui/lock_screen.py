"""The PIN is asked for: to open the app, or to leave a code that was handed over."""

from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty
from kivy.uix.screenmanager import Screen

from verifier.ui.words import Words
from wallet_app import texts_safe as texts
from wallet_app.core.lock import Answer
from wallet_app.ui.pin_pad import PinPad

__all__ = ["LockScreen", "PinPad", "duration"]

TICK_SECONDS: Final = 0.5


class LockScreen(Screen):
    """Tells the app when the PIN was right; wrong ones earn pauses, which are counted down here."""

    is_leaving = BooleanProperty(False)

    def on_pre_enter(self, *_: object) -> None:
        """Nothing entered yet; a pause may be running."""
        pad = self.ids.pad
        pad.clear()
        pad.say("")
        pad.is_held = False
        pad.listen()
        self._paused = False
        self._ticking = Clock.schedule_interval(self._tick, TICK_SECONDS)
        self._tick(0)
        if pad.has_sensor:
            self.ask_sensor()

    def on_pre_leave(self, *_: object) -> None:
        """Keys are not ours any more."""
        self._ticking.cancel()
        self.ids.pad.deafen()

    def look_at(self, pin: str) -> None:
        """Off the drawing thread: it takes a part of a second."""
        app, pad = self._app, self.ids.pad
        pad.is_held = True
        pad.say(app.say(texts.CHECKING))
        app.background.run(
            lambda: app.lock.attempt(pin), self._answered, lambda _: self._answered(Answer.NOT_YET)
        )

    def ask_sensor(self) -> None:
        """A finger or a face will do, unless wrong PINs have earned a pause."""
        if not self._app.lock.tries.wait():
            self._app.ask_sensor()

    def _answered(self, answer: Answer) -> None:
        app, pad = self._app, self.ids.pad
        pad.clear()
        pad.is_held = False
        pad.say("")
        if app.navigation.current != self.name:  # somebody went on to start again meanwhile
            return
        if answer is Answer.RIGHT:
            app.unlocked()
            return
        if answer is Answer.WRONG:
            left = app.lock.tries.left
            more = f" {app.say.counted(texts.TRIES_LEFT, left)}" if left else ""
            pad.say(app.say(texts.WRONG_PIN) + more, "bad")
        self._tick(0)

    def _tick(self, _: float) -> None:
        app, pad = self._app, self.ids.pad
        pad.has_sensor = app.may_use_sensor and not self.is_leaving
        wait = app.lock.tries.wait()
        if wait:
            self._paused = pad.is_held = True
            again = app.say(texts.TRY_AGAIN_IN, time=duration(wait, app.say))
            pad.say(f"{app.say(texts.LOCKED_PAUSE)} {again}", "bad")
        elif self._paused:
            self._paused = pad.is_held = False
            pad.say("")

    @property
    def _app(self) -> Any:
        return App.get_running_app()


def duration(seconds: int, say: Words) -> str:
    """In the largest unit that says it: a pause of 60 minutes is an hour, the last minute runs in seconds."""
    if seconds < 60:
        return say.counted(texts.SECONDS, seconds)
    if seconds < 3_600:
        return say.counted(texts.MINUTES, -(-seconds // 60))
    return say.counted(texts.HOURS, -(-seconds // 3_600))
