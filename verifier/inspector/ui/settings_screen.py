"""What the inspector chooses: language, text size, colours, what is demanded, and if records are kept."""

from collections.abc import Mapping
from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from verifier import policy
from verifier.inspector import texts
from verifier.inspector.core.settings import POLICIES, TEXT_SIZES, THEMES, SettingsNotKept
from verifier.inspector.ui.frame import ChoiceTile, Part
from verifier.ui import texts as shared
from verifier.ui.words import LANGUAGES, Words

RULES: Final = join(dirname(__file__), "settings_screen.kv")


class InspectorSettingsScreen(Screen):
    """Every choice takes effect at once."""

    complaint = StringProperty("")

    def on_pre_enter(self, *_: object) -> None:
        """As chosen."""
        self.draw()

    def draw(self) -> None:
        """The choices, in the language that is chosen."""
        app: Any = App.get_running_app()
        say, chosen, area = app.say, app.session.settings, self.ids.area
        area.clear_widgets()
        sizes = {size: say(texts.SIZES[size]) for size in TEXT_SIZES}
        themes = {theme: say(texts.THEMES[theme]) for theme in THEMES}
        records = {False: say(texts.RECORD_OFF), True: say(texts.RECORD_ON)}
        policies = {name: _policy(name, say) for name in POLICIES}
        for title, name, offered in (
            (shared.LANGUAGE, "language", LANGUAGES),
            (shared.TEXT_SIZE, "text_size", sizes),
            (texts.THEME, "theme", themes),
            (texts.POLICY_CHOICE, "policy", policies),
            (texts.RECORD, "keeps_records", records),
        ):
            area.add_widget(self._part(say(title), name, offered, getattr(chosen, name)))

    def choose(self, name: str, value: object) -> None:
        """Take it, keep it, and draw the app anew."""
        app: Any = App.get_running_app()
        complaint = ""
        try:
            app.session.choose(**{name: value})
        except SettingsNotKept as error:
            complaint = app.say(texts.NOT_KEPT, detail=str(error))
        place = self.ids.scroll.scroll_y
        app.rebuild("settings")
        new = app.screen("settings")
        new.complaint, new.ids.scroll.scroll_y = complaint, place

    def _part(self, title: str, name: str, offered: Mapping[Any, str], chosen: object) -> Part:
        part = Part(title=title)
        for value, words in offered.items():
            tile = ChoiceTile(words=words, is_chosen=value == chosen)
            tile.bind(on_release=lambda _, one=value: self.choose(name, one))
            part.add_widget(tile)
        return part


def _policy(name: str, say: Words) -> str:
    """A policy's name, and what it demands."""
    rules = policy.shipped(name) or policy.DEFAULT
    ages, needs_proof, needs_none = texts.POLICY_ADVICE
    proof = say(needs_proof if rules.require_holder_proof else needs_none)
    said = say(ages, green=rules.age_green.days, limit=rules.age_limit.days, proof=proof)
    return f"{say(texts.POLICIES[name])}\n{said}"
