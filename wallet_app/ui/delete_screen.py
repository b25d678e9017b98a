"""Asks before a certificate is deleted: what is lost by it, and what is not."""

from typing import Any

from kivy.app import App
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from wallet_app import texts_showing as texts
from wallet_app.core import names
from wallet_app.core.held import Held
from wallet_app.core.plain import shown


class DeleteScreen(Screen):
    """Of the two buttons the large one keeps the certificate."""

    key = StringProperty("")
    heading = StringProperty("")
    advice = StringProperty("")
    complaint = StringProperty("")

    def ask(self, held: Held) -> None:
        """About this certificate."""
        app: Any = App.get_running_app()
        certificate = held.certificate
        self.key, self.complaint = held.key, ""
        self.heading = app.say(texts.DELETE_ASK, title=shown(names.title(certificate, app.say)))
        self.advice = app.say(
            texts.DELETE_ADVICE,
            number=shown(certificate.document_number),
            authority=shown(certificate.issuing_authority),
        )

    def fail(self) -> None:
        """Nothing was changed."""
        app: Any = App.get_running_app()
        self.complaint = app.say(texts.NOT_DELETED)
