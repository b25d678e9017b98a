"""What was shown, by day, the newest first: of all certificates, or of one."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Surface
from wallet_app.core.history_views import DayState, HistoryState, ShownState
from wallet_app.ui.slices import Piece, Slices

NO_STATE = HistoryState(title="")


class HistoryLine(BoxLayout):
    """What was shown, and when to whom."""

    icon = StringProperty("")
    title = StringProperty("")
    detail = StringProperty("")
    is_last = BooleanProperty(False)


class HistoryDay(Surface):
    """The lines of one day."""

    label = StringProperty("")

    def add(self, line: ShownState, *, is_last: bool) -> None:
        """One line more."""
        drawn = HistoryLine(icon=line.icon, title=line.title, detail=line.detail, is_last=is_last)
        self.ids.body.add_widget(drawn)


class HistoryScreen(Screen):
    """Draws one page of what `key` names: as much as can be laid out between two frames."""

    state = ObjectProperty(NO_STATE, rebind=True)
    key = StringProperty("")
    page = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        self._slices = Slices()
        super().__init__(**properties)

    def on_state(self, *_: object) -> None:
        """Lay the days out anew, from the top."""
        self.ids.days.clear_widgets()
        self.ids.scroll.scroll_y = 1
        self._slices.begin(piece for day in self.state.days for piece in self._pieces(day))

    def turn(self, pages: int) -> None:
        """To older ones, or back."""
        app: Any = App.get_running_app()
        app.open_history(self.key, max(0, int(self.page) + pages))

    def _pieces(self, day: DayState) -> Iterator[Piece]:
        widget = HistoryDay(label=day.label)
        yield partial(self.ids.days.add_widget, widget)
        for number, line in enumerate(day.lines, 1):
            yield partial(widget.add, line, is_last=number == len(day.lines))
