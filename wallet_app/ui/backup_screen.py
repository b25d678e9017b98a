"""Backing up, step by step: what it is, the six words, one of them typed back, and where the file went."""

import secrets
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui import texts as shared
from verifier.ui.work import WorkError
from wallet_app import texts
from wallet_app import texts_safe as safe
from wallet_app.core import passphrase
from wallet_app.core.backup import BackupError, Fault
from wallet_app.core.passphrase import NotTheWords
from wallet_app.ui.common import EndStep, WorkingStep


class AboutStep(BoxLayout):
    """What a backup is, and is not."""

    is_empty = BooleanProperty(False)


class NumberedWord(BoxLayout):
    """One of the six."""

    number = NumericProperty(0)
    word = StringProperty("")


class WordsStep(BoxLayout):
    """The six words, to be written down."""

    words = ListProperty()

    def on_words(self, *_: object) -> None:
        """In two columns, downwards as they are read."""
        area = self.ids.words
        area.clear_widgets()
        for number, word in enumerate(self.words, 1):
            area.add_widget(NumberedWord(number=number, word=word))


class CheckStep(BoxLayout):
    """One of the words, typed from the paper."""

    number = NumericProperty(1)
    complaint = StringProperty("")


class BackupScreen(Screen):
    """The words live as long as these steps, and in no file."""

    step = ObjectProperty(None, allownone=True)

    def start(self) -> None:
        """What it is."""
        self._words: tuple[str, ...] = ()
        self._show(AboutStep(is_empty=not self._app.wallet.vault.contents.credentials))

    def show_words(self) -> None:
        """Six new ones, or the same once more."""
        self._words = self._words or passphrase.make()
        step = WordsStep()
        step.words = list(self._words)
        self._show(step)

    def check(self) -> None:
        """Ask for one of them: who photographed no paper notices now."""
        self._show(CheckStep(number=secrets.randbelow(passphrase.WORDS) + 1))

    def typed(self, number: int, text: str) -> None:
        """The right one goes on."""
        try:
            is_right = passphrase.read_one(text) == self._words[number - 1]
        except NotTheWords:
            is_right = False
        if is_right:
            self.make()
        else:
            self.step.complaint = self._app.say(safe.CHECK_WRONG, n=number)

    def make(self) -> None:
        """Off the drawing thread: the key takes a part of a second, and the storage may be slow."""
        app, words = self._app, self._words
        step = WorkingStep(message=app.say(safe.BACKING_UP), progress=" ", icon="archive")
        self._show(step)

        def tell(share: float) -> None:
            app.background.hand_over(lambda: setattr(step, "share", share))

        app.background.run(lambda: app.make_backup(words, tell), self._made, self._failed)

    def on_leave(self, *_: object) -> None:
        """No word stays on a screen that nobody sees."""
        self._words = ()
        self.ids.area.clear_widgets()
        self.step = None

    def _made(self, path: Path | None) -> None:
        say, self._words = self._app.say, ()
        where = safe.BACKED_UP_SHARED if path is None else safe.BACKED_UP_WHERE
        self._show(
            EndStep(
                tone="good",
                title=say(safe.BACKED_UP),
                advice=say(where, place=path) if path else say(where),
                main=say(safe.DONE),
                act=self._app.back,
            )
        )

    def _failed(self, error: WorkError) -> None:
        say = self._app.say
        fault, detail = (error.fault, error.detail) if isinstance(error, BackupError) else (None, str(error))
        title, advice = safe.FAULTS[fault or Fault.NOT_STORED]
        self._show(
            EndStep(
                tone="bad",
                title=say(title),
                advice=say(advice),
                detail=say(shared.FOR_SUPPORT, detail=detail),
                main=say(safe.TRY_AGAIN),
                act=self.make,
                other=say(texts.TRY_LATER),
                act_otherwise=self._app.back,
            )
        )

    def _show(self, step: BoxLayout) -> None:
        self.ids.area.clear_widgets()
        self.ids.area.add_widget(step)
        self.ids.scroll.scroll_y = 1
        self.step = step

    @property
    def _app(self) -> Any:
        return App.get_running_app()
