"""The wallet's app: its life from start to stop, its window and its theme. Areas' actions are mixins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.screenmanager import ScreenManager

from verifier.ui import fonts, widgets
from verifier.ui.memory import Memory
from verifier.ui.theme import Theme
from verifier.ui.words import words_in
from wallet_app import texts
from wallet_app.core.backup import ENDING
from wallet_app.core.settings import SettingsFile
from wallet_app.core.tries import Tries
from wallet_app.core.wallet import Wallet
from wallet_app.ui import common
from wallet_app.ui.device import Device
from wallet_app.ui.guarding import Guarding
from wallet_app.ui.navigation import Navigation
from wallet_app.ui.opening import Opening
from wallet_app.ui.preferring import Preferring
from wallet_app.ui.safekeeping import Safekeeping
from wallet_app.ui.showing import Showing
from wallet_app.ui.sync_control import SyncControl

__all__ = ["Device", "WalletApp"]

ESCAPE: Final = 27


class WalletApp(Opening, Showing, Guarding, Preferring, Safekeeping, App):
    """Opens the store with `opening`; `set_aside` makes way for a new one. `offer` is looked at first.

    `locks` off is for tests of what comes after the lock: there is no way to it from outside.
    """

    theme = ObjectProperty(rebind=True)
    say = ObjectProperty()
    is_handed_over = BooleanProperty(False)
    sea = ObjectProperty(None, allownone=True)

    def __init__(
        self,
        opening: Callable[[], Wallet],
        set_aside: Callable[[], object],
        device: Device,
        settings_file: SettingsFile,
        tries: Tries,
        *,
        language: str = "en",
        locks: bool = True,
        has_keys_in_file: bool = False,
        offer: str | None = None,
        tx_code: str = "",
        owns_process: bool = False,
    ) -> None:
        """Nothing is opened or drawn before `build`. `owns_process`: nothing else runs beside the app."""
        self.theme = Theme()
        super().__init__()
        self.title = texts.APP
        self.settings_file, self.tries, self.locks = settings_file, tries, locks
        self.has_keys_in_file = has_keys_in_file
        self.settings, self.language = settings_file.read(), language
        self.theme.mode = self.settings.theme
        self.say = words_in(self.settings.language or language)
        self.device, self.background = device, device.background
        self.screen, self.scanner = device.screen, device.scanner
        self.memory = Memory(is_ours=owns_process)
        self.wallet: Wallet | None = None
        self.syncing: SyncControl | None = None
        self._opening, self._set_aside = opening, set_aside
        self._offer, self._tx_code = offer, tx_code

    def build(self) -> ScreenManager:
        """Fonts, rules, screens; then the store."""
        self.memory.begin()
        self.missing_fonts = fonts.register()
        for rules in (widgets.RULES, common.RULES):
            widgets.load(rules)
        self._follow_theme()
        self.begin_settings()
        self.navigation = Navigation()
        self.screens = self.navigation.manager
        Window.bind(on_keyboard=self._on_key, on_drop_file=self._on_drop)
        self.watch()
        self.open_store()
        return self.screens

    def on_stop(self) -> None:
        """Let go of window and store."""
        Window.unbind(on_keyboard=self._on_key, on_drop_file=self._on_drop)
        self.unwatch()
        self.end_settings()
        self.screen.let_go()
        if self.wallet is not None:
            self.wallet.close()

    # --- the window

    def back(self) -> None:
        """Where one came from."""
        self._back()

    def _back(self) -> bool:
        if self.is_handed_over:
            self.leave_code()
            return True
        return self.navigation.back()

    def _on_key(self, _window: object, key: int, *_: object) -> bool:
        return key == ESCAPE and self._back()

    def _on_drop(self, _window: object, path: bytes, *_: object) -> None:
        dropped = Path(path.decode(errors="surrogateescape"))
        if not self.may_take:
            return
        if dropped.suffix == ENDING:
            self.open_restore()
            self.screen_of("restore").choose(dropped)
        else:
            self.drop(dropped)

    def _follow_theme(self) -> None:
        self.theme.bind(ground=self._paint, hero_to=self._paint)
        self._paint()

    def _paint(self, *_: object) -> None:
        Window.clearcolor = self.theme.ground
        self.sea = _gradient(self.theme.hero_from, self.theme.hero_to)


def _gradient(start: Any, end: Any) -> Texture:
    """From the lower left corner to the upper right one."""
    low, high = (bytes(int(255 * channel) for channel in colour) for colour in (start, end))
    middle = bytes((one + other) // 2 for one, other in zip(low, high, strict=True))
    texture = Texture.create(size=(2, 2), colorfmt="rgba")
    texture.blit_buffer(low + middle + middle + high, colorfmt="rgba", bufferfmt="ubyte")
    texture.wrap = "clamp_to_edge"
    return texture
