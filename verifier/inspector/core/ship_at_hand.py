"""The ship at hand: what its safe manning document says, and what the inspector says beyond it."""

from dataclasses import dataclass, replace

from verifier.inspection import manning as documents
from verifier.inspection.manning import SafeManning
from verifier.inspection.ship import Ship
from verifier.inspector.core import told_ship
from verifier.inspector.core.evidence import Evidence
from verifier.verdict import Headline, Standing, Verdict, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipAtHand:
    """`told` is the ship as the inspector describes it, without the document."""

    told: Ship | None = None
    manning: SafeManning | None = None
    verdict: Verdict | None = None  # on the document; None: typed, nobody's signature vouches for it
    evidence: Evidence | None = None  # what it takes to judge the document again

    @property
    def ship(self) -> Ship | None:
        """The ship as persons are judged on it: the document's word goes before the inspector's."""
        return self.told if self.manning is None else documents.ship_of(self.manning, self.told)

    @property
    def stands(self) -> Headline | None:
        """How the document stands, where it is signed."""
        return None if self.verdict is None else self.verdict.headline

    @property
    def is_rejected(self) -> bool:
        """Whether something is against the document."""
        return self.verdict is not None and standing(self.verdict) is Standing.REJECTED

    def with_document(
        self, document: SafeManning, verdict: Verdict | None, evidence: Evidence | None
    ) -> "ShipAtHand":
        """By this document from now on."""
        return replace(self, manning=document, verdict=verdict, evidence=evidence)

    def described(self, ship: Ship | None) -> "ShipAtHand":
        """As the inspector says; what stands in the document is the document's word still."""
        if ship is not None and self.manning is not None:
            ship = told_ship.beyond(ship, documents.ship_of(self.manning))
        return replace(self, told=ship)
