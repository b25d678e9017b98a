"""What a credential's status list entry says, given its certificate's state."""

from collections.abc import Mapping

from issuer.domain.register import CertificateState
from verifier.status import Status

# The credential format's values: 0 valid, 1 revoked or cancelled, 2 suspended, 3 replaced or lost.
STATUS_OF_STATE: Mapping[CertificateState, Status] = {
    CertificateState.DRAFTED: Status.VALID,
    CertificateState.APPROVED: Status.VALID,
    CertificateState.IN_FORCE: Status.VALID,
    CertificateState.SUSPENDED: Status.SUSPENDED,
    CertificateState.REVOKED: Status.REVOKED,
    CertificateState.CANCELLED: Status.REVOKED,
    CertificateState.REPLACED: Status.REPLACED,
    CertificateState.LOST: Status.REPLACED,
    CertificateState.DESTROYED: Status.REPLACED,
}


def credential_status(certificate: CertificateState, *, superseded: bool) -> Status:
    """Status of one credential: its certificate's, unless a newer credential has taken its place.

    Revocation outranks replacement; a superseded credential of a suspended certificate says replaced, since
    it will not come back when the suspension is lifted.
    """
    status = STATUS_OF_STATE[certificate]
    return Status.REPLACED if superseded and status is not Status.REVOKED else status
