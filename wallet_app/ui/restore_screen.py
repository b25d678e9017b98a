"""Restoring, step by step: the file, its six words, and how things stand after."""

from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.work import WorkError
from wallet_app import texts
from wallet_app import texts_safe as safe
from wallet_app.core import passphrase
from wallet_app.core.backup import ENDING, BackupError, Fault, Restored
from wallet_app.core.passphrase import NotTheWords
from wallet_app.core.plain import plain
from wallet_app.ui.common import ActionRow, EndStep, WorkingStep

MOST_WORD = 20


class FileStep(BoxLayout):
    """The backups that were found, and a line for another."""

    paths = ListProperty()

    def on_paths(self, *_: object) -> None:
        """One row a file."""
        area = self.ids.found
        area.clear_widgets()
        for path in self.paths:
            row = ActionRow(icon="archive", title=path.name, detail=str(path.parent))
            row.bind(on_release=lambda *_, path=path: App.get_running_app().screen_of("restore").choose(path))
            area.add_widget(row)
        if area.children:
            area.children[0].is_last = True


class PhraseStep(BoxLayout):
    """The six words."""

    file_name = StringProperty("")
    complaint = StringProperty("")


class RestoreScreen(Screen):
    """One restoring at a time."""

    step = ObjectProperty(None, allownone=True)

    def start(self) -> None:
        """Which file?"""
        self._path: Path | None = None
        step = FileStep()
        step.paths = list(self._app.device.files.found(ENDING))
        self._show(step)

    def pick(self) -> None:
        """From the system's own file picker."""
        self._path = None
        self._app.pick(self.choose, self._failed)

    def choose(self, path: Path) -> None:
        """Which words?"""
        self._path = path
        self._show(PhraseStep(file_name=path.name))

    def restore(self, typed: str) -> None:
        """Off the drawing thread: the key takes a part of a second."""
        app, path = self._app, self._path
        try:
            words = passphrase.read(typed)
        except NotTheWords as error:
            word = plain(error.word, MOST_WORD)
            complaint = app.say(safe.WORD_UNKNOWN, word=word) if word else app.say(safe.WORDS_MISSING)
            self.step.complaint = complaint
            return
        step = WorkingStep(message=app.say(safe.RESTORING), progress=" ", icon="archive-restore")
        self._show(step)

        def tell(share: float) -> None:
            app.background.hand_over(lambda: setattr(step, "share", share))

        app.background.run(lambda: app.restore_backup(path, words, tell), self._restored, self._failed)

    def on_leave(self, *_: object) -> None:
        """No word stays on a screen that nobody sees."""
        if isinstance(self.step, PhraseStep):
            self._show(FileStep())

    def _restored(self, restored: Restored) -> None:
        app = self._app
        app.refresh_list()
        title = (
            app.say.counted(safe.RESTORED, restored.added) if restored.added else app.say(safe.RESTORED_NONE)
        )
        self._show(
            EndStep(
                tone="caution" if restored.not_bound else "good",
                title=title,
                advice=app.say(safe.NOT_BOUND_ADVICE if restored.not_bound else safe.RESTORED_ADVICE),
                main=app.say(safe.SHOW_CERTIFICATES),
                act=app.show_list,
            )
        )

    def _failed(self, error: WorkError) -> None:
        app, path = self._app, self._path
        fault = error.fault if isinstance(error, BackupError) else Fault.NOT_READ
        title, advice = safe.FAULTS[fault]
        again, act = safe.OTHER_FILE, self.start
        if path is not None and fault in {Fault.WRONG_WORDS, Fault.NOT_STORED}:
            again, act = safe.TRY_AGAIN, partial(self.choose, path)
        self._show(
            EndStep(
                tone="bad",
                title=app.say(title),
                advice=app.say(advice),
                main=app.say(again),
                act=act,
                other=app.say(texts.TRY_LATER),
                act_otherwise=app.back,
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
