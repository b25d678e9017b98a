"""The lock over the app: PIN, finger or face, idle time, hand-over mode, and the first steps to a PIN."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.core.window import Window

from verifier.ui.ports.biometrics import Answer
from verifier.ui.work import WorkError
from wallet_app import texts_safe as texts
from wallet_app.core.lock import Lock
from wallet_app.core.tries import Tries
from wallet_app.core.vault import VaultError
from wallet_app.ui.parts import AppParts

CHECK_SECONDS: Final = 1.0
TIDY_SECONDS: Final = 0.5  # the PIN pad has slid in by then, and its owner has put the phone away
WHILE_LOCKED: Final = ("lock", "forgotten", "store")
WHILE_HANDED_OVER: Final = ("code", "lock")
AT_FIRST: Final = ("onboarding", "store")
# A code that is shown is never locked away: the inspector's camera may take its time.
STAYS_OPEN: Final = frozenset({"code"})


class Guarding(AppParts):
    """Between the open store and its screens."""

    tries: Tries
    lock: Lock
    is_handed_over: bool
    is_locked: bool = False

    def begin_guard(self) -> None:
        """The store is open: ask for the PIN, or for a new one."""
        self.lock = Lock(self.require_wallet().vault, self.tries)
        self.is_handed_over = False
        self._touched()
        if not self.locks:
            self.is_locked = False
            self.navigation.allow_all()
            self.go("list")
        elif self.lock.is_set:
            self.lock_now()
        else:
            self.is_locked = True
            self.navigation.allow_only(*AT_FIRST)
            self.screen_of("onboarding").start()
            self.go("onboarding")

    def watch(self) -> None:
        """Notice touches, and the lack of them."""
        self._touched()
        Window.bind(on_touch_down=self._touched, on_key_down=self._touched, on_textinput=self._touched)
        self._watching = Clock.schedule_interval(self._check_idle, CHECK_SECONDS)

    def unwatch(self) -> None:
        """The app ends."""
        Window.unbind(on_touch_down=self._touched, on_key_down=self._touched, on_textinput=self._touched)
        self._watching.cancel()

    # --- the first steps

    def choose_pin(self, pin: str) -> None:
        """From now on this PIN; off the drawing thread. Raises WorkError."""
        try:
            self.lock.choose(pin)
        except VaultError as error:
            raise WorkError(str(error)) from error

    def finish_onboarding(self, then: str = "list") -> None:
        """There is a PIN: on to the list, and from there to where the certificates come from."""
        self.is_locked = False
        self.navigation.allow_all()
        self.go("list")
        if then == "add":
            self.add()
        elif then == "restore":
            self.open_restore()
        self.opened()

    # --- locking

    def lock_now(self) -> None:
        """Nothing is to be seen until the PIN is entered."""
        if self.is_locked or not self.locks or not self.lock.is_set:
            return
        self.is_locked = True
        self.is_handed_over = False
        self.navigation.allow_only(*WHILE_LOCKED)
        self._ask_for_pin(is_leaving=False)
        if self.require_wallet().is_read:  # not at the start, when there is nothing to tidy
            Clock.schedule_once(lambda _: self.memory.tidy(), TIDY_SECONDS)

    def unlocked(self) -> None:
        """The PIN was right: back to what was in view, or on to what has been asked for since."""
        was_leaving, self.is_handed_over, self.is_locked = self.is_handed_over, False, False
        self._touched()
        target = self.navigation.allow_all()
        if was_leaving:
            target = self.navigation.behind("code")
        self.go(target if target and target not in {*WHILE_LOCKED, *STAYS_OPEN} else "list", forward=False)
        self.opened()

    def forget_pin(self) -> None:
        """What can be done without it."""
        self.go("forgotten", came_from="lock")

    @property
    def may_use_sensor(self) -> bool:
        """Whether a finger or face is to open the app."""
        return self.settings.biometrics and self.device.biometrics.is_available

    def ask_sensor(self) -> None:
        """Open where it is the owner's; else the PIN pad is there."""

        def answered(answer: Answer) -> None:
            if answer is Answer.IS_OWNER and self.is_locked and not self.is_handed_over:
                self.unlocked()

        self.device.biometrics.ask(self.say(texts.BIOMETRIC_REASON), answered)

    # --- hand-over

    def hand_over(self) -> None:
        """Another hand takes the phone: it shows this code and nothing else."""
        if self.locks and self.lock.is_set:
            self.is_handed_over = True
            self.navigation.allow_only(*WHILE_HANDED_OVER)

    def leave_code(self) -> None:
        """Back from the code; by the PIN, if the phone was handed over."""
        if self.is_handed_over:
            self._ask_for_pin(is_leaving=True)
        else:
            self.navigation.back()

    def stay_at_code(self) -> None:
        """It was not the owner who wanted to leave."""
        self.go("code", forward=False)

    # --- the device

    def on_pause(self) -> bool:
        """Another app is in front."""
        self.memory.tidy()
        self._paused_at = self.require_wallet().clock() if self.wallet is not None else None
        return True

    def on_resume(self) -> None:
        """Back again: away for as long as the lock waits, or with the clock set back, it is locked."""
        before, self._paused_at = self._paused_at, None
        if before is not None and self.wallet is not None and not self.is_handed_over:
            away = (self.require_wallet().clock() - before).total_seconds()
            if not 0 <= away < self.settings.lock_seconds:
                self.lock_now()

    _paused_at: Any = None

    def _ask_for_pin(self, *, is_leaving: bool) -> None:
        screen = self.screen_of("lock")
        screen.is_leaving = is_leaving
        self.go("lock")

    def _touched(self, *_: object) -> None:
        self._last_touch = Clock.get_time()

    def _check_idle(self, _: float) -> None:
        if self.wallet is None or self.is_locked:
            return
        if self.navigation.current in STAYS_OPEN:
            self._touched()
        elif Clock.get_time() - self._last_touch >= self.settings.lock_seconds:
            self._touched()
            if self.is_handed_over:
                self.stay_at_code()
            else:
                self.lock_now()
