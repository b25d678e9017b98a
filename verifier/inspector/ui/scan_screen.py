"""The first screen: the camera looks for a code at once; below it, the tools."""

from os.path import dirname, join
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector import texts
from verifier.inspector.core import trust_view
from verifier.inspector.core.trust import TrustState
from verifier.inspector.ui import routes, viewfinder
from verifier.inspector.ui.frame import ToolTile
from verifier.ui import widgets

RULES: Final = join(dirname(__file__), "scan_screen.kv")
_BLOCKED: Final = (TrustState.NONE, TrustState.DAMAGED)


class InspectorScanScreen(Screen):
    """Scans while it is in view; says instead why nothing can be judged, where that is so."""

    complaint = StringProperty("")
    waiting = StringProperty("")  # for the answer to a challenge
    trouble = ObjectProperty(None, allownone=True, rebind=True)  # the head of the trust screen
    is_blocked = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        widgets.load(viewfinder.RULES)
        super().__init__(**properties)

    def on_kv_post(self, _: object) -> None:
        """One tile a tool."""
        for tool in routes.TOOLS:
            tile = ToolTile(icon=tool.icon, words=self._app.say(tool.words))
            tile.bind(on_release=lambda _, name=tool.route: self._app.go(name), needed=self._level)
            self.ids.tools.add_widget(tile)
        self._level()

    def _level(self, *_: object) -> None:
        """All tools are as high as the highest needs."""
        tiles = self.ids.tools.children
        for tile in tiles:
            tile.height = max(each.needed for each in tiles)

    def on_pre_enter(self, *_: object) -> None:
        """Look, once there is something to judge with."""
        app = self._app
        self.complaint = ""
        challenge = app.session.challenge
        is_open = challenge is not None and challenge.seconds_left(app.session.clock()) > 0
        self.waiting = app.say(texts.WAITING_FOR_ANSWER) if is_open else ""
        if app.screens.has_screen("compare") and app.screen("compare").awaits_photo:
            self.waiting = app.say(texts.WAITING_FOR_PHOTO)
        self.on_trust()
        if not self.is_blocked:
            self.ids.finder.start()

    def on_leave(self, *_: object) -> None:
        """The camera is let go."""
        self.ids.finder.stop()

    def on_trust(self) -> None:
        """The trust data was looked at again."""
        session = self._app.session
        state = session.trust.state
        was_blocked, self.is_blocked = self.is_blocked, state in _BLOCKED
        troubled = state not in (TrustState.CURRENT, TrustState.OLD)
        self.trouble = trust_view.head(session.trust, session.policy, self._app.say) if troubled else None
        if self.is_blocked and not was_blocked:
            self.ids.finder.stop()

    def read_picture(self, path: Path) -> None:
        """A picture that was dropped here."""
        self.complaint = self._app.read_picture(path)

    @property
    def _app(self) -> Any:
        return App.get_running_app()
