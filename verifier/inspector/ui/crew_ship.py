"""The crew's ship: its safe manning document, scanned or loaded, and what the inspector says of it."""

from abc import ABC, abstractmethod
from typing import Any

from verifier.inspection import manning as documents
from verifier.inspection.manning import SafeManning
from verifier.inspection.ship import Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core.evidence import Evidence
from verifier.inspector.core.ship_at_hand import ShipAtHand
from verifier.report import escaped
from verifier.settings_file import MAX_FILE, SettingsError
from verifier.verdict import Standing, Verdict, standing
from verifier.wording import in_words, why


class CrewShip(ABC):
    """The part of the crew's control that is about the ship."""

    def __init__(self, app: Any) -> None:
        """The ship as it was described before there was a crew."""
        self._app = app
        self.aboard = ShipAtHand(told=app.session.ship)

    @abstractmethod
    def refresh(self) -> None:
        """Judge everybody anew."""

    @abstractmethod
    def tell(self, message: str, tone: str, **values: object) -> None:
        """What the last scan did, in words."""

    @abstractmethod
    def changed(self) -> None:
        """The crew, or what was told, is another."""

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
        self.tell(texts.MANNING_TAKEN, "good", number=document.document_number)
        self._go_aboard(self.aboard.with_document(document, verdict, evidence))

    def describe(self, ship: Ship | None) -> None:
        """What the inspector says of the ship."""
        self._go_aboard(self.aboard.described(ship))

    def forget_ship(self) -> None:
        """No ship and no document any more."""
        self._go_aboard(ShipAtHand())

    def _go_aboard(self, aboard: ShipAtHand) -> None:
        self.aboard, self._app.session.ship = aboard, aboard.ship
        self.refresh()

    def take_manning(self, verdict: Verdict, evidence: Evidence) -> None:
        """A document that its flag has signed; one that is rejected is not taken, and marked where it was."""
        if verdict.manning is not None and standing(verdict) is not Standing.REJECTED:
            self.use_manning(verdict.manning, verdict, evidence)
            return
        headline = self._app.say(str(verdict.headline))
        reason = in_words(why(verdict), self._app.say, escaped)
        self.tell(texts.MANNING_REFUSED, "bad", headline=headline, reason=reason)
        if verdict.manning is not None and self.aboard.verdict and verdict.manning == self.aboard.manning:
            self._go_aboard(self.aboard.with_document(verdict.manning, verdict, evidence))
        self.changed()
