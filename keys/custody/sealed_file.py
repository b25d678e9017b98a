"""Private keys in one file under a passphrase: Argon2id, AES-256-GCM, the header as associated data.

Three lines of ASCII: the header (JSON: how the key is derived), the sealed keys (base64url), and the SHA-256
of both. The last tells a damaged file from a wrong passphrase; only AES-GCM tells who may open it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.algorithms import Algorithm
from keys.custody import CustodyError, atomic_file
from keys.encoding import Json, b64url_decode, b64url_encode, json_dumps, json_loads
from keys.regular_file import opener
from keys.signer import SoftwareSigner
from keys.trust.record import Record

FORMAT = "ombord-sealed-keys"
MAX_FILE = 1 << 20


class SealedFileError(CustodyError):
    """The file is no sealed key file that can be read: damaged, of another format, or cut short."""

    hint = "restore the key file from a backup, or name another"


class WrongPassphrase(SealedFileError):
    """The file is whole, and this passphrase does not open it."""

    hint = (
        "check what was typed, or OMBORD_PASSPHRASE (for a home OMBORD_KEYS_PASSPHRASE, where that is set); "
        "somebody may also have changed the file: compare it with a backup"
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs (RFC 9106 § 4)."""

    memory_kib: int
    passes: int
    lanes: int

    def derive(self, passphrase: bytes, salt: bytes) -> bytes:
        """The 32-byte key. Raises SealedFileError where OpenSSL is older than 3.2 and has no Argon2."""
        try:
            kdf = Argon2id(
                salt=salt, length=32, iterations=self.passes, lanes=self.lanes, memory_cost=self.memory_kib
            )
        except UnsupportedAlgorithm as error:
            raise SealedFileError("this OpenSSL has no Argon2id; install cryptography's own wheel") from error
        return kdf.derive(passphrase)


COST = Cost(memory_kib=65_536, passes=3, lanes=1)
LIMIT = Cost(memory_kib=1 << 20, passes=16, lanes=16)  # a hostile header must not exhaust the machine


def seal(path: Path | str, keys: Mapping[str, SoftwareSigner], passphrase: bytes) -> None:
    """Write all keys by their key ids to a new or existing file, mode 0600, whole or not at all.

    Raises SealedFileError for an empty passphrase, OSError when the file cannot be written.
    """
    if not passphrase:
        raise SealedFileError("a key file needs a passphrase")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    header = json_dumps(
        {
            "format": FORMAT,
            "version": 1,
            "kdf": "argon2id",
            "memory_kib": COST.memory_kib,
            "passes": COST.passes,
            "lanes": COST.lanes,
            "salt": b64url_encode(salt),
            "cipher": "AES-256-GCM",
            "nonce": b64url_encode(nonce),
        }
    )
    content: list[Json] = [
        {"kid": kid, "alg": signer.algorithm.value, "d": b64url_encode(signer.private_bytes())}
        for kid, signer in keys.items()
    ]
    sealed = AESGCM(COST.derive(passphrase, salt)).encrypt(nonce, json_dumps({"keys": content}), header)
    body = header + b"\n" + b64url_encode(sealed).encode() + b"\n"
    atomic_file.write(Path(path), body + _checksum(body), mode=0o600)


def unseal(path: Path | str, passphrase: bytes) -> dict[str, SoftwareSigner]:
    """The signers in a sealed file by their key ids.

    Raises WrongPassphrase, SealedFileError for anything that `seal` did not write, OSError for no file.
    """
    with open(path, "rb", opener=opener) as file:
        data = file.read(MAX_FILE + 1)
    try:
        return _opened(data, passphrase)
    except SealedFileError as error:
        raise type(error)(f"{path}: {error}") from error


def _opened(data: bytes, passphrase: bytes) -> dict[str, SoftwareSigner]:
    header, sealed = _lines(data)
    try:
        record = Record(json_loads(header), "header")
        nonce, key = b64url_decode(record.text("nonce")), _derive(record, passphrase)
        if len(nonce) != 12:
            raise SealedFileError("header: nonce is not 12 bytes")
        opened = AESGCM(key).decrypt(nonce, b64url_decode(sealed), header)
        return {one.text("kid"): _signer(one) for one in Record(json_loads(opened), "keys").records("keys")}
    except InvalidTag:
        raise WrongPassphrase("the passphrase does not open this key file") from None
    except ValueError as error:
        raise SealedFileError(f"not a sealed key file: {error}") from error


def _lines(data: bytes) -> tuple[bytes, bytes]:
    """Header and sealed keys of a file that is whole."""
    body, end = data[:-65], data[-65:]
    lines = body.split(b"\n")
    if len(data) > MAX_FILE or len(lines) != 3 or f'"{FORMAT}"'.encode() not in lines[0]:
        raise SealedFileError("not a sealed key file, or one that was cut short")
    if _checksum(body) != end:
        raise SealedFileError("the sealed key file is damaged: restore it from a backup")
    return lines[0], lines[1]


def _checksum(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode() + b"\n"


def _derive(header: Record, passphrase: bytes) -> bytes:
    if (header.text("format"), header.number("version")) != (FORMAT, 1):
        raise SealedFileError("the key file is of another version; use the Ombord that wrote it")
    if (header.text("kdf"), header.text("cipher")) != ("argon2id", "AES-256-GCM"):
        raise SealedFileError("the key file names a cipher or key derivation that is not allowed")
    cost = Cost(
        lanes=(lanes := header.number("lanes", 1, LIMIT.lanes)),
        memory_kib=header.number("memory_kib", 8 * lanes, LIMIT.memory_kib),
        passes=header.number("passes", 1, LIMIT.passes),
    )
    salt = b64url_decode(header.text("salt"))
    if len(salt) != 16:
        raise SealedFileError("header: salt is not 16 bytes")
    return cost.derive(passphrase, salt)


def _signer(record: Record) -> SoftwareSigner:
    return SoftwareSigner.from_private_bytes(Algorithm(record.text("alg")), b64url_decode(record.text("d")))
