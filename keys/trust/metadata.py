"""TUF metadata as bytes: one spelling of each file, Ed25519 keys with short ids, our names for files.

`tuf.api` is laxer than a verifier may be: it takes duplicate JSON names, any white space, hex digits of both
cases, any number of unused signatures. Here a file has one spelling (python-tuf's compact form: sorted names,
ASCII), so that no bit of it can change unnoticed.
"""

import json
import re
from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from securesystemslib.signer import Key, SecretsHandler, Signature, SSlibKey
from securesystemslib.signer import Signer as TufSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Delegations, Metadata, Root, Signed, Snapshot, Targets, Timestamp

from keys.algorithms import Algorithm
from keys.encoding import EncodingError, Json, b64url_decode, json_object
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.trust.plan import key_id

MAX_FILE = 1 << 20
EXTENSION = "ombord"  # the one member that we add to signed metadata; TUF lets others pass over it
DIRECTORY = Targets.type  # our directory role is TUF's `targets`
HEX_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
HEX_SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)

_SPELLING = json.JSONEncoder(separators=(",", ":"), sort_keys=True)
_CANONICAL = json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False)

SignedT = TypeVar("SignedT", Root, Timestamp, Snapshot, Targets)


class UntrustedMetadata(ValueError):
    """Trust metadata that is missing, malformed, older than what was seen, or not signed as it must be."""

    hint = "keep what was verified before, and fetch the directory again"


# Names


def file_name(role: str, version: int) -> str:
    """Where one version of a role's metadata lies (TUF § 6.2, consistent snapshots)."""
    return "timestamp.json" if role == Timestamp.type else f"{version}.{role}.json"


def keys_path(flag: str) -> str:
    """The target that a flag's role always signs: its list of keys."""
    return f"{flag}/keys.json"


def allow_path(flag: str, kid: str) -> str:
    """The target with what a compromised key of a flag truly signed; `*` as `kid` stands for all of them."""
    return f"{flag}/allow/{kid}.bin" if kid != "*" else f"{flag}/allow/*"


def target_name(path: str, sha256: str) -> str:
    """Where a target lies, by its content (TUF § 6.2)."""
    folder, _, name = path.rpartition("/")
    return f"targets/{folder}/{sha256}.{name}"


# Keys


def tuf_key(key: PublicKey) -> SSlibKey:
    """An Ed25519 key as TUF lists it."""
    if key.algorithm is not Algorithm.ED25519:
        raise ValueError("the directory's roles sign with Ed25519")
    public = b64url_decode(str(key.to_jwk()["x"])).hex()
    return SSlibKey(key_id(key), "ed25519", "ed25519", {"public": public})


class RoleSigner(TufSigner):
    """Our port for private keys, wherever they lie, as python-tuf wants to call it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._key = tuf_key(signer.public_key)

    @property
    def public_key(self) -> Key:
        """The public half."""
        return self._key

    def sign(self, payload: bytes) -> Signature:
        """Sign canonical JSON."""
        return Signature(self._key.keyid, self._signer.sign(payload).hex())

    @classmethod
    def from_priv_key_uri(
        cls,
        priv_key_uri: str,
        public_key: Key,  # noqa: ARG003 - python-tuf's interface
        secrets_handler: SecretsHandler | None = None,  # noqa: ARG003
    ) -> TufSigner:
        """Keys come from custody, never from an address."""
        raise ValueError(f"private keys are not loaded from addresses such as {priv_key_uri}")


# Bytes


def encode(metadata: Metadata[SignedT]) -> bytes:
    """The one spelling of a metadata file."""
    return _spell(metadata.to_dict())


class Read(NamedTuple, Generic[SignedT]):
    """Metadata as read, and the bytes that were signed: canonical JSON."""

    metadata: Metadata[SignedT]
    content: bytes


def decode(kind: type[SignedT], data: bytes, name: str) -> Metadata[SignedT]:
    """Metadata of one kind in its one spelling, signatures unchecked; `name` is for messages.

    Raises UntrustedMetadata.
    """
    return read(kind, data, name).metadata


def read(kind: type[SignedT], data: bytes, name: str) -> Read[SignedT]:
    """As `decode`, with what the signatures are over."""
    try:
        members = json_object(data, max_size=MAX_FILE)
        content = _signed_part(members, data, name)
        _check_signatures(members, name)
        metadata = Metadata[SignedT].from_dict(members)  # takes `members` apart
    except (EncodingError, RepositoryError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, UntrustedMetadata):
            raise
        raise UntrustedMetadata(f"{name}: cannot be read: {error}") from error
    if not isinstance(metadata.signed, kind) or metadata.unrecognized_fields:
        raise UntrustedMetadata(f"{name}: is not {kind.type} metadata")
    _check_keys(metadata.signed, name)
    return Read(metadata, metadata.signed_bytes if content is None else content)


def _signed_part(members: Mapping[str, Json], data: bytes, name: str) -> bytes | None:
    """What is signed, as a slice of a file in its one spelling; None where escapes make the two differ.

    Our spelling and canonical JSON both sort names and leave no space; they part where text is escaped.
    """
    signed = _spell(members.get("signed"))
    start = b'{"signatures":%b,"signed":' % _spell(members.get("signatures"))
    if len(data) != len(start) + len(signed) + 1 or b"%b%b}" % (start, signed) != data:
        raise UntrustedMetadata(f"{name}: not in the one spelling that is accepted")
    if b"\\" not in signed:
        return signed
    plain = _CANONICAL.encode(members.get("signed"))  # the same, where only letters beyond ASCII are escaped
    return None if "\\" in plain else plain.encode("utf-8")


def _check_keys(signed: Signed, name: str) -> None:
    """Ed25519 alone, in one spelling, and no key twice: else one holder could fill a threshold of two."""
    delegator = signed.delegations if isinstance(signed, Targets) else signed
    keys = delegator.keys if isinstance(delegator, Root | Delegations) else {}
    for key in keys.values():
        public = key.keyval.get("public")
        if (key.keytype, key.scheme) != ("ed25519", "ed25519") or not (
            isinstance(public, str) and HEX_KEY.fullmatch(public)
        ):
            raise UntrustedMetadata(f"{name}: key {key.keyid} is not an Ed25519 key")
    if len({key.keyval["public"] for key in keys.values()}) != len(keys):
        raise UntrustedMetadata(f"{name}: one key under two key ids")


def _spell(value: object) -> bytes:
    return _SPELLING.encode(value).encode("ascii")


def _check_signatures(members: Mapping[str, Json], name: str) -> None:
    """Hexadecimal has two cases, and `tuf.api` takes both."""
    signatures = members.get("signatures")
    for signature in signatures if isinstance(signatures, list) else ():
        if not isinstance(signature, dict) or set(signature) != {"keyid", "sig"}:
            raise UntrustedMetadata(f"{name}: a signature with other members than keyid and sig")
        text = signature["sig"]
        if not isinstance(text, str) or not HEX_SIGNATURE.fullmatch(text):
            raise UntrustedMetadata(f"{name}: a signature is not 64 bytes in small hexadecimal digits")
