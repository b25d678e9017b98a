"""The verdict, full screen: its colour, sign and word, the reason, what to do next, and what it rests on."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.inspector import texts
from verifier.inspector.core import verdict_view
from verifier.inspector.core.session import Shown
from verifier.inspector.core.verdict_state import Action, Concern, Line, Member, Signal, VerdictState
from verifier.ui.theme import STRONG
from verifier.ui.widgets import Surface, Tap

RULES: Final = join(dirname(__file__), "verdict_screen.kv")
GROUND: Final = {
    Signal.GOOD: "good",
    Signal.REMARK: "good",
    Signal.BAD: "bad",
    Signal.FRAUD: "fraud",
    Signal.UNKNOWN: "caution",
}


class VerdictHead(BoxLayout):
    """What is seen from two metres away."""

    state = ObjectProperty(None, allownone=True, rebind=True)
    ground = ColorProperty(STRONG["plain"][0])
    ink = ColorProperty(STRONG["plain"][1])
    least_height = NumericProperty(0)
    band = BooleanProperty(False)
    stripes = BooleanProperty(False)

    @staticmethod
    def hazard(x: float, y: float, width: float, height: float) -> list[float]:
        """Slanting bars, as on what must not be touched: corners of two triangles each."""
        corners: list[float] = []
        for bar in range(int(width // (2 * height)) + 1):
            left = x + 2 * height * bar
            right = min(left + height, x + width)
            slant = [(left, y), (right, y), (min(left + height, x + width), y + height)]
            slant.append((min(right + height, x + width), y + height))
            for corner in slant:
                corners += [*corner, 0, 0]
        return corners

    @staticmethod
    def hazard_indices(width: float, height: float) -> list[int]:
        """Which corners make the triangles of `hazard`."""
        bars = range(int(width // (2 * height)) + 1)
        return [4 * bar + corner for bar in bars for corner in (0, 1, 2, 1, 2, 3)]

    def on_state(self, *_: object) -> None:
        """Its colours."""
        if self.state is not None:
            self.ground, self.ink = STRONG[GROUND[self.state.signal]]
            self.band = self.state.signal is Signal.REMARK
            self.stripes = self.state.signal is Signal.FRAUD


class PersonCard(Surface):
    """Whom it is about, as large as it is compared."""

    state = ObjectProperty(None, allownone=True, rebind=True)


class ConcernLine(BoxLayout):
    """Something to read."""

    tone = StringProperty("caution")
    text = StringProperty("")


class MemberRow(Tap):
    """One certificate of several."""

    member = ObjectProperty(None, allownone=True, rebind=True)


class Lines(Surface):
    """Labels and what they say."""

    title = StringProperty("")


class VerdictBody(BoxLayout):
    """All of a verdict, from its head to what it rests on; two screens show one."""

    state = ObjectProperty(None, allownone=True, rebind=True)

    def on_state(self, *_: object) -> None:
        """What is read first, at once; what lies below it is laid out a frame later."""
        state: VerdictState = self.state
        area = self.ids.area
        area.clear_widgets()
        if state.compared is not None:
            area.add_widget(_concern(state.compared))
        for one in state.concerns:
            area.add_widget(_concern(one))
        if state.nothing_shown:
            area.add_widget(ConcernLine(tone="plain", text=state.nothing_shown))
        if state.person is not None:
            area.add_widget(PersonCard(state=state))
        # The first call comes before the next frame is drawn, the second after it.
        Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: self._lay_out_rest(state), 0), 0)

    def _lay_out_rest(self, state: VerdictState) -> None:
        if state is not self.state:
            return  # another one has come since
        area = self.ids.area
        if state.members:
            area.add_widget(_members(state))
        if state.lines:
            area.add_widget(_lines("", state.lines))
        area.add_widget(_lines(self.basis_title, state.basis))

    @property
    def basis_title(self) -> str:
        """Above what it rests on."""
        app: Any = App.get_running_app()
        return str(app.say(texts.RELIED_ON))


class VerdictScreen(Screen):
    """On whoever stands in front of the inspector."""

    state = ObjectProperty(None, allownone=True, rebind=True)

    def show(self, shown: Shown) -> None:
        """Another one, from the top."""
        app: Any = App.get_running_app()
        trust = app.session.trust
        self.state = verdict_view.verdict_state(shown, app.say, is_rehearsal=trust.is_rehearsal)
        self.ids.scroll.scroll_y = 1

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


def _concern(one: Concern) -> ConcernLine:
    return ConcernLine(tone=one.tone, text=one.text)


def _members(state: VerdictState) -> Lines:
    app: Any = App.get_running_app()
    part = Lines(title=app.say(texts.MEMBERS))
    for member in state.members:
        part.ids.body.add_widget(_row(member))
    return part


def _row(member: Member) -> MemberRow:
    app: Any = App.get_running_app()
    row = MemberRow(member=member)

    def look(_: object) -> None:
        app.screen("certificate").show(app.session.shown, member.place)
        app.go("certificate")

    row.bind(on_release=look)
    return row


def _lines(title: str, lines: tuple[Line, ...]) -> Lines:
    part = Lines(title=title)
    for number, line in enumerate(lines, 1):
        is_last = number == len(lines)
        part.ids.body.add_widget(Factory.FormLine(label=line.label, value=line.value, is_last=is_last))
    return part
