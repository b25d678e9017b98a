"""One certificate, whole: its form scrolls, its number and authority stay."""

from typing import Final

from kivy.factory import Factory
from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Surface
from wallet_app.core.viewstate import CertificateState, NoticeState, SectionState, StatusState, Tone

NO_STATUS: Final = StatusState(Tone.PLAIN, "", "")
NO_STATE: Final = CertificateState(
    key="", title="", kind="", icon="", number="", authority="", host="", status=NO_STATUS, sections=()
)


class Hero(BoxLayout):
    """The head of the certificate, on the colour of the sea."""

    state = ObjectProperty(NO_STATE, rebind=True)


class Section(Surface):
    """A part of the form."""

    title = StringProperty("")
    lines = ListProperty()

    def on_lines(self, *_: object) -> None:
        """One widget a line."""
        body = self.ids.body
        body.clear_widgets()
        for number, line in enumerate(self.lines, 1):
            is_last = number == len(self.lines)
            body.add_widget(Factory.FormLine(label=line.label, value=line.value, is_last=is_last))


class CertificateScreen(Screen):
    """Shows `state`, from its top."""

    state = ObjectProperty(NO_STATE, rebind=True)

    def on_state(self, *_: object) -> None:
        """Lay the form out anew."""
        area = self.ids.sections
        area.clear_widgets()
        for section in self.state.sections:
            area.add_widget(_section(section))
        self._notices = self.state.notices
        self._draw_notices()
        self.ids.scroll.scroll_y = 1

    def tell(self, notice: NoticeState) -> None:
        """How something went, at the top where it is seen."""
        self._notices = (notice, *self.state.notices)
        self._draw_notices()
        self.ids.scroll.scroll_y = 1

    def _draw_notices(self) -> None:
        area = self.ids.notices
        area.clear_widgets()
        for notice in self._notices:
            area.add_widget(Factory.Notice(tone=notice.tone.value, message=notice.text))


def _section(state: SectionState) -> Section:
    section = Section(title=state.title)
    section.lines = list(state.fields)
    return section
