"""The steps of adding that ask: for an offer, and whether to pick up what it holds."""

from typing import Any

from kivy.core.clipboard import Clipboard
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from verifier.credential.model import CertificateType
from verifier.ui.words import Words
from wallet_app import texts
from wallet_app.core import names
from wallet_app.core.issuer_metadata import MOST_NAME
from wallet_app.core.offer import TransactionCode
from wallet_app.core.plain import plain


class OfferStep(BoxLayout):
    """Paste a link, or drop a picture."""

    complaint = StringProperty("")

    def paste(self) -> None:
        """What was copied last, unless it is longer than an offer can be."""
        self.ids.link.ids.input.put(Clipboard.paste().strip())


class OfferedDocument(BoxLayout):
    """The name of a document on offer."""

    value = StringProperty("")


class ConsentStep(BoxLayout):
    """Who offers what; with the code that came by another way."""

    offered_by = StringProperty("")
    host = StringProperty("")
    documents = ListProperty()
    needs_code = BooleanProperty(True)
    code_is_number = BooleanProperty(True)
    code_length = NumericProperty(0)
    code_hint = StringProperty("")
    code_advice = StringProperty("")
    code = StringProperty("")
    complaint = StringProperty("")
    check_tone = StringProperty("plain")
    check_words = StringProperty("")
    check_action = StringProperty("")
    agree_words = StringProperty("")

    def on_documents(self, *_: object) -> None:
        """One line a document."""
        self.ids.documents.clear_widgets()
        for name in self.documents:
            self.ids.documents.add_widget(OfferedDocument(value=name))


def document_name(configuration: str, display: Any, say: Words) -> str:
    """Our own name of a type that we know; else what the authority calls it."""
    try:
        return names.document(CertificateType(configuration), say)
    except ValueError:
        return str(display.get(configuration) or plain(configuration, MOST_NAME))


def code_hint(wanted: TransactionCode | None, say: Words) -> str:
    """How long the pick-up code is; empty where nobody says."""
    if wanted is None or not wanted.length:
        return ""
    return say(texts.CODE_OF_DIGITS if wanted.numeric else texts.CODE_OF_CHARACTERS, n=wanted.length)
