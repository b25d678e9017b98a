"""What several of the wallet's screens are made of; their look stands in common.kv beside this file."""

from os.path import dirname, join
from typing import Final

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from verifier.ui.widgets import Notice, Tap

RULES: Final = join(dirname(__file__), "common.kv")


class WorkingStep(BoxLayout):
    """Something is under way."""

    icon = StringProperty("cloud-download")
    message = StringProperty("")
    progress = StringProperty("")
    share = NumericProperty(0)


class EndStep(BoxLayout):
    """How it ended, and what can be done next."""

    tone = StringProperty("good")
    title = StringProperty("")
    advice = StringProperty("")
    detail = StringProperty("")
    main = StringProperty("")
    other = StringProperty("")
    room = NumericProperty(0)  # of the screen: what is to be tapped stands at its foot
    act = ObjectProperty(lambda: None)
    act_otherwise = ObjectProperty(lambda: None)


class ActionRow(Tap):
    """A line that leads somewhere, or does something; of a bad tone where that cannot be undone."""

    icon = StringProperty("")
    title = StringProperty("")
    detail = StringProperty("")
    tone = StringProperty("plain")
    is_last = BooleanProperty(False)


class Said(Notice):
    """How it went; out of the way while there is nothing to say."""


class Fold(BoxLayout):
    """A part that comes and goes: folded away, it lets touches through to what lies where its parts would."""

    is_open = BooleanProperty(True)

    def on_touch_down(self, touch: object) -> bool:
        """What is disabled swallows touches, also where it is drawn at no height at all."""
        return bool(self.is_open) and bool(super().on_touch_down(touch))


for _widget in (ActionRow, Said, Fold):
    Factory.register(_widget.__name__, cls=_widget)
