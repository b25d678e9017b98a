"""The widgets that both apps are made of; their look stands in widgets.kv beside this file.

`spoken` names what a widget does in words, for whoever cannot see its icon, and for tests.
"""

from os.path import dirname, join
from typing import Any, Final

from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from verifier.ui import fonts
from verifier.ui.input_line import MOST, InputLine
from verifier.ui.qr_view import QRView

RULES: Final = join(dirname(__file__), "widgets.kv")


class Words(Label):
    """A label that shows every script that a bundled font has: set `value`, not `text`."""

    value = StringProperty("")

    def on_value(self, *_: object) -> None:
        """Plain text where Inter suffices: markup costs time and is for the fallback alone."""
        self.markup = fonts.needs_fallback(self.value)
        self.text = fonts.marked_up(self.value) if self.markup else self.value


class Text(Words):
    """Words that wrap, and grow downwards."""


class Phrase(Words):
    """Words on one line, as wide as they are."""


class ButtonWords(Words):
    """A button's words: on one line while they have `room`, else wrapped."""

    room = NumericProperty(0)
    text_size: Any  # Kivy's own property

    def on_value(self, *_: object) -> None:
        """Measured anew."""
        self.text_size = (None, None)
        super().on_value()

    def on_room(self, *_: object) -> None:
        """Measured anew, where they are wrapped."""
        if self.text_size[0] is None:
            self.on_texture_size()
        else:
            self.text_size = (None, None)

    def on_texture_size(self, *_: object) -> None:
        """Wrap what is wider than there is room for."""
        if 0 < self.room < self.texture_size[0]:
            self.text_size = (self.room, None)


class Icon(Label):
    """One icon by its Lucide name."""

    icon = StringProperty("")


class Tap(ButtonBehavior, BoxLayout):
    """Anything that can be tapped as a whole."""

    spoken = StringProperty("")


class IconButton(ButtonBehavior, Icon):
    """A 48 dp target with an icon."""

    spoken = StringProperty("")


class MainButton(Tap):
    """The one thing to do on a screen: 64 dp high, for cold fingers."""

    ink = ColorProperty()
    icon = StringProperty("")
    text = StringProperty("")


class QuietButton(Tap):
    """What may be done besides; `needs` is the height of its words."""

    needs = NumericProperty(0)
    ink = ColorProperty()
    icon = StringProperty("")
    text = StringProperty("")


class Surface(BoxLayout):
    """A card: raised by a shadow in light, set off by its line in dark."""

    radius = NumericProperty("18dp")


class Pill(BoxLayout):
    """A status: a sign and a word in its tone, so that neither colour nor sign is needed alone.

    Its word is on one line while it has `room`; 0 is as much as it needs.
    """

    tone = StringProperty("plain")
    word = StringProperty("")
    room = NumericProperty(0)


class FilterTile(Tap):
    """A count and what it counts; chosen, it filters. In a row all are as high as the highest needs."""

    needed_height = NumericProperty(0)
    tone = StringProperty("plain")
    count = NumericProperty(0)
    label = StringProperty("")
    is_chosen = BooleanProperty(False)


class SearchField(BoxLayout):
    """A line to search in, with a button that clears it."""

    text = StringProperty("")
    hint = StringProperty("")
    clear_spoken = StringProperty("")
    has_focus = BooleanProperty(False)


class InputField(BoxLayout):
    """A line to type in, of at most so many characters; more is refused below it, in words."""

    text = StringProperty("")
    hint = StringProperty("")
    has_focus = BooleanProperty(False)
    is_blank = BooleanProperty(True)
    is_number = BooleanProperty(False)
    font_size = NumericProperty("17sp")
    most = NumericProperty(MOST)


class Notice(BoxLayout):
    """Something to know, in its tone, and perhaps something to do about it."""

    tone = StringProperty("plain")
    message = StringProperty("")
    action = StringProperty("")

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_act")
        super().__init__(**properties)

    def on_act(self) -> None:
        """The action was tapped."""


class FormLine(BoxLayout):
    """A field of a form: its label, and its value below."""

    label = StringProperty("")
    value = StringProperty("")
    is_last = BooleanProperty(False)


class Meter(Widget):
    """How much is left, or done: 0 to 1."""

    share = NumericProperty(0)


class TopBar(BoxLayout):
    """The head of a screen that leads back: the app's `back`."""

    title = StringProperty("")


class BottomBar(BoxLayout):
    """What stays below while the rest scrolls."""


TONE_ICON: Final = {
    "good": "circle-check",
    "caution": "triangle-alert",
    "bad": "circle-x",
    "plain": "info",
}

for _widget in (
    Words, Text, Phrase, ButtonWords, Icon, Tap, IconButton, MainButton, QuietButton, Surface, Pill,
    FilterTile, InputLine, SearchField, InputField, Notice, FormLine, Meter, QRView, TopBar, BottomBar,
):  # fmt: skip
    Factory.register(_widget.__name__, cls=_widget)


def load(rules: str = RULES) -> None:
    """Read a kv file once: read twice, Kivy applies each of its rules twice."""
    if rules not in Builder.files:
        Builder.load_file(rules)
