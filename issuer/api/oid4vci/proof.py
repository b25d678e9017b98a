"""The key proof of a credential request: does the wallet hold the key that it asks us to bind to?

OpenID4VCI 1.0, appendix F.1 (`jwt` proof type), narrowed: the key travels in `jwk`, ES256 alone,
nothing else in the header. The proof says nothing about who the wallet is: the access token does.
"""

from datetime import datetime

from issuer.api.key_proof import MAX_PROOF, PROOF_ALGORITHM, BadProof, ProvenKey, read_proof
from issuer.api.oid4vci.errors import ProtocolError

__all__ = ["MAX_PROOF", "PROOF_ALGORITHM", "PROOF_TYPE", "ProvenKey", "check_proof"]

PROOF_TYPE = "openid4vci-proof+jwt"


def check_proof(token: str, *, audience: str, at: datetime) -> ProvenKey:
    """Check everything but the nonce's freshness. Raises `ProtocolError` `invalid_proof`."""
    try:
        return read_proof(token, typ=PROOF_TYPE, audience=audience, at=at)
    except BadProof as error:
        raise ProtocolError("invalid_proof", str(error)) from error
