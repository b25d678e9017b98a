"""Settings: each in force as soon as it is tapped, with no button to save, but for the sync address."""

from collections.abc import Callable, Hashable, Sequence
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


class Chip(Tap):
    """One of several; the chosen one has a check mark besides its colour."""

    text = StringProperty("")
    is_chosen = BooleanProperty(False)


class Choice(BoxLayout):
    """What is chosen between, as chips that wrap."""

    title = StringProperty("")
    advice = StringProperty("")

    def offer(
        self, options: Sequence[tuple[Any, str]], chosen: Hashable, choose: Callable[[Any], None]
    ) -> None:
        """Chips of `options`, each a value and its words."""
        area = self.ids.chips
        area.clear_widgets()
        for value, words in options:
            chip = Chip(text=words, is_chosen=value == chosen)
            chip.bind(on_release=lambda *_, value=value: choose(value))
            area.add_widget(chip)


class SettingsScreen(Screen):
    """Draws the app's `settings`, and asks the app to change them."""

    complaint = StringProperty("")
    pin_said = StringProperty("")
    address_said = StringProperty("")
    address_tone = StringProperty("plain")
    shown = ObjectProperty(None, allownone=True)

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
        ids.language.offer(_languages(app.say), now.language, self._then(app.set_language))
        ids.size.offer(_texts_of(texts.TEXT_SIZES, app.say), now.text_size, self._then(app.set_text_size))
        themes = {"light": texts.LIGHT, "dark": texts.DARK}
        ids.colours.offer(_texts_of(themes, app.say), now.theme, self._then(app.set_theme))
        ids.lock_after.offer(_times(app.say), now.lock_seconds, self._then(app.set_lock_seconds))
        ways = {False: texts.PIN_ONLY, True: texts.PIN_OR_BIOMETRICS}
        has_sensor = app.device.biometrics.is_available
        ids.unlocking.offer(
            _texts_of(ways, app.say) if has_sensor else [], now.biometrics, self._then(app.set_biometrics)
        )
        ids.unlocking.title = app.say(texts.UNLOCKING) if has_sensor else ""
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
