"""Six digits from large keys, or from a keyboard; what was entered is seen as dots alone."""

from os.path import dirname, join
from typing import Any, Final

from kivy.core.window import Window
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from verifier.ui import widgets
from verifier.ui.widgets import Tap
from wallet_app.core.lock import DIGITS

RULES: Final = join(dirname(__file__), "pin_pad.kv")
BACKSPACE: Final = 8
KEYPAD_ZERO: Final = 256


class PinDot(Widget):
    """One digit, entered or not."""

    is_filled = BooleanProperty(False)


class PinKey(Tap):
    """One key: a digit, or an icon."""

    digit = StringProperty("")
    icon = StringProperty("")


class PinPad(BoxLayout):
    """Calls `on_whole` with the sixth digit; while `is_held` nothing can be entered."""

    entered = NumericProperty(0)
    is_held = BooleanProperty(False)
    has_sensor = BooleanProperty(False)
    message = StringProperty("")
    tone = StringProperty("plain")
    dots = ListProperty([False] * DIGITS)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_whole")
        self.register_event_type("on_sensor")
        self._digits = ""
        widgets.load(RULES)
        super().__init__(**properties)

    def on_whole(self, pin: str) -> None:
        """Six digits were entered."""

    def on_sensor(self) -> None:
        """A finger or face is to be asked for."""

    def press(self, digit: str) -> None:
        """One digit more."""
        if self.is_held or len(self._digits) >= DIGITS:
            return
        self._set(self._digits + digit)
        if len(self._digits) == DIGITS:
            self.dispatch("on_whole", self._digits)

    def delete(self) -> None:
        """One digit less."""
        if not self.is_held:
            self._set(self._digits[:-1])

    def clear(self) -> None:
        """As at first."""
        self._set("")

    def say(self, message: str, tone: str = "plain") -> None:
        """Something to read between dots and keys."""
        self.message, self.tone = message, tone

    def listen(self) -> None:
        """Digits of a keyboard count too."""
        Window.bind(on_key_down=self._on_key)

    def deafen(self) -> None:
        """They no longer do; nothing entered is kept."""
        Window.unbind(on_key_down=self._on_key)
        self.clear()

    def _set(self, digits: str) -> None:
        self._digits = digits
        self.entered = len(digits)
        self.dots = [place < len(digits) for place in range(DIGITS)]

    def _on_key(self, _window: Any, key: int, *_: object) -> bool:
        digit = key - KEYPAD_ZERO if KEYPAD_ZERO <= key < KEYPAD_ZERO + 10 else key - ord("0")
        if 0 <= digit <= 9:
            self.press(str(digit))
        elif key == BACKSPACE:
            self.delete()
        else:
            return False
        return True
