"""A seafarer's pass, and the twelve certificates that it sums up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from support.scenario import INGRID, PHONE, TODAY, competency, medical
from support.simulator import DAY, NOW, Authority

from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Endorsement,
    Limitations,
    Reference,
    StatusReference,
)
from verifier.credential.sea_pass import LIFETIME, Pass, PassMember
from verifier.credential.sea_pass_claims import sign_pass

if TYPE_CHECKING:
    from datetime import datetime

    from keys.signer import SoftwareSigner

SIGNED = NOW - timedelta(hours=2)

_PROFICIENCIES = ("VI/1", "VI/2", "VI/3", "VI/4", "VI/5", "VI/6")


def certificate(kind: CertificateType, number: str, *codes: str, **changes: object) -> Certificate:
    """One of Ingrid's, as the Norwegian authority has it."""
    base = competency(functions=(), capacities=(), issue_place=None)
    return replace(base, type=kind, document_number=number, stcw_code=codes, **changes)  # type: ignore[arg-type]


def twelve() -> tuple[Certificate, ...]:
    """A master's certificates, each good for some time yet."""
    recognised = Endorsement(
        type=CertificateType.RECOGNITION,
        document_number="NO-END-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=INGRID,
        issue_date=TODAY - 200 * DAY,
        expiry_date=TODAY + 900 * DAY,
        capacities=(CapacityGrant("chief-mate", Limitations(max_gt=3_000)),),
        recognises=Reference("DK", "DK-COC-0815"),
    )
    return (
        competency(),
        certificate(CertificateType.GMDSS, "NO-GMD-0001", "IV/2"),
        certificate(CertificateType.TANKER, "NO-TNK-0001", "V/1-1"),
        certificate(CertificateType.TANKER, "NO-TNK-0002", "V/1-2"),
        *(
            certificate(CertificateType.PROFICIENCY, f"NO-PRO-{number:04}", code)
            for number, code in enumerate(_PROFICIENCIES, 1)
        ),
        recognised,
        medical(),
    )


def members(
    authority: Authority, certificates: tuple[Certificate, ...] | None = None
) -> tuple[PassMember, ...]:
    """Each certificate with a place of its own in the authority's status list: 0, 1, 2 …"""
    found = twelve() if certificates is None else certificates
    authority.states.update(dict.fromkeys(range(len(found)), 0))
    return tuple(PassMember(one, StatusReference(authority.status_uri, idx)) for idx, one in enumerate(found))


def sea_pass(
    authority: Authority, *certificates: Certificate, at: datetime = SIGNED, **changes: object
) -> Pass:
    """What the authority would sum up at this time: these certificates, or all twelve."""
    made = Pass(
        issuer=authority.iss,
        issued_at=at,
        not_before=at,
        expires=at + LIFETIME,
        holder_key=PHONE.public_key,
        issuing_country=authority.flag,
        issuing_authority=authority.entry.name,
        holder=INGRID,
        members=members(authority, certificates or None),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # any field, as the test says


def issue(authority: Authority, made: Pass | None = None, *, kid: str | None = None) -> str:
    """A signed pass, `<JWS>~`; with the authority's pass key unless a test names another."""
    kid = kid or authority.pass_kid
    signer: SoftwareSigner = authority.signers[kid]
    return sign_pass(made or sea_pass(authority), signer, kid)
