"""What Ombord signs is read and refused alike by PyJWT, polaris-oid4vp and @sd-jwt/sd-jwt-vc."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from polaris_oid4vp import sdjwt as polaris
from support import passes
from support.carried import disclosure
from support.node import Refused, ask
from support.scenario import PHONE
from support.simulator import NOW, Authority, seeded_signer

from keys.encoding import b64url_encode, json_dumps
from verifier.credential import presentation, vc
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Endorsement,
    FunctionGrant,
    Holder,
    Level,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Official,
    Reference,
)
from verifier.credential.sea_pass_claims import pass_claims

NONCE = bytes(range(8))
AT = int(NOW.timestamp())
ISSUED: dict[str, Any] = {
    "issuing_country": "NO",
    "issuing_authority": "Sjøfartsdirektoratet",
    "issue_date": date(2026, 3, 2),
    "expiry_date": date(2028, 3, 1),
    "official": Official("Þórsdóttir", "Guðrún", "Senior Adviser"),
}
OSTERGARD = Holder(
    seafarer_id="7K3M9Q2X", family_name="Østergård", given_name="Åse", birth_date=date(1987, 5, 17)
)
LI = Holder(
    seafarer_id="0AB1CD2E",
    family_name="Li",
    given_name="Wei",
    native_name="李偉",
    birth_date=date(1990, 1, 31),
)
SUKARNO = Holder(seafarer_id="5Z6Y7X8W", family_name="Sukarno", birth_date=date(1979, 12, 1))

COMPETENCY = Certificate(
    type=CertificateType.COMPETENCY,
    document_number="NO-COC-2026-000417",
    holder=OSTERGARD,
    stcw_code=("II/2",),
    functions=(FunctionGrant("navigation", Level.MANAGEMENT, Limitations(max_gt=3000)),),
    capacities=(CapacityGrant("master", Limitations(areas=("near-coastal",), without=("ecdis",))),),
    **ISSUED,
)
MEDICAL = MedicalCertificate(
    type=CertificateType.MEDICAL,
    document_number="NO-MED-2026-118204",
    holder=LI,
    fitness=MedicalFitness(
        identity_checked=True,
        hearing=True,
        visual_acuity=True,
        lookout=True,
        free_from_aggravated_condition=True,
        examination_date=date(2026, 3, 1),
        practitioner="Dr. K. Nuñez",
        review_informed=True,
    ),
    **ISSUED,
)
RECOGNITION = Endorsement(
    type=CertificateType.RECOGNITION,
    document_number="NO-END-2026-000091",
    holder=SUKARNO,
    recognises=Reference("ID", "6200123456"),
    **ISSUED,
)


@pytest.fixture(params=[COMPETENCY, MEDICAL, RECOGNITION], ids=lambda certificate: certificate.type.value)
def issued(request: pytest.FixtureRequest) -> SimpleNamespace:
    """One certificate of each shape, bound to a phone's key, with what others need in order to check it."""
    authority, holder = Authority("NO"), seeded_signer("phone")
    return SimpleNamespace(
        authority=authority,
        holder=holder,
        certificate=request.param,
        text=authority.issue(request.param, holder),
        issuer_jwk={
            **authority.signers[authority.certificate_kid].public_key.to_jwk(),
            "kid": authority.certificate_kid,
        },
        status_jwk=authority.signers[authority.status_kid].public_key.to_jwk(),
    )


def presented(issued: SimpleNamespace) -> str:
    """The live presentation that the wallet shows at AT."""
    audience = presentation.Audience.CHALLENGE
    return presentation.make(issued.text, issued.holder, at=NOW, nonce=NONCE, audience=audience)


def with_flipped_bit(text: str, segment: int) -> str:
    """The same text with one bit of one of the JWS's three segments flipped."""
    jws, tilde, rest = text.partition("~")
    segments = jws.split(".")
    middle = len(segments[segment]) // 2
    other = "A" if segments[segment][middle] != "A" else "Q"
    segments[segment] = segments[segment][:middle] + other + segments[segment][middle + 1 :]
    return ".".join(segments) + tilde + rest


# PyJWT


def test_pyjwt_verifies_the_issuer_signature_and_reads_the_names(issued: SimpleNamespace) -> None:
    claims = pyjwt_claims(issued, issued.text)
    assert claims["vct"] == f"urn:ombord:{issued.certificate.type}:1"
    assert claims["family_name"] == issued.certificate.holder.family_name
    assert claims.get("native_name") == issued.certificate.holder.native_name


def test_pyjwt_refuses_a_flipped_signature(issued: SimpleNamespace) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        pyjwt_claims(issued, with_flipped_bit(issued.text, 2))


def pyjwt_claims(issued: SimpleNamespace, text: str) -> dict[str, Any]:
    # PyJWT takes the time from the machine, so its signature check alone is asked for.
    only_the_signature = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    key = jwt.PyJWK(issued.issuer_jwk, algorithm="ES256")
    return jwt.decode(text.rstrip("~"), key=key, algorithms=["ES256"], options=only_the_signature)


# polaris-oid4vp


def test_polaris_accepts_our_presentation_with_its_key_binding(issued: SimpleNamespace) -> None:
    verdict = polaris_verdict(issued, presented(issued))
    assert verdict.authentic, verdict.reason
    assert verdict.claims["document_number"] == issued.certificate.document_number


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"expected_nonce": "AAAAAAAAAAA"}, "nonce"),
        ({"expected_audience": "urn:ombord:on-board:time"}, "audience"),
        ({"now": AT + 600}, "kb_freshness"),
        ({"now": AT + 3 * 365 * 86_400}, "credential_validity"),
        ({"expected_vct": "urn:ombord:pass:1"}, "vct"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_polaris_refuses_our_presentation_elsewhere_or_at_another_time(
    issued: SimpleNamespace, changed: dict[str, Any], code: str
) -> None:
    assert polaris_verdict(issued, presented(issued), **changed).code == code


def test_polaris_refuses_a_bearer_copy_and_a_flipped_signature(issued: SimpleNamespace) -> None:
    assert polaris_verdict(issued, issued.text).code == "kb_missing"
    assert polaris_verdict(issued, with_flipped_bit(presented(issued), 2)).code == "issuer_signature"


def polaris_verdict(issued: SimpleNamespace, text: str, **changed: Any) -> polaris.Verdict:
    question: dict[str, Any] = {
        "expected_nonce": b64url_encode(NONCE),
        "expected_audience": "urn:ombord:on-board:challenge",
        "issuer_jwks": [issued.issuer_jwk],
        "now": AT,
        "expected_vct": f"urn:ombord:{issued.certificate.type}:1",
    }
    return polaris.verify_presentation(text, **(question | changed))


# @sd-jwt/sd-jwt-vc


@pytest.mark.node
def test_sd_jwt_vc_accepts_our_credential_and_our_presentation(issued: SimpleNamespace) -> None:
    credential = sd_jwt_vc(issued, issued.text)
    assert credential["claims"]["document_number"] == issued.certificate.document_number
    assert credential["header"] == {
        "alg": "ES256",
        "kid": issued.authority.certificate_kid,
        "typ": "dc+sd-jwt",
    }
    proof = sd_jwt_vc(issued, presented(issued), nonce=b64url_encode(NONCE))["key_binding"]
    assert (proof["aud"], proof["iat"]) == ("urn:ombord:on-board:challenge", AT)


@pytest.mark.node
@pytest.mark.parametrize("status", [1, 2, 3], ids=["revoked", "suspended", "replaced"])
def test_sd_jwt_vc_refuses_what_our_status_list_takes_back(status: int) -> None:
    authority, holder = Authority("NO"), seeded_signer("phone")
    text = authority.issue(COMPETENCY, holder)
    authority.revoke(text, status)
    issued = SimpleNamespace(
        authority=authority,
        issuer_jwk=authority.signers[authority.certificate_kid].public_key.to_jwk(),
        status_jwk=authority.signers[authority.status_kid].public_key.to_jwk(),
    )
    with pytest.raises(Refused, match="Status is not valid"):
        sd_jwt_vc(issued, text)


@pytest.mark.node
def test_sd_jwt_vc_refuses_a_flipped_signature_and_another_nonce(issued: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="Signature"):
        sd_jwt_vc(issued, with_flipped_bit(issued.text, 2))
    with pytest.raises(Refused, match=r"[Nn]once"):
        sd_jwt_vc(issued, presented(issued), nonce="AAAAAAAAAAA")


def sd_jwt_vc(issued: SimpleNamespace, text: str, nonce: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = ask(
        "verify_credential.mjs",
        text=text,
        issuer_jwk=issued.issuer_jwk,
        status_jwk=issued.status_jwk,
        status_list=issued.authority.status_list(),
        at=AT,
        **({"nonce": nonce} if nonce else {}),
    )
    return answer


# The pass: with its portrait kept back, and with it shown


@pytest.fixture(params=["kept back", "shown"])
def sea_pass(request: pytest.FixtureRequest) -> SimpleNamespace:
    """A pass of twelve certificates whose portrait can be disclosed apart."""
    authority, kid = Authority("NO"), "NO-2026b"
    portrait, digest = disclosure("portrait", "UklGRg")
    claims = pass_claims(passes.sea_pass(authority)) | {"_sd_alg": "sha-256", "_sd": [digest]}
    text = vc.sign_payload(json_dumps(claims), authority.signers[kid], kid)
    assert kid == authority.pass_kid
    return SimpleNamespace(
        authority=authority,
        holder=PHONE,
        certificate=SimpleNamespace(type="pass"),
        text=f"{text}{portrait}~" if request.param == "shown" else text,
        shown="UklGRg" if request.param == "shown" else None,
        issuer_jwk={**authority.signers[kid].public_key.to_jwk(), "kid": kid},
        status_jwk=authority.signers[authority.status_kid].public_key.to_jwk(),
    )


def test_pyjwt_and_polaris_accept_our_pass_and_read_what_it_shows(sea_pass: SimpleNamespace) -> None:
    signed = pyjwt_claims(sea_pass, sea_pass.text.split("~")[0])
    assert len(signed["certificates"]) == 12
    verdict = polaris_verdict(sea_pass, presented(sea_pass))
    assert verdict.authentic, verdict.reason
    assert verdict.claims["certificates"][1]["document_number"] == "NO-GMD-0001"
    assert verdict.claims.get("portrait") == sea_pass.shown


def test_polaris_refuses_our_pass_without_its_phone_and_after_its_thirty_days(
    sea_pass: SimpleNamespace,
) -> None:
    assert polaris_verdict(sea_pass, sea_pass.text).code == "kb_missing"
    late = polaris_verdict(sea_pass, presented(sea_pass), now=AT + 31 * 86_400)
    assert late.code == "credential_validity"


@pytest.mark.node
def test_sd_jwt_vc_accepts_our_pass_and_its_presentation(sea_pass: SimpleNamespace) -> None:
    credential = sd_jwt_vc(sea_pass, sea_pass.text)
    assert len(credential["claims"]["certificates"]) == 12
    assert credential["claims"].get("portrait") == sea_pass.shown
    proof = sd_jwt_vc(sea_pass, presented(sea_pass), nonce=b64url_encode(NONCE))["key_binding"]
    assert proof["aud"] == "urn:ombord:on-board:challenge"
    with pytest.raises(Refused, match="Signature"):
        sd_jwt_vc(sea_pass, with_flipped_bit(sea_pass.text, 2))
