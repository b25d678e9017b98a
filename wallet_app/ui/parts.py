"""What the app is made of, as its areas see it: each area's actions are one mixin of `WalletApp`."""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock

from verifier.ui.memory import Memory
from verifier.ui.theme import Theme
from verifier.ui.words import Words
from verifier.ui.work import Background
from wallet_app.core.settings import Settings
from wallet_app.core.tries import Tries
from wallet_app.core.wallet import Wallet
from wallet_app.ui.device import Device
from wallet_app.ui.navigation import Navigation
from wallet_app.ui.sync_control import SyncControl


class AppParts:
    """Set by `WalletApp` before any action is called."""

    theme: Theme
    say: Words
    device: Device
    background: Background
    memory: Memory
    wallet: Wallet | None
    navigation: Navigation
    syncing: SyncControl | None
    settings: Settings
    tries: Tries
    missing_fonts: tuple[str, ...]
    locks: bool
    is_locked: bool
    is_handed_over: bool
    settings_not_saved: bool = False

    if TYPE_CHECKING:  # what one area asks of another

        def add(self, offer: str | None = None, tx_code: str = "") -> None:
            """Pick certificates up."""

        def open_restore(self) -> None:
            """Restore a backup."""

        @property
        def may_take(self) -> bool:
            """Whether something from outside may be looked at."""

        def opened(self) -> None:
            """The app is open to the seafarer."""

        def begin_guard(self) -> None:
            """Ask for the PIN, or for a new one."""

        def refresh_list(self) -> None:
            """Read the list anew."""

    def require_wallet(self) -> Wallet:
        """The open store. Raises RuntimeError while it is closed."""
        if self.wallet is None:
            raise RuntimeError("the store is not open")
        return self.wallet

    def require_syncing(self) -> SyncControl:
        """Syncs of the open store. Raises RuntimeError while it is closed."""
        if self.syncing is None:
            raise RuntimeError("the store is not open")
        return self.syncing

    def screen_of(self, name: str) -> Any:
        """The screen of that name, made when it is first needed."""
        return self.navigation.screen(name)

    def go(self, name: str, *, came_from: str | None = None, forward: bool = True) -> None:
        """Show that screen."""
        self.navigation.go(name, came_from=came_from, forward=forward)

    def go_when_made(self, name: str) -> None:
        """Show that screen; one that many parts are made for has a frame for itself."""
        if self.navigation.has(name):
            self.go(name)
        else:
            self.screen_of(name)
            Clock.schedule_once(lambda _: self.go(name))
