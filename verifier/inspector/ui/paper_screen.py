"""A certificate seen on paper only, typed in: never green, and counted apart."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspection.crew import Person
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import hand_form, people, ship_form
from verifier.inspector.core.hand_form import PaperFormState, PaperTyped
from verifier.inspector.ui import crew_control, crew_screen
from verifier.inspector.ui.fields import bring_into_view, rest_at
from verifier.ui import widgets

RULES: Final = join(dirname(__file__), "paper_screen.kv")
TYPED: Final = (
    "name",
    "birth_date",
    "document_number",
    "issuing_country",
    "regulations",
    "issue_date",
    "expiry_date",
    "max_gt",
    "max_kw",
)
CHOSEN: Final = {"type": texts.PAPER_TYPE, "capacity": texts.PAPER_POST}
ORDER: Final = ("name", "birth_date", "type", "document_number", "issuing_country", *TYPED[4:])

widgets.load(crew_screen.RULES)


class PaperScreen(Screen):
    """The form; what it adds goes with the person of that name and birth date."""

    state = ObjectProperty(PaperFormState(typed=PaperTyped()), rebind=True)
    back_to = StringProperty("crew")

    def on_kv_post(self, _: object) -> None:
        """The fields report what is typed."""
        self._left: set[str] = set()
        for name in TYPED:
            field = self.ids[name]
            field.bind(on_edit=lambda _, text, name=name: self._edit(name, text))
            field.bind(on_leave=lambda _, name=name: self._leave(name))
        for name in CHOSEN:
            field = self.ids[name]
            field.bind(on_ask=lambda _, name=name: self._ask(name))
            field.bind(on_clear=lambda _, name=name: self._edit(name, ""))

    def start(self, person: Person | None = None) -> None:
        """An empty form, or one for somebody whose name and birth date are known."""
        self._left = set()
        name, born = ("", None) if person is None else people.name_and_birth(person)
        typed = PaperTyped(name=name, birth_date="" if born is None else born.isoformat())
        self._show(typed)
        rest_at(self.ids.scroll, 1)

    def save(self) -> None:
        """Add it, or say what is wrong."""
        app = self._app
        found = hand_form.read(self.state.typed, today=app.session.clock().date())
        if found.entry is None:
            self._left = {*TYPED, *CHOSEN}
            self._show(self.state.typed)
            first = next(name for name in ORDER if name in found.mistakes)
            bring_into_view(self.ids.scroll, self.ids[first])
            return
        crew_control.of(app).add_paper(found.entry)
        self._show(PaperTyped())
        app.go("crew", forward=False)

    def _edit(self, name: str, value: str) -> None:
        self._show(self.state.typed.with_field(name, value))

    def _leave(self, name: str) -> None:
        if getattr(self.state.typed, name):
            self._left.add(name)
            self._show(self.state.typed)

    def _ask(self, name: str) -> None:
        app = self._app
        options = hand_form.type_titles(app.say) if name == "type" else ship_form.options("capacity", app.say)
        label = app.say(texts.CHOOSE, field=app.say(CHOSEN[name]))
        chosen = getattr(self.state.typed, name)
        app.screen("choose").ask(label, options, chosen, lambda code: self._edit(name, code), "paper")
        app.go("choose")

    def _show(self, typed: PaperTyped) -> None:
        app = self._app
        today = app.session.clock().date()
        self.state = hand_form.state(typed, today=today, say=app.say, shown=frozenset(self._left))
        self.ids.type.words = hand_form.type_titles(app.say)[typed.type] if typed.type else ""
        capacity = typed.capacity
        self.ids.capacity.words = ship_form.title_of("capacity", capacity, app.say) if capacity else ""
        self.ids.type.complaint = self.state.complaints.get("type", "")

    @property
    def _app(self) -> Any:
        return App.get_running_app()
