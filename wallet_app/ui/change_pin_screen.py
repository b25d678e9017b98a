"""Another PIN: the old one first, then the new one twice."""

from typing import Any

from kivy.app import App
from kivy.uix.screenmanager import Screen
from kivy.uix.widget import Widget

from wallet_app import texts_safe as texts
from wallet_app.core.lock import Answer
from wallet_app.ui.lock_screen import duration
from wallet_app.ui.pin_choice import PinChoice

__all__ = ["ChangePinScreen", "PinChoice"]


class ChangePinScreen(Screen):
    """Wrong old PINs count as they do on the lock."""

    def on_kv_post(self, *_: object) -> None:
        """One of the two is in place at a time: what is out of sight must not take touches."""
        self._old, self._new = self.ids.old.__self__, self.ids.choice.__self__

    def start(self) -> None:
        """Ask for the old one."""
        self._put(self._old)
        pad = self.ids.pad
        pad.clear()
        pad.is_held = False
        pad.say("")
        pad.listen()

    def on_pre_leave(self, *_: object) -> None:
        """Keys are not ours any more."""
        self.ids.pad.deafen()
        self.ids.choice.stop()

    def look_at(self, pin: str) -> None:
        """The old one, off the drawing thread."""
        app, pad = self._app, self.ids.pad
        pad.is_held = True
        pad.say(app.say(texts.CHECKING))
        app.background.run(
            lambda: app.lock.attempt(pin), self._answered, lambda _: self._answered(Answer.NOT_YET)
        )

    def done(self) -> None:
        """Back to the settings, which say so."""
        self._app.back()
        self._app.screen_of("settings").tell_pin_changed()

    def _answered(self, answer: Answer) -> None:
        app, pad = self._app, self.ids.pad
        pad.clear()
        pad.is_held = False
        if answer is Answer.RIGHT:
            pad.deafen()
            self._put(self._new)
            self._new.start()
            return
        wait = app.lock.tries.wait()
        if wait:
            pad.say(app.say(texts.TRY_AGAIN_IN, time=duration(wait, app.say)), "bad")
        else:
            pad.say(app.say(texts.WRONG_PIN), "bad")

    def _put(self, step: Widget) -> None:
        self.ids.area.clear_widgets()
        for one in (Widget(size_hint_y=0.7), step, Widget()):  # a little above the middle, as on the lock
            self.ids.area.add_widget(one)

    @property
    def _app(self) -> Any:
        return App.get_running_app()
