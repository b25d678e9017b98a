"""The live code, full screen: a new holder proof every 15 seconds, counted down beside a running clock."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from wallet_app import texts
from wallet_app.core.holder import PERIOD_SECONDS, CannotShow, ClockIsWrong, LiveCode, Showable
from wallet_app.core.viewstate import CodeState
from wallet_app.core.wallet import Wallet
from wallet_app.ui.certificate_screen import NO_STATUS

TICK_SECONDS: Final = 0.2
NO_STATE: Final = CodeState(
    title="", holder="", holder_detail="", number="", authority="", status=NO_STATUS, label=""
)


class CodeScreen(Screen):
    """Shows the code of `held` from when it is entered until it is left; the device's screen is held up."""

    state = ObjectProperty(NO_STATE, rebind=True)
    held = ObjectProperty(None, allownone=True)
    qr_text = StringProperty("")
    share_left = NumericProperty(1)
    countdown = StringProperty("")
    clock = StringProperty("")

    def show(self, held: Showable, state: CodeState) -> None:
        """Show the code of this certificate or pass."""
        self.held, self.state = held, state
        self._label = state.label
        self.qr_text = self.countdown = ""
        self._code: LiveCode | None = None
        self._tick(0)

    def on_pre_enter(self, *_: object) -> None:
        """Bright and awake while shown."""
        App.get_running_app().screen.hold_up()
        self._ticking = Clock.schedule_interval(self._tick, TICK_SECONDS)

    def on_leave(self, *_: object) -> None:
        """As the user had it; no code is kept."""
        self._ticking.cancel()
        App.get_running_app().screen.let_go()
        self.qr_text = ""

    def _tick(self, _: float) -> None:
        app: Any = App.get_running_app()
        now: datetime = app.wallet.clock()
        self.clock = app.say.clock(_local(now))
        try:
            code = self._code_for(app.wallet, now)
        except CannotShow as reason:
            words = texts.CLOCK_IS_WRONG if isinstance(reason, ClockIsWrong) else texts.NO_CODE
            self.qr_text = self.countdown = ""
            self._code = None
            self._say(app.say(words))
            return
        self._say(self._label)
        left = max(0.0, (code.fresh_until - now).total_seconds())
        self.share_left = left / PERIOD_SECONDS
        self.countdown = app.say(texts.NEW_CODE_IN, n=ceil(left)) if self.held.is_ours else ""

    def _say(self, label: str) -> None:
        """Below the code; the state stays as it is while it says that already."""
        if self.state.label != label:
            self.state = replace(self.state, label=label)

    def _code_for(self, wallet: Wallet, now: datetime) -> LiveCode:
        """The one shown, or a new one where it is due."""
        code = self._code
        if code is None or _is_due(code, now):
            self._code = code = wallet.live_code(self.held)
            self.qr_text = code.qr_text
        return code


def _local(now: datetime) -> datetime:
    """In the phone's zone; as it is at the ends of the calendar, where no other zone has a date for it."""
    try:
        return now.astimezone()
    except (OverflowError, ValueError, OSError):
        return now


def _is_due(code: LiveCode, now: datetime) -> bool:
    """Past its time, or the clock was set back since it was made."""
    return now >= code.fresh_until or now < code.made_at - timedelta(seconds=1)
