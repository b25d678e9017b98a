"""Fields of the forms: something typed, one of a list, yes or no; each with its label and what is wrong."""

from os.path import dirname, join
from typing import Final

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from verifier.inspector.ui.frame import ChoiceTile
from verifier.ui.widgets import Tap

RULES: Final = join(dirname(__file__), "fields.kv")


def bring_into_view(scroll: ScrollView, field: Widget) -> None:
    """Scroll to a field once what is wrong with it has been laid out below it."""

    def bring(_: float) -> None:
        scroll.scroll_to(field, padding=dp(72), animate=False)
        rest_at(scroll, scroll.scroll_y)

    Clock.schedule_once(bring, 0.05)


def rest_at(scroll: ScrollView, place: float) -> None:
    """Scroll there (1 is the top) and stay: a swipe's effect would else pull back to where it ended."""
    scroll.scroll_y = place
    scroll.effect_y.velocity = 0
    scroll.effect_y.value = scroll.effect_y.max * place


class FieldNoteWords(BoxLayout):
    """A sign and words."""

    complaint = StringProperty("")
    reading = StringProperty("")


class FieldNote(BoxLayout):
    """Below a field: what is wrong with it, else how it was understood; made when there is either."""

    complaint = StringProperty("")
    reading = StringProperty("")
    _words: FieldNoteWords | None = None

    def on_complaint(self, *_: object) -> None:
        """Something is wrong, or no longer."""
        self._say()

    def on_reading(self, *_: object) -> None:
        """It was understood."""
        self._say()

    def _say(self) -> None:
        if self._words is None and (self.complaint or self.reading):
            self._words = FieldNoteWords()
            self.add_widget(self._words)
        if self._words is not None:
            self._words.complaint, self._words.reading = self.complaint, self.reading


class FormField(BoxLayout):
    """Something typed. `on_edit` is dispatched with each change by hand."""

    label = StringProperty("")
    text = StringProperty("")
    hint = StringProperty("")
    complaint = StringProperty("")
    reading = StringProperty("")
    is_number = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_edit")
        self.register_event_type("on_leave")
        super().__init__(**properties)

    def on_edit(self, text: str) -> None:
        """The text is another one now."""

    def on_leave(self) -> None:
        """The field was left: what is wrong with it may be said."""

    def take(self, text: str) -> None:
        """The input has another text."""
        if text != self.text:
            self.text = text
            self.dispatch("on_edit", text)


class ChoiceField(BoxLayout):
    """One of a list, on a screen of its own. `words` is the choice's title, empty where nothing is chosen."""

    label = StringProperty("")
    words = StringProperty("")
    unsaid = StringProperty("")
    is_down = BooleanProperty(False)
    complaint = StringProperty("")

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_ask")
        self.register_event_type("on_clear")
        super().__init__(**properties)

    def on_ask(self) -> None:
        """The list is wanted."""

    def on_clear(self) -> None:
        """The choice is taken back."""


class ChoiceRow(BoxLayout):
    """A few that exclude each other, side by side; `on_pick` is dispatched with a code."""

    label = StringProperty("")
    codes = ListProperty()
    titles = ListProperty()
    chosen = ListProperty()
    columns = NumericProperty(3)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_pick")
        self._laid: tuple[list[str], list[str]] = ([], [])
        # A frame later: a form with all its tiles at once would keep a touch waiting.
        self._soon = Clock.create_trigger(self._lay, 0)
        super().__init__(**properties)
        self.bind(codes=self._soon, titles=self._soon, chosen=self._mark)

    def on_pick(self, code: str) -> None:
        """A tile was tapped."""

    def on_kv_post(self, _: object) -> None:
        """Lay the tiles."""
        self._soon()

    def _lay(self, *_: object) -> None:
        if "tiles" not in self.ids or len(self.codes) != len(self.titles):
            return
        if self._laid == (now := (list(self.codes), list(self.titles))):
            return  # the same tiles
        self._laid = now
        self.ids.tiles.clear_widgets()
        for code, title in zip(self.codes, self.titles, strict=True):
            tile = ChoiceTile(words=title)
            tile.bind(on_release=lambda _, code=code: self.dispatch("on_pick", code))
            self.ids.tiles.add_widget(tile)
        self._mark()

    def _mark(self, *_: object) -> None:
        if "tiles" not in self.ids:
            return
        for tile, code in zip(reversed(self.ids.tiles.children), self.codes, strict=False):
            tile.is_chosen = code in self.chosen


class LinkRow(Tap):
    """A line that leads somewhere: what stands there now, and what a tap does."""

    icon = StringProperty("")
    title = StringProperty("")
    words = StringProperty("")
    tone = StringProperty("plain")


for _widget in (FieldNote, FieldNoteWords, FormField, ChoiceField, ChoiceRow, LinkRow):
    Factory.register(_widget.__name__, cls=_widget)
