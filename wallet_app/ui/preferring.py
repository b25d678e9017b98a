"""What the seafarer sets, put in force at once and stored: language, text size, colours, lock, address."""

from dataclasses import replace
from typing import Any

from kivy.metrics import Metrics

from verifier.ui.words import words_in
from wallet_app.core.settings import Settings, SettingsError, SettingsFile
from wallet_app.ui.parts import AppParts

# Their states are made anew when they are entered; what another screen shows was said in the old words.
SPEAK_ANEW = ("list", "add", "settings")


class Preferring(AppParts):
    """Each action ends in `settings` as they now are; where they cannot be stored, they hold till the end."""

    settings: Settings
    settings_file: SettingsFile
    language: str
    _device_font_scale: float

    def begin_settings(self) -> None:
        """Put what was stored in force, before anything is drawn."""
        self._device_font_scale = Metrics.fontscale
        self._scale_text()

    def end_settings(self) -> None:
        """Text as large as the device has it."""
        Metrics.fontscale = self._device_font_scale

    def set_language(self, language: str) -> None:
        """One of `settings.LANGUAGES`, at once and everywhere."""
        self._change(language=language)
        self.say = words_in(language or self.language)
        if self.syncing is not None:
            self.syncing.speak(self.say)
        self.navigation.forget_others(*SPEAK_ANEW)

    def set_text_size(self, percent: int) -> None:
        """Of what the device asks for; all is laid out anew."""
        self._change(text_size=percent)
        self._scale_text()
        self.navigation.forget_others("add", "settings")

    def set_theme(self, theme: str) -> None:
        """Light or dark."""
        self._change(theme=theme)
        self.theme.mode = theme

    def set_lock_seconds(self, seconds: int) -> None:
        """How long without a touch."""
        self._change(lock_seconds=seconds)

    def set_biometrics(self, on: bool) -> None:
        """Whether a finger or face opens too."""
        self._change(biometrics=on)

    def set_sync_address(self, address: str) -> None:
        """Whom syncs go through; empty is each authority itself."""
        self._change(sync_address=address)

    def _change(self, **changed: Any) -> None:
        self.settings = replace(self.settings, **changed)
        try:
            self.settings_file.write(self.settings)
        except SettingsError:
            self.settings_not_saved = True
        else:
            self.settings_not_saved = False

    def _scale_text(self) -> None:
        scale = self._device_font_scale * self.settings.text_size / 100
        if scale != Metrics.fontscale:
            Metrics.fontscale = scale
