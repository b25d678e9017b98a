"""What was shown, by day, the newest first: of all certificates, or of one."""

from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Surface
from wallet_app.core.history_views import PAGE, HistoryState

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
    lines = ListProperty()

    def on_lines(self, *_: object) -> None:
        """One widget a line."""
        body = self.ids.body
        body.clear_widgets()
        for number, line in enumerate(self.lines, 1):
            body.add_widget(
                HistoryLine(
                    icon=line.icon, title=line.title, detail=line.detail, is_last=number == len(self.lines)
                )
            )


class HistoryScreen(Screen):
    """Draws `most` lines of what `key` names; older ones are asked for."""

    state = ObjectProperty(NO_STATE, rebind=True)
    key = StringProperty("")
    most = NumericProperty(PAGE)

    def on_state(self, *_: object) -> None:
        """Lay the days out anew."""
        area = self.ids.days
        area.clear_widgets()
        for day in self.state.days:
            widget = HistoryDay(label=day.label)
            widget.lines = list(day.lines)
            area.add_widget(widget)
        if self.most <= PAGE:
            self.ids.scroll.scroll_y = 1

    def show_older(self) -> None:
        """As many again."""
        app: Any = App.get_running_app()
        app.open_history(self.key, int(self.most) + PAGE)
