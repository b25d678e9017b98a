"""The crew of the ship at hand: takes scans and papers, has everybody judged off the drawing thread.

One belongs to a running app. Nothing of it is written; it is forgotten when the inspection is ended, when
the app closes, or when nobody has touched the app for half an hour.
"""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kivy.clock import Clock

from keys.custody.device_keys import DeviceKeys
from verifier.inspection import manning as documents
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import Person
from verifier.inspection.duty import Duty
from verifier.inspection.identity import Identity
from verifier.inspection.manning import SafeManning
from verifier.inspection.ship import Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import crew as crews
from verifier.inspector.core import crew_views, told_ship
from verifier.inspector.core.crew import NOBODY, Added, Crew, Roll
from verifier.inspector.core.crew_views import Basis
from verifier.inspector.core.evidence import Evidence, NothingToJudgeWith, Shown
from verifier.inspector.core.records import Records
from verifier.inspector.core.report_state import PersonState
from verifier.inspector.core.unheld import unheld
from verifier.inspector.core.whose import seafarers
from verifier.report import escaped
from verifier.settings_file import MAX_FILE, SettingsError
from verifier.ui.ports.share import FolderShare, Share, downloads
from verifier.verdict import Headline, Standing, Verdict, standing
from verifier.wording import in_words, why

FORGOTTEN_AFTER: Final = timedelta(minutes=30)
KEYS_FILE: Final = "device-keys.json"
RECORDS_FOLDER: Final = "inspections"
LOOK_SECONDS: Final = 1.0
PERSONAL: Final = frozenset({"crew", "person", "report", "records"})  # screens with names on them
SCAN: Final = "crew-scan"  # the screen that scans for the crew


class CrewControl:
    """What the crew's screens ask. `told` is the last thing that a scan did, in words."""

    def __init__(self, app: Any) -> None:
        """An inspection with nobody in it yet."""
        self._app = app
        self.roll = Roll()
        self.crew: Crew = NOBODY
        self.manning: SafeManning | None = None
        self.document: Verdict | None = None  # on it; None: typed, nobody's signature vouches for it
        self._document_from: Evidence | None = None
        self._judged_by = app.session.judged_by
        self._last: tuple[Verdict, ...] = ()  # what was shown last
        self.told, self.told_tone = "", "plain"
        self.touched_at: datetime = app.session.clock()
        self.told_ship: Ship | None = app.session.ship  # as the inspector described it, without the document
        self._watchers: dict[str, Callable[[], None]] = {}
        self.duty: Duty | None = None  # of whoever was scanned last
        self.identities: dict[str, Identity] = {}  # what the inspector compared, by `crews.identity_key`
        self.share: Share = app.device.share or FolderShare(downloads(os.environ, Path.home()))
        Clock.schedule_interval(lambda _: self._forget_in_time(), LOOK_SECONDS)
        self.keys = DeviceKeys(Path(app.session.folder) / KEYS_FILE)

    @property
    def manning_stands(self) -> Headline | None:
        """How the safe manning document stands, where it is signed."""
        return None if self.document is None else self.document.headline

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
        person = _whose(self.crew.persons, self._last)
        if person is None:
            return None
        place = self.crew.persons.index(person)
        return next(
            (one for one in crew_views.person_states(self.crew, self._app.say) if one.key == str(place)), None
        )

    @property
    def records(self) -> Records:
        """What was kept on this device. Raises DeviceKeysError."""
        return Records(Path(self._app.session.folder) / RECORDS_FOLDER, self.keys.secret())

    @property
    def basis(self) -> Basis:
        """What the report rests on."""
        session = self._app.session
        return Basis(
            ship=session.ship,
            manning=self.manning,
            manning_stands=self.manning_stands,
            policy=session.policy.name,
            rehearsal=session.trust.is_rehearsal,
            manning_is_rejected=self.document is not None and standing(self.document) is Standing.REJECTED,
        )

    @property
    def environment(self) -> str | None:
        """What kind of directory vouches: `production` or `test`."""
        held = self._app.session.trust.held
        return None if held is None else str(held.directory.environment.value)

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
            self._take_manning(document, shown.evidence)
            return
        label = self._app.say(texts.UNNAMED)
        self._last = shown.verdicts
        roll, added = crews.add(self.roll, shown.presented, shown.verdicts, label, shown.evidence)
        if shown.identity is not None and added is not Added.FULL:
            self.identities[crews.identity_key(shown.verdicts, label)] = shown.identity
        people = crews.persons(roll, label)
        person = _whose(people, shown.verdicts)
        name = "" if person is None else person.label
        match added:
            case Added.PERSON:
                self._tell(texts.NEW_PERSON, "good", name=name, n=len(people))
            case Added.MORE:
                self._tell(texts.MORE_OF, "good", name=name)
            case Added.SAME:
                self._tell(texts.SAME_AGAIN, "caution", name=name)
            case Added.UNREADABLE:
                self._tell(texts.NOT_READ, "bad")
            case Added.FULL:
                self._tell(texts.CREW_FULL, "bad", most=crews.MOST_PERSONS)
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
            self._tell(texts.CREW_FULL, "bad", most=crews.MOST_ENTRIES)
        else:
            self._tell("", "plain")
        self._change(roll)

    def remove(self, person: Person) -> None:
        """Take somebody out of the crew."""
        self._tell("", "plain")
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
        self.manning = self.document = self._document_from = None
        self.duty, self.identities, self._last = None, {}, ()
        self._app.session.ship = self.told_ship = None
        self._app.session.clear()
        self._tell("", "plain")
        self._changed()

    # The ship's document

    def load_manning(self, data: bytes) -> str:
        """A safe manning document that somebody typed; returns what is wrong with it, in words."""
        say = self._app.say
        try:
            document = documents.from_yaml(data[: MAX_FILE + 1])
        except SettingsError as error:
            return str(say(texts.MANNING_BAD_FILE, problem=str(error)))
        self.use_manning(document)
        return ""

    def use_manning(
        self, document: SafeManning, verdict: Verdict | None = None, evidence: Evidence | None = None
    ) -> None:
        """Match against this document from now on; the ship is described by it where nobody has."""
        self.manning, self.document, self._document_from = document, verdict, evidence
        self._app.session.ship = documents.ship_of(document, self.told_ship)
        self._tell(texts.MANNING_TAKEN, "good", number=document.document_number)
        self.refresh()

    def describe(self, ship: Ship | None) -> None:
        """What the inspector says of the ship; what stands in its document is the document's word still."""
        if ship is None or self.manning is None:
            self.told_ship = self._app.session.ship = ship
        else:
            self.told_ship = told_ship.beyond(ship, documents.ship_of(self.manning))
            self._app.session.ship = documents.ship_of(self.manning, self.told_ship)
        self.refresh()

    def forget_ship(self) -> None:
        """No ship and no document any more."""
        self.manning = self.document = self._document_from = None
        self.describe(None)

    def _take_manning(self, verdict: Verdict, evidence: Evidence) -> None:
        """A document that its flag has signed; one that is rejected is not taken, and marked where it was."""
        if verdict.manning is None or standing(verdict) is Standing.REJECTED:
            if verdict.manning is not None and self.document is not None and verdict.manning == self.manning:
                self.document, self._document_from = verdict, evidence
                self.refresh()
            headline = self._app.say(str(verdict.headline))
            reason = in_words(why(verdict), self._app.say, escaped)
            self._tell(texts.MANNING_REFUSED, "bad", headline=headline, reason=reason)
            self._changed()
            return
        self.use_manning(verdict.manning, verdict, evidence)

    # Judging

    def refresh(self) -> None:
        """Judge everybody anew: after a scan, another ship, other trust data or another policy."""
        if self.roll.is_empty and self.document is None:
            self.crew = NOBODY
            self._changed()
            return
        session, roll, manning = self._app.session, self.roll, self.manning
        document, document_from, judged_by = self.document, self._document_from, session.judged_by
        again = self._again() if judged_by != self._judged_by else None
        ship = session.ship if manning is None else self.told_ship  # the document says the rest
        at, policy, label = session.clock(), session.policy, self._app.say(texts.UNNAMED)

        identities = dict(self.identities)

        def work() -> tuple[Crew, Verdict | None]:
            found, paper = roll, document
            if again is not None:
                found, paper = again(roll, document, document_from)
            crew = crews.judge(
                found,
                label=label,
                manning=manning,
                ship=ship,
                at=at,
                policy=policy,
                identities=identities,
                document=paper,
            )
            return crew, paper

        def done(judged: tuple[Crew, Verdict | None]) -> None:
            if roll is not self.roll or document is not self.document:
                return  # a newer one is on its way
            self.crew, self.document = judged
            self.roll = self.crew.roll
            if again is not None:
                self._judged_by = judged_by
            self._changed()

        self._app.background.run(work, done, lambda _: self._changed())

    def _again(self) -> Callable[[Roll, Verdict | None, Evidence | None], tuple[Roll, Verdict | None]]:
        """What judges all that was shown once more; where there is nothing to judge with, nobody is valid."""
        try:
            judged = self._app.session.judge_again()
        except NothingToJudgeWith:
            return _unheld

        def again(
            roll: Roll, document: Verdict | None, evidence: Evidence | None
        ) -> tuple[Roll, Verdict | None]:
            try:
                return crews.again(roll, judged), judged(evidence)[0] if evidence is not None else document
            except NothingToJudgeWith:  # a part that was not read until now is damaged
                return _unheld(roll, document, evidence)

        return again

    def on_trust(self) -> None:
        """The trust data was looked at: where it is another, gone or older, everybody is judged again."""
        if self._app.session.judged_by != self._judged_by:
            if self.roll.is_empty and self.document is None:
                self._judged_by = self._app.session.judged_by
            else:
                self.refresh()

    def report(self, device: str = "") -> Any:
        """The report as of now, as the crew's screen and the PDF show it."""
        return crew_views.report_state(
            self.crew, self.basis, at=self._app.session.clock(), say=self._app.say, device=device
        )

    def _change(self, roll: Roll) -> None:
        self.touch()
        if roll is self.roll:
            self._changed()
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
                self._tell("", "plain")
                self._changed()
        if not self.roll.is_empty and app.session.clock() - self.touched_at > FORGOTTEN_AFTER:
            self.end()
            app.home()

    def _tell(self, message: str, tone: str, **values: object) -> None:
        self.told = self._app.say(message, **values) if message else ""
        self.told_tone = tone

    def _changed(self) -> None:
        for call in tuple(self._watchers.values()):
            call()


def _unheld(roll: Roll, document: Verdict | None, _: Evidence | None) -> tuple[Roll, Verdict | None]:
    return crews.unheld(roll), None if document is None else unheld(document)


def of(app: Any) -> CrewControl:
    """The crew of a running app, begun when first asked for."""
    control: CrewControl | None = app.crew_control
    if control is None:
        control = app.crew_control = CrewControl(app)
    return control


def person_of(shown: Shown, label: str) -> Person:
    """What one scan brought as one person: what does not fit together, row P1 says."""
    found = crews.persons(Roll((crews.Scan(b"", shown.verdicts, (None,) * len(shown.verdicts)),)), label)
    name = found[0].label if found else label.format(n=1)
    return Person(label=name, verdicts=shown.verdicts)


def name_and_birth(person: Person) -> tuple[str, date | None]:
    """What a paper of the same person will say, where it is known."""
    for verdict in crews.certificates(person):
        if verdict.credential is not None:
            holder = verdict.credential.certificate.holder
            return holder.full_name, holder.birth_date
    return (person.entries[0].name, person.entries[0].birth_date) if person.entries else ("", None)


def _whose(people: tuple[Person, ...], verdicts: tuple[Verdict, ...]) -> Person | None:
    """Whom what was just shown is of."""
    shown = seafarers(verdicts)
    for person in people:
        if any(one in verdicts for one in person.verdicts) or shown & seafarers(person.verdicts):
            return person
    return None
