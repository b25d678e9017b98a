"""A code that is pasted, or a picture of one by its name: for a device without a camera."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.core.clipboard import Clipboard
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector.core import reading

RULES: Final = join(dirname(__file__), "enter_screen.kv")


class EnterScreen(Screen):
    """Takes the text of a code, or a file's name."""

    complaint = StringProperty("")

    def on_pre_enter(self, *_: object) -> None:
        """Empty: what was typed for the last person is gone."""
        self.complaint = self.ids.typed.text = ""

    def forget(self) -> None:
        """Nobody is there: what was pasted may be a person's."""
        self.complaint = self.ids.typed.text = ""

    def paste(self) -> None:
        """What was copied last; what is far too long never reaches the field, which would lay it out."""
        text = Clipboard.paste() or ""
        trouble = reading.too_long(text)
        self.ids.typed.text = "" if trouble else text
        self._complain(trouble)

    def check(self) -> None:
        """Judge it, or say what is wrong."""
        app: Any = App.get_running_app()
        found = reading.typed(app.device.scanner, self.ids.typed.text)
        if isinstance(found, reading.Trouble):
            self._complain(found)
        else:
            app.take(found)

    def _complain(self, trouble: reading.Trouble | None) -> None:
        app: Any = App.get_running_app()
        self.complaint = "" if trouble is None else app.say(trouble.message, **trouble.values)
