"""The report of a crew: what it will say, and in which form it leaves the app, if it is to."""

from collections.abc import Callable
from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from keys.custody.device_keys import DeviceKeysError
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import export
from verifier.inspector.core.export import File
from verifier.inspector.core.records import RecordError
from verifier.inspector.core.report_pdf import PdfUnavailable
from verifier.inspector.ui import crew_control, crew_screen
from verifier.ui import widgets
from verifier.ui.ports.share import ShareError
from verifier.ui.work import WorkError

RULES: Final = join(dirname(__file__), "report_screen.kv")

widgets.load(crew_screen.RULES)


class NotMade(WorkError):
    """The report could not be made or handed over; says why."""


class ReportScreen(Screen):
    """Nothing leaves before a button is tapped."""

    state = ObjectProperty(None, allownone=True, rebind=True)
    facts = ListProperty()
    told = StringProperty("")
    told_tone = StringProperty("plain")
    is_busy = BooleanProperty(False)
    has_posts = BooleanProperty(False)
    signs = BooleanProperty(False)
    thumbprint = StringProperty("")
    keeps_records = BooleanProperty(False)

    def on_pre_enter(self, *_: object) -> None:
        """As of now."""
        app = self._app
        control = crew_control.of(app)
        self.state = control.report()
        self.has_posts = control.crew.report is not None
        self.keeps_records = app.session.settings.keeps_records
        self.told, self.is_busy = "", False
        area = self.ids.facts
        area.clear_widgets()
        lines = [(fact.label, fact.value) for fact in self.state.facts]
        for number, (label, value) in enumerate(lines, 1):
            line = widgets.FormLine(label=label, value=value, is_last=number == len(lines))
            area.add_widget(line)

    # What is tapped

    def toggle_sign(self) -> None:
        """Sign, or do not; the key's thumbprint is shown so that it can be noted."""
        if self.signs:
            self.signs = False
            return
        try:
            self.thumbprint = crew_control.of(self._app).filing.keys.signer().public_key.thumbprint()
            self.signs = True
        except DeviceKeysError as error:
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))

    def save_pdf(self) -> None:
        """Draw the PDF off the drawing thread, and hand it over."""
        app, control = self._app, crew_control.of(self._app)
        at = app.session.clock()
        state = control.report(self.thumbprint if self.signs else "")
        self._work(lambda: [export.pdf(state, at, app.say(texts.PAGE_OF))])

    def save_json(self) -> None:
        """The JSON; with its JWS if the device is to sign."""
        app, control = self._app, crew_control.of(self._app)
        report, at = control.crew.report, app.session.clock()
        if report is None:
            return
        state, environment = control.report(), control.filing.environment
        signer = control.filing.keys.signer() if self.signs else None

        def work() -> list[File]:
            file = export.json(report, state, at, environment)
            return [file] if signer is None else [file, export.signed(file, signer)]

        self._work(work)

    def keep(self) -> None:
        """Keep a record, encrypted, because the inspector wants it."""
        app, control = self._app, crew_control.of(self._app)
        report, at = control.crew.report, app.session.clock()
        if report is None or not self.keeps_records:
            return
        try:
            kept = export.record(
                report, control.report(), at, control.filing.environment, control.filing.keys.signer()
            )
            control.filing.records.keep(kept, at)
        except (RecordError, DeviceKeysError) as error:
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))
            return
        self._tell(texts.KEPT_RECORD, "good")

    def _work(self, make: Callable[[], list[File]]) -> None:
        app, control = self._app, crew_control.of(self._app)
        self.is_busy = True
        self._tell(texts.DRAWING, "plain")

        def work() -> str:
            try:
                shared = [control.filing.share.share(*file) for file in make()]
            except (PdfUnavailable, ShareError, DeviceKeysError) as error:
                raise NotMade(str(error)) from error
            return "\n".join(str(one.path) for one in shared if one.path is not None)

        def done(paths: str) -> None:
            self.is_busy = False
            if paths:
                self._tell(texts.SAVED_AS, "good", path=paths)
            else:
                self._tell(texts.HANDED_OVER, "good")

        def failed(error: WorkError) -> None:
            self.is_busy = False
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))

        app.background.run(work, done, failed)

    def _tell(self, message: str, tone: str, **values: object) -> None:
        self.told, self.told_tone = self._app.say(message, **values), tone

    @property
    def _app(self) -> Any:
        return App.get_running_app()
