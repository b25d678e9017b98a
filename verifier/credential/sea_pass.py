"""The pass: one credential in which an authority sums up all certificates of a seafarer that are good today.

`urn:ombord:pass:1`, signed at each sync by a key with no other purpose, valid for 30 days at most. It has no
status of its own: that a certificate is among its members says "valid as of the pass's signing".
`sea_pass_claims` reads and signs it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from keys import pass_shape
from keys.jwk import PublicKey
from keys.said import Said
from verifier.credential.model import (
    Certificate,
    CertificateType,
    Holder,
    InvalidCertificate,
    StatusReference,
)

MAX_MEMBERS: Final = pass_shape.MAX_MEMBERS
LIFETIME: Final = timedelta(days=pass_shape.LIFETIME_DAYS)
# Characters of base64url, 6,000 bytes of picture: as a disclosure beside a pass of 32 certificates they are
# within the 20,000 characters that the carrier holds.
MAX_PORTRAIT: Final = 8_000

NO_MEMBERS: Final = frozenset(map(CertificateType, pass_shape.NO_MEMBERS))


class PassMember(NamedTuple):
    """A certificate in a pass, and where its credential's status stands.

    Of the certificate travels what decides what the holder may do; place of issue, official, endorsement and
    revalidation do not. Its holder, flag and authority are the pass's.
    """

    certificate: Certificate
    status: StatusReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One signed pass. Times are aware UTC; valid in `not_before` <= t < `expires`."""

    issuer: str
    issued_at: datetime  # as of when its members were good
    not_before: datetime
    expires: datetime
    holder_key: PublicKey | None
    issuing_country: str
    issuing_authority: str
    holder: Holder
    members: tuple[PassMember, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.members) <= MAX_MEMBERS:
            raise InvalidCertificate("certificates", "a pass has 1 to {} of them", MAX_MEMBERS)
        for member in self.members:
            if member.certificate.type in NO_MEMBERS:
                raise InvalidCertificate("certificates", "no {} belongs in a pass", member.certificate.type)
        _refuse_doubled(
            "two certificates are one: {}", (member.certificate.certificate_id for member in self.members)
        )
        _refuse_doubled("two places of status are one: {}", (member.status for member in self.members))


def contradiction(sea_pass: Pass) -> Said | None:
    """Why the pass's own dates cannot all be true (row C4b), or None."""
    if sea_pass.not_before >= sea_pass.expires:
        return Said("nbf is not before exp")
    if sea_pass.issued_at >= sea_pass.expires:
        return Said("iat is not before exp")
    if sea_pass.expires - sea_pass.issued_at > LIFETIME:
        return Said("a pass that runs for more than {} days", (LIFETIME.days,))
    return None


def _refuse_doubled(problem: str, found: Iterable[tuple[object, ...]]) -> None:
    seen = set()
    for one in found:
        if one in seen:
            raise InvalidCertificate("certificates", problem, " ".join(map(str, one)))
        seen.add(one)
