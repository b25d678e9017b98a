"""Settings: each in force as soon as it is tapped, with no button to save, but for the sync address."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Tap
from verifier.ui.words import LANGUAGES, Words
from wallet_app import texts_safe as texts
from wallet_app.core import settings
from wallet_app.core.settings import Settings
from wallet_app.ui.slices import Slices


class Chip(Tap):
    """One of several; the chosen one has a check mark besides its colour."""

    text = StringProperty("")
    is_chosen = BooleanProperty(False)


class Choice(BoxLayout):
    """What is chosen between, as chips that wrap."""

    title = StringProperty("")
    advice = StringProperty("")
    _offered: Sequence[tuple[Any, str]] = ()

    def offer(
        self, options: Sequence[tuple[Any, str]], chosen: Hashable, choose: Callable[[Any], None]
    ) -> None:
        """Chips of `options`, each a value and its words; those that stand already are kept."""
        area = self.ids.chips
        if self._offered != options:
            self._offered = list(options)
            area.clear_widgets()
            for value, words in options:
                chip = Chip(text=words)
                chip.bind(on_release=lambda *_, value=value: choose(value))
                area.add_widget(chip)
        for chip, (value, _) in zip(reversed(area.children), options, strict=True):
            chip.is_chosen = value == chosen


class SettingsScreen(Screen):
    """Draws the app's `settings`, and asks the app to change them."""

    complaint = StringProperty("")
    pin_said = StringProperty("")
    address_said = StringProperty("")
    address_tone = StringProperty("plain")
    shown = ObjectProperty(None, allownone=True)

    def __init__(self, **properties: object) -> None:
        self._slices = Slices()
        super().__init__(**properties)

    def on_pre_enter(self, *_: object) -> None:
        """As they are now."""
        self.address_said = self.pin_said = ""
        self.refresh()

    def tell_pin_changed(self) -> None:
        """Until the settings are left."""
        self.pin_said = self._app.say(texts.PIN_CHANGED)

    def refresh(self) -> None:
        """Every choice anew: its words may have changed with the language."""
        app, ids = self._app, self.ids
        now: Settings = app.settings
        self.shown = now
        themes = {"light": texts.LIGHT, "dark": texts.DARK}
        ways = {False: texts.PIN_ONLY, True: texts.PIN_OR_BIOMETRICS}
        has_sensor = app.device.biometrics.is_available
        ids.unlocking.title = app.say(texts.UNLOCKING) if has_sensor else ""
        offers = (
            (ids.language, _languages(app.say), now.language, app.set_language),
            (ids.size, _texts_of(texts.TEXT_SIZES, app.say), now.text_size, app.set_text_size),
            (ids.colours, _texts_of(themes, app.say), now.theme, app.set_theme),
            (ids.lock_after, _times(app.say), now.lock_seconds, app.set_lock_seconds),
            (
                ids.unlocking,
                _texts_of(ways, app.say) if has_sensor else [],
                now.biometrics,
                app.set_biometrics,
            ),
        )
        self._slices.begin(
            partial(choice.offer, options, chosen, self._then(change))
            for choice, options, chosen, change in offers
        )
        self.complaint = app.say(texts.NOT_SAVED) if app.settings_not_saved else ""

    def save_address(self, typed: str) -> None:
        """The one setting that is typed, and so may be wrong."""
        app, address = self._app, typed.strip().rstrip("/")
        if address and not settings.is_address(address):
            self.address_said, self.address_tone = app.say(texts.SYNC_ADDRESS_WRONG), "bad"
            return
        app.set_sync_address(address)
        self.address_said, self.address_tone = app.say(texts.SAVED), "good"
        self.refresh()

    def _then(self, change: Callable[[Any], None]) -> Callable[[Any], None]:
        def changed(value: Any) -> None:
            change(value)
            self.refresh()

        return changed

    @property
    def _app(self) -> Any:
        return App.get_running_app()


def _languages(say: Words) -> list[tuple[str, str]]:
    """Each by its own name."""
    return [(code, LANGUAGES[code] if code else say(texts.DEVICE_LANGUAGE)) for code in settings.LANGUAGES]


def _texts_of(options: dict[Any, str], say: Words) -> list[tuple[Any, str]]:
    return [(value, say(words)) for value, words in options.items()]


def _times(say: Words) -> list[tuple[int, str]]:
    return [
        (
            seconds,
            say.counted(texts.SECONDS, seconds)
            if seconds < 60
            else say.counted(texts.MINUTES, seconds // 60),
        )
        for seconds in settings.LOCK_SECONDS
    ]
