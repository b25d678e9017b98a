"""Inspections that were kept on this device: listed, handed over again, deleted for good."""

from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from keys.custody.device_keys import DeviceKeysError
from verifier.inspector import texts_crew as texts
from verifier.inspector.core.export import JWS
from verifier.inspector.core.records import Line, RecordError
from verifier.inspector.ui import crew_control, crew_screen
from verifier.ui import widgets
from verifier.ui.ports.share import ShareError

RULES: Final = join(dirname(__file__), "records_screen.kv")

widgets.load(crew_screen.RULES)


class RecordCard(BoxLayout):
    """One inspection that was kept."""

    name = StringProperty("")
    title = StringProperty("")
    detail = StringProperty("")
    is_readable = BooleanProperty(True)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_take_out")
        self.register_event_type("on_delete")
        super().__init__(**properties)

    def on_take_out(self) -> None:
        """It is to be handed over again."""

    def on_delete(self) -> None:
        """It is to be deleted."""


class RecordsScreen(Screen):
    """All of them, newest first."""

    told = StringProperty("")
    told_tone = StringProperty("plain")
    is_empty = BooleanProperty(True)

    def on_pre_enter(self, *_: object) -> None:
        """As they are now."""
        self.told = ""
        self._lay()

    def take_out(self, name: str) -> None:
        """Hand the signed report over."""
        app, control = self._app, crew_control.of(self._app)
        try:
            kept = control.filing.records.read(name)
            shared = control.filing.share.share(
                f"{kept.title.replace(':', '')}.jws", kept.signed.encode(), JWS
            )
        except (RecordError, DeviceKeysError, ShareError) as error:
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))
            return
        if shared.path is None:
            self._tell(texts.HANDED_OVER, "good")
        else:
            self.told, self.told_tone = app.say(texts.SAVED_AS, path=str(shared.path)), "good"

    def delete(self, name: str) -> None:
        """For good."""
        try:
            crew_control.of(self._app).filing.records.delete(name)
        except (RecordError, DeviceKeysError) as error:
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))
            return
        self._lay()
        self._tell(texts.DELETED, "good")

    def _lay(self) -> None:
        area = self.ids.records
        area.clear_widgets()
        try:
            lines = crew_control.of(self._app).filing.records.lines()
        except (RecordError, DeviceKeysError) as error:
            self._tell(texts.NOT_SAVED, "bad", problem=str(error))
            return
        self.is_empty = not lines
        for line in lines:
            area.add_widget(self._card(line))

    def _card(self, line: Line) -> RecordCard:
        say = self._app.say
        made = say.moment(line.made_at)
        kept = line.kept
        card = RecordCard(
            name=line.name,
            title=say(texts.DAMAGED_RECORD) if kept is None else kept.title,
            detail=made if kept is None else f"{made}  ·  {kept.headline}",
            is_readable=kept is not None,
        )
        card.bind(on_take_out=lambda card: self.take_out(card.name))
        card.bind(on_delete=lambda card: self.delete(card.name))
        return card

    def _tell(self, message: str, tone: str, **values: object) -> None:
        self.told, self.told_tone = self._app.say(message, **values), tone

    @property
    def _app(self) -> Any:
        return App.get_running_app()


Factory.register("RecordCard", cls=RecordCard)
