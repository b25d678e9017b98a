"""What stands on every screen: how old the trust data is; and widgets that several of the screens use."""

from os.path import dirname, join
from typing import Final

from kivy.core.text import Label as CoreLabel
from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from verifier.ui.widgets import Tap, Words

RULES: Final = join(dirname(__file__), "frame.kv")


class TrustStrip(Tap):
    """The age of the trust data, above every screen; a tap leads to it."""


class ToolTile(Tap):
    """A tool of the first screen: its icon and its words."""

    icon = StringProperty("")
    words = StringProperty("")
    needed = NumericProperty(0)  # how high it must be; all of a row are as high as the highest


class ChoiceTile(Tap):
    """One of several that exclude each other."""

    words = StringProperty("")
    icon = StringProperty("")
    is_chosen = BooleanProperty(False)
    least_height = NumericProperty("56dp")


class AnswerTile(Tap):
    """One of two answers, in its tone once it is given."""

    words = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("good")
    is_chosen = BooleanProperty(False)


class Drawer(BoxLayout):
    """A part that is not always there: closed, it takes no room, draws nothing and takes no touch."""

    is_open = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._within: list[Widget] = []
        super().__init__(**properties)

    def add_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """Kept; in the tree while open. What is hidden but there would take the touches meant for others."""
        self._within.append(widget)
        if self.is_open:
            super().add_widget(widget, *args, **kwargs)

    def on_is_open(self, *_: object) -> None:
        """Bring out what is within, or put it away."""
        if self.is_open:
            for widget in self._within:
                super().add_widget(widget)
        else:
            self.clear_widgets()


class Shout(Words):
    """A few words as large as `most` allows, and never so large that one of them must be broken."""

    most = NumericProperty("36sp")

    def on_width(self, *_: object) -> None:
        """As wide as there is room for."""
        self._fit()

    def on_value(self, *_: object) -> None:
        """Other words."""
        super().on_value()
        self._fit()

    def on_font_name(self, *_: object) -> None:
        """Another font."""
        self._fit()

    def on_most(self, *_: object) -> None:
        """Another text size."""
        self._fit()

    def _fit(self) -> None:
        ruler = CoreLabel(font_name=self.font_name, font_size=self.most)
        widest = max((ruler.get_extents(word)[0] for word in self.value.split()), default=0)
        self.font_size = self.most * min(1.0, self.width / widest) if widest else self.most


class Part(BoxLayout):
    """A heading and what belongs under it, on a card."""

    title = StringProperty("")


for _widget in (TrustStrip, ToolTile, ChoiceTile, AnswerTile, Drawer, Part, Shout):
    Factory.register(_widget.__name__, cls=_widget)
