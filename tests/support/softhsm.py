"""A SoftHSM 2 token of a test's own: Debian's softhsm2, its keys in a temporary folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOKEN: Final = "ombord"
PIN: Final = "271828"
LIBRARIES: Final = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")


class NoSoftHsm(Exception):
    """This machine has none; says what is missing."""


@dataclass(frozen=True)
class SoftHsm:
    """A token with one P-256 key pair under each CKA_ID."""

    library: str
    folder: Path

    def add_key(self, cka_id: bytes, curve: str = "secp256r1") -> None:
        """Make a key pair on the token."""
        import pkcs11
        from pkcs11 import Attribute, KeyType
        from pkcs11.util.ec import encode_named_curve_parameters

        with pkcs11.lib(self.library).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
            curve_of = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
            session.create_domain_parameters(KeyType.EC, curve_of, local=True).generate_keypair(
                store=True, id=cka_id, label=cka_id.decode("ascii", "replace")
            )


@contextmanager
def softhsm(folder: Path, ids: Sequence[bytes]) -> Iterator[SoftHsm]:
    """A fresh token in `folder`; SoftHSM finds it by its environment variable. Raises NoSoftHsm."""
    library = next((path for path in LIBRARIES if os.path.exists(path)), None)
    if library is None or shutil.which("softhsm2-util") is None:
        raise NoSoftHsm("SoftHSM is not here: install Debian's softhsm2")
    try:
        import pkcs11
    except ImportError:
        raise NoSoftHsm("python-pkcs11 is not here: install the extra pkcs11") from None
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    try:
        command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", PIN, "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True)
        pkcs11.lib(library).reinitialize()
        token = SoftHsm(library, folder)
        for one in ids:
            token.add_key(one)
        yield token
    finally:
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before
