"""The verdict, full screen: its colour, sign and word, the reason, what to do next, and what it rests on."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen
from kivy.uix.widget import Widget

from verifier.inspector import texts
from verifier.inspector.core import verdict_view
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.verdict_state import Action, Line, VerdictState
from verifier.inspector.ui.verdict_parts import Column, Lines, PersonCard

RULES: Final = join(dirname(__file__), "verdict_screen.kv")


class VerdictBody(BoxLayout):
    """All of a verdict, from its head to what it rests on; two screens show one."""

    state = ObjectProperty(None, allownone=True, rebind=True)

    def on_kv_post(self, _: object) -> None:
        """Its parts, in their order; those that a verdict has are put into the area."""
        app: Any = App.get_running_app()
        self._concerns = Column(kind="ConcernLine", spacing=self.ids.area.spacing)
        self._person = PersonCard()
        self._members = Lines(kind="MemberRow", title=app.say(texts.MEMBERS))
        self._lines, self._basis = Lines(), Lines(title=app.say(texts.RELIED_ON))

    def prepare(self, count: int) -> None:
        """Make so many lines of each kind, and lay them out, before there is a verdict that needs them."""
        lines = (Line("0", "0"),) * count
        self._concerns.show([{"text": "0"}])
        self._lines.say(lines)
        self._basis.say(lines)
        self._arrange([self._concerns, self._person, self._lines, self._basis])

    def on_state(self, *_: object) -> None:
        """Another verdict, in the same widgets."""
        state: VerdictState = self.state
        concerns = [] if state.compared is None else [state.compared]
        said: list[dict[str, object]] = [
            {"tone": one.tone, "text": one.text} for one in (*concerns, *state.concerns)
        ]
        if state.nothing_shown:
            said.append({"tone": "plain", "text": state.nothing_shown})
        self._concerns.show(said)
        self._person.state = state if state.person is not None else None
        self._members.name(state.members)
        self._lines.say(state.lines)
        self._basis.say(state.basis)
        has = (
            (self._concerns, said),
            (self._person, state.person),
            (self._members, state.members),
            (self._lines, state.lines),
            (self._basis, True),
        )
        self._arrange([part for part, is_there in has if is_there])

    def _arrange(self, wanted: list[Widget]) -> None:
        area = self.ids.area
        if area.children[::-1] != wanted:
            area.clear_widgets()
            for part in wanted:
                area.add_widget(part)


class VerdictScreen(Screen):
    """On whoever stands in front of the inspector."""

    state = ObjectProperty(None, allownone=True, rebind=True)

    def show(self, shown: Shown) -> None:
        """Another one, from the top."""
        app: Any = App.get_running_app()
        trust = app.session.trust
        self.state = verdict_view.verdict_state(shown, app.say, is_rehearsal=trust.is_rehearsal)
        self.ids.scroll.scroll_y = 1

    def renew(self, _: Shown, shown: Shown) -> None:
        """The same one, as they stand now."""
        app: Any = App.get_running_app()
        rehearsal = app.session.trust.is_rehearsal
        self.state = verdict_view.verdict_state(shown, app.say, is_rehearsal=rehearsal)

    def judge_on_ship(self) -> None:
        """The person on this ship, in a duty: rows P."""
        app: Any = App.get_running_app()
        app.screen("person").show_shown(app.session.shown)
        app.go("person")

    def act(self) -> None:
        """What the large button says."""
        app: Any = App.get_running_app()
        match self.state.action:
            case Action.COMPARE:
                app.screen("compare").start(app.session.shown)
                app.go("compare")
            case Action.CHALLENGE:
                app.screen("challenge").start()
                app.go("challenge")
            case Action.TRUST:
                app.go("trust")
            case Action.SCAN:
                app.home()
