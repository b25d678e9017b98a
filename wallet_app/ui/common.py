"""What several of the wallet's screens are made of; their look stands in common.kv beside this file."""

from os.path import dirname, join
from typing import Final

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

RULES: Final = join(dirname(__file__), "common.kv")


class WorkingStep(BoxLayout):
    """Something is under way."""

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
    act = ObjectProperty(lambda: None)
    act_otherwise = ObjectProperty(lambda: None)
