"""The first screen: the camera looks for a code at once; below it, the tools."""

from os.path import dirname, join
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector.ui import routes
from verifier.inspector.ui.frame import ToolTile

RULES: Final = join(dirname(__file__), "scan_screen.kv")


class ScanScreen(Screen):
    """Scans while it is in view."""

    complaint = StringProperty("")

    def on_kv_post(self, _: object) -> None:
        """One tile a tool."""
        app: Any = App.get_running_app()
        for tool in routes.TOOLS:
            tile = ToolTile(icon=tool.icon, words=app.say(tool.words))
            tile.bind(on_release=lambda _, name=tool.route: app.go(name))
            self.ids.tools.add_widget(tile)

    def read_picture(self, path: Path) -> None:
        """A picture that was dropped here."""
        app: Any = App.get_running_app()
        self.complaint = app.read_picture(path)
