"""What is in view while the store is opened: a moment, or as long as the system asks for the key ring."""

from kivy.uix.screenmanager import Screen


class OpeningScreen(Screen):
    """Says so; there is nothing to tap."""
