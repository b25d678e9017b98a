"""A person on this ship, in this duty: rows P with their reasons, what is open, and what would settle it."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.decision import assess
from verifier.inspection.crew import Person
from verifier.inspection.duty import Duty, duties, duty_of
from verifier.inspection.identity import Identity
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import people, person_views, ship_form
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.person_state import Input, PaperLine, PersonScreenState, RowState
from verifier.inspector.core.report_state import Tone
from verifier.inspector.core.whose import holder_of
from verifier.inspector.ui import crew_control, crew_screen
from verifier.inspector.ui.fields import rest_at
from verifier.ui import widgets

RULES: Final = join(dirname(__file__), "person_screen.kv")
NO_STATE: Final = PersonScreenState(
    name="",
    detail="",
    tone=Tone.PLAIN,
    word="",
    summary="",
    ship="",
    duty="",
    rows=(),
    open_rows=(),
    certificates=(),
)
NO_ROW: Final = RowState("P1", "", Tone.PLAIN, "")
NO_LINE: Final = PaperLine(-1, "", "", Tone.PLAIN, "")
ACTIONS: Final = {
    Input.IDENTITY: texts.COMPARE,
    Input.SHIP: texts.DESCRIBE_SHIP,
    Input.DUTY: texts.CHOOSE_DUTY,
    Input.NOTHING: "",
}

widgets.load(crew_screen.RULES)


class RowCard(BoxLayout):
    """One row: its number, title, sign and reason; with what settles it, where it is open."""

    row = ObjectProperty(NO_ROW, rebind=True)
    action = StringProperty("")

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_act")
        super().__init__(**properties)

    def on_act(self) -> None:
        """What settles it was tapped."""


class CertificateLine(BoxLayout):
    """One certificate of the person, and how it stands."""

    line = ObjectProperty(NO_LINE, rebind=True)


class PersonScreen(Screen):
    """Somebody of the crew, or whoever was scanned last."""

    state = ObjectProperty(NO_STATE, rebind=True)
    is_of_crew = BooleanProperty(False)
    may_compare = BooleanProperty(False)
    back_to = StringProperty("verdict")
    _person: Person | None = None
    headings = ListProperty(["", "", ""])

    def show_crew(self, person: Person) -> None:
        """Somebody of the crew; the duty is that of the post they fill."""
        control = crew_control.of(self._app)
        assignment = control.crew.assignment(person)
        duty = None if assignment is None else duty_of(assignment.post.capacity_code)
        self._begin(person, duty, is_of_crew=True)

    def show_shown(self, shown: Shown) -> None:
        """Whoever was scanned last, as one person."""
        app = self._app
        found = people.person_of(shown, app.say(texts.UNNAMED))
        duty = crew_control.of(app).duty
        self._begin(found, duty, is_of_crew=False)

    def renew(self, _: Shown, shown: Shown) -> None:
        """Whoever was scanned last stands otherwise now; the crew is judged by its own."""
        if self._person is not None and not self.is_of_crew:
            self._person = people.person_of(shown, self._app.say(texts.UNNAMED))
            self.refresh()

    def on_pre_enter(self, *_: object) -> None:
        """Ship, duty or the answers may be others now; whoever was cleared meanwhile is not shown again."""
        if self._person is None:
            app = self._app
            Clock.schedule_once(lambda _: app.home() if app.screens.current == self.name else None, 0)
        else:
            self.refresh()

    def forget(self) -> None:
        """Whoever was scanned last is cleared; somebody of the crew stays in the crew."""
        if not self.is_of_crew:
            self._person, self.state = None, NO_STATE

    def refresh(self) -> None:
        """Assess anew."""
        app, person = self._app, self._person
        if person is None:
            return
        if self.is_of_crew:  # judged anew perhaps, by other trust data
            person = self._person = crew_control.of(app).now(person)
        session = app.session
        identity = self._identity(person)
        assessment = None
        if person.verdicts:
            assessment = assess(
                person.verdicts,
                ship=session.ship,
                at=session.clock(),
                identity=identity,
                duty=self._duty,
                policy=session.policy,
            )
        ship_line = ship_form.line(session.ship, app.say)
        self.state = person_views.state(
            person, assessment, ship=session.ship, ship_line=ship_line, duty=self._duty, say=app.say
        )
        self.may_compare = holder_of(person.verdicts) is not None
        self._lay()

    # What is tapped

    def choose_duty(self) -> None:
        """One of the duties that are known."""
        app = self._app
        options = {code: person_views.post_title(code, app.say) for code in duties()}
        chosen = "" if self._duty is None else self._duty.capacity_code
        app.screen("choose").ask(app.say(texts.CHOOSE_DUTY), options, chosen, self._take_duty, "person")
        app.go("choose")

    def compare(self) -> None:
        """With the identity document; the answers are on this person, whoever is scanned meanwhile."""
        app, person = self._app, self._person
        if person is None:
            return
        shown = Shown(presented="", verdicts=person.verdicts, at=app.session.clock())
        if not self.is_of_crew:
            shown = app.session.shown or shown

        def done(identity: Identity) -> None:
            if self.is_of_crew:
                crew_control.of(app).identify(person, identity)
            else:
                app.session.show(app.screen("compare").compared)  # as they stand now
                app.screen("verdict").show(app.session.identify(identity))

        if app.screen("compare").start(shown, done, "person"):
            app.go("compare")

    def add_paper(self) -> None:
        """A paper of this person."""
        app, person = self._app, self._person
        if person is None:
            return
        crew_control.of(app).take_in(person)
        app.screen("paper").start(person)
        app.go("paper")

    def add_to_crew(self) -> None:
        """Whoever was scanned belongs to the crew."""
        app = self._app
        if app.session.shown is not None:
            crew_control.of(app).take_shown(app.session.shown)
        app.go("crew")

    def remove(self) -> None:
        """Out of the crew."""
        if self._person is not None:
            crew_control.of(self._app).remove(self._person)
        self._app.go("crew", forward=False)

    def act(self, asks: Input) -> None:
        """What settles an open row."""
        match asks:
            case Input.IDENTITY:
                self.compare()
            case Input.SHIP:
                self._app.screen("ship").back_to = "person"
                self._app.go("ship")
            case Input.DUTY:
                self.choose_duty()
            case Input.NOTHING:
                pass

    def describe_ship(self) -> None:
        """The ship's form, and back here."""
        self.act(Input.SHIP)

    def _begin(self, person: Person, duty: Duty | None, *, is_of_crew: bool) -> None:
        self._person, self._duty, self.is_of_crew = person, duty, is_of_crew
        self.back_to = "crew" if is_of_crew else "verdict"
        self.refresh()
        rest_at(self.ids.scroll, 1)

    def _identity(self, person: Person) -> Identity | None:
        """The answers on this person: the crew's are kept with the crew, others go when the person does."""
        app = self._app
        if self.is_of_crew:
            return crew_control.of(app).identity_of(person)
        return None if app.session.shown is None else app.session.shown.identity

    def _take_duty(self, code: str) -> None:
        self._duty = duty_of(code)
        if not self.is_of_crew:
            crew_control.of(self._app).duty = self._duty
        self.refresh()

    def _lay(self) -> None:
        app = self._app
        for name, rows in (("rows", self.state.rows), ("open_rows", self.state.open_rows)):
            area = self.ids[name]
            area.clear_widgets()
            for row in rows:
                can = row.asks is not Input.IDENTITY or self.may_compare
                words = ACTIONS[row.asks] if can else ""
                card = RowCard(row=row, action=app.say(words) if words else "")
                card.bind(on_act=lambda _, asks=row.asks: self.act(asks))
                area.add_widget(card)
        area = self.ids.certificates
        area.clear_widgets()
        for line in self.state.certificates:
            area.add_widget(CertificateLine(line=line))
        self.headings = [
            app.say(texts.ROWS) if self.state.rows else "",
            app.say(texts.OPEN_ROWS) if self.state.open_rows else "",
            app.say(texts.CERTIFICATES) if self.state.certificates else "",
        ]

    @property
    def _app(self) -> Any:
        return App.get_running_app()


for _widget in (RowCard, CertificateLine):
    Factory.register(_widget.__name__, cls=_widget)
