"""The directory of authorities on this phone: what is held, importing a newer one, pinning its root."""

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
        self.is_busy, self.root_file, self.fingerprint = False, None, ""
        self.said, self.tone = "", "plain"
        self._describe()

    def take_typed(self, text: str) -> None:
        """An address of a site, or the path of a file."""
        if "://" in text:
            address = text.strip()
            self._work(lambda wallet: wallet.trust.fetch(address, wallet.clock()))
        else:
            self.take_file(Path(text.strip()).expanduser())

    def take_file(self, path: Path) -> None:
        """A sea pack, or the root file of a phone that has none yet."""
        app: Any = App.get_running_app()
        if app.wallet.trust.has_root:
            self._work(lambda wallet: wallet.trust.take_in_file(path, wallet.clock()))
            return

        def look(wallet: Any) -> Root:
            data = trust.read(path)
            if not data.lstrip()[:1] == b"{":
                raise TrustError(TrustTrouble.NO_ROOT, "a pack, and no root is pinned")
            found: Root = wallet.trust.look_at_root(data)
            return found

        self._work(look)

    def pin(self) -> None:
        """The fingerprint was compared."""
        root = self.root_file
        self._work(lambda wallet: wallet.trust.pin(root))

    def _work(self, work: Any) -> None:
        app: Any = App.get_running_app()
        self.is_busy, self.said = True, ""
        app.background.run(lambda: work(app.wallet), self._done, self._failed)

    def _done(self, result: Holding | Root | None) -> None:
        app: Any = App.get_running_app()
        if isinstance(result, Root):
            self.is_busy, self.root_file, self.fingerprint = False, result, result.fingerprint
            return
        self.start()
        self.tone = "good"
        self.said = app.say(texts.TRUST_DONE if result is not None else texts.TRUST_PINNED)
        self.ids.place.ids.input.text = ""

    def _failed(self, error: WorkError) -> None:
        app: Any = App.get_running_app()
        reason = error.reason if isinstance(error, TrustError) else TrustTrouble.REFUSED
        self.start()
        self.tone = "caution" if reason is TrustTrouble.NO_ROOT else "bad"
        self.said = app.say(texts.TRUST_TROUBLES[reason])

    def _describe(self) -> None:
        app: Any = App.get_running_app()
        say, held = app.say, app.wallet.trust.holding
        if held is None:
            self.title, self.detail = say(texts.TRUST_NONE), say(texts.TRUST_WHY)
            return
        self.title = say(texts.TRUST_HELD, date=say.day(held.published_at.date()))
        parts = [say(texts.TRUST_FLAGS, flags=", ".join(held.flags))]
        if held.environment != "production":
            parts.append(say(texts.TRUST_REHEARSAL))
        self.detail = "\n".join(parts)
