"""Holder proofs: exactly one form is accepted, under the right key, over the right credential."""

from datetime import datetime
from typing import Any

import jwt
import pytest
from support.carried import HOLDER, ISSUER, NONCE, NOW, credential, presented
from support.simulator import seeded_signer

from keys import jws
from keys.algorithms import Algorithm
from keys.encoding import b64url_encode, json_dumps, json_object
from keys.signer import SoftwareSigner
from verifier.credential import presentation, sd_jwt
from verifier.credential.presentation import (
    AUD_CHALLENGE,
    AUD_TIME,
    Audience,
    HolderProof,
    HolderProofError,
    MalformedProof,
    WrongHolder,
)

AT = int(NOW.timestamp())
CLAIMS = {
    "iat": AT,
    "aud": AUD_TIME,
    "nonce": b64url_encode(NONCE),
    "sd_hash": sd_jwt.sd_hash(credential()),
}


def check(text: str, holder: SoftwareSigner = HOLDER) -> HolderProof:
    return presentation.check(sd_jwt.parse(text), holder.public_key)


def with_binding(
    claims: object, *, signer: SoftwareSigner = HOLDER, typ: str | None = "kb+jwt", **extra: Any
) -> str:
    payload = claims if isinstance(claims, bytes) else json_dumps(claims)
    return credential() + jws.sign(payload, signer, typ=typ, **extra)


@pytest.mark.parametrize("audience", Audience)
def test_a_proof_by_the_holders_key_says_when_for_whom_and_over_which_nonce(audience: Audience) -> None:
    proof = check(presented(audience))
    assert (proof.iat, proof.nonce, proof.audience) == (AT, NONCE, audience)
    assert len(proof.signature) == 64


def test_the_proof_is_a_key_binding_jwt_that_pyjwt_accepts() -> None:
    token = sd_jwt.parse(presented()).key_binding
    assert token is not None
    key = jwt.PyJWK.from_dict(dict(HOLDER.public_key.to_jwk())).key
    options: Any = {"verify_iat": False}
    assert jwt.decode(token, key, algorithms=["ES256"], audience=AUD_TIME, options=options) == CLAIMS
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "kb+jwt"}


def test_instants_may_be_seconds_or_aware_datetimes() -> None:
    text = presentation.make(credential(), HOLDER, at=AT, nonce=NONCE, audience=Audience.TIME)
    assert check(text).iat == check(presented()).iat


def test_claims_may_come_in_any_order_from_another_wallet() -> None:
    assert check(with_binding(dict(reversed(CLAIMS.items())))).iat == AT


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({**CLAIMS, "jti": "x"}, id="one claim more"),
        pytest.param({**CLAIMS, "exp": AT + 60}, id="exp"),
        *[
            pytest.param({k: v for k, v in CLAIMS.items() if k != name}, id=f"without {name}")
            for name in CLAIMS
        ],
        pytest.param({**CLAIMS, "iat": str(AT)}, id="iat as text"),
        pytest.param({**CLAIMS, "iat": True}, id="iat as boolean"),
        pytest.param({**CLAIMS, "iat": -1}, id="iat before 1970"),
        pytest.param({**CLAIMS, "iat": 2**32}, id="iat after 2106"),
        pytest.param({**CLAIMS, "aud": [AUD_TIME]}, id="aud as array"),
        pytest.param({**CLAIMS, "aud": "https://inspector.example"}, id="another aud"),
        pytest.param({**CLAIMS, "aud": None}, id="no aud"),
        pytest.param({**CLAIMS, "nonce": "AAECAwQFBg"}, id="nonce of seven bytes"),
        pytest.param({**CLAIMS, "nonce": "AAECAwQFBgcI"}, id="nonce of nine bytes"),
        pytest.param({**CLAIMS, "nonce": b64url_encode(NONCE) + "="}, id="nonce with padding"),
        pytest.param({**CLAIMS, "nonce": b64url_encode(NONCE)[:-1] + "d"}, id="nonce with spare bits set"),
        pytest.param({**CLAIMS, "nonce": 7}, id="nonce as number"),
        pytest.param({**CLAIMS, "sd_hash": None}, id="no hash"),
        pytest.param(b'{"iat":1,"iat":2}', id="a name twice"),
        pytest.param(b'{"iat":1.5}', id="a float"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_other_claims_are_refused(claims: object) -> None:
    with pytest.raises(MalformedProof):
        check(with_binding(claims))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(with_binding(CLAIMS, typ="jwt"), id="typ jwt"),
        pytest.param(with_binding(CLAIMS, typ="KB+JWT"), id="typ in capitals"),
        pytest.param(with_binding(CLAIMS, typ=None), id="no typ"),
        pytest.param(with_binding(CLAIMS, kid="NO-2026a"), id="a key id"),
        pytest.param(with_binding(CLAIMS, header={"jwk": dict(HOLDER.public_key.to_jwk())}), id="own key"),
        pytest.param(with_binding(CLAIMS, header={"crit": ["exp"]}), id="crit"),
        pytest.param(
            with_binding(CLAIMS, signer=SoftwareSigner.generate(Algorithm.ED25519)), id="another algorithm"
        ),
        pytest.param(credential(), id="no proof"),
        pytest.param(credential() + "a.b.c", id="no JWS"),
        pytest.param(presented()[:-1], id="signature cut short"),
        pytest.param(credential() + "x" * 2_000, id="too long"),
    ],
)
def test_other_headers_and_shapes_are_refused(text: str) -> None:
    with pytest.raises(MalformedProof):
        check(text)


def test_a_proof_by_another_key_is_the_wrong_holders() -> None:
    with pytest.raises(WrongHolder, match="another key"):
        check(presented(), seeded_signer("thief"))
    with pytest.raises(WrongHolder, match="another key"):
        check(with_binding(CLAIMS, signer=ISSUER))


def test_a_proof_for_another_credential_is_the_wrong_holders() -> None:
    with pytest.raises(WrongHolder, match="another credential"):
        check(with_binding({**CLAIMS, "sd_hash": sd_jwt.sd_hash("other~")}))


def test_a_proof_for_other_disclosures_of_the_same_credential_is_the_wrong_holders() -> None:
    text, binding = presented().rsplit("~", 1)
    with pytest.raises(WrongHolder, match="another credential"):
        check(f"{text}~WyJzYWx0IiwiYSIsMV0~{binding}")


def test_a_holder_key_that_is_not_for_es256_never_fits() -> None:
    other = SoftwareSigner.generate(Algorithm.ED25519)
    with pytest.raises(WrongHolder):
        check(presented(), other)


def test_a_flipped_byte_of_the_proofs_signature_is_refused() -> None:
    text = presented()
    for index in (-5, -40, -80):
        flipped = text[:index] + ("A" if text[index] != "A" else "B") + text[index + 1 :]
        with pytest.raises(HolderProofError):
            check(flipped)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": b"short"},
        {"at": -1},
        {"at": 2**32},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 -- the fault under test
        {"credential_text": credential()[:-1]},
        {"credential_text": presented()},
        {"signer": SoftwareSigner.generate(Algorithm.ED25519)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_proof_is_made_that_nobody_would_accept(change: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "credential_text": credential(),
        "signer": HOLDER,
        "at": NOW,
        "nonce": NONCE,
        "audience": Audience.TIME,
    }
    with pytest.raises(ValueError, match=r"holder proof|ES256"):
        presentation.make(**{**arguments, **change})


def test_a_proof_rebuilds_to_the_text_that_was_shown() -> None:
    for audience, uri in ((Audience.TIME, AUD_TIME), (Audience.CHALLENGE, AUD_CHALLENGE)):
        parsed = sd_jwt.parse(presented(audience))
        proof = presentation.read(parsed)
        assert proof.audience == uri
        assert presentation.rebuild(parsed.text, proof) == presented(audience)
    assert json_object(jws.parse(str(parsed.key_binding)).payload).keys() == CLAIMS.keys()


def test_a_challenge_comes_back_from_its_code_and_from_six_characters() -> None:
    assert presentation.challenge_text(NONCE) == "OMBORD-CHALLENGE:0001020304050607"
    assert presentation.read_challenge(presentation.challenge_text(NONCE)) == NONCE
    assert presentation.read_challenge("7kq-2 mx") == b"\0\x007KQ2MX", "two zero bytes before it"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7KQ2M",
        "7KQ2MXX",
        "7KQ2M0",
        "7KQ2MÖ",
        "OMBORD-CHALLENGE:",
        "OMBORD-CHALLENGE:00010203040506",
        "OMBORD-CHALLENGE:0001020304050607FF",
        "OMBORD-CHALLENGE:000102030405060G",
        "OMBORD-CHALLENGE:00 01020304050607",
        "OMBORD-CHALLENGE:abababababababab",
    ],
)
def test_what_is_no_challenge_is_refused(text: str) -> None:
    with pytest.raises(presentation.NoChallenge):
        presentation.read_challenge(text)
