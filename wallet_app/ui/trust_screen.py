"""The directory of authorities on this phone: what is held, importing a newer one, pinning its root."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.ui.work import WorkError
from wallet_app import texts_showing as texts
from wallet_app.core import trust
from wallet_app.core.trust import Holding, Root, TrustError, TrustTrouble


class TrustScreen(Screen):
    """One thing at a time: what is held, work that takes long, or a root to be agreed to."""

    title = StringProperty("")
    detail = StringProperty("")
    tone = StringProperty("plain")
    said = StringProperty("")
    is_busy = BooleanProperty(False)
    root_file = ObjectProperty(None, allownone=True)
    fingerprint = StringProperty("")

    def start(self) -> None:
        """What is held."""
        self._clear()
        self._work(lambda wallet: wallet.trust.holding, said="")

    def take_typed(self, text: str) -> None:
        """An address of a site, or the path of a file."""
        if "://" in text:
            address = text.strip()
            self._work(lambda wallet: wallet.trust.fetch(address, wallet.clock()))
        else:
            self.take_file(Path(text.strip()).expanduser())

    def pick(self) -> None:
        """From the system's own file picker."""
        app: Any = App.get_running_app()
        app.pick(self.take_file, lambda error: self._failed(TrustError(TrustTrouble.UNREADABLE, str(error))))

    def take_file(self, path: Path) -> None:
        """A sea pack, or the root file of a phone that has none yet."""

        def look(wallet: Any) -> Holding | Root:
            if wallet.trust.has_root:
                taken: Holding = wallet.trust.take_in_file(path, wallet.clock())
                return taken
            data = trust.read(path)
            if not data.lstrip()[:1] == b"{":
                raise TrustError(TrustTrouble.NO_ROOT, "a pack, and no root is pinned")
            found: Root = wallet.trust.look_at_root(data)
            return found

        self._work(look)

    def pin(self) -> None:
        """The fingerprint was compared."""
        root = self.root_file

        def pin(wallet: Any) -> Holding | None:
            wallet.trust.pin(root)
            held: Holding | None = wallet.trust.holding
            return held

        self._work(pin, said=texts.TRUST_PINNED)

    def _work(self, work: Callable[[Any], Holding | Root | None], *, said: str = texts.TRUST_DONE) -> None:
        """Off the drawing thread, the reading too: a directory of many authorities takes long."""
        app: Any = App.get_running_app()
        if self.is_busy:
            return
        self.is_busy, self.said = True, ""
        app.background.run(lambda: work(app.wallet), partial(self._done, said), self._failed)

    def _done(self, said: str, result: Holding | Root | None) -> None:
        app: Any = App.get_running_app()
        self._clear()
        if isinstance(result, Root):
            self.root_file, self.fingerprint = result, result.fingerprint
            return
        self._describe(result)
        if said:
            self.tone, self.said = "good", app.say(said)
            self.ids.place.ids.input.text = ""

    def _failed(self, error: WorkError) -> None:
        """What is held stays as it is."""
        app: Any = App.get_running_app()
        reason = error.reason if isinstance(error, TrustError) else TrustTrouble.REFUSED
        self._clear()
        self.tone = "caution" if reason is TrustTrouble.NO_ROOT else "bad"
        self.said = app.say(texts.TRUST_TROUBLES[reason])

    def _clear(self) -> None:
        self.is_busy, self.root_file, self.fingerprint = False, None, ""
        self.said, self.tone = "", "plain"

    def _describe(self, held: Holding | None) -> None:
        app: Any = App.get_running_app()
        say = app.say
        if held is None:
            self.title, self.detail = say(texts.TRUST_NONE), say(texts.TRUST_WHY)
            return
        self.title = say(texts.TRUST_HELD, date=say.day(held.published_at.date()))
        parts = [say(texts.TRUST_FLAGS, flags=", ".join(held.flags))]
        if held.environment != "production":
            parts.append(say(texts.TRUST_REHEARSAL))
        self.detail = "\n".join(parts)
