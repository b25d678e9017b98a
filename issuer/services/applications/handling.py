"""All parts of an application's way, put together for whoever composes the service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from issuer.adapters.database import Database
from issuer.adapters.law_book import LawBook
from issuer.rules.words.catalogue import Words
from issuer.services.applications.deciding import Deciding
from issuer.services.applications.drawing import Drawing
from issuer.services.applications.evaluating import Evaluating, FactsOf
from issuer.services.applications.explaining import Explaining
from issuer.services.applications.granting import Granting
from issuer.services.applications.portraying import DocumentOf, Portraying
from issuer.services.applications.reevaluating import Reevaluating
from issuer.services.applications.settling import Settling
from issuer.services.applications.submitting import Submitting
from issuer.services.approval.approving import Approving
from issuer.services.approval.proposing import Proposing
from issuer.services.clock import Clock
from issuer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """What needs no private key of the authority's."""

    submitting: Submitting
    deciding: Deciding
    explaining: Explaining
    drawing: Drawing
    reevaluating: Reevaluating

    @classmethod
    def over(
        cls,
        database: Database,
        clock: Clock,
        settings: Settings,
        *,
        book: Callable[[], LawBook],
        words: Callable[[str], Words],
        facts_of: FactsOf,
        document_of: DocumentOf,
        proposing: Proposing,
        approving: Approving,
    ) -> Self:
        """Over a register; the law is read when it is first needed."""
        parts = (database, clock, settings)
        evaluating, drawing = Evaluating(settings, book, facts_of), Drawing(*parts)
        granting = Granting(settings, proposing, approving)
        portraying = Portraying(database, clock, document_of)
        settling = Settling(*parts, evaluating, drawing, granting, portraying)
        return cls(
            submitting=Submitting(*parts, settling),
            deciding=Deciding(*parts, settling),
            explaining=Explaining(*parts, evaluating, words),
            drawing=drawing,
            reevaluating=Reevaluating(database, clock, settling),
        )
