"""One of a list: the screen that a field opens, and that hands the choice back to it."""

from collections.abc import Callable, Mapping
from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector.ui.fields import rest_at
from verifier.inspector.ui.frame import ChoiceTile

RULES: Final = join(dirname(__file__), "choose_screen.kv")


class ChooseScreen(Screen):
    """Shows `options`; a tap hands its code to whoever asked, and goes back to `back_to`."""

    heading = StringProperty("")
    back_to = "scan"

    def ask(
        self,
        heading: str,
        options: Mapping[str, str],
        chosen: str,
        done: Callable[[str], None],
        back_to: str,
    ) -> None:
        """Lay the list out."""
        app: Any = App.get_running_app()
        self.heading, self.back_to, self._done = heading, back_to, done
        area = self.ids.options
        area.clear_widgets()
        for code, title in options.items():
            tile = ChoiceTile(words=app.say(title), is_chosen=code == chosen, least_height="64dp")
            tile.bind(on_release=lambda _, code=code: self._take(code))
            area.add_widget(tile)
        rest_at(self.ids.scroll, 1)

    def go_back(self) -> None:
        """To the form, with nothing changed."""
        app: Any = App.get_running_app()
        app.go(self.back_to, forward=False)

    def _take(self, code: str) -> None:
        self.go_back()
        self._done(code)
