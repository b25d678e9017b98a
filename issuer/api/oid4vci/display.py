"""How wallets name what we issue: from the credential format's own schemas, in four languages."""

from keys.encoding import Json
from verifier.credential.model import CertificateType

# A pass is made at each sync and never picked up.
ISSUED_TYPES = tuple(kind for kind in CertificateType if kind is not CertificateType.PASS)


def credential_metadata(kind: CertificateType) -> dict[str, Json]:
    """`credential_metadata` of one configuration (OpenID4VCI 1.0, 12.2.4)."""
    return {"display": [{"name": kind.value, "locale": "en"}]}
