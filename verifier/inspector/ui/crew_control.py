"""The crew of the ship at hand: takes scans and papers, has everybody judged off the drawing thread.

One belongs to a running app. Nothing of it is written; it is forgotten when the inspection is ended, when
the app closes, or when nobody has touched the app for half an hour.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from kivy.clock import Clock

from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import Person
from verifier.inspection.duty import Duty
from verifier.inspection.identity import Identity
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import crew as crews
from verifier.inspector.core import crew_judging, crew_views
from verifier.inspector.core.crew import NOBODY, Added, Crew, Roll
from verifier.inspector.core.crew_judging import Judged
from verifier.inspector.core.crew_views import Basis
from verifier.inspector.core.evidence import NothingToJudgeWith, Shown
from verifier.inspector.core.filing import Filing
from verifier.inspector.core.people import whose
from verifier.inspector.core.report_state import PersonState
from verifier.inspector.core.ship_at_hand import ShipAtHand
from verifier.inspector.ui.crew_ship import CrewShip
from verifier.verdict import Verdict

FORGOTTEN_AFTER: Final = timedelta(minutes=30)
LOOK_SECONDS: Final = 1.0
PERSONAL: Final = frozenset({"crew", "person", "report", "records"})  # screens with names on them
SCAN: Final = "crew-scan"  # the screen that scans for the crew
_TOLD: Final = {
    Added.PERSON: (texts.NEW_PERSON, "good"),
    Added.MORE: (texts.MORE_OF, "good"),
    Added.SAME: (texts.SAME_AGAIN, "caution"),
    Added.UNREADABLE: (texts.NOT_READ, "bad"),
    Added.FULL: (texts.CREW_FULL, "bad"),
}


class CrewControl(CrewShip):
    """What the crew's screens ask. `told` is the last thing that a scan did, in words."""

    def __init__(self, app: Any) -> None:
        """An inspection with nobody in it yet."""
        super().__init__(app)
        self.roll = Roll()
        self.crew: Crew = NOBODY
        self._judged_by = app.session.judged_by
        self._last: tuple[Verdict, ...] = ()  # what was shown last
        self.told, self.told_tone = "", "plain"
        self.touched_at: datetime = app.session.clock()
        self._watchers: dict[str, Callable[[], None]] = {}
        self.duty: Duty | None = None  # of whoever was scanned last
        self.identities: dict[str, Identity] = {}  # what the inspector compared, by `crews.identity_key`
        self.filing = Filing(app.session, app.device.share)
        Clock.schedule_interval(lambda _: self._forget_in_time(), LOOK_SECONDS)

    def watch(self, screen: str, call: Callable[[], None]) -> None:
        """`call` after each change of the crew; a screen that was built anew takes its forerunner's place."""
        self._watchers[screen] = call

    @property
    def is_open(self) -> bool:
        """Whether what is scanned, pasted or dropped now is for the crew."""
        here = self._app.screens.current_screen
        return here.name == SCAN or (here.name == "enter" and getattr(here, "back_to", "") == SCAN)

    def last_state(self) -> PersonState | None:
        """Whoever was scanned last, as they stand now."""
        person = whose(self.crew.persons, self._last)
        if person is None:
            return None
        place = self.crew.persons.index(person)
        return next(
            (one for one in crew_views.person_states(self.crew, self._app.say) if one.key == str(place)), None
        )

    @property
    def basis(self) -> Basis:
        """What the report rests on."""
        session = self._app.session
        return Basis(
            ship=session.ship,
            manning=self.aboard.manning,
            manning_stands=self.aboard.stands,
            policy=session.policy.name,
            rehearsal=session.trust.is_rehearsal,
            manning_is_rejected=self.aboard.is_rejected,
        )

    # What is shown

    def take(self, presented: str | bytes) -> None:
        """One more code: of a person, or of the ship's safe manning document."""
        try:
            self._app.session.end_challenge()  # it asked one person, not whoever comes here
            self._app.session.touch()
            shown: Shown = self._app.session.judge(presented)
        except NothingToJudgeWith:
            self._app.refresh_trust()
            self._app.go("trust")
            return
        self.take_shown(shown)
        if self._app.screens.current != SCAN:
            self._app.go(SCAN, forward=False)

    def take_shown(self, shown: Shown) -> None:
        """What was judged already, such as by the verdict screen."""
        document = next((one for one in shown.verdicts if one.manning is not None), None)
        if document is not None:
            self.take_manning(document, shown.evidence)
            return
        label = self._app.say(texts.UNNAMED)
        self._last = shown.verdicts
        roll, added = crews.add(self.roll, shown.presented, shown.verdicts, label, shown.evidence)
        if shown.identity is not None and added is not Added.FULL:
            self.identities[crews.identity_key(shown.verdicts, label)] = shown.identity
        people = crews.persons(roll, label)
        person = whose(people, shown.verdicts)
        name = "" if person is None else person.label
        message, tone = _TOLD[added]
        self.tell(message, tone, name=name, n=len(people), most=crews.MOST_PERSONS)
        self._change(roll)

    def take_in(self, person: Person) -> None:
        """Somebody who was scanned, but not for the crew, belongs to it."""
        shown = self._app.session.shown
        if shown is not None and shown.verdicts == person.verdicts:
            self.take_shown(shown)

    def add_paper(self, entry: HandEntry) -> None:
        """A certificate that was typed in."""
        roll, added = crews.add_paper(self.roll, entry)
        if added is Added.FULL:
            self.tell(texts.CREW_FULL, "bad", most=crews.MOST_ENTRIES)
        else:
            self.tell("", "plain")
        self._change(roll)

    def remove(self, person: Person) -> None:
        """Take somebody out of the crew."""
        self.tell("", "plain")
        self.identities.pop(crews.identity_key(person.verdicts, person.label), None)
        self._change(crews.without(self.roll, person))

    def identify(self, person: Person, identity: Identity) -> None:
        """The inspector has compared somebody of the crew with a document."""
        self.identities[crews.identity_key(person.verdicts, person.label)] = identity
        self.touch()
        self.refresh()

    def identity_of(self, person: Person) -> Identity | None:
        """The answers on somebody of the crew."""
        return self.identities.get(crews.identity_key(person.verdicts, person.label))

    def now(self, person: Person) -> Person:
        """Somebody of the crew as they are judged now."""
        key = crews.identity_key(person.verdicts, person.label)
        found = (one for one in self.crew.persons if crews.identity_key(one.verdicts, one.label) == key)
        return next(found, person)

    def end(self) -> None:
        """Forget everything: the crew, its ship and its document."""
        self.roll, self.crew = Roll(), NOBODY
        self.aboard = ShipAtHand()
        self.duty, self.identities, self._last = None, {}, ()
        self._app.session.ship = None
        self._app.session.clear()
        self.tell("", "plain")
        self.changed()

    # Judging

    def refresh(self) -> None:
        """Judge everybody anew: after a scan, another ship, other trust data or another policy."""
        if self._is_empty:
            self.crew = NOBODY
            self.changed()
            return
        roll, aboard = self.roll, self.aboard
        judge = crew_judging.ready(
            self._app.session,
            roll,
            aboard,
            label=self._app.say(texts.UNNAMED),
            identities=self.identities,
            judged_by=self._judged_by,
        )

        def done(judged: Judged) -> None:
            if roll is not self.roll or aboard is not self.aboard:
                return  # a newer one is on its way
            self.crew, self.aboard, self._judged_by = judged
            self.roll = self.crew.roll
            self.changed()

        self._app.background.run(judge, done, lambda _: self.changed())

    def on_trust(self) -> None:
        """The trust data was looked at: where it is another, gone or older, everybody is judged again."""
        if self._app.session.judged_by == self._judged_by:
            return
        if self._is_empty:
            self._judged_by = self._app.session.judged_by
        else:
            self.refresh()

    @property
    def _is_empty(self) -> bool:
        return self.roll.is_empty and self.aboard.verdict is None

    def report(self, device: str = "") -> Any:
        """The report as of now, as the crew's screen and the PDF show it."""
        return crew_views.report_state(
            self.crew, self.basis, at=self._app.session.clock(), say=self._app.say, device=device
        )

    def _change(self, roll: Roll) -> None:
        self.touch()
        if roll is self.roll:
            self.changed()
        else:
            self.roll = roll
            self.refresh()

    def touch(self) -> None:
        """Somebody looks at the crew."""
        self.touched_at = self._app.session.clock()

    def _forget_in_time(self) -> None:
        """Names leave the screen a minute after the last touch, the crew itself half an hour after."""
        app = self._app
        self.on_trust()
        if app.session.is_forgotten():
            if app.screens.current in PERSONAL:
                app.home()
            if self.told or self._last:  # the name of whoever was scanned last
                self._last = ()
                self.tell("", "plain")
                self.changed()
        if not self.roll.is_empty and app.session.clock() - self.touched_at > FORGOTTEN_AFTER:
            self.end()
            app.home()

    def tell(self, message: str, tone: str, **values: object) -> None:
        """What the last scan did, in words."""
        self.told = self._app.say(message, **values) if message else ""
        self.told_tone = tone

    def changed(self) -> None:
        """The crew, or what was told, is another."""
        for call in tuple(self._watchers.values()):
            call()


def of(app: Any) -> CrewControl:
    """The crew of a running app, begun when first asked for."""
    control: CrewControl | None = app.crew_control
    if control is None:
        control = app.crew_control = CrewControl(app)
    return control
