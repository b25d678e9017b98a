"""How wallets name what we issue: from the credential format's own type metadata, in four languages."""

from typing import Any

from keys.encoding import Json
from verifier.credential.model import CertificateType
from verifier.credential.schemas import DESCRIBED, type_metadata

ISSUED_TYPES = DESCRIBED  # what seafarers hold and pick up


def credential_metadata(kind: CertificateType) -> dict[str, Json]:
    """`credential_metadata` of one configuration (OpenID4VCI 1.0, 12.2.4 and B.2)."""
    metadata = type_metadata(kind)
    return {
        "display": [{"name": one["name"], "locale": one["locale"]} for one in metadata["display"]],
        "claims": [_claim(claim) for claim in metadata["claims"]],
    }


def _claim(claim: dict[str, Any]) -> dict[str, Json]:
    """SD-JWT VC type metadata calls a claim's name `label`; OpenID4VCI calls it `name`."""
    names: list[Json] = [{"name": one["label"], "locale": one["locale"]} for one in claim["display"]]
    mandatory: dict[str, Json] = {"mandatory": True} if claim["mandatory"] else {}
    return {"path": claim["path"], **mandatory, "display": names}
