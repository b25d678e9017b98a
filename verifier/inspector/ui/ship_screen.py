"""Ship and voyage: typed once, or taken from a safe manning document; what is left empty stays unknown."""

from os.path import dirname, join
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from keys.regular_file import opener
from verifier.inspection.ship import Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import crew_views, ship_form
from verifier.inspector.core.ship_form import ShipFormState, ShipTyped
from verifier.inspector.ui import crew_control, fields
from verifier.inspector.ui.fields import bring_into_view
from verifier.settings_file import MAX_FILE
from verifier.ui import widgets
from verifier.verdict import Headline

RULES: Final = join(dirname(__file__), "ship_screen.kv")
TYPED: Final = ("name", "imo", "flag", "gt", "kw", "voyage_start", "last_port_with_practitioner")
CHOSEN: Final = {"type": texts.SHIP_TYPE, "area": texts.AREA, "propulsion": texts.PROPULSION_LABEL}

widgets.load(fields.RULES)
widgets.load(join(dirname(__file__), "choose_screen.kv"))


class ShipScreen(Screen):
    """The form; `Use this ship` takes it, and everybody is judged anew."""

    state = ObjectProperty(ShipFormState(typed=ShipTyped()), rebind=True)
    manning = StringProperty("")
    manning_tone = StringProperty("plain")
    complaint = StringProperty("")
    told = StringProperty("")
    is_described = BooleanProperty(False)
    came_from = StringProperty("")
    _filled_with: Ship | None = None

    def on_pre_enter(self, *_: object) -> None:
        """The ship as it stands, unless a form is being filled in."""
        if not self.ids.get("form"):
            return
        ship = self._app.session.ship
        is_other = ship != self._filled_with  # a document was scanned meanwhile
        if ship is not None and (is_other or self.state.typed == ShipTyped()):
            self._fill(ship_form.typed_of(ship))
            self._filled_with = ship
        self._tell_manning()

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
        self.ids.ums.bind(on_pick=lambda _, code: self._toggle("ums", code))
        self.ids.fitted.bind(on_pick=lambda _, code: self._fit(code))
        self._show()

    # What is tapped

    def save(self) -> None:
        """Take the ship, or say what is wrong."""
        app = self._app
        found = ship_form.read(self.state.typed, today=app.session.clock().date())
        if found.ship is None:
            self._left = set(TYPED)
            self._show()
            first = next(name for name in TYPED if name in found.mistakes)
            bring_into_view(self.ids.scroll, self.ids[first])
            return
        crew_control.of(app).describe(None if found.ship == Ship() else found.ship)
        self._filled_with = app.session.ship
        app.back()

    def forget(self) -> None:
        """No ship any more."""
        crew_control.of(self._app).forget_ship()
        self._filled_with = None
        self._fill(ShipTyped())
        self._tell_manning()

    def offer(self, path: Path) -> None:
        """A file that was dropped here, or named: a document as YAML, or a picture of its code."""
        control = crew_control.of(self._app)
        self.told = self.complaint = ""
        try:
            with open(path, "rb", opener=opener) as file:
                data = file.read(MAX_FILE + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.complaint = self._app.say(texts.MANNING_BAD_FILE, problem=reason)
            return
        if path.suffix.lower() in (".yaml", ".yml"):
            self.complaint = control.load_manning(data)
        else:
            self.complaint = self._app.read_picture(path)
            return
        if not self.complaint:
            self.told = control.told
            self._filled_with = self._app.session.ship
            self._fill(ship_form.typed_of(self._filled_with or Ship()))
        self._tell_manning()

    def load(self) -> None:
        """The file whose name was typed."""
        name = self.ids.file.text.strip()
        if name:
            self.offer(Path(name).expanduser())

    def scan(self) -> None:
        """Scan the document's code."""
        self._app.go(crew_control.SCAN)

    # The form

    def _edit(self, name: str, value: str) -> None:
        self._set(self.state.typed.with_field(name, value))

    def _leave(self, name: str) -> None:
        if getattr(self.state.typed, name):
            self._left.add(name)
            self._show()

    def _toggle(self, name: str, code: str) -> None:
        self._edit(name, "" if getattr(self.state.typed, name) == code else code)

    def _fit(self, code: str) -> None:
        """One thing more or less that the ship is fitted with; `none` stands alone."""
        now = set(self.state.typed.fitted.split())
        now = now ^ {code} if code == "none" else (now - {"none"}) ^ {code}
        now = {"none"} if code == "none" and "none" in now else now
        order = (*ship_form.FITTED, "none")
        self._edit("fitted", " ".join(one for one in order if one in now))

    def _ask(self, name: str) -> None:
        app = self._app
        label = app.say(texts.CHOOSE, field=app.say(CHOSEN[name]))
        options = ship_form.options(name, app.say)
        chosen = getattr(self.state.typed, name)
        app.screen("choose").ask(label, options, chosen, lambda code: self._edit(name, code), "ship")
        app.go("choose")

    def _fill(self, typed: ShipTyped) -> None:
        self._left = set()
        self._set(typed)

    def _set(self, typed: ShipTyped) -> None:
        self._show(typed)

    def _show(self, typed: ShipTyped | None = None) -> None:
        app = self._app
        today = app.session.clock().date()
        form = self.state.typed if typed is None else typed
        self.state = ship_form.state(form, today=today, say=app.say, shown=frozenset(self._left))
        self.is_described = form != ShipTyped()
        for name in CHOSEN:
            code = getattr(form, name)
            self.ids[name].words = ship_form.title_of(name, code, app.say) if code else ""

    def _tell_manning(self) -> None:
        control = crew_control.of(self._app)
        self.manning = crew_views.manning_line(control.aboard.manning, control.aboard.stands, self._app.say)
        if control.aboard.manning is None:
            self.manning_tone = "plain"
        else:
            good = control.aboard.stands in (Headline.VALID, Headline.VALID_WITH_REMARK)
            self.manning_tone = "good" if good else "caution"

    @property
    def _app(self) -> Any:
        return App.get_running_app()
