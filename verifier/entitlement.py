"""What a certificate entitles to and where that ends, a line each: no limit is ever left out.

Codes stand as signed. Free text stands here too, and as a remark (row C14): it never decides.
"""

from collections.abc import Iterator

from verifier.credential.model import (
    Acceptance,
    Certificate,
    Endorsement,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
)


def lines(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Labels and texts, in the order of the form (STCW Code A-I/2; for medical ones A-I/9)."""
    if certificate.stcw_code:
        yield "entitles to", f"STCW {', '.join(certificate.stcw_code)}"
    for function in certificate.functions:
        yield "function", f"{function.code} ({function.level.value})" + _limits(function.limitations)
    for capacity in certificate.capacities:
        yield "capacity", capacity.code + _limits(capacity.limitations)
    if isinstance(certificate, MedicalCertificate):
        yield from _fitness(certificate.fitness)
    if isinstance(certificate, Endorsement):
        yield "recognises", " ".join(certificate.recognises)
    if certificate.rests_on is not None:
        yield "rests on", " ".join(certificate.rests_on)
    if certificate.acceptance is not None:
        yield "accepted", _accepted(certificate.acceptance)
    if certificate.ship is not None:
        yield "for the ship", " IMO ".join(part for part in certificate.ship if part)
    if certificate.remarks is not None:
        yield "it says", certificate.remarks


def _limits(limits: Limitations | None) -> str:
    if limits is None:
        return ""
    named = [
        f"at most {limits.max_gt} GT" if limits.max_gt is not None else "",
        f"at most {limits.max_kw} kW" if limits.max_kw is not None else "",
        _some("in areas", limits.areas),
        _some("on ship types", limits.ship_types),
        _some("with propulsion by", limits.propulsion),
        _some("without", limits.without),
        limits.text or "",
    ]
    said = "; ".join(part for part in named if part)
    return f", limited: {said}" if said else ""


def _accepted(acceptance: Acceptance) -> str:
    parts = [_some("on ships of", acceptance.flags), _some("in areas", acceptance.areas)]
    return "only " + ", ".join(part for part in parts if part) if any(parts) else "everywhere"


def _fitness(fitness: MedicalFitness) -> Iterator[tuple[str, str]]:
    """Fit for what, then each standard that is not met; what was never asked is no finding."""
    yield "fitness", "fit for look-out" if fitness.lookout else "NOT fit for look-out"
    for met, against in (
        (fitness.identity_checked, "the practitioner did NOT check who was examined"),
        (fitness.hearing, "hearing does NOT meet the standard"),
        (fitness.hearing_unaided, "hearing without an aid does NOT meet the standard"),
        (fitness.visual_acuity, "visual acuity does NOT meet the standard"),
        (fitness.colour_vision, "colour vision does NOT meet the standard"),
        (fitness.free_from_aggravated_condition, "NOT free from a condition that service may aggravate"),
        (fitness.review_informed, "the seafarer was NOT told of the right of review"),
    ):
        if met is False:
            yield "fitness", against
    if fitness.areas:
        yield "fitness", _some("only in areas", fitness.areas)
    if fitness.restrictions is not None:
        yield "fitness", f"restricted: {fitness.restrictions}"


def _some(label: str, codes: tuple[str, ...]) -> str:
    return f"{label} {', '.join(codes)}" if codes else ""
