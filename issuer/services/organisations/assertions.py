"""Assertions by which an organisation asks for a token (RFC 7523): one JWT, checked in numbered steps.

Pure: the key that the assertion names is looked up by the caller, and the time is passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from issuer.domain.client_keys import ClientKey
from keys.encoding import EncodingError, Json, b64url_decode, json_object

ALGORITHMS: Final = ("ES256", "RS256", "PS256", "EdDSA")
MAX_ASSERTION: Final = 8_192
MAX_LIFETIME: Final = 120  # seconds from `iat` to `exp`, as Maskinporten has it
SKEW: Final = 30  # seconds that the two clocks may differ
MAX_JTI: Final = 200
_TYPES: Final = (None, "JWT", "jwt")
_VERIFIER: Final = PyJWS(algorithms=ALGORITHMS)


class AssertionRefused(Exception):
    """Why there is no token, in words for the developer of a client; `error` is of RFC 6749, 5.2."""

    def __init__(self, description: str, *, error: str = "invalid_grant") -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Unverified:
    """What an assertion says of itself: enough to look up the key, and nothing to go by."""

    token: str
    algorithm: str
    kid: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A good one: whose, under which id it may not come again, and until when it is kept for that."""

    client_id: str
    jti: str
    forget_at: int
    scopes: frozenset[str] | None  # the claim that Maskinporten's clients send


def read(token: str) -> Unverified:
    """The names in an assertion. Raises AssertionRefused."""
    if len(token) > MAX_ASSERTION or token.count(".") != 2:
        raise AssertionRefused(f"assertion: one signed JWT of at most {MAX_ASSERTION} characters is needed")
    first, second, _signature = token.split(".")
    header, payload = _part(first, "header"), _part(second, "claims")
    # (1) nothing that changes how the rest is read (RFC 7515, 4.1.11), and no algorithm beyond the four
    if "crit" in header or "b64" in header or header.get("typ") not in _TYPES:
        raise AssertionRefused("header: leave out crit and b64; typ is JWT, or left out")
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise AssertionRefused(f"header: alg is one of {', '.join(ALGORITHMS)}")
    if not isinstance(kid, str) or not kid:
        raise AssertionRefused("header: kid is missing: the id under which the public key is registered")
    issuer = payload.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise AssertionRefused("iss is missing: your client_id, such as NO-974760673")
    return Unverified(token, str(algorithm), kid, issuer)


def verify(unverified: Unverified, key: ClientKey, *, audience: str, at: int) -> Assertion:
    """What is signed with `key` for `audience` and good `at` (Unix seconds). Raises AssertionRefused."""
    # (2) RFC 7523, 3, item 9: signed by the key that is registered, with an algorithm that is the key's own
    signing_key = key.of(unverified.algorithm)
    if signing_key is None:
        raise AssertionRefused(f"alg {unverified.algorithm} is not for the key registered as {key.kid}")
    try:
        _VERIFIER.decode(unverified.token, signing_key, algorithms=[unverified.algorithm])
    except (PyJWTError, ValueError) as error:
        raise AssertionRefused(f"the signature is not that of the key {key.kid}") from error
    claims = _part(unverified.token.split(".")[1], "claims")
    # (3) item 3: for us and nobody else, so that no other server can use it here
    if claims.get("aud") not in (audience, [audience]):
        raise AssertionRefused(f"aud is {audience} and nothing else")
    # (4) item 2: on nobody's behalf
    if claims.get("sub", unverified.client_id) != unverified.client_id:
        raise AssertionRefused("sub is left out, or the same as iss: an organisation reports for itself")
    expires = _times(claims, at)
    # (5) item 7: an id of its own, which the caller lets in once
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        raise AssertionRefused(f"jti is missing: 1 to {MAX_JTI} characters, a fresh UUID each time")
    return Assertion(unverified.client_id, jti, expires + SKEW + 1, scopes_of(claims.get("scope")))


def scopes_of(value: Json) -> frozenset[str] | None:
    """Scopes with spaces between them (RFC 6749, 3.3); None when there are none. Raises AssertionRefused."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.split():
        raise AssertionRefused("scope is text: names with spaces between", error="invalid_scope")
    return frozenset(value.split())


def _times(claims: Mapping[str, Json], at: int) -> int:
    """(6) Items 4 to 6: short-lived, not yet expired, and made by now. Gives `exp`."""
    issued, expires, begins = claims.get("iat"), claims.get("exp"), claims.get("nbf", 0)
    for name, value in (("iat", issued), ("exp", expires), ("nbf", begins)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise AssertionRefused(f"{name} is missing, or no whole number of seconds since 1970")
    assert isinstance(issued, int) and isinstance(expires, int) and isinstance(begins, int)  # noqa: S101, PT018
    if not 0 < expires - issued <= MAX_LIFETIME:
        raise AssertionRefused(f"exp is 1 to {MAX_LIFETIME} seconds after iat")
    if max(issued, begins) > at + SKEW:
        raise AssertionRefused(f"iat is in the future: your clock is ahead by more than {SKEW} seconds")
    if expires <= at - SKEW:
        raise AssertionRefused("the assertion has expired: make a new one for each token; check your clock")
    return expires


def _part(text: str, name: str) -> dict[str, Json]:
    try:
        return json_object(b64url_decode(text), max_size=MAX_ASSERTION)
    except EncodingError as error:
        raise AssertionRefused(f"{name}: {error}") from error
