"""What the tests' issuer might have signed for the page to show: a dispensation, a ship's document, markup.

Each takes its place in the status list from `other`, a good credential that the office gave out.
"""

from __future__ import annotations

from dataclasses import replace

from support import crews
from support.issuer_app import KEYS, Office
from support.scenario import INGRID, PHONE, TODAY, competency
from support.simulator import DAY, NOW, Authority, index_of

from verifier.credential import safe_manning_claims, vc
from verifier.credential.model import Certificate, CertificateType, ShipReference, StatusReference
from verifier.credential.safe_manning import SignedManning

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>{} %s ${1}'


def signed(office: Office, certificate: Certificate, other: str) -> str:
    """The certificate as this office's key signs it, bound to our one seafarer's phone."""
    issuer = office.settings.base_url
    made = Authority("NO").credential(certificate, PHONE, at=NOW - 100 * DAY)
    status = StatusReference(f"{issuer}/status/1", index_of(other))
    kid = KEYS.certificate_kid
    return vc.sign(replace(made, issuer=issuer, status=status), KEYS.signer(kid), kid)


def dispensation(office: Office, other: str) -> str:
    """A permission to serve on one ship (STCW Art. VIII)."""
    certificate = competency(
        type=CertificateType.DISPENSATION,
        document_number="NO-DSP-0001",
        ship=ShipReference("Havørn", crews.IMO),
        stcw_code=(),
        expiry_date=TODAY + 150 * DAY,
    )
    return signed(office, certificate, other)


def hostile(office: Office, other: str) -> str:
    """Markup wherever a certificate has text."""
    holder = replace(INGRID, family_name=HOSTILE, given_name=HOSTILE, native_name=HOSTILE)
    certificate = competency(
        document_number=HOSTILE,
        issuing_authority=HOSTILE,
        issue_place=HOSTILE,
        remarks=HOSTILE,
        stcw_code=(HOSTILE,),
        replaces=HOSTILE,
        holder=holder,
    )
    return signed(office, certificate, other)


def manning(office: Office, other: str) -> str:
    """A ship's safe manning document."""
    issuer = office.settings.base_url
    document = crews.manning(
        crews.POSTS[0], replace(crews.POSTS[2], regulations=("II/1",)), remarks="Not in ice"
    )
    made = SignedManning(
        issuer=issuer,
        issued_at=NOW - DAY,
        not_before=NOW - DAY,
        expires=NOW + 1_000 * DAY + DAY / 2,
        status=StatusReference(f"{issuer}/status/1", index_of(other)),
        document=document,
    )
    kid = KEYS.certificate_kid
    return safe_manning_claims.sign(made, KEYS.signer(kid), kid)
