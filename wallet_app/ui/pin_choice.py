"""A new PIN, entered twice: refused if it is guessed first, stored off the drawing thread."""

from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from verifier.ui import widgets
from verifier.ui.work import WorkError
from wallet_app import texts_safe as texts
from wallet_app.core.lock import is_guessable
from wallet_app.ui.pin_pad import RULES, PinPad

__all__ = ["PinChoice", "PinPad"]


class PinChoice(BoxLayout):
    """Calls `on_chosen` once the new PIN is stored."""

    title = StringProperty("")
    first_title = StringProperty("")
    is_repeating = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_chosen")
        self._first = ""
        widgets.load(RULES)
        super().__init__(**properties)

    def on_chosen(self) -> None:
        """It is stored."""

    def start(self) -> None:
        """Listen, and ask for it."""
        self._ask()
        self.ids.pad.listen()

    def stop(self) -> None:
        """Forget what was entered."""
        self._first = ""
        self.ids.pad.deafen()

    def entered(self, pin: str) -> None:
        """The first time or the second."""
        if not self._first:
            if is_guessable(pin):
                self._ask(texts.PIN_GUESSABLE)
            else:
                self._first = pin
                self._ask()
        elif pin != self._first:
            self._first = ""
            self._ask(texts.PINS_DIFFER)
        else:
            self._store(pin)

    def _ask(self, complaint: str = "") -> None:
        say, pad = self._app.say, self.ids.pad
        pad.clear()
        pad.is_held = False
        self.is_repeating = bool(self._first)
        self.title = say(texts.REPEAT_PIN) if self._first else self.first_title
        advice = texts.REPEAT_PIN_ADVICE if self._first else texts.CHOOSE_PIN_ADVICE
        pad.say(say(complaint or advice), "bad" if complaint else "plain")

    def _store(self, pin: str) -> None:
        app = self._app
        self.ids.pad.is_held = True
        self._first = ""

        def failed(_: WorkError) -> None:
            self._ask(texts.PIN_NOT_STORED)

        app.background.run(lambda: app.choose_pin(pin), lambda _: self.dispatch("on_chosen"), failed)

    @property
    def _app(self) -> Any:
        return App.get_running_app()
