"""Public keys as values: JSON Web Key (RFC 7517) in and out, thumbprint (RFC 7638), coordinates."""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys import algorithms
from keys.algorithms import Algorithm, NativePublicKey
from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode


class JwkError(ValueError):
    """A key that is none, or not of a kind that Ombord uses."""


# P-256: y² = x³ - 3x + b over the field of p elements (SP 800-186 § 3.2.1.3).
_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

_P256 = ec.SECP256R1()
_ES256 = Algorithm.ES256  # an enum's members are slow to look up

_MEMBERS = {
    "EC": {"kty": "EC", "crv": "P-256"},
    "OKP": {"kty": "OKP", "crv": "Ed25519"},
}
_ALGORITHM = {"EC": Algorithm.ES256, "OKP": Algorithm.ED25519}


class PublicKey:
    """A P-256 or Ed25519 public key; equal, hashable and comparable by its coordinates.

    The native key object is made at the first verification: most keys that a verifier reads are never used.
    """

    __slots__ = ("_jwk", "_native", "_raw", "_thumbprint", "algorithm")

    algorithm: Algorithm

    def __init__(self, algorithm: Algorithm, raw: bytes, native: NativePublicKey | None = None) -> None:
        """`raw` is x then y (64 bytes) for ES256, the 32 bytes of RFC 8032 for Ed25519."""
        self.algorithm = algorithm
        self._raw = raw
        self._native = native
        self._jwk: dict[str, Json] | None = None
        self._thumbprint: str | None = None

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Json]) -> "PublicKey":
        """The key of a JWK. Raises JwkError for private or unknown keys and points off the curve."""
        kty = jwk.get("kty")
        if kty == "EC":
            if jwk.get("crv") != "P-256":
                raise JwkError("an EC key on another curve than P-256")
            raw = _point(jwk)
            if not _on_curve(raw):
                raise JwkError("the point (x, y) is not on P-256")
        elif kty == "OKP":
            if jwk.get("crv") != "Ed25519":
                raise JwkError("an OKP key other than Ed25519")
            raw = _coordinate(jwk, "x")
        else:
            raise JwkError('"kty" is neither "EC" nor "OKP"')
        if "d" in jwk:
            raise JwkError("a private key where a public key belongs; treat it as compromised")
        algorithm = _ALGORITHM[kty]
        if "alg" in jwk and jwk["alg"] != algorithm.value:
            raise JwkError(f'"alg" contradicts the key, which is for {algorithm.value}')
        key = cls(algorithm, raw)
        # Coordinates have one spelling: what was read is what would be written.
        if kty == "EC":
            key._jwk = {"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]}
        else:
            key._jwk = {"kty": "OKP", "crv": "Ed25519", "x": jwk["x"]}
        return key

    @classmethod
    def from_native(cls, native: NativePublicKey) -> "PublicKey":
        """The value of a `cryptography` key. Raises JwkError for another curve than P-256."""
        if isinstance(native, Ed25519PublicKey):
            return cls(Algorithm.ED25519, native.public_bytes_raw(), native)
        if not isinstance(native.curve, ec.SECP256R1):
            raise JwkError("an EC key on another curve than P-256")
        # Not `public_bytes`: its module costs a check on board 38 ms of imports.
        numbers = native.public_numbers()
        return cls(Algorithm.ES256, numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"), native)

    @classmethod
    def from_coordinates(cls, raw: bytes) -> "PublicKey":
        """The key of a P-256 point, x then y in 64 bytes. Raises JwkError for one off the curve."""
        if len(raw) != 64 or not _on_curve(raw):
            raise JwkError("the point (x, y) is not on P-256")
        return cls(_ES256, raw)

    def to_jwk(self) -> dict[str, Json]:
        """The required members alone, in the order of RFC 7517's examples."""
        if self._jwk is None:
            self._jwk = self._members()
        return {**self._jwk}

    def _members(self) -> dict[str, Json]:
        if self.algorithm is _ES256:
            x, y = self._raw[:32], self._raw[32:]
            return {**_MEMBERS["EC"], "x": b64url_encode(x), "y": b64url_encode(y)}
        return {**_MEMBERS["OKP"], "x": b64url_encode(self._raw)}

    def thumbprint(self) -> str:
        """SHA-256 thumbprint, base64url (RFC 7638 § 3; RFC 8037 § 2)."""
        if self._thumbprint is None:
            self._thumbprint = self._hash()
        return self._thumbprint

    def _hash(self) -> str:
        from hashlib import sha256  # loads OpenSSL a second time, 4 ms that most checks can do without

        if self._jwk is None:
            self._jwk = self._members()
        jwk = self._jwk
        # The required members in the order of their names.
        if self.algorithm is _ES256:
            members = f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'
        else:
            members = f'{{"crv":"Ed25519","kty":"OKP","x":"{jwk["x"]}"}}'
        return b64url_encode(sha256(members.encode("ascii")).digest())

    def coordinates(self) -> bytes:
        """The point, x then y in 64 bytes. Raises JwkError for Ed25519."""
        if self.algorithm is not _ES256:
            raise JwkError("only P-256 keys have two coordinates")
        return self._raw

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if `signature` (64 raw bytes) is this key's over `message`; else raise SignatureMismatch."""
        algorithms.verify(self._native or self._load(), signature, message)

    def pending(self, message: bytes, signature: bytes) -> Callable[[], None]:
        """What `verify` would compute, for a thread that does nothing else. Raises SignatureMismatch."""
        return algorithms.pending(self._native or self._load(), signature, message)

    def _load(self) -> NativePublicKey:
        if self.algorithm is Algorithm.ES256:
            self._native = ec.EllipticCurvePublicKey.from_encoded_point(_P256, b"\x04" + self._raw)
        else:
            self._native = Ed25519PublicKey.from_public_bytes(self._raw)
        return self._native

    def __reduce__(self) -> tuple[type["PublicKey"], tuple[Algorithm, bytes]]:
        """What another process is given: the key itself, without what was made of it here."""
        return PublicKey, (self.algorithm, self._raw)

    def __eq__(self, other: object) -> bool:
        """Same algorithm, same coordinates."""
        return isinstance(other, PublicKey) and (self.algorithm, self._raw) == (other.algorithm, other._raw)

    def __hash__(self) -> int:
        """By the coordinates."""
        return hash(self._raw)

    def __repr__(self) -> str:
        """Name the algorithm and the thumbprint."""
        return f"PublicKey({self.algorithm.value}, {self.thumbprint()})"


def _point(jwk: Mapping[str, Json]) -> bytes:
    """Both coordinates, decoded together: every verdict reads a holder's key."""
    x, y = jwk.get("x"), jwk.get("y")
    if type(x) is str and type(y) is str and len(x) == len(y) == 43:
        try:
            both = b64url_decode(f"{x}A{y}A")
        except EncodingError:
            pass
        else:
            # 43 characters are 32 bytes and two spare bits, here the first of a byte that must be zero.
            if both[32] == both[65] == 0:
                return both[:32] + both[33:65]
    return _coordinate(jwk, "x") + _coordinate(jwk, "y")  # which says what is wrong with which


def _coordinate(jwk: Mapping[str, Json], name: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or len(text) != 43:
        raise JwkError(f'"{name}" is not 32 bytes in base64url')
    try:
        return b64url_decode(text)
    except EncodingError as error:
        raise JwkError(f'"{name}" of the key: {error}') from None


def _on_curve(raw: bytes) -> bool:
    x = int.from_bytes(raw[:32], "big")
    y = int.from_bytes(raw[32:], "big")
    return x < _P and y < _P and (y * y - (x * x - 3) * x - _B) % _P == 0
