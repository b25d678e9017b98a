"""Everything that is not on the list itself, a line each."""

from typing import Any

from kivy.app import App
from kivy.factory import Factory
from kivy.uix.screenmanager import Screen

from wallet_app.core.viewstate import NoticeState
from wallet_app.ui.more import ENTRIES


class MoreScreen(Screen):
    """Its lines are `more.ENTRIES`."""

    def on_pre_enter(self, *_: object) -> None:
        """Anew, in the language in force."""
        app: Any = App.get_running_app()
        self.ids.notice.message = ""
        area = self.ids.area
        area.clear_widgets()
        for number, entry in enumerate(ENTRIES, 1):
            row = Factory.ActionRow(
                icon=entry.icon,
                title=app.say(entry.title),
                detail=app.say(entry.detail),
                is_last=number == len(ENTRIES),
            )
            row.bind(on_release=lambda *_, action=entry.action: getattr(app, action)())
            area.add_widget(row)

    def tell(self, notice: NoticeState) -> None:
        """How it went."""
        self.ids.notice.tone, self.ids.notice.message = notice.tone.value, notice.text
        self.ids.scroll.scroll_y = 1
