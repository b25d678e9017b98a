"""A line to type or paste into that takes no more than it can hold: a pasted book would stop the drawing."""

from typing import Any, Final

from kivy.core.clipboard import Clipboard
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.textinput import TextInput

MOST: Final = 4_096  # characters, where a screen says nothing else: the longest path of a file


class InputLine(TextInput):
    """Refuses what would make it longer than `most`, whole, and is `over` until the text changes again."""

    most = NumericProperty(MOST)
    over = BooleanProperty(False)

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
