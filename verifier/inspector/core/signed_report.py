"""A report under this device's own key: a JWS (RFC 7515) over the report's JSON, byte for byte.

The header carries the device's public key. It shows that this device made the report and nobody changed it
since; whose device that is, the key's thumbprint (RFC 7638) tells whoever has noted it before.
"""

from typing import Final, NamedTuple

from keys import jws
from keys.encoding import Json
from keys.jwk import JwkError, PublicKey
from keys.signer import Signer

TYP: Final = "ombord-crew-report+jws"
MAX_REPORT: Final = 4 << 20
_MAX_TOKEN: Final = 4 * MAX_REPORT // 3 + 8_192
_PARAMETERS: Final = frozenset({"alg", "typ", "jwk"})


class NotSigned(ValueError):
    """A text that is no report signed by a device; says why."""


class SignedReport(NamedTuple):
    """A report whose signature holds: the JSON's bytes, and the thumbprint of the device's key."""

    report: bytes
    device: str


def sign(report: bytes, signer: Signer) -> str:
    """The compact JWS of a report."""
    header: dict[str, Json] = {"jwk": dict(signer.public_key.to_jwk())}
    return jws.sign(report, signer, typ=TYP, header=header)


def read(token: str) -> SignedReport:
    """The report in a token, once its own key is shown to have signed it. Raises NotSigned."""
    try:
        parsed = jws.parse(token, max_size=_MAX_TOKEN)
        jws.only_parameters(parsed, _PARAMETERS)
        members = parsed.header.get("jwk")
        if not isinstance(members, dict):
            raise NotSigned("the header carries no key")
        key = PublicKey.from_jwk(members)
        return SignedReport(jws.verify(parsed, key, typ=TYP), key.thumbprint())
    except (jws.MalformedJws, jws.SignatureMismatch, JwkError) as error:
        raise NotSigned(str(error) or "the signature does not hold") from error
