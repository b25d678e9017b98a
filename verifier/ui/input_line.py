"""A line to type or paste into that takes no more than it can hold: a pasted book would stop the drawing."""

from typing import Any, Final

from kivy.core.clipboard import Clipboard
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.textinput import TextInput

from verifier.ui.scripts import BY_ROLE, runs

MOST: Final = 4_096  # characters, where a screen says nothing else: the longest path of a file


class InputLine(TextInput):
    """Refuses what would make it longer than `most`, whole, and is `over` until the text changes again."""

    most = NumericProperty(MOST)
    over = BooleanProperty(False)
    font_name: Any  # Kivy's own property
    _line_options: Any

    def on_text(self, *_: object) -> None:
        """In the font of the first script that Inter lacks; each of them has Latin letters too."""
        roles = [script.role for _, script in runs(self.text) if script]
        if self.font_name not in BY_ROLE:
            self._own_font = self.font_name
        self.font_name = roles[0] if roles else self._own_font
        self._line_options = None  # the direction may be another one

    def _get_line_options(self) -> dict[str, Any]:
        """What Kivy tells its label, and the script; from right to left where nothing else is in the line."""
        is_new = self._line_options is None
        options: dict[str, Any] = super()._get_line_options()
        if is_new and (script := BY_ROLE.get(self.font_name)):
            alone = all(one == script for part, one in runs(self.text) if part.strip())
            options["font_script_name"] = script.tag
            options["font_direction"] = "rtl" if script.is_rtl and alone else "ltr"
        return options

    def insert_text(self, substring: str, from_undo: bool = False) -> Any:
        """Typed, or of an input method."""
        self.over = len(self.text) + len(substring) > self.most
        return None if self.over else super().insert_text(substring, from_undo)

    def paste(self) -> None:
        """What was selected stays where what was copied is refused."""
        text = Clipboard.paste()
        self.over = len(self.text) - len(self.selection_text) + len(text) > self.most
        if not self.over:
            super().paste()

    def put(self, text: str) -> None:
        """Instead of what stands there."""
        self.over = len(text) > self.most
        if not self.over:
            self.text = text
