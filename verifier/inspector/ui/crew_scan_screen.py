"""Scanning a whole crew: the camera stays on, and each code says at once whose it was and how they stand."""

from os.path import dirname, join
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector.ui import crew_control, crew_screen, viewfinder
from verifier.ui import widgets

RULES: Final = join(dirname(__file__), "crew_scan_screen.kv")


class CrewScanScreen(Screen):
    """Everything that it scans goes to the crew."""

    told = StringProperty("")
    told_tone = StringProperty("plain")
    word = StringProperty("")
    word_tone = StringProperty("plain")
    count = NumericProperty(0)
    complaint = StringProperty("")

    def __init__(self, **properties: object) -> None:
        widgets.load(viewfinder.RULES)
        widgets.load(crew_screen.RULES)
        super().__init__(**properties)
        crew_control.of(self._app).watch(crew_control.SCAN, self.refresh)

    def on_pre_enter(self, *_: object) -> None:
        """Look."""
        self.complaint = ""
        self.refresh()
        self.ids.finder.start()

    def on_leave(self, *_: object) -> None:
        """The camera is let go."""
        self.ids.finder.stop()

    def refresh(self) -> None:
        """What the last code was."""
        control = crew_control.of(self._app)
        self.told, self.told_tone = control.told, control.told_tone
        self.count = len(control.crew.persons)
        last = control.last_state()
        self.word = "" if last is None else f"{last.name}: {last.word}"
        self.word_tone = "plain" if last is None else last.tone.value

    def offer(self, path: Path) -> None:
        """A picture that was dropped here."""
        self.complaint = self._app.read_picture(path)

    def enter(self) -> None:
        """Paste a code, or name a picture."""
        app = self._app
        app.screen("enter").back_to = crew_control.SCAN
        app.go("enter")

    @property
    def _app(self) -> Any:
        return App.get_running_app()
