"""What a verdict's screens are made of; made once and used again, since a scan should be answered at once."""

from typing import Any, Final

from kivy.app import App
from kivy.factory import Factory
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from verifier.inspector.core.verdict_state import Line, Member, Signal
from verifier.ui.theme import STRONG
from verifier.ui.widgets import Surface, Tap

GROUND: Final = {
    Signal.GOOD: "good",
    Signal.REMARK: "good",
    Signal.BAD: "bad",
    Signal.FRAUD: "fraud",
    Signal.UNKNOWN: "caution",
}


class Column(BoxLayout):
    """Widgets of one `kind` below each other, used again: other words take a tenth of another widget."""

    kind = StringProperty("")

    def __init__(self, **properties: object) -> None:
        self._made: list[Widget] = []
        super().__init__(**properties)

    def show(self, rows: list[dict[str, object]]) -> None:
        """As many as there are rows, each with the properties of its row."""
        self.prepare(len(rows))
        for widget, properties in zip(self._made, rows, strict=False):
            for name, value in properties.items():
                setattr(widget, name, value)
        for widget in self._made[len(rows) : len(self.children)]:
            self.remove_widget(widget)
        for widget in self._made[len(self.children) : len(rows)]:
            self.add_widget(widget)

    def prepare(self, count: int) -> None:
        """Make as many ahead."""
        while len(self._made) < count:
            self._made.append(Factory.get(self.kind)())


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

    def on_release(self) -> None:
        """All of it."""
        app: Any = App.get_running_app()
        app.screen("certificate").show(app.session.shown, self.member.place)
        app.go("certificate")


class Lines(Surface):
    """Labels and what they say, or the certificates that were shown together."""

    title = StringProperty("")
    kind = StringProperty("FormLine")

    def say(self, lines: tuple[Line, ...]) -> None:
        """Other lines."""
        last = len(lines) - 1
        self.ids.body.show(
            [
                {"label": line.label, "value": line.value, "is_last": number == last}
                for number, line in enumerate(lines)
            ]
        )

    def name(self, members: tuple[Member, ...]) -> None:
        """Other certificates."""
        self.ids.body.show([{"member": member} for member in members])


for _widget in (Column, ConcernLine, MemberRow, Lines, PersonCard):
    Factory.register(_widget.__name__, cls=_widget)
