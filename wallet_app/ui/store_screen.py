"""What is shown where the store cannot be opened: why, and what can be done; nothing is changed unasked."""

from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.ui import texts as shared
from wallet_app import texts, texts_safe
from wallet_app.core.vault import VaultDamaged, VaultLocked, VaultNewer


class StoreScreen(Screen):
    """The store stays as it is until the seafarer decides."""

    title = StringProperty("")
    advice = StringProperty("")
    detail = StringProperty("")
    may_start_again = BooleanProperty(False)

    def explain(self, error: Exception) -> None:
        """Say why, and what can be done."""
        app: Any = App.get_running_app()
        self.title = app.say(texts.STORE_CLOSED)
        match error:
            case VaultDamaged():
                advice = texts.STORE_DAMAGED_ADVICE
            case VaultNewer():
                advice = texts_safe.STORE_NEWER_ADVICE
                self.title = app.say(texts_safe.STORE_NEWER)
            case VaultLocked():
                advice = texts.STORE_LOCKED_ADVICE
            case _:
                advice = texts.STORE_ERROR_ADVICE
        self.advice = app.say(advice)
        self.detail = app.say(shared.FOR_SUPPORT, detail=str(error))
        self.may_start_again = isinstance(error, VaultDamaged | VaultLocked)
