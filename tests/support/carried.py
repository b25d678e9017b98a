"""Credentials and presentations as text, for tests of the formats that carry them."""

from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256

from support.simulator import Authority, seeded_signer

from keys import jws
from keys.encoding import Json, b64url_encode, json_dumps
from keys.signer import SoftwareSigner
from verifier.credential import presentation
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    FunctionGrant,
    Gender,
    Holder,
    Level,
    Official,
)
from verifier.credential.presentation import Audience

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOLDER = seeded_signer("holder")
ISSUER = seeded_signer("issuer")
NORWAY = Authority("NO")
NONCE = bytes(range(8))

MASTER = Certificate(
    type=CertificateType.COMPETENCY,
    document_number="NO-26-104729",
    issuing_country="NO",
    issuing_authority="Sjøfartsdirektoratet",
    holder=Holder(
        seafarer_id="7K3QX9TV",
        family_name="Østergård",
        given_name="Ingrid",
        birth_date=date(1984, 3, 2),
        gender=Gender.FEMALE,
    ),
    stcw_code=("II/2",),
    functions=tuple(
        FunctionGrant(code, Level.MANAGEMENT) for code in ("navigation", "cargo", "ship-operation")
    ),
    capacities=(CapacityGrant("master"),),
    issue_date=date(2026, 1, 15),
    issue_place="Haugesund",
    expiry_date=date(2031, 1, 14),
    official=Official("Lunde", "Per", "Senior Adviser"),
)


@cache
def credential() -> str:
    """A certificate of competency bound to HOLDER, `<JWS>~`."""
    return NORWAY.issue(MASTER, HOLDER)


@cache
def presented(audience: Audience = Audience.TIME) -> str:
    """The same with a holder proof made now."""
    return presentation.make(credential(), HOLDER, at=NOW, nonce=NONCE, audience=audience)


def signed(payload: dict[str, Json] | bytes, *disclosures: str, signer: SoftwareSigner = ISSUER) -> str:
    """An SD-JWT of this payload with these disclosures."""
    data = payload if isinstance(payload, bytes) else json_dumps(payload)
    return "~".join((jws.sign(data, signer, typ="dc+sd-jwt", kid="NO-2026a"), *disclosures, ""))


def disclosure(*values: Json) -> tuple[str, str]:
    """A disclosure of these values after a salt, and its digest (RFC 9901 § 4.2.3)."""
    text = b64url_encode(json_dumps(["c2FsdA", *values]))
    return text, b64url_encode(sha256(text.encode("ascii")).digest())
