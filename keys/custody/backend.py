"""What stands behind the signer process and holds private keys: a sealed file, a token, a cloud's service."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from keys.custody import CustodyError
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner

ToSignRaw: TypeAlias = tuple[str, bytes]  # a key id and a message


class BackendError(CustodyError):
    """Keys that cannot be used as they are set up: a wrong PIN, no such key, another kind of key."""

    hint = "check what the signer was started with, and the keys of its policy"


class BackendGone(BackendError):
    """Keys that could be used a moment ago, and cannot now: a token pulled out, a service that is away."""

    hint = "plug it in or start it again; the signer takes it up by itself"


@runtime_checkable
class KeyBackend(Protocol):
    """Private keys by key id. One thread alone calls it: PKCS#11 sessions are not to be shared."""

    def open(self) -> Mapping[str, PublicKey]:
        """The keys that are there. Again after BackendGone. Raises BackendError."""

    def sign(self, kid: str, message: bytes) -> bytes:
        """64 raw bytes over `message`, which is hashed on this side. Raises BackendError."""

    def close(self) -> None:
        """Let go of everything; nothing is raised."""


class Batches(Protocol):
    """Keys that sign many at a time."""

    def open(self) -> Mapping[str, PublicKey]:
        """As a KeyBackend's."""

    def sign_all(self, wanted: Sequence[ToSignRaw]) -> "list[bytes | BackendError]":
        """A signature, or why there is none, for each; after BackendGone nothing more is tried."""

    def close(self) -> None:
        """As a KeyBackend's."""


class OneByOne:
    """Batches of a backend that is in this process."""

    def __init__(self, backend: KeyBackend) -> None:
        self._backend = backend
        self.open, self.close = backend.open, backend.close

    def sign_all(self, wanted: Sequence[ToSignRaw]) -> list[bytes | BackendError]:
        """One after the other."""
        found: list[bytes | BackendError] = []
        for kid, message in wanted:
            try:
                found.append(self._backend.sign(kid, message))
            except BackendGone as error:
                return found + [error] * (len(wanted) - len(found))
            except BackendError as error:
                found.append(error)
        return found


def in_batches(backend: KeyBackend | Batches) -> Batches:
    """The same keys, many signatures at a time."""
    return OneByOne(backend) if isinstance(backend, KeyBackend) else backend


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
