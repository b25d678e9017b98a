"""Key proofs: each rule of OpenID4VCI 1.0, appendix F.1, broken one at a time."""

from datetime import UTC, datetime

import pytest

from issuer.api.oid4vci.errors import ProtocolError
from issuer.api.oid4vci.proof import MAX_PROOF, PROOF_TYPE, check_proof
from keys import jws
from keys.algorithms import Algorithm
from keys.encoding import Json, b64url_encode, json_dumps
from keys.signer import SoftwareSigner

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW = int(AT.timestamp())
ISSUER = "https://certificates.example/no"
PHONE = SoftwareSigner.generate()
OTHER = SoftwareSigner.generate()
EDWARDS = SoftwareSigner.generate(Algorithm.ED25519)


def proof(
    claims: dict[str, Json] | None = None,
    *,
    header: dict[str, Json] | None = None,
    without: str = "",
    typ: str | None = PROOF_TYPE,
    signer: SoftwareSigner = PHONE,
) -> str:
    """A good proof, changed as asked; `without` takes a claim or a header parameter out."""
    body: dict[str, Json] = {"aud": ISSUER, "iat": NOW, "nonce": "n-0S6_WzA2Mj", **(claims or {})}
    head: dict[str, Json] = {"jwk": signer.public_key.to_jwk(), **(header or {})}
    body.pop(without, None)
    head.pop(without, None)
    return jws.sign(json_dumps(body), signer, typ=typ, header=head)


def test_good_proof_yields_the_phones_key_and_the_nonce() -> None:
    proven = check_proof(proof(), audience=ISSUER, at=AT)
    assert proven.key == PHONE.public_key
    assert proven.nonce == "n-0S6_WzA2Mj"


@pytest.mark.parametrize("skew", [-299, -60, 0, 60, 299])
def test_clock_skew_of_minutes_is_forgiven(skew: int) -> None:
    assert check_proof(proof({"iat": NOW + skew}), audience=ISSUER, at=AT).key == PHONE.public_key


def _tampered() -> str:
    head, _, tail = proof().partition(".")
    payload, _, signature = tail.partition(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    return f"{head}.{payload}.{flipped}"


def _unsigned() -> str:
    head = b64url_encode(json_dumps({"alg": "none", "typ": PROOF_TYPE, "jwk": PHONE.public_key.to_jwk()}))
    return f"{head}.{b64url_encode(b'{}')}."


PRIVATE = {**PHONE.public_key.to_jwk(), "d": b64url_encode(PHONE.private_bytes())}

REFUSED = {
    "not a token": "credential, please",
    "four parts": proof() + ".x",
    "no signature at all": _unsigned(),
    "flipped signature": _tampered(),
    "too long": "a" * (MAX_PROOF + 1),
    "key of another": proof(header={"jwk": OTHER.public_key.to_jwk()}),
    "no type": proof(typ=None),
    "type of another token": proof(typ="JWT"),
    "type in other case": proof(typ="OpenID4VCI-proof+jwt"),
    "no key": proof(without="jwk"),
    "key id instead of a key": proof(without="jwk", header={"kid": "did:jwk:abc"}),
    "key id beside the key": proof(header={"kid": "phone-1"}),
    "certificate chain beside the key": proof(header={"x5c": ["MII"]}),
    "address of a key set": proof(header={"jku": "https://evil.example/keys"}),
    "critical extension": proof(header={"crit": ["exp"]}),
    "key attestation": proof(header={"key_attestation": "e30.e30.e30"}),
    "private key": proof(header={"jwk": PRIVATE}),
    "key that is no object": proof(header={"jwk": "phone"}),
    "key off the curve": proof(header={"jwk": {**PHONE.public_key.to_jwk(), "x": "A" * 43}}),
    "algorithm outside the metadata": proof(signer=EDWARDS),
    "no audience": proof(without="aud"),
    "audience of another issuer": proof({"aud": "https://certificates.example/dk"}),
    "audience with a trailing slash": proof({"aud": ISSUER + "/"}),
    "audience as a list": proof({"aud": [ISSUER]}),
    "no time": proof(without="iat"),
    "time as text": proof({"iat": str(NOW)}),
    "time as a truth value": proof({"iat": True}),
    "signed long ago": proof({"iat": NOW - 301}),
    "signed in the future": proof({"iat": NOW + 301}),
    "expired": proof({"exp": NOW - 301}),
    "no nonce": proof(without="nonce"),
    "empty nonce": proof({"nonce": ""}),
    "nonce that is a number": proof({"nonce": 7}),
    "issuer claim of an anonymous client": proof({"iss": "wallet"}),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_bad_proof_is_refused_as_invalid_proof(token: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        check_proof(token, audience=ISSUER, at=AT)
    assert refused.value.code == "invalid_proof"
    assert refused.value.status == 400


def test_claims_given_twice_are_refused() -> None:
    payload = b'{"aud":"%s","iat":%d,"nonce":"a","nonce":"b"}' % (ISSUER.encode(), NOW)
    token = jws.sign(payload, PHONE, typ=PROOF_TYPE, header={"jwk": PHONE.public_key.to_jwk()})
    with pytest.raises(ProtocolError, match="invalid_proof"):
        check_proof(token, audience=ISSUER, at=AT)
