"""The crew: whether the ship's posts are filled, who is on board, and what is wrong with whom."""

from collections.abc import Callable, Sequence
from os.path import dirname, join
from typing import Any, Final, TypeVar

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen
from kivy.uix.widget import Widget

from verifier.inspector.core import crew_views, ship_form
from verifier.inspector.core.report_state import DeficiencyState, PersonState, PostState, ReportState, Tone
from verifier.inspector.ui import crew_control, fields
from verifier.inspector.ui.fields import rest_at
from verifier.ui import widgets
from verifier.ui.widgets import QuietButton, Tap

RULES: Final = join(dirname(__file__), "crew_screen.kv")
CARDS_A_FRAME: Final = 6  # more would hold the screen up for longer than a glance
MOST_PROBLEMS: Final = 3

State = TypeVar("State")

widgets.load(fields.RULES)
widgets.load(join(dirname(__file__), "choose_screen.kv"))


class CrewBand(BoxLayout):
    """The headline in its tone: colour, sign and word."""

    tone = StringProperty("plain")
    headline = StringProperty("")
    summary = StringProperty("")


class PostRow(BoxLayout):
    """A post: how many of how many, who, and what is short."""

    state = ObjectProperty(PostState(title="", filled="", tone=Tone.PLAIN, word=""), rebind=True)
    people = StringProperty("")

    def on_state(self, *_: object) -> None:
        """A line a person."""
        self.people = "\n".join(self.state.people)


class CrewCard(Tap):
    """One person: name, status, and the first things that are wrong. (`state` is the button's own.)"""

    person = ObjectProperty(PersonState(key="", name="", detail="", tone=Tone.PLAIN, word=""), rebind=True)
    problems = StringProperty("")

    def on_person(self, *_: object) -> None:
        """The worst problems; the person's own screen has all."""
        self.problems = "\n".join(self.person.problems[:MOST_PROBLEMS])
        self.spoken = self.person.name


class DeficiencyRow(BoxLayout):
    """A proposed code, and what suggests it."""

    state = ObjectProperty(DeficiencyState("", "", ""), rebind=True)


class SureButton(QuietButton):
    """What is done at the second tap; the first one asks."""

    ask = StringProperty("")
    words = StringProperty("")
    is_asking = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_sure")
        super().__init__(**properties)

    def on_sure(self) -> None:
        """It was tapped twice."""

    def on_release(self) -> None:
        """Ask first; the question stands for a while."""
        if self.is_asking:
            self.is_asking = False
            self.dispatch("on_sure")
        else:
            self.is_asking = True
            Clock.schedule_once(lambda _: setattr(self, "is_asking", False), 4.0)


class CrewScreen(Screen):
    """Shows the crew as it stands, and follows each change."""

    state = ObjectProperty(None, allownone=True, rebind=True)
    ship_line = StringProperty("")
    manning_line = StringProperty("")
    told = StringProperty("")
    told_tone = StringProperty("plain")
    headings = ListProperty(["", "", "", ""])
    count = NumericProperty(0)

    def on_kv_post(self, _: object) -> None:
        """Follow the crew."""
        self._filling: Any = None
        crew_control.of(self._app).watch("crew", self.refresh)

    def on_pre_enter(self, *_: object) -> None:
        """As it stands now: the ship may be another one."""
        crew_control.of(self._app).touch()
        self.refresh()

    def scan(self) -> None:
        """The next person."""
        self._app.go(crew_control.SCAN)

    def open_person(self, key: str) -> None:
        """One person, whole."""
        app = self._app
        crew = crew_control.of(app).crew
        if int(key) < len(crew.persons):
            app.screen("person").show_crew(crew.persons[int(key)])
            app.go("person")

    def add_paper(self) -> None:
        """A certificate seen on paper only."""
        self._app.screen("paper").start()
        self._app.go("paper")

    def end(self) -> None:
        """Forget everything."""
        crew_control.of(self._app).end()
        self._app.home()

    def refresh(self) -> None:
        """Lay out what is known."""
        if "persons" not in self.ids:
            return
        app, control = self._app, crew_control.of(self._app)
        state: ReportState = control.report()
        self.state = state
        self.ship_line = ship_form.line(app.session.ship, app.say)
        line = crew_views.manning_line(control.aboard.manning, control.aboard.stands, app.say)
        self.manning_line = " ".join((line, *crew_views.of_another_ship(control.crew, app.say)))
        self.told, self.told_tone = control.told, control.told_tone
        self.headings = list(state.headings)
        self.count = len(state.persons)
        if not self.count:
            rest_at(self.ids.scroll, 1)
        self._lay(self.ids.posts, state.posts, PostRow, "state")
        self._lay(self.ids.deficiencies, state.deficiencies, DeficiencyRow, "state")
        if self._filling is not None:
            self._filling.cancel()
        self._fill(state.persons)

    def _lay(self, area: Widget, states: Sequence[State], make: Callable[[], Widget], name: str) -> None:
        """One widget a state, in the property `name`; those that are there are used again."""
        rows = list(reversed(area.children))
        for row in rows[len(states) :]:
            area.remove_widget(row)
        for row, state in zip(rows, states, strict=False):
            setattr(row, name, state)
        for state in states[len(rows) :]:
            row = make()
            setattr(row, name, state)
            area.add_widget(row)

    def _fill(self, people: Sequence[PersonState]) -> None:
        """The cards, some at a time: a large crew must not hold the screen up."""
        area = self.ids.persons
        self._lay(area, people[: len(area.children) + CARDS_A_FRAME], self._card, "person")
        self._filling = None
        if len(area.children) < len(people):
            self._filling = Clock.schedule_once(lambda _: self._fill(people), 0)

    def _card(self) -> CrewCard:
        card = CrewCard()
        card.bind(on_release=lambda card: self.open_person(card.person.key))
        return card

    @property
    def _app(self) -> Any:
        return App.get_running_app()


for _widget in (CrewBand, PostRow, CrewCard, DeficiencyRow, SureButton):
    Factory.register(_widget.__name__, cls=_widget)
