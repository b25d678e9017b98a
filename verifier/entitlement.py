"""What a certificate entitles to and where that ends, a line each: no limit is ever left out.

Codes stand as signed, marked as what they are, so that an app can say what they mean. Free text stands here
too, and as a remark (row C14): it never decides.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Self

from verifier.credential.model import (
    Acceptance,
    Certificate,
    Endorsement,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
)
from verifier.limitations import LISTED, Limit, each
from verifier.wording import Joined, Said, Text, text

LIMITED: Final = "{}, limited: {}"
MOST_GT: Final = "at most {} GT"
MOST_KW: Final = "at most {} kW"
IN_AREAS: Final = "in areas {}"
ON_SHIP_TYPES: Final = "on ship types {}"
WITH_PROPULSION: Final = "with propulsion by {}"
WITHOUT: Final = "without {}"
ONLY: Final = "only {}"
ON_SHIPS_OF: Final = "on ships of {}"
EVERYWHERE: Final = "everywhere"
LOOKOUT: Final = "fit for look-out"
NO_LOOKOUT: Final = "NOT fit for look-out"
NOT_CHECKED: Final = "the practitioner did NOT check who was examined"
NO_HEARING: Final = "hearing does NOT meet the standard"
NO_UNAIDED_HEARING: Final = "hearing without an aid does NOT meet the standard"
NO_ACUITY: Final = "visual acuity does NOT meet the standard"
NO_COLOUR_VISION: Final = "colour vision does NOT meet the standard"
AGGRAVATED: Final = "NOT free from a condition that service may aggravate"
NOT_TOLD: Final = "the seafarer was NOT told of the right of review"
ONLY_IN_AREAS: Final = "only in areas {}"
RESTRICTED: Final = "restricted: {}"


_TEMPLATES: Final = {
    "max_gt": MOST_GT,
    "max_kw": MOST_KW,
    "areas": IN_AREAS,
    "ship_types": ON_SHIP_TYPES,
    "propulsion": WITH_PROPULSION,
    "without": WITHOUT,
    "text": "{}",
}


class Code(str):
    """A code of one of the lists of `codelists`, by the list's name."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, kind: str, code: str) -> Self:
        """The code as it was signed."""
        made = super().__new__(cls, code)
        made.kind = kind
        return made


def lines(certificate: Certificate) -> Iterator[tuple[str, Text]]:
    """Labels and texts, in the order of the form (STCW Code A-I/2; for medical ones A-I/9)."""
    if certificate.stcw_code:
        yield "entitles to", text("STCW {}", ", ".join(certificate.stcw_code))
    for function in certificate.functions:
        codes = (Code("functions", function.code), Code("levels", function.level.value))
        yield "function", _limited(text("{} ({})", *codes), function.limitations)
    for capacity in certificate.capacities:
        yield "capacity", _limited(_codes("capacities", (capacity.code,)), capacity.limitations)
    if isinstance(certificate, MedicalCertificate):
        yield from _fitness(certificate.fitness)
    if isinstance(certificate, Endorsement):
        yield "recognises", text("{}", " ".join(certificate.recognises))
    if certificate.rests_on is not None:
        yield "rests on", text("{}", " ".join(certificate.rests_on))
    if certificate.acceptance is not None:
        yield "accepted", _accepted(certificate.acceptance)
    if certificate.ship is not None:
        yield "for the ship", text("{}", " IMO ".join(part for part in certificate.ship if part))
    if certificate.remarks is not None:
        yield "it says", text("{}", certificate.remarks)


def _limited(granted: Text, limits: Limitations | None) -> Text:
    named = tuple(map(_said, each(limits)))
    return text(LIMITED, granted, Joined(named)) if named else granted


def _said(limit: Limit) -> Said:
    member, held = limit
    if isinstance(held, tuple):
        return text(_TEMPLATES[member], _codes(LISTED.get(member, ""), held))
    return text(_TEMPLATES[member], held)


def _accepted(acceptance: Acceptance) -> Text:
    parts = (
        *_some(ON_SHIPS_OF, "flags", acceptance.flags),
        *_some(IN_AREAS, "trade_areas", acceptance.areas),
    )
    return text(ONLY, Joined(parts, ", ")) if parts else text(EVERYWHERE)


def _fitness(fitness: MedicalFitness) -> Iterator[tuple[str, Text]]:
    """Fit for what, then each standard that is not met; what was never asked is no finding."""
    yield "fitness", text(LOOKOUT if fitness.lookout else NO_LOOKOUT)
    for met, against in (
        (fitness.identity_checked, NOT_CHECKED),
        (fitness.hearing, NO_HEARING),
        (fitness.hearing_unaided, NO_UNAIDED_HEARING),
        (fitness.visual_acuity, NO_ACUITY),
        (fitness.colour_vision, NO_COLOUR_VISION),
        (fitness.free_from_aggravated_condition, AGGRAVATED),
        (fitness.review_informed, NOT_TOLD),
    ):
        if met is False:
            yield "fitness", text(against)
    for limit in _some(ONLY_IN_AREAS, "trade_areas", fitness.areas):
        yield "fitness", limit
    if fitness.restrictions is not None:
        yield "fitness", text(RESTRICTED, fitness.restrictions)


def _some(template: str, kind: str, codes: tuple[str, ...]) -> Iterable[Said]:
    return (text(template, _codes(kind, codes)),) if codes else ()


def _codes(kind: str, codes: tuple[str, ...]) -> Joined:
    return Joined(tuple(text("{}", Code(kind, code) if kind else code) for code in codes), ", ")
