"""A key of the transparency log, and an authority's keys with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency.checkpoint import LogKey

if TYPE_CHECKING:
    from issuer.services.authority_keys import AuthorityKeys

LOG_KID = "NO-log-2026a"
ORIGIN = "certificates.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
LOG_KEY = LogKey(ORIGIN, SIGNER.public_key)


def with_log(keys: AuthorityKeys) -> AuthorityKeys:
    """These keys, and one that signs checkpoints."""
    return replace(keys, signers={**keys.signers, LOG_KID: SIGNER}, log_kid=LOG_KID)
