"""The PIN is forgotten: what starting again means, before it is done."""

from kivy.uix.screenmanager import Screen


class ForgottenScreen(Screen):
    """Nothing is deleted: what is here is set aside."""
