"""One certificate of several that were shown together, as large as if it had been shown alone."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import ObjectProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector.core import verdict_view
from verifier.inspector.core.evidence import Shown
from verifier.inspector.ui.verdict_screen import VerdictBody

RULES: Final = join(dirname(__file__), "certificate_screen.kv")
__all__ = ["RULES", "InspectorCertificateScreen", "VerdictBody"]  # whose rules are read with its own screen


class InspectorCertificateScreen(Screen):
    """From its top."""

    state = ObjectProperty(None, allownone=True, rebind=True)
    _shown: Shown | None = None
    _place = 0

    def show(self, shown: Shown, place: int) -> None:
        """The certificate at that place, of what was shown."""
        self._shown, self._place = shown, place
        self.renew(shown, shown)
        self.ids.scroll.scroll_y = 1

    def renew(self, before: Shown, shown: Shown) -> None:
        """The same one, as it stands now."""
        app: Any = App.get_running_app()
        if self._shown is before:
            self._shown = shown
            rehearsal = app.session.trust.is_rehearsal
            self.state = verdict_view.member_state(shown, self._place, app.say, is_rehearsal=rehearsal)
