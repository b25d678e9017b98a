"""A device's own keys in a file that only its owner may read: where no hardware key store is at hand.

One signing key (P-256) and one secret of 32 bytes, under names that the app gives them. Whoever can read the
file can sign as this device and open what the secret encrypts.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from keys.algorithms import Algorithm
from keys.custody import CustodyError
from keys.encoding import EncodingError, b64url_decode, b64url_encode, json_dumps, json_object
from keys.regular_file import opener
from keys.signer import Signer, SoftwareSigner

SECRET_BYTES: Final = 32
_MAX_FILE: Final = 4_096


class DeviceKeysError(CustodyError):
    """The file of the device's keys cannot be read or made."""

    hint = "put back a copy of the file, or remove it: what it encrypted is then lost, and a new key is made"


class DeviceKeys:
    """The keys in `path`, which is made when one of them is first asked for."""

    def __init__(self, path: Path, *, signer: str = "device", secret: str = "records") -> None:
        """Name the file's two members."""
        self._path, self._names = path, (signer, secret)
        self._keys: tuple[SoftwareSigner, bytes] | None = None

    def signer(self) -> Signer:
        """The key that this device signs with. Raises DeviceKeysError."""
        return self._read()[0]

    def secret(self) -> bytes:
        """The 32 bytes under which this device encrypts. Raises DeviceKeysError."""
        return self._read()[1]

    def _read(self) -> tuple[SoftwareSigner, bytes]:
        if self._keys is None:
            try:
                if not self._path.exists():
                    self._create()
                with open(self._path, "rb", opener=opener) as file:
                    self._keys = self._parse(file.read(_MAX_FILE + 1))
                if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
                    self._path.chmod(0o600)  # whoever gave it to others
            except OSError as error:
                raise DeviceKeysError(f"{self._path}: {error.strerror}") from error
        return self._keys

    def _create(self) -> None:
        """Write new keys beside `path`, then link them there: of two that start at once, the first wins."""
        keys = (SoftwareSigner.generate(Algorithm.ES256).private_bytes(), secrets.token_bytes(SECRET_BYTES))
        members = {name: b64url_encode(key) for name, key in zip(self._names, keys, strict=True)}
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, json_dumps(members))
            os.fsync(file)
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            os.close(file)
            draft.unlink()

    def _parse(self, data: bytes) -> tuple[SoftwareSigner, bytes]:
        try:
            members = json_object(data, max_size=_MAX_FILE)
            key, secret = (b64url_decode(str(members[name])) for name in self._names)
            signer = SoftwareSigner.from_private_bytes(Algorithm.ES256, key)
        except (EncodingError, KeyError, ValueError):
            raise DeviceKeysError(f"the file of this device's keys is damaged: {self._path}") from None
        if len(secret) != SECRET_BYTES:
            raise DeviceKeysError(f"a secret of the wrong length: {self._path}")
        return signer, secret
