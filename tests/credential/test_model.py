"""The records refuse what no certificate can be."""

from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest

from verifier.credential.model import (
    TYPE_OF_VCT,
    Certificate,
    CertificateType,
    Endorsement,
    Holder,
    InvalidCertificate,
    MedicalCertificate,
    Reference,
)

HOLDER = Holder(
    seafarer_id="VJM6QBEP", family_name="Østergård", given_name="Åse", birth_date=date(1986, 9, 26)
)


def certificate(**changes: Any) -> Certificate:
    fields: dict[str, Any] = {
        "type": CertificateType.COMPETENCY,
        "document_number": "NO-24-118402",
        "issuing_country": "NO",
        "issuing_authority": "Sjøfartsdirektoratet",
        "holder": HOLDER,
        "issue_date": date(2024, 1, 2),
        "expiry_date": date(2029, 1, 1),
    }
    return Certificate(**fields | changes)


def test_every_type_has_a_vct_of_its_own() -> None:
    assert len(TYPE_OF_VCT) == len(CertificateType) == 15
    assert CertificateType.APPLICATION_PROOF.vct == "urn:ombord:application-proof:1"
    assert all(TYPE_OF_VCT[kind.vct] is kind for kind in CertificateType)


def test_a_certificate_is_known_by_country_and_number() -> None:
    assert certificate().certificate_id == Reference("NO", "NO-24-118402")


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        certificate().document_number = "NO-24-000000"  # type: ignore[misc]  # that is the test


@pytest.mark.parametrize(
    "seafarer_id", ["", "VJM6QBE", "VJM6QBEPP", "vjm6qbep", "VJM6QBEI", "VJM6QBEU", "١٢٣٤٥٦٧٨"]
)
def test_a_seafarer_id_is_eight_characters_that_cannot_be_misread(seafarer_id: str) -> None:
    with pytest.raises(InvalidCertificate, match="seafarer_id"):
        Holder(seafarer_id=seafarer_id, family_name="Li", birth_date=date(1990, 1, 1))


@pytest.mark.parametrize("country", ["", "no", "NOR", "N1", "ÅÄ"])
def test_a_country_is_two_capital_letters(country: str) -> None:
    with pytest.raises(InvalidCertificate, match="issuing_country"):
        certificate(issuing_country=country)


def test_a_certificate_needs_a_number() -> None:
    with pytest.raises(InvalidCertificate, match="document_number"):
        certificate(document_number="")


@pytest.mark.parametrize("name", ["medical-permit", "application-proof", "dispensation"])
def test_documents_whose_purpose_is_a_period_always_expire(name: str) -> None:
    with pytest.raises(InvalidCertificate, match="expiry_date"):
        certificate(type=CertificateType(name), expiry_date=None)


def test_a_certificate_of_competency_may_hold_until_further_notice() -> None:
    assert certificate(expiry_date=None).expiry_date is None


@pytest.mark.parametrize("kind", [CertificateType.RECOGNITION, CertificateType.MEDICAL])
def test_a_type_with_contents_of_its_own_needs_them(kind: CertificateType) -> None:
    with pytest.raises(InvalidCertificate, match="vct"):
        certificate(type=kind)


def test_an_endorsement_is_of_no_other_type() -> None:
    assert issubclass(Endorsement, Certificate)
    assert issubclass(MedicalCertificate, Certificate)
    with pytest.raises(InvalidCertificate, match="vct"):
        Endorsement(
            type=CertificateType.COMPETENCY,
            document_number="1",
            issuing_country="NO",
            issuing_authority="Sjøfartsdirektoratet",
            holder=HOLDER,
            issue_date=date(2024, 1, 2),
            recognises=Reference("DK", "2"),
        )


def test_names_for_people_and_for_machines() -> None:
    single = Holder(seafarer_id="VJM6QBEP", family_name="Suharto", birth_date=date(1990, 1, 1))
    assert (HOLDER.full_name, single.full_name) == ("Åse Østergård", "Suharto")
    assert (HOLDER.mrz_name, single.mrz_name) == ("OESTERGAARD<<AASE", "SUHARTO")
