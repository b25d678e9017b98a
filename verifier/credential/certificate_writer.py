"""A certificate as claims, in the one order in which they are signed."""

import unicodedata
from datetime import date

from keys.encoding import Json
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    Endorsement,
    FunctionGrant,
    Holder,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Reference,
    ShipReference,
)


def certificate_claims(certificate: Certificate) -> dict[str, Json]:
    """The certificate's own claims, without its type: also the row of the register's extract and database.

    Text is normalised to NFC, so that one name has one form of bytes. What is absent is left out.
    """
    c = certificate
    claims: dict[str, Json] = {
        "issuing_country": c.issuing_country,
        "issuing_authority": _nfc(c.issuing_authority),
        "document_number": c.document_number,
    }
    _put_holder(claims, c.holder)
    if c.stcw_code:
        claims["stcw_code"] = list(c.stcw_code)
    if c.functions:
        claims["functions"] = [_function(grant) for grant in c.functions]
    if c.capacities:
        claims["capacities"] = [_capacity(grant) for grant in c.capacities]
    claims["issue_date"] = c.issue_date.isoformat()
    _put_text(claims, "issue_place", c.issue_place)
    _put_date(claims, "expiry_date", c.expiry_date)
    _put_rest(claims, c)
    return claims


def holder_claims(holder: Holder) -> dict[str, Json]:
    """The claims that say who holds a certificate: also a seafarer's row in the register's extract."""
    claims: dict[str, Json] = {}
    _put_holder(claims, holder)
    return claims


def _put_holder(claims: dict[str, Json], holder: Holder) -> None:
    claims["seafarer_id"] = holder.seafarer_id
    claims["family_name"] = _nfc(holder.family_name)
    _put_text(claims, "given_name", holder.given_name)
    _put_text(claims, "native_name", holder.native_name)
    claims["birth_date"] = holder.birth_date.isoformat()
    if holder.gender is not None:
        claims["gender"] = str(holder.gender)


def _put_rest(claims: dict[str, Json], c: Certificate) -> None:
    """What follows the dates of issue and expiry on the form."""
    if c.official is not None:
        claims["family_name_issuing_officer"] = _nfc(c.official.family_name)
        _put_text(claims, "given_name_issuing_officer", c.official.given_name)
        claims["title_issuing_officer"] = _nfc(c.official.title)
    _put_text(claims, "endorsement_number", c.endorsement_number)
    _put_date(claims, "revalidation_date", c.revalidation_date)
    _put_text(claims, "replaces", c.replaces)
    if c.rests_on is not None:
        claims["rests_on"] = _reference(c.rests_on)
    if isinstance(c, Endorsement):
        claims["recognises"] = _reference(c.recognises)
    if c.acceptance is not None:
        scope = {"flags": c.acceptance.flags, "areas": c.acceptance.areas}
        claims["acceptance"] = {name: list(values) for name, values in scope.items() if values}
    if c.ship is not None:
        claims["ship"] = _ship(c.ship)
    _put_text(claims, "remarks", c.remarks)
    if isinstance(c, MedicalCertificate):
        claims["medical"] = _medical(c.fitness)


def _function(grant: FunctionGrant) -> Json:
    claims: dict[str, Json] = {"code": grant.code, "level": str(grant.level)}
    if grant.limitations is not None:
        claims["limitations"] = _limitations(grant.limitations)
    return claims


def _capacity(grant: CapacityGrant) -> Json:
    claims: dict[str, Json] = {"capacity_code": grant.code}
    if grant.limitations is not None:
        claims["limitations"] = _limitations(grant.limitations)
    return claims


def _limitations(limits: Limitations) -> dict[str, Json]:
    claims: dict[str, Json] = {}
    if limits.max_gt is not None:
        claims["max_gt"] = limits.max_gt
    if limits.max_kw is not None:
        claims["max_kw"] = limits.max_kw
    for name in ("areas", "ship_types", "propulsion", "without"):
        values: tuple[str, ...] = getattr(limits, name)
        if values:
            claims[name] = list(values)
    _put_text(claims, "text", limits.text)
    return claims


def _medical(fitness: MedicalFitness) -> dict[str, Json]:
    claims: dict[str, Json] = {"identity_checked": fitness.identity_checked, "hearing": fitness.hearing}
    if fitness.hearing_unaided is not None:
        claims["hearing_unaided"] = fitness.hearing_unaided
    claims["visual_acuity"] = fitness.visual_acuity
    if fitness.colour_vision is not None:
        claims["colour_vision"] = fitness.colour_vision
    _put_date(claims, "colour_test_date", fitness.colour_test_date)
    claims["lookout"] = fitness.lookout
    if fitness.areas:
        claims["areas"] = list(fitness.areas)
    _put_text(claims, "restrictions", fitness.restrictions)
    claims["free_from_aggravated_condition"] = fitness.free_from_aggravated_condition
    claims["examination_date"] = fitness.examination_date.isoformat()
    claims["practitioner"] = _nfc(fitness.practitioner)
    claims["review_informed"] = fitness.review_informed
    return claims


def _reference(reference: Reference) -> dict[str, Json]:
    return {"issuing_country": reference.issuing_country, "document_number": reference.document_number}


def _ship(ship: ShipReference) -> dict[str, Json]:
    claims: dict[str, Json] = {"name": _nfc(ship.name)}
    _put_text(claims, "imo", ship.imo)
    return claims


def _put_text(claims: dict[str, Json], name: str, value: str | None) -> None:
    if value is not None:
        claims[name] = _nfc(value)


def _put_date(claims: dict[str, Json], name: str, value: date | None) -> None:
    if value is not None:
        claims[name] = value.isoformat()


def _nfc(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)
