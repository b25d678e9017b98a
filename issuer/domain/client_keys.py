"""The public keys with which organisations sign: JWKs of four kinds, never a private one."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWKError, PyJWTError

from issuer.domain.errors import InvalidInput
from keys.encoding import b64url_encode

KID: Final = re.compile(r"[0-9A-Za-z._~-]{1,64}", re.ASCII)
RSA_BITS: Final = (2_048, 8_192)  # NIST SP 800-131A; and no more than can be verified at once
# Which algorithms each key may sign with (RFC 7518, 3.1; RFC 8037, 3.1), and the members that make it.
_ALGORITHMS: Final = {"EC": ("ES256",), "RSA": ("RS256", "PS256"), "OKP": ("EdDSA",)}
_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
_CURVES: Final = {"EC": "P-256", "OKP": "Ed25519"}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ADVICE: Final = "register EC P-256 (ES256), RSA of 2,048 bits or more (RS256, PS256) or Ed25519 (EdDSA)"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key as it is kept: its id, and its JWK in one spelling."""

    kid: str
    jwk: str

    def of(self, algorithm: str) -> PyJWK | None:
        """The key for one algorithm; None when it is not for that one."""
        members = json.loads(self.jwk)
        allowed = (members["alg"],) if "alg" in members else _ALGORITHMS[members["kty"]]
        return PyJWK(members, algorithm) if algorithm in allowed else None


def client_key(jwk: Mapping[str, Any], *, kid: str | None = None) -> ClientKey:
    """The key of a JWK (RFC 7517), named by `kid`, its own "kid" or its thumbprint (RFC 7638).

    Raises InvalidInput for private keys, other kinds, short RSA keys and points off the curve.
    """
    if _PRIVATE & jwk.keys():
        raise InvalidInput(
            "this is a private key, which nobody but its owner should have",
            hint='send the public one: the same JWK without "d" and what follows from it',
        )
    kty = str(jwk.get("kty"))
    if kty not in _MEMBERS or jwk.get("crv", _CURVES.get(kty)) != _CURVES.get(kty):
        raise InvalidInput(
            f"keys of the kind {kty[:10]} {str(jwk.get('crv', ''))[:20]} are not taken".replace("  ", " "),
            hint=_ADVICE,
        )
    if jwk.get("use", "sig") != "sig":
        raise InvalidInput('the key\'s "use" is not "sig"', hint="register the key that signs")
    members = {name: jwk[name] for name in _MEMBERS[kty] if isinstance(jwk.get(name), str)}
    if len(members) != len(_MEMBERS[kty]):
        raise InvalidInput(f"the JWK lacks one of {', '.join(_MEMBERS[kty])}", hint=_ADVICE)
    named = kid or jwk.get("kid") or _thumbprint(members)
    if not isinstance(named, str) or not KID.fullmatch(named):
        raise InvalidInput(
            "a kid is 1 to 64 of the signs 0-9 A-Z a-z . _ ~ -", hint="give another with --kid"
        )
    chosen = jwk.get("alg")
    if chosen is not None:
        if chosen not in _ALGORITHMS[kty]:
            raise InvalidInput(f'"alg" {str(chosen)[:20]} is not taken for this key', hint=_ADVICE)
        members["alg"] = chosen
    _check(members, chosen or _ALGORITHMS[kty][0])
    return ClientKey(named, json.dumps(members, sort_keys=True, separators=(",", ":")))


def _check(members: Mapping[str, Any], algorithm: str) -> None:
    try:
        key = PyJWK(dict(members), algorithm).key
    except (PyJWKError, PyJWTError, ValueError, TypeError) as error:
        raise InvalidInput("the JWK's numbers make no key", hint=_ADVICE) from error
    bits = getattr(key, "key_size", RSA_BITS[0])
    if members["kty"] == "RSA" and not RSA_BITS[0] <= bits <= RSA_BITS[1]:
        raise InvalidInput(f"an RSA key of {bits} bits", hint=_ADVICE)


def _thumbprint(members: Mapping[str, Any]) -> str:
    text = json.dumps(dict(members), sort_keys=True, separators=(",", ":"))
    return b64url_encode(sha256(text.encode()).digest())
