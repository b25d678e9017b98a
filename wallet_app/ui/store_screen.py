"""What is shown where the store cannot be opened: why, and what can be done; nothing is changed unasked."""

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.screenmanager import Screen


class StoreScreen(Screen):
    """The store stays as it is until the seafarer decides."""

    advice = StringProperty("")
    detail = StringProperty("")
    may_start_again = BooleanProperty(False)
