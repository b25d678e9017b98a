"""Taking an inspector's challenge up: scan its code, or type the six characters that are read out."""

from typing import Any

from kivy.app import App
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.credential.presentation import NoChallenge
from wallet_app import texts_showing as texts
from wallet_app.core.challenge import ChallengeAnswered


class ChallengeScreen(Screen):
    """Answers with `held`, which was in view when it was opened, else with all certificates."""

    held = ObjectProperty(None, allownone=True)
    complaint = StringProperty("")

    def start(self, held: object) -> None:
        """Ask anew."""
        self.held, self.complaint = held, ""
        self.ids.typed.ids.input.text = ""

    def answer(self, text: str) -> bool:
        """Show the answer, or say why there is none; whether it is shown."""
        app: Any = App.get_running_app()
        try:
            challenge = app.wallet.take_up(text)
        except NoChallenge:
            self.complaint = app.say(texts.CHALLENGE_NONE)
            return False
        except ChallengeAnswered:
            self.complaint = app.say(texts.CHALLENGE_USED)
            return False
        if app.wallet.muster is None and self.held is None:
            self.complaint = app.say(texts.NOTHING_TO_ANSWER)
            return False
        self.complaint = ""
        app.show_answer(self.held, challenge)
        return True
