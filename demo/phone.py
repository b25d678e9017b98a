"""A person with a phone: looks at what can be seen, taps, types, waits, takes pictures of the screen.

Drives the real app, with real touches and real pixels, in the process that imports this. Time is the
driver's: virtual, so that nothing sleeps, or the wall's, so that somebody can watch.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, Self

from kivy.animation import Animation
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.config import Config
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.lang import Builder
from kivy.tests.common import UnitTestTouch
from kivy.uix.recycleview import views
from kivy.uix.screenmanager import ScreenManager
from kivy.uix.scrollview import ScrollView
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget
from PIL import Image

ICON_FONT: Final = "Icons"
REAL_FRAME: Final = 1 / 30
VIRTUAL_FRAME: Final = 1 / 12
SETTLE_SECONDS: Final = 0.4
LAUNCH_SECONDS: Final = 0.7  # what is kept on the phone is opened, read and drawn in frames of their own
FEWEST_FRAMES: Final = 10
MOST_FRAMES: Final = 40
Box = tuple[float, float, float, float]


class NotOnScreen(AssertionError):
    """What the person looks for is not to be seen; says what is."""


class Phone:
    """Start with `launch`, end with `close`; `now` is what the app takes for the time."""

    def __init__(self, at: datetime, *, in_real_time: bool = False) -> None:
        """Start the clock at `at`; `in_real_time` lets it run as the wall's does."""
        self._started = at
        self._elapsed = 0.0
        self._in_real_time = in_real_time
        self._frame = REAL_FRAME if in_real_time else VIRTUAL_FRAME
        self.app: Any = None
        if not in_real_time:
            Config.set("graphics", "maxfps", "0")
            Clock._max_fps = 0
            Clock.time = lambda: 1_000_000.0 + self._elapsed
            Clock._last_tick = Clock.time()

    def now(self) -> datetime:
        """The time on the phone."""
        return datetime.fromtimestamp(self._started.timestamp() + self._elapsed, UTC)

    def set_clock(self, at: datetime) -> None:
        """Somebody sets the phone's clock."""
        self._started = datetime.fromtimestamp(at.timestamp() - self._elapsed, UTC)

    def launch(self, app: App) -> Self:
        """Open the app and look at its first screen."""
        self.app = app
        EventLoop.ensure_window()
        if EventLoop.status != "started":
            EventLoop.start()
        app._run_prepare()
        return self.wait(LAUNCH_SECONDS)

    def close(self) -> None:
        """Close the app; the window stays for the next one."""
        if self.app is None:
            return
        for child in Window.children[:]:
            Window.remove_widget(child)
            _let_go(child)
        self.app.dispatch("on_stop")
        Animation._instances.clear()  # what still moved would be kept, and with it the whole app
        TextInput._adjust_viewport()  # a trigger that keeps whom it last served: it forgets,
        TextInput._adjust_viewport.cancel()  # and serves nobody
        views._cached_views.clear()  # rows of a list, in this app's colours: the next app would be given them
        for event in Clock.get_events():
            event.cancel()
        self.app._app_window = None
        App._running_app = None
        self.app = None

    # Time

    def frame(self, seconds: float | None = None) -> None:
        """One frame later; in virtual time it is laid out, and drawn only once somebody takes a picture."""
        seconds = self._frame if seconds is None else seconds
        if self._in_real_time:
            before = time.perf_counter()
            EventLoop.idle()
            time.sleep(max(0.0, seconds - (time.perf_counter() - before)))
            self._elapsed += time.perf_counter() - before
        else:
            self._elapsed += seconds
            _lay_out()

    def wait(self, seconds: float) -> Self:
        """That much later; where nothing is to be watched, long waits take few frames.

        In real time a slow machine draws few frames, and Kivy hands a touch on and lays a screen out over
        several: those are waited for too.
        """
        end = self._elapsed + seconds
        step = self._frame if self._in_real_time else max(self._frame, seconds / MOST_FRAMES)
        frames = 0
        while self._elapsed < end - 1e-9 or (self._in_real_time and frames < FEWEST_FRAMES):
            self.frame(min(step, max(0.0, end - self._elapsed)))
            frames += 1
        return self

    def wait_for(self, text: str, *, seconds: float = 60.0) -> Self:
        """Until `text` is to be seen; for what runs on other threads, measured in real seconds."""
        deadline = time.monotonic() + seconds
        while not self.sees(text):
            if time.monotonic() > deadline:
                raise NotOnScreen(f"{text!r} did not appear; on screen: {self.texts()}")
            self.frame()
            if not self._in_real_time:
                time.sleep(0.002)
        return self

    # Eyes

    def widgets(self) -> Iterator[Any]:
        """Every widget whose middle can be seen: drawn, opaque, not scrolled away."""
        for root in Window.children:
            yield from _visible(root, (0, 0, *Window.size))

    def texts(self) -> list[str]:
        """All words on the screen, from the top."""
        found = []
        for widget in self.widgets():
            words = _words(widget)
            if words:
                left, _, _, top = box(widget)
                found.append((-round(top), left, words))
        return [words for _, _, words in sorted(found)]

    def sees(self, text: str) -> bool:
        """Whether `text` is part of any words on the screen."""
        return any(text in words for words in self.texts())

    def find(self, name: str) -> Any:
        """The widget with these words, this icon or this spoken name; whole words before parts."""
        widgets = list(self.widgets())
        for matches in (_is_named, _is_partly_named):
            for widget in widgets:
                if matches(widget, name):
                    return widget
        raise NotOnScreen(f"{name!r} is not on the screen; on it: {self.texts()}")

    def screenshot(self) -> Image.Image:
        """The pixels of the whole window."""
        Window.dispatch("on_draw")
        width, height = Window.size
        pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        upside_down = Image.frombytes("RGBA", (width, height), pixels)
        return upside_down.transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")

    def picture_of(self, widget: Widget) -> Image.Image:
        """The pixels of one widget."""
        left, bottom, right, top = box(widget)
        height = Window.height
        return self.screenshot().crop((int(left), int(height - top), int(right), int(height - bottom)))

    # Fingers

    def tap(self, target: Any) -> Self:
        """Touch what is named so, or the widget itself, in its middle; then wait until it settles."""
        widget = self.find(target) if isinstance(target, str) else target
        left, bottom, right, top = box(widget)
        touch = UnitTestTouch((left + right) / 2, (bottom + top) / 2)
        touch.touch_down()
        self.frame()
        self.frame()
        touch.touch_up()
        return self.wait(SETTLE_SECONDS)

    def scroll_to(self, name: str) -> Any:
        """Swipe upwards until it can be seen, or the end comes; returns the widget."""
        for _ in range(80):
            try:
                return self.find(name)
            except NotOnScreen:
                before = self.texts()
                self.swipe(Window.height * 0.3)
                if self.texts() == before:
                    break
        return self.find(name)

    def swipe(self, distance: float) -> Self:
        """Drag upwards by `distance` pixels (downwards when negative) and hold, so that nothing coasts."""
        x, y = Window.width / 2, Window.height * (0.35 if distance > 0 else 0.65)
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.frame()
        for step in range(1, 7):
            touch.touch_move(x, y + distance * step / 6)
            self.frame()
        for _ in range(4):
            touch.touch_move(x, y + distance)
            self.frame(0.2)
        touch.touch_up()
        return self.wait(SETTLE_SECONDS)

    def type(self, text: str) -> Self:
        """On the keyboard, into what has the focus."""
        for letter in text:
            Window.dispatch("on_textinput", letter)
            self.frame()
        return self.wait(0.1)

    def press_back(self) -> Self:
        """The phone's back key."""
        Window.dispatch("on_keyboard", 27, 0, None, [])
        return self.wait(SETTLE_SECONDS)


def _lay_out() -> None:
    """What `EventLoop.idle` does for each frame, but for the pixels: most of its time, and nobody looks."""
    Clock.tick()
    EventLoop.dispatch_input()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def _let_go(widget: Widget) -> None:
    """Undo what kv rules bound, or an app that was closed would go on drawing, under the next one's rules."""
    for one in widget.walk(restrict=True):
        for screen in one.screens if isinstance(one, ScreenManager) else ():
            _let_go(screen)
        Builder.unbind_widget(one.uid)


def box(widget: Any) -> Box:
    """Left, bottom, right, top in the window."""
    left, bottom = widget.to_window(widget.x, widget.y)
    return (left, bottom, left + widget.width, bottom + widget.height)


def _visible(widget: Any, view: Box) -> Iterator[Any]:
    if widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
        return
    left, bottom, right, top = box(widget)
    if view[0] <= (left + right) / 2 <= view[2] and view[1] <= (bottom + top) / 2 <= view[3]:
        yield widget
    if isinstance(widget, ScrollView):
        view = (max(view[0], left), max(view[1], bottom), min(view[2], right), min(view[3], top))
    for child in widget.children:
        yield from _visible(child, view)


def _words(widget: Any) -> str:
    """What is written on it: as meant where a label carries markup, and a field's hint while it is empty."""
    if getattr(widget, "font_name", ICON_FONT) == ICON_FONT:
        return ""
    words = getattr(widget, "value", "") or getattr(widget, "text", "") or getattr(widget, "hint_text", "")
    return words.strip() if isinstance(words, str) else ""


def _names(widget: Any) -> Iterator[str]:
    """A field is called by its hint, whatever is typed into it."""
    if not isinstance(widget, TextInput):
        yield _words(widget)
    for attribute in ("spoken", "icon", "hint_text"):
        name = getattr(widget, attribute, "")
        if isinstance(name, str):
            yield name


def _is_named(widget: Any, name: str) -> bool:
    return name in _names(widget)


def _is_partly_named(widget: Any, name: str) -> bool:
    return any(name in known for known in _names(widget))
