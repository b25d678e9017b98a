"""The port for cloud key services: they sign a digest under a key that never leaves them.

AWS KMS, Google Cloud KMS and Azure Key Vault all offer it; an adapter for one of them is a class of one's own
with the two calls of `CloudKeyService`. None comes with Ombord.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keys.algorithms import Algorithm
from keys.custody.backend import BackendError, BackendGone
from keys.jwk import PublicKey


class CloudUnavailable(Exception):
    """The service did not answer in time, or not as it should: an adapter raises it after its own retries."""


class CloudKeyService(Protocol):
    """Two calls of a key service, bounded in time by the adapter."""

    def public_key(self, name: str) -> PublicKey:
        """The public half of the service's key `name`. Raises CloudUnavailable; KeyError for none."""

    def sign_digest(self, name: str, digest: bytes) -> bytes:
        """An ECDSA signature over 32 bytes, in DER (RFC 3279 § 2.2.3). Raises CloudUnavailable."""


class CloudBackend:
    """Keys of a cloud key service, by the key ids of the policy."""

    def __init__(self, service: CloudKeyService, names: Mapping[str, str]) -> None:
        """`names`: what the service calls each key id."""
        self._service = service
        self._names = names

    def open(self) -> Mapping[str, PublicKey]:
        """The public halves. Raises BackendError, BackendGone."""
        found = {}
        for kid, name in self._names.items():
            try:
                key = self._service.public_key(name)
            except KeyError:
                raise BackendError(f"the key service has no key {name} for {kid}") from None
            except CloudUnavailable as error:
                raise BackendGone(f"the key service: {error}") from error
            if key.algorithm is not Algorithm.ES256:
                raise BackendError(f"key {name} of the service is not on P-256")
            found[kid] = key
        return found

    def sign(self, kid: str, message: bytes) -> bytes:
        """Hash here, sign there, and turn DER into r and s. Raises BackendGone."""
        try:
            signature = self._service.sign_digest(self._names[kid], sha256(message).digest())
            r, s = decode_dss_signature(signature)
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        except CloudUnavailable as error:
            raise BackendGone(f"the key service: {error}") from error
        except (ValueError, OverflowError):
            raise BackendGone("the key service answered with something else than a signature") from None

    def close(self) -> None:
        """Nothing is held."""
