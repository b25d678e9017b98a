"""Keys on a PKCS#11 token: one session in one thread, found by CKA_ID, hashed here, signed by CKM_ECDSA.

A session for each thread makes SoftHSM fall over, and CKM_ECDSA_SHA256 is not on every token. Loaded only
where a signer is started with a token: `pip install ombord[pkcs11]`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    MultipleObjectsReturned,
    NoSuchKey,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    TokenNotRecognised,
)
from pkcs11.types import SignMixin

from keys.custody.backend import BackendError, BackendGone
from keys.jwk import JwkError, PublicKey

# A PIN that is wrong is not tried again: tokens lock themselves after three.
_WRONG_PIN: Final = (PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked)
_P256: Final = bytes.fromhex("06082a8648ce3d030107")  # its OID in DER
_POINT: Final = bytes.fromhex("044104")  # OCTET STRING of 65 bytes: uncompressed (SEC 1 § 2.3.3)


class Pkcs11Backend:
    """The keys of one token. Open, sign and close in one and the same thread."""

    def __init__(self, module: str, token: str, pin: str, ids: Mapping[str, bytes]) -> None:
        """`module` is the token maker's shared library, `ids` each key id's CKA_ID."""
        self._module, self._token, self._pin = module, token, pin
        self._ids = ids
        self._session: pkcs11.Session | None = None
        self._keys: dict[str, SignMixin] = {}
        self._opened = False

    def open(self) -> Mapping[str, PublicKey]:
        """Log in, and find each key and its public half. Raises BackendError, BackendGone."""
        self.close()
        with _errors():
            library = pkcs11.lib(self._module)
            if self._opened:  # tokens that came or went are seen by a library that begins afresh
                library.reinitialize()
            self._opened = True
            self._session = library.get_token(token_label=self._token).open(user_pin=self._pin)
            return {kid: self._find(self._session, kid, cka_id) for kid, cka_id in self._ids.items()}

    def sign(self, kid: str, message: bytes) -> bytes:
        """64 raw bytes: PKCS#11 gives r and s as JOSE wants them. Raises BackendGone."""
        key = self._keys.get(kid)
        if key is None:
            raise BackendGone(f"the token {self._token} is not open")
        try:
            signature: bytes = key.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA)
        except PKCS11Error as error:
            raise _as_ours(error) from error
        return signature

    def close(self) -> None:
        """Log out. A token that has gone needs no goodbye."""
        self._keys = {}
        session, self._session = self._session, None
        if session is not None:
            with suppress(PKCS11Error):
                session.close()

    def _find(self, session: "pkcs11.Session", kid: str, cka_id: bytes) -> PublicKey:
        try:
            public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, key_type=KeyType.EC, id=cka_id)
            private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, id=cka_id)
        except NoSuchKey:
            raise BackendError(f"token {self._token} has no key pair with CKA_ID {cka_id.hex()}") from None
        except MultipleObjectsReturned:
            raise BackendError(
                f"token {self._token} has two keys with CKA_ID {cka_id.hex()}: which is {kid}?"
            ) from None
        point = bytes(public[Attribute.EC_POINT])
        if bytes(public[Attribute.EC_PARAMS]) != _P256 or point[:3] != _POINT:
            raise BackendError(f"key {kid} of token {self._token} is not on P-256")
        try:
            found = PublicKey.from_coordinates(point[3:])
        except JwkError as error:
            raise BackendError(f"key {kid} of token {self._token}: {error}") from None
        assert isinstance(private, SignMixin), "private EC keys sign"  # noqa: S101
        self._keys[kid] = private
        return found


@contextmanager
def _errors() -> Iterator[None]:
    """PKCS#11's many refusals as our two: what will not do, and what may do again."""
    try:
        yield
    except PKCS11Error as error:
        raise _as_ours(error) from error


def _as_ours(error: PKCS11Error) -> BackendError:
    name = type(error).__name__
    if isinstance(error, _WRONG_PIN):
        return BackendError(f"the token does not take this PIN ({name})")
    if isinstance(error, NoSuchToken | TokenNotRecognised):
        return BackendGone(f"no such token is there ({name})")
    if type(error) is PKCS11Error:  # no return code of a token: the library itself cannot be loaded
        return BackendError(f"the PKCS#11 library: {error}")
    return BackendGone(f"the token answered {name}")
