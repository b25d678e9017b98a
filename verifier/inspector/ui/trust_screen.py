"""The trust data: how old it is and what that means, what is in it, and how newer data comes on board."""

from dataclasses import replace
from os.path import dirname, join
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspector import texts
from verifier.inspector.core import importing, trust_lines, trust_view
from verifier.inspector.core.importing import ImportFailed, RootFound, Trouble, Wanted
from verifier.ui import texts as shared
from verifier.ui.widgets import Tap
from verifier.ui.work import WorkError

RULES: Final = join(dirname(__file__), "trust_screen.kv")
LOOK_SECONDS: Final = 0.5
_WORDS: Final = {
    Trouble.NOT_A_PACK: texts.TROUBLE_NOT_A_PACK,
    Trouble.REFUSED: texts.TROUBLE_REFUSED,
    Trouble.NO_ROOT: texts.TROUBLE_NO_ROOT,
    Trouble.FORGET: texts.TROUBLE_FORGET,
    Trouble.FETCH: texts.TROUBLE_FETCH,
    Trouble.FILE: texts.TROUBLE_FILE,
}


class PackRow(Tap):
    """A sea pack that was found; a tap imports it."""

    name = StringProperty("")
    about = StringProperty("")


class InspectorTrustScreen(Screen):
    """Imports off the drawing thread; what was held stays in force until all of the new is verified."""

    head = ObjectProperty(None, allownone=True, rebind=True)
    busy = StringProperty("")
    progress = StringProperty("")
    told = StringProperty("")
    told_tone = StringProperty("good")
    detail = StringProperty("")
    root_name = StringProperty("")
    fingerprint = StringProperty("")
    holds = BooleanProperty(False)
    may_forget = BooleanProperty(False)
    _wanted: Wanted | None = None
    _watching: Any = None

    def on_pre_enter(self, *_: object) -> None:
        """As of now, with what lies on the drives."""
        self.told = self.detail = ""
        self._forget_question()
        self.refresh()
        self.look()
        known = trust_lines.address(self._app.session.folder)
        if known and not self.ids.address.text:
            self.ids.address.text = known

    def on_leave(self, *_: object) -> None:
        """An import goes on all the same, and is shown by the strip."""
        if self._watching is not None:
            self._watching.cancel()

    def on_trust(self) -> None:
        """The trust data was looked at again."""
        self.refresh()

    def refresh(self) -> None:
        """What is held, as of now."""
        session, say = self._app.session, self._app.say
        self.head = trust_view.head(session.trust, session.policy, say)
        area = self.ids.lines
        area.clear_widgets()
        lines = trust_lines.lines(session.trust, session.folder, say)
        self.holds = bool(lines)
        for number, line in enumerate(lines, 1):
            row = Factory.FormLine(label=line.label, value=line.value, is_last=number == len(lines))
            area.add_widget(row)

    def look(self) -> None:
        """For packs on the drives: off the thread, since a bad stick may take its time."""
        drives = self._app.device.drives
        self._app.background.run(
            lambda: importing.found(drives.places()), self._show_found, lambda _: self._show_found(())
        )

    def offer(self, path: Path) -> None:
        """A file that was dropped here."""
        self.take(str(path))

    def pick(self) -> None:
        """A file by the system's own picker, as phones have it."""
        self._app.device.picker.pick(self.offer, self._failed)

    def take(self, source: str) -> None:
        """Import from a file, a folder or an address."""
        self._run(Wanted(source=source.strip()))

    def agree(self) -> None:
        """The root is the right one."""
        if self._wanted is not None:
            self._run(replace(self._wanted, root=self._root))

    def disagree(self) -> None:
        """It is not: nothing was imported."""
        self._forget_question()

    def go_on_without(self) -> None:
        """Import, and forget what cannot be read."""
        if self._wanted is not None:
            self._run(replace(self._wanted, forget=True))

    # Running

    def _run(self, wanted: Wanted) -> None:
        if self.busy:
            return
        self._forget_question()
        self.told = self.detail = self.progress = ""
        self._wanted = wanted
        app = self._app
        self.busy = app.say(texts.FETCHING if wanted.is_web else texts.IMPORTING)
        folder, at = app.session.folder, app.session.clock()
        self._watching = Clock.schedule_interval(self._watch, LOOK_SECONDS)
        app.background.run(lambda: importing.take_in(folder, wanted, at), self._done, self._failed)

    def _watch(self, _: float) -> None:
        size = importing.received(self._app.session.folder)
        self.progress = (
            self._app.say(texts.RECEIVED, size=trust_lines.size(size, self._app.say)) if size else ""
        )
        self._app.session.touch()

    def _stop(self) -> None:
        self.busy = self.progress = ""
        if self._watching is not None:
            self._watching.cancel()
        self._app.refresh_trust()

    def _done(self, _: None) -> None:
        self._stop()
        say = self._app.say
        self.told_tone = "good"
        self.told = f"{say(texts.IMPORTED)}. {say(texts.IMPORTED_ADVICE)}"
        self.ids.scroll.scroll_y = 1

    def _failed(self, error: WorkError) -> None:
        self._stop()
        say = self._app.say
        self.ids.scroll.scroll_y = 1
        if isinstance(error, RootFound):
            self._root, self.fingerprint = error.root, error.fingerprint
            self.root_name = say(texts.ROOT_OF, name=error.root.name)
            return
        trouble = error.trouble if isinstance(error, ImportFailed) else None
        words = say(texts.TROUBLE_OTHER if trouble is None else _WORDS[trouble])
        stays = "" if trouble in (Trouble.NO_ROOT, Trouble.FORGET) else f" {say(texts.STAYS)}"
        self.told_tone, self.told = "bad", f"{words}{stays}"
        self.detail = say(shared.FOR_SUPPORT, detail=str(error))
        self.may_forget = trouble is Trouble.FORGET

    def _forget_question(self) -> None:
        self.fingerprint = self.root_name = ""
        self.may_forget = False

    def _show_found(self, packs: tuple[importing.PackFile, ...]) -> None:
        say, area = self._app.say, self.ids.found
        area.clear_widgets()
        for one in packs:
            about = say(texts.PACK_FILE, size=trust_lines.size(one.size, say), date=say.moment(one.modified))
            row = PackRow(name=one.path.name, about=f"{one.path.parent}  ·  {about}")
            row.bind(on_release=lambda _, path=one.path: self.take(str(path)))
            area.add_widget(row)
        if not packs:
            area.add_widget(Factory.Text(value=say(texts.FOUND_NONE), font_size="15sp"))

    @property
    def _app(self) -> Any:
        return App.get_running_app()


Factory.register("PackRow", cls=PackRow)
