"""One certificate, whole: its form scrolls, its number and authority stay."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from kivy.factory import Factory
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Surface
from wallet_app.core.viewstate import (
    CertificateState,
    FieldState,
    NoticeState,
    SectionState,
    StatusState,
    Tone,
)
from wallet_app.ui.slices import Piece, Slices

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

    def add(self, line: FieldState, *, is_last: bool) -> None:
        """One line more."""
        self.ids.body.add_widget(Factory.FormLine(label=line.label, value=line.value, is_last=is_last))


class CertificateScreen(Screen):
    """Shows `state`, from its top."""

    state = ObjectProperty(NO_STATE, rebind=True)

    def __init__(self, **properties: object) -> None:
        self._slices = Slices()
        super().__init__(**properties)

    def on_state(self, *_: object) -> None:
        """Lay the form out anew."""
        area = self.ids.sections
        area.clear_widgets()
        self._slices.begin(piece for section in self.state.sections for piece in _pieces(area, section))
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


def _pieces(area: BoxLayout, state: SectionState) -> Iterator[Piece]:
    section = Section(title=state.title)
    yield partial(area.add_widget, section)
    for number, line in enumerate(state.fields, 1):
        yield partial(section.add, line, is_last=number == len(state.fields))
