"""What stands on every screen: how old the trust data is; and widgets that several of the screens use."""

from os.path import dirname, join
from typing import Final

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from verifier.ui.widgets import Tap

RULES: Final = join(dirname(__file__), "frame.kv")


class TrustStrip(Tap):
    """The age of the trust data, above every screen; a tap leads to it."""


class ToolTile(Tap):
    """A tool of the first screen: its icon and its words."""

    icon = StringProperty("")
    words = StringProperty("")


class ChoiceTile(Tap):
    """One of several that exclude each other."""

    words = StringProperty("")
    icon = StringProperty("")
    is_chosen = BooleanProperty(False)
    least_height = NumericProperty("56dp")


class Part(BoxLayout):
    """A heading and what belongs under it, on a card."""

    title = StringProperty("")


for _widget in (TrustStrip, ToolTile, ChoiceTile, Part):
    Factory.register(_widget.__name__, cls=_widget)
