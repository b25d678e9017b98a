"""The live code, full screen: a new holder proof every 15 seconds, counted down beside a running clock."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from wallet_app import texts, texts_showing
from wallet_app.core.challenge import GOOD_FOR, Challenge
from wallet_app.core.holder import PERIOD_SECONDS, CannotShow, ClockIsWrong, LiveCode, Showable
from wallet_app.core.moving import FRAMES_PER_SECOND, MovingCode, Muster, Photo
from wallet_app.core.viewstate import CodeState
from wallet_app.core.wallet import Wallet
from wallet_app.ui.certificate_screen import NO_STATUS

TICK_SECONDS: Final = 0.2
NO_STATE: Final = CodeState(
    title="", holder="", holder_detail="", number="", authority="", status=NO_STATUS, label=""
)

Shown = Showable | Muster | Photo


class AnswerIsOver(CannotShow):
    """The challenge has run out, or the clock was set back since it came."""


class CodeScreen(Screen):
    """Shows the code of `held` from when it is entered until it is left; the device's screen is held up.

    What one code cannot hold is shown as moving frames; the answer to a `challenge` stands until it runs out.
    """

    state = ObjectProperty(NO_STATE, rebind=True)
    held = ObjectProperty(None, allownone=True)
    qr_text = StringProperty("")
    share_left = NumericProperty(1)
    countdown = StringProperty("")
    clock = StringProperty("")

    def show(self, held: Shown, state: CodeState, challenge: Challenge | None = None) -> None:
        """Show the code of this certificate, of this pass or of all; `challenge` is what it answers."""
        self.held = held
        self._challenge = challenge
        if challenge is not None:
            words = App.get_running_app().say(texts_showing.ANSWERS, words=challenge.words)
            state = replace(state, label=words)
        self.state = state
        self._label = state.label
        self.qr_text = self.countdown = ""
        self._code: LiveCode | MovingCode | None = None
        self._number = 0
        self.ids.scroll.scroll_y = 1
        self._tick(0)
        self._turn(0)

    def on_pre_enter(self, *_: object) -> None:
        """Bright and awake while shown."""
        App.get_running_app().screen.hold_up()
        self._ticking = Clock.schedule_interval(self._tick, TICK_SECONDS)
        self._turning = Clock.schedule_interval(self._turn, 1 / FRAMES_PER_SECOND)

    def on_leave(self, *_: object) -> None:
        """As the user had it; no code is kept."""
        self._ticking.cancel()
        self._turning.cancel()
        App.get_running_app().screen.let_go()
        self.qr_text = ""

    def _tick(self, _: float) -> None:
        app: Any = App.get_running_app()
        now: datetime = app.wallet.clock()
        self.clock = app.say.clock(_local(now))
        try:
            code = self._code_for(app.wallet, now)
        except CannotShow as reason:
            self._show_none(app.say(_why_none(reason)))
            return
        left = max(0.0, (code.fresh_until - now).total_seconds())
        self._say(self._label)
        if self._challenge is not None:
            self.share_left = left / GOOD_FOR.total_seconds()
            self.countdown = app.say(texts_showing.ANSWER_ENDS_IN, n=ceil(left))
        else:
            self.share_left = left / PERIOD_SECONDS
            self.countdown = app.say(texts.NEW_CODE_IN, n=ceil(left)) if _is_live(self.held) else ""

    def _turn(self, _: float) -> None:
        """The next of the moving frames."""
        if isinstance(self._code, MovingCode):
            self.qr_text = self._code.frames.text(self._number)
            self._number += 1

    def _show_none(self, words: str) -> None:
        self.qr_text = self.countdown = ""
        self._code = None
        self._say(words)

    def _say(self, label: str) -> None:
        """Below the code; the state stays as it is while it says that already."""
        if self.state.label != label:
            self.state = replace(self.state, label=label)

    def _code_for(self, wallet: Wallet, now: datetime) -> LiveCode | MovingCode:
        """The one shown, or a new one where it is due; a challenge gets one answer. Raises CannotShow."""
        code, challenge = self._code, self._challenge
        if challenge is not None and not challenge.taken_at <= now < challenge.until:
            raise AnswerIsOver("the answer was good for two minutes")
        if code is None or (challenge is None and _is_due(code, now)):
            if isinstance(self.held, Muster | Photo):
                self._code = code = wallet.moving_code(self.held, challenge)
            else:
                self._code = code = wallet.live_code(self.held, challenge)
        if isinstance(code, LiveCode):
            self.qr_text = code.qr_text  # also where the screen was left, and entered before it had slid away
        return code


def _is_live(held: Shown) -> bool:
    """Whether its proof is renewed: a code of another phone's certificate stands as it is."""
    return isinstance(held, Muster | Photo) or held.is_ours


def _why_none(reason: CannotShow) -> str:
    match reason:
        case AnswerIsOver():
            return texts_showing.ANSWER_OVER
        case ClockIsWrong():
            return texts.CLOCK_IS_WRONG
        case _:
            return texts.NO_CODE


def _local(now: datetime) -> datetime:
    """In the phone's zone; as it is at the ends of the calendar, where no other zone has a date for it."""
    try:
        return now.astimezone()
    except (OverflowError, ValueError, OSError):
        return now


def _is_due(code: LiveCode | MovingCode, now: datetime) -> bool:
    """Past its time, or the clock was set back since it was made."""
    return now >= code.fresh_until or now < code.made_at - timedelta(seconds=1)
