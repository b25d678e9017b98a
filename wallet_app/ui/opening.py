"""The store is opened and read off the thread that draws: until then a calm screen, and nothing to tap."""

from collections.abc import Callable
from typing import Final

from kivy.clock import Clock

from verifier.ui.work import WorkError
from wallet_app.core.keystore import KeyStoreError
from wallet_app.core.lock import Lock
from wallet_app.core.vault import VaultError
from wallet_app.core.wallet import Wallet
from wallet_app.ui.parts import AppParts
from wallet_app.ui.sync_control import SyncControl

OPENED_SECONDS: Final = 0.3  # the list should stand before the network is asked


class NotOpened(WorkError):
    """The store stays as it is; `reason` says why it cannot be opened."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason
        super().__init__(str(reason))


class Opening(AppParts):
    """From the start of the app to its list: `_opening` opens it, `_set_aside` makes way for another."""

    lock: Lock
    _opening: Callable[[], Wallet]
    _set_aside: Callable[[], object]
    _offer: str | None
    _tx_code: str
    _wants_news: bool = False

    def open_store(self) -> None:
        """Open it, then read it while the PIN is typed; or say why it cannot be opened."""
        self._begin(self._open)

    def opened(self) -> None:
        """The seafarer is in: ask what is new, and look at what was offered meanwhile."""
        if not self.require_wallet().is_read:
            self._wants_news = True
            return
        self._wants_news = False
        Clock.schedule_once(lambda _: self.require_syncing().run_on_opening(), OPENED_SECONDS)
        if self._offer is not None:
            self.add(self._offer, self._tx_code)
            self._offer = None

    def offered(self, link: str) -> None:
        """Somebody followed a link to here: it is looked at now, or when the seafarer is in.

        In another hand the phone asks no network: whoever holds it could have it follow a link of theirs.
        """
        if self.may_take:
            self.add(link)
        else:
            self._offer, self._tx_code = link, ""

    @property
    def may_take(self) -> bool:
        """Whether something from outside may be looked at: the seafarer is in, and all is read."""
        is_theirs = not (self.is_locked or self.is_handed_over)
        return self.wallet is not None and self.wallet.is_read and is_theirs

    def start_again(self) -> None:
        """Keep the files of the store aside, and begin a new one."""
        self._begin(self._open_anew)

    def _begin(self, opening: Callable[[], Wallet]) -> None:
        if self.wallet is not None:  # also one that was opened, and could not be read
            self.wallet.close()
        self.wallet = self.syncing = None
        self.navigation.clear()
        self.navigation.allow_all()
        self.is_locked = self._wants_news = False
        self.go("opening")
        self.background.run(opening, self._is_open, self._stays_closed)

    def _open(self) -> Wallet:
        try:
            return self._opening()
        except (VaultError, KeyStoreError) as error:
            raise NotOpened(error) from error

    def _open_anew(self) -> Wallet:
        try:
            self._set_aside()
        except OSError as error:  # the old store stands, and so do the pauses that its PIN has earned
            raise NotOpened(VaultError(f"the store cannot be set aside: {error.strerror}")) from error
        self.tries.clear()
        return self._open()

    def _is_open(self, wallet: Wallet) -> None:
        self.wallet = wallet
        self.syncing = SyncControl(wallet, self.background, self.refresh_list, self.say)
        self.navigation.clear()
        self.begin_guard()
        if not self.is_locked:
            self.opened()
        self.background.run(wallet.read, lambda _: self._is_read(wallet), self._stays_closed)

    def _is_read(self, wallet: Wallet) -> None:
        """While the PIN is typed the list is made, a part each frame: once it is right, the list is there."""
        if wallet is not self.wallet:
            return
        self.memory.settle()
        if self.is_locked and self.lock.is_set:
            self.screen_of("list").size = self.navigation.manager.size
        Clock.schedule_once(lambda _: self.refresh_list())
        if self._wants_news and not self.is_locked:  # locked again meanwhile, it waits for the PIN
            self.opened()

    def _stays_closed(self, error: WorkError) -> None:
        self.navigation.clear()
        self.screen_of("store").explain(error.reason if isinstance(error, NotOpened) else error)
