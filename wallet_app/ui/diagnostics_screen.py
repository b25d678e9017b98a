"""What support may ask for, to read and to copy."""

from collections.abc import Sequence
from typing import Any

from kivy.app import App
from kivy.core.clipboard import Clipboard
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from wallet_app import texts_safe as texts


class DiagnosticsScreen(Screen):
    """Numbers, versions and settings."""

    report = StringProperty("")
    said = StringProperty("")

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """These, one a line."""
        self.report = "\n".join(f"{name}: {value}" for name, value in lines)
        self.said = ""

    def copy(self) -> None:
        """For a message to support."""
        app: Any = App.get_running_app()
        Clipboard.copy(self.report)
        self.said = app.say(texts.COPIED)
