"""What `organisation develop` hands out: a private key of its own, and a client that works as it is."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from issuer.commands.opening import actor
from issuer.composition import Register
from issuer.domain.errors import InvalidInput
from issuer.domain.key_file import key_of
from issuer.services.organisations.developing import Developing
from keys.encoding import Json, json_dumps

KEY: Final = "private-key.pem"
ABOUT: Final = "organisation.json"
CLIENT: Final = "report_sea_service.py"
_EXAMPLE: Final = Path(__file__).with_name("example_client.py")
_KID: Final = "development-1"


def develop(register: Register, folder: Path) -> dict[str, Json]:
    """Make it, and write its files into `folder`. Raises InvalidInput when a key is there already."""
    parts = (register.database, register.organisations, register.importing, register.settings)
    developing = Developing(*parts)
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(folder / KEY, secret)
    try:
        made = developing.make(key_of(public, kid=_KID), actor=actor())
    except BaseException:
        (folder / KEY).unlink()
        raise
    about: dict[str, Json] = {
        "issuer": register.settings.issuer,
        "client_id": made.organisation.client_id,
        "kid": _KID,
        "private_key": KEY,
        "seafarer": made.seafarer_id,
    }
    (folder / ABOUT).write_bytes(json_dumps(about) + b"\n")
    (folder / CLIENT).write_bytes(_EXAMPLE.read_bytes())
    return about


def lines(about: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """What to do now."""
    yield f"made {about['client_id']} (key {about['kid']}), which may report everything about everybody"
    yield f"its private key, for you alone: {folder / KEY}"
    yield ""
    yield "try it, while `ombord-issuer serve` runs:"
    yield "  pip install 'pyjwt[crypto]' httpx"
    yield f"  python {folder / CLIENT}"
    yield f"  curl {about['issuer']}/api/v1/codes"
    yield ""
    yield f"it reports about seafarer {about['seafarer']}; docs/machine-api.md goes on from here"


def _write_new(path: Path, data: bytes) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InvalidInput(f"{path} is there already", hint="name another folder with --out") from error
    with open(file, "wb") as opened:
        opened.write(data)
