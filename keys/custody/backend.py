"""What stands behind the signer process and holds private keys: a sealed file, a token, a cloud's service."""

from collections.abc import Mapping
from typing import Protocol

from keys.custody import CustodyError
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner


class BackendError(CustodyError):
    """Keys that cannot be used as they are set up: a wrong PIN, no such key, another kind of key."""

    hint = "check what the signer was started with, and the keys of its policy"


class BackendGone(BackendError):
    """Keys that could be used a moment ago, and cannot now: a token pulled out, a service that is away."""

    hint = "plug it in or start it again; the signer takes it up by itself"


class KeyBackend(Protocol):
    """Private keys by key id. One thread alone calls it: PKCS#11 sessions are not to be shared."""

    def open(self) -> Mapping[str, PublicKey]:
        """The keys that are there. Again after BackendGone. Raises BackendError."""

    def sign(self, kid: str, message: bytes) -> bytes:
        """64 raw bytes over `message`, which is hashed on this side. Raises BackendError."""

    def close(self) -> None:
        """Let go of everything; nothing is raised."""


class SealedBackend:
    """The keys of a sealed file, in this process's memory."""

    def __init__(self, signers: Mapping[str, SoftwareSigner]) -> None:
        self._signers = signers

    def open(self) -> Mapping[str, PublicKey]:
        """All keys of the file."""
        return {kid: signer.public_key for kid, signer in self._signers.items()}

    def sign(self, kid: str, message: bytes) -> bytes:
        """Sign with the key of this id."""
        return self._signers[kid].sign(message)

    def close(self) -> None:
        """Forget the keys."""
        self._signers = {}
