"""The person against a document: name, birth date and face, large, with an answer to each."""

from collections.abc import Callable
from dataclasses import replace
from os.path import dirname, join
from typing import Any, Final

from kivy.app import App
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.screenmanager import Screen

from verifier.inspection.identity import Document, Identity, Match
from verifier.inspector.core import certificate_lines, compared_view
from verifier.inspector.core.comparison import Answers, typed_name
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.portrait import portrait
from verifier.inspector.core.whose import holder_of, seafarers
from verifier.inspector.ui.frame import ChoiceTile
from verifier.ui.photo import texture_of
from verifier.ui.widgets import Surface

RULES: Final = join(dirname(__file__), "compare_screen.kv")
_ICONS: Final = {
    Document.PASSPORT: "book-user",
    Document.SEAFARERS_IDENTITY: "id-card",
    Document.OTHER: "contact",
    Document.NONE: "ban",
}


class Question(Surface):
    """One thing that stands on both: large, with "matches" and "differs"."""

    title = StringProperty("")
    large = StringProperty("")
    small = StringProperty("")
    answer = ObjectProperty(None, allownone=True)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_choose")
        super().__init__(**properties)

    def on_choose(self, answer: Match) -> None:
        """One of the two was tapped."""


class CompareScreen(Screen):
    """Asks until the inspector is done; nothing is cleared meanwhile."""

    person = ObjectProperty(None, allownone=True, rebind=True)
    answers = ObjectProperty(Answers(), rebind=True)
    name_line = ListProperty(("", ""))  # a tone and words on the typed name
    photo = ObjectProperty(None, allownone=True)
    compared: Shown | None = None  # whom this is about
    awaits_photo = False  # the inspector scans it now, and comes back
    asks = BooleanProperty(False)  # with a document in hand
    differs = BooleanProperty(False)
    back_to = StringProperty("")  # whoever opened it, if that is not the verdict

    def start(self, shown: Shown, done: Callable[[Identity], None] | None = None, back_to: str = "") -> bool:
        """Compare whom this is about; False where nothing says who it is.

        `done` takes the answers, and then `back_to` is shown; without it the verdict shows them.
        """
        holder = holder_of(shown.verdicts)
        if holder is None:
            return False
        app: Any = App.get_running_app()
        self.back_to, self._done, self.awaits_photo = back_to, done, False
        self.compared, self._holder = shown, holder
        self.person = certificate_lines.person(self._holder, app.say)
        shown_photo = portrait(shown)
        self.photo = None if shown_photo is None else texture_of(shown_photo)
        self.ids.typed.text = self.ids.reason.text = ""
        self.answers = Answers()
        self.asks = self.differs = False
        self._offer_documents()
        self.ids.scroll.scroll_y = 1
        return True

    def renew(self, before: Shown, shown: Shown) -> None:
        """Whoever is compared stands otherwise now; the answers stay."""
        if self.compared is before:
            self.compared = shown

    def say(self, **answers: object) -> None:
        """An answer was given."""
        self.answers = now = replace(self.answers, **answers)
        self.asks = now.document not in (None, Document.NONE)
        self.differs = self.asks and now.name not in (None, Match.MATCHES)

    def ask_photo(self) -> None:
        """Scan the pass with its photograph, and come back to these answers."""
        app: Any = App.get_running_app()
        self.awaits_photo = True
        app.go("scan", forward=False)

    def take_photo(self, shown: Shown) -> bool:
        """Whether what was scanned brings the photograph of the person compared; then it is shown here.

        It is a picture and no more: verdicts and answers stay those of what is compared.
        """
        was_asked, self.awaits_photo = self.awaits_photo, False
        data = portrait(shown, seafarers(self.compared.verdicts)) if was_asked and self.compared else None
        if data is None:
            return False
        self.photo = texture_of(data)
        return self.photo is not None

    def photo_size(self, room: tuple[float, float]) -> tuple[float, float]:
        """As large as fits, in its own shape."""
        if self.photo is None:
            return 0, 0
        scale = min(room[0] / self.photo.width, room[1] / self.photo.height)
        return self.photo.width * scale, self.photo.height * scale

    def look_at_name(self, typed: str) -> None:
        """What is typed from the document."""
        app: Any = App.get_running_app()
        found = typed_name(self._holder, typed)
        self.name_line = ("", "") if found is None else (found[0], app.say(found[1]))
        self.say(typed=typed)

    def finish(self) -> None:
        """The verdict again, with what the comparison came to."""
        app: Any = App.get_running_app()
        if self._done is not None:
            self._done(self.answers.identity())
            app.go(self.back_to, forward=False)
            return
        app.session.show(self.compared)
        app.screen("verdict").show(app.session.identify(self.answers.identity()))
        app.go(self.back_to or "verdict", forward=False)

    def _offer_documents(self, chosen: Document | None = None) -> None:
        """All of them; once one is chosen it alone, so that the questions come into view."""
        app: Any = App.get_running_app()
        area = self.ids.documents
        area.clear_widgets()
        for document in Document if chosen is None else (chosen,):
            words = app.say(compared_view.DOCUMENTS[document])
            tile = ChoiceTile(words=words, icon=_ICONS[document], is_chosen=document is chosen)
            tile.bind(on_release=lambda _, one=document: self._choose_document(one))
            area.add_widget(tile)

    def _choose_document(self, document: Document) -> None:
        chosen = None if self.answers.document is document else document
        self.say(document=chosen)
        self._offer_documents(chosen)


Factory.register("Question", cls=Question)
