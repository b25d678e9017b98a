"""The inspector's app: it owns theme, words, session and screens, moves between them, and forgets in time."""

from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import Metrics
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import NoTransition, ScreenManager, SlideTransition

from verifier.inspector import texts
from verifier.inspector.core import reading, trust_view
from verifier.inspector.core.evidence import NothingToJudgeWith, Shown
from verifier.inspector.core.session import Session
from verifier.inspector.ui import frame, routes, warming
from verifier.inspector.ui.device import Device
from verifier.ui import fonts, patches, widgets
from verifier.ui.memory import Memory
from verifier.ui.theme import Theme
from verifier.ui.words import words_in

ESCAPE: Final = 27
SLIDE_SECONDS: Final = 0.16
LOOK_SECONDS: Final = 1.0  # how often the app looks whether it is alone
READY_SECONDS: Final = 0.3  # the first screen should stand before others are made
AGE_SECONDS: Final = 60.0


class InspectorApp(App):
    """Judges with `session` on `device`. Screens call `take`, `go` and `back`."""

    theme = ObjectProperty(rebind=True)
    sea = ObjectProperty(None, allownone=True)
    trust_line = StringProperty("")
    trust_tone = StringProperty("plain")

    def __init__(self, session: Session, device: Device, *, owns_process: bool = False) -> None:
        """Nothing is drawn before `build`. `owns_process`: nothing else runs beside the app."""
        self.theme = Theme()
        super().__init__()
        self.title = texts.APP
        self.session, self.device, self.background = session, device, device.background
        self.memory = Memory(is_ours=owns_process)
        self.say = words_in(session.settings.language)
        self.root_frame: BoxLayout | None = None
        self.is_ready = False  # whether what the screens need was made ahead: see `warming`
        self.crew_control: Any = None  # made by `crew_control.of` when a crew is first asked for

    def build(self) -> BoxLayout:
        """Fonts, rules, the frame that shows the age of trust, the first screen."""
        self.missing_fonts = fonts.register()
        widgets.load(widgets.RULES)
        widgets.load(frame.RULES)
        self.theme.bind(ground=self._paint, hero_to=self._paint)
        self._paint()
        self.root_frame = BoxLayout(orientation="vertical")
        Window.bind(on_keyboard=self._on_key, on_drop_file=self._on_drop, on_touch_down=self._on_touch)
        self._looking = Clock.schedule_interval(self._look, LOOK_SECONDS)
        self._ageing = Clock.schedule_interval(lambda _: self.refresh_trust(), AGE_SECONDS)
        self.rebuild()
        return self.root_frame

    def on_stop(self) -> None:
        """Let go of the window, and of the person."""
        self._looking.cancel()
        self._ageing.cancel()
        Window.unbind(on_keyboard=self._on_key, on_drop_file=self._on_drop, on_touch_down=self._on_touch)
        self.leave_screen()
        self.session.clear()
        self.memory.unsettle()

    def rebuild(self, name: str = routes.HOME) -> None:
        """All screens anew, in the language, size and theme that are chosen; `name` is shown."""
        chosen = self.session.settings
        self.say = words_in(chosen.language)
        Metrics.fontscale = chosen.text_size / 100
        self.theme.mode = chosen.theme
        if self.root_frame is None:
            return
        self.leave_screen()
        self.memory.unsettle()
        self.root_frame.clear_widgets()
        self._sliding, self._at_once = SlideTransition(duration=SLIDE_SECONDS), NoTransition()
        self.screens = ScreenManager(transition=self._sliding)
        self.screens.add_widget(routes.make(name))
        self.root_frame.add_widget(frame.TrustStrip())
        self.root_frame.add_widget(self.screens)
        self.refresh_trust()
        Clock.schedule_once(lambda _: warming.warm(self), READY_SECONDS)

    # What the screens ask for

    def take(self, text: str | bytes) -> None:
        """Judge what was scanned, pasted or read, and show the verdict; an open crew takes it instead."""
        if self.crew_control is not None and self.crew_control.is_open:
            self.crew_control.take(text)
            return
        try:
            self.show(self.session.judge(text))
        except NothingToJudgeWith:
            self.refresh_trust()
            self.go("trust")

    def show(self, shown: Shown) -> None:
        """Show the verdict on somebody; a photograph that is awaited is shown where they are compared."""
        self.session.touch()
        if self.screens.has_screen("compare") and self.screen("compare").take_photo(shown):
            self.go("compare", at_once=True)
            return
        self.session.show(shown)
        self.screen("verdict").show(shown)
        self.go("verdict", at_once=True)

    def read_picture(self, path: Path) -> str:
        """Judge the code in a picture file; else what is wrong with it, in words."""
        found = reading.from_picture(self.device.scanner, path)
        if isinstance(found, reading.Trouble):
            return self.say(found.message, **found.values)
        self.take(found)
        return ""

    def refresh_trust(self) -> None:
        """The strip on every screen, as of now."""
        self.session.reopen()
        strip = trust_view.strip(self.session.trust, self.say)
        self.trust_line, self.trust_tone = strip.line, strip.tone
        self._tell("on_trust")
        before, shown = self.session.shown, self.session.keep_up()
        for name in self.screens.screen_names if shown is not None else ():
            renew = getattr(self.screen(name), "renew", None)
            if renew is not None:
                renew(before, shown)
        if self.crew_control is not None:
            self.crew_control.on_trust()

    # Moving

    def screen(self, name: str) -> Any:
        """The screen of that name, made when it is first needed."""
        if not self.screens.has_screen(name):
            self.screens.add_widget(routes.make(name))
        return self.screens.get_screen(name)

    def go(self, name: str, *, forward: bool = True, at_once: bool = False) -> None:
        """Show a screen; `at_once` it does not slide in, since somebody waits for what it says."""
        self.screen(name)
        self.screens.transition.stop()  # a code may be read while the screen before slides in yet
        self.screens.transition = self._at_once if at_once else self._sliding
        self.screens.transition.direction = "left" if forward else "right"
        self.screens.current = name

    def back(self) -> None:
        """Where this screen belongs, unless it was opened from elsewhere."""
        if self.screens.current == "challenge":
            self.session.end_challenge()  # nobody waits for its answer any more
        named = getattr(self.screens.current_screen, "back_to", "")
        self.go(named or routes.ROUTES[self.screens.current].parent, forward=False)

    def home(self) -> None:
        """Ready for the next one: the person is forgotten."""
        self.session.clear()
        if self.screens.has_screen("compare"):
            self.screen("compare").awaits_photo = False
        if self.screens.has_screen("person"):
            self.screen("person").forget()
        self.go(routes.HOME, forward=False)

    def leave_screen(self) -> None:
        """The screen in view lets go of camera and clock."""
        self._tell("on_leave")

    def _tell(self, event: str) -> None:
        screens = getattr(self, "screens", None)
        tell = getattr(screens.current_screen, event, None) if screens and screens.current_screen else None
        if callable(tell):
            tell()

    # Forgetting

    def _look(self, _: float) -> None:
        here = self.screens.current
        if routes.ROUTES[here].holds:
            self.session.touch()
        elif self.session.is_forgotten():
            self._forget(here)

    def _forget(self, here: str) -> None:
        """The person goes; what is typed into a form stays, and so does a challenge that counts."""
        compare = self.screen("compare") if self.screens.has_screen("compare") else None
        had_somebody = self.session.shown is not None or (compare is not None and compare.awaits_photo)
        is_waiting = self.session.is_waiting
        self.session.forget()
        for name in ("person", "enter"):
            if self.screens.has_screen(name):
                self.screen(name).forget()
        if had_somebody and not routes.ROUTES[here].keeps and here != "challenge":
            if is_waiting:
                self.go(routes.HOME, forward=False)
            else:
                self.home()

    def _on_touch(self, *_: object) -> bool:
        self.session.touch()
        return False

    # The window

    def _on_key(self, _window: object, key: int, *_: object) -> bool:
        self.session.touch()
        if key == ESCAPE and self.screens.current != routes.HOME:
            self.back()
            return True
        return False

    def _on_drop(self, _window: object, path: bytes, *_: object) -> None:
        self.session.touch()
        name = Path(path.decode(errors="surrogateescape"))
        offer = getattr(self.screens.current_screen, "offer", None)
        if offer is not None:
            offer(name)
            return
        self.go(routes.HOME, forward=False)
        self.screen(routes.HOME).read_picture(name)

    def _paint(self, *_: object) -> None:
        Window.clearcolor = self.theme.ground
        self.sea = patches.gradient(self.theme.hero_from, self.theme.hero_to)
