"""The fields of a certificate in the order of the form of STCW Code A-I/2, as sections of labelled lines."""

from collections.abc import Callable, Iterator
from datetime import date

from verifier.credential.icao import NotLatin
from verifier.credential.model import (
    Certificate,
    Endorsement,
    Holder,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Reference,
)
from verifier.ui.words import Words
from wallet_app import texts
from wallet_app.core import names
from wallet_app.core.held import Held
from wallet_app.core.plain import plain
from wallet_app.core.viewstate import FieldState, SectionState

_MOST_LINES = 200
Lines = Iterator[tuple[str, str | None]]


def sections(held: Held, say: Words) -> tuple[SectionState, ...]:
    """Every field that the certificate has; empty ones and empty sections are left out."""
    parts: tuple[tuple[str, Callable[[Certificate, Words], Lines]], ...] = (
        (texts.ISSUED_BY, _issuer),
        (texts.HOLDER_SECTION, _holder),
        (texts.PROVISIONS, _provisions),
        (texts.FUNCTIONS, _functions),
        (texts.CAPACITIES, _capacities),
        (texts.FITNESS, _fitness),
        (texts.ISSUE, _issue),
        (texts.RELATED, _related),
        (texts.ACCEPTED, _acceptance),
        (texts.REMARKS, _remarks),
    )
    made = [_section(title, part(held.certificate, say), say) for title, part in parts]
    made.append(_section(texts.ON_THIS_PHONE, _phone(held, say), say))
    return tuple(section for section in made if section.fields)


def _section(title: str, lines: Lines, say: Words) -> SectionState:
    """Labels are texts of the app or titles of codes; both pass through the catalogue unharmed."""
    fields = tuple(FieldState(say(label), _shown(value)) for label, value in lines if value)
    return SectionState(say(title), fields)


def _shown(value: str) -> str:
    """Line by line fit to be drawn, however long."""
    return "\n".join(plain(line, len(line) + 1) for line in value.split("\n")[:_MOST_LINES])


def _issuer(certificate: Certificate, say: Words) -> Lines:
    yield texts.STATE, names.country(certificate.issuing_country, say)
    yield texts.AUTHORITY, certificate.issuing_authority
    yield texts.NUMBER, certificate.document_number


def _holder(certificate: Certificate, say: Words) -> Lines:
    holder = certificate.holder
    yield texts.NAME, holder.full_name
    yield texts.NATIVE_NAME, holder.native_name
    yield texts.PASSPORT_NAME, _passport_name(holder)
    yield texts.BORN, say.day(holder.birth_date)
    yield texts.GENDER, None if holder.gender is None else say(texts.GENDERS[holder.gender.value])
    yield texts.SEAFARER_ID, holder.seafarer_id


def _passport_name(holder: Holder) -> str | None:
    try:
        return holder.mrz_name
    except NotLatin:
        return None


def _provisions(certificate: Certificate, say: Words) -> Lines:
    for code in certificate.stcw_code:
        yield say(texts.REGULATION, code=code), names.regulation(code, say)
    last = certificate.expiry_date
    yield texts.VALID_UNTIL, say(texts.FURTHER_NOTICE) if last is None else say.day(last)


def _functions(certificate: Certificate, say: Words) -> Lines:
    for grant in certificate.functions:
        limits = _limits(grant.limitations, say)
        yield names.function(grant.code, say), f"{names.level(grant.level, say)}\n{limits}"


def _capacities(certificate: Certificate, say: Words) -> Lines:
    for grant in certificate.capacities:
        yield names.capacity(grant.code, say), _limits(grant.limitations, say)


def _limits(limits: Limitations | None, say: Words) -> str:
    return "\n".join(names.limitations(limits, say)) or say(texts.NO_LIMITS)


def _fitness(certificate: Certificate, say: Words) -> Lines:
    if not isinstance(certificate, MedicalCertificate):
        return
    fitness = certificate.fitness
    yield texts.LOOKOUT, _yes(fitness.lookout, say)
    yield texts.RESTRICTIONS, fitness.restrictions or say(texts.NONE)
    yield texts.RESTRICTED_AREAS, names.areas(fitness.areas, say)
    yield from _senses(fitness, say)
    yield texts.NO_AGGRAVATION, _yes(fitness.free_from_aggravated_condition, say)
    yield texts.IDENTITY_CHECKED, _yes(fitness.identity_checked, say)
    yield texts.REVIEW_INFORMED, _yes(fitness.review_informed, say)
    yield texts.EXAMINED, say.day(fitness.examination_date)
    yield texts.PRACTITIONER, fitness.practitioner


def _senses(fitness: MedicalFitness, say: Words) -> Lines:
    yield texts.HEARING, _yes(fitness.hearing, say)
    yield texts.HEARING_UNAIDED, _yes(fitness.hearing_unaided, say)
    yield texts.VISUAL_ACUITY, _yes(fitness.visual_acuity, say)
    yield texts.COLOUR_VISION, _yes(fitness.colour_vision, say)
    yield texts.COLOUR_TESTED, _day(fitness.colour_test_date, say)


def _issue(certificate: Certificate, say: Words) -> Lines:
    yield texts.ENDORSEMENT_NUMBER, certificate.endorsement_number
    yield texts.ISSUED_ON, say.day(certificate.issue_date)
    yield texts.ISSUED_AT, certificate.issue_place
    official = certificate.official
    if official is not None:
        name = " ".join(part for part in (official.given_name, official.family_name) if part)
        yield texts.OFFICIAL, f"{name}\n{official.title}"
    yield texts.REVALIDATED, _day(certificate.revalidation_date, say)


def _related(certificate: Certificate, say: Words) -> Lines:
    if isinstance(certificate, Endorsement):
        yield texts.RECOGNISES, _reference(certificate.recognises, say)
    if certificate.rests_on is not None:
        yield texts.RESTS_ON, _reference(certificate.rests_on, say)
    yield texts.REPLACES, certificate.replaces


def _acceptance(certificate: Certificate, say: Words) -> Lines:
    if certificate.acceptance is not None:
        yield texts.ON_FLAGS, ", ".join(names.country(flag, say) for flag in certificate.acceptance.flags)
        yield texts.IN_AREAS, names.areas(certificate.acceptance.areas, say)
    if certificate.ship is not None:
        yield texts.FOR_SHIP, " IMO ".join(part for part in certificate.ship if part)


def _remarks(certificate: Certificate, _: Words) -> Lines:
    yield texts.REMARKS, certificate.remarks


def _phone(held: Held, say: Words) -> Lines:
    yield texts.RECEIVED, say.day(held.received_at.date())
    yield texts.BOUND, _yes(held.is_ours, say)


def _reference(reference: Reference, say: Words) -> str:
    return f"{names.country(reference.issuing_country, say)}\n{reference.document_number}"


def _yes(answer: bool | None, say: Words) -> str:
    if answer is None:
        return say(texts.NOT_NEEDED)
    return say(texts.YES if answer else texts.NO)


def _day(day: date | None, say: Words) -> str | None:
    return None if day is None else say.day(day)
