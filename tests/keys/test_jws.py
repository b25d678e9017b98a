"""Strict compact JWS: docs/security.md's "Header", "Encoding" and "Signatures" lines, rule by rule."""

import json
from contextlib import suppress

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from keys import algorithms, jws
from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import b64url_decode, b64url_encode
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner

SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ES256, bytes(31) + b"\x07")
KEY = SIGNER.public_key
TOKEN = jws.sign(b'{"iss":"https://no.example"}', SIGNER, typ="dc+sd-jwt", kid="NO-2026a")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# RFC 7515 appendix A.3, whose header names no type.
RFC7515_KEY = PublicKey.from_jwk(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
)
RFC7515_TOKEN = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)


def with_header(header: object) -> str:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    signing_input = f"{b64url_encode(raw)}.{TOKEN.split('.')[1]}"
    return f"{signing_input}.{b64url_encode(SIGNER.sign(signing_input.encode()))}"


def with_signature(signature: bytes) -> str:
    return f"{TOKEN.rsplit('.', 1)[0]}.{b64url_encode(signature)}"


def test_the_example_of_rfc_7515_verifies() -> None:
    payload = jws.verify(jws.parse(RFC7515_TOKEN), RFC7515_KEY, typ=None)
    assert json.loads(payload)["iss"] == "joe"


def test_what_we_sign_has_exactly_the_header_promised_and_verifies_under_pyjwt() -> None:
    parsed = jws.parse(TOKEN)
    assert dict(parsed.header) == {"alg": "ES256", "kid": "NO-2026a", "typ": "dc+sd-jwt"}
    assert (parsed.kid, parsed.typ) == ("NO-2026a", "dc+sd-jwt")
    native = jwt.PyJWK.from_dict(dict(KEY.to_jwk())).key
    assert jwt.decode(TOKEN, native, algorithms=["ES256"]) == {"iss": "https://no.example"}


def test_extra_header_members_follow_the_three_usual_ones() -> None:
    token = jws.sign(b"{}", SIGNER, typ="openid4vci-proof+jwt", header={"jwk": KEY.to_jwk()})
    assert list(jws.parse(token).header) == ["alg", "typ", "jwk"]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signature_verifies_under_its_own_key_alone(algorithm: Algorithm) -> None:
    signer, other = SoftwareSigner.generate(algorithm), SoftwareSigner.generate(algorithm)
    parsed = jws.parse(jws.sign(b"payload", signer, typ=None))
    assert jws.verify(parsed, signer.public_key, typ=None) == b"payload"
    with pytest.raises(SignatureMismatch):
        jws.verify(parsed, other.public_key, typ=None)


BAD_HEADERS = {
    "no alg": {"typ": "dc+sd-jwt"},
    "alg no text": {"alg": 1},
    "crit": {"alg": "ES256", "crit": ["exp"]},
    "b64": {"alg": "ES256", "b64": False},
    "jku": {"alg": "ES256", "jku": "https://evil.example/jwks"},
    "x5u": {"alg": "ES256", "x5u": "https://evil.example/cert"},
    "zip": {"alg": "ES256", "zip": "DEF"},
    "kid no text": {"alg": "ES256", "kid": 7},
    "typ no text": {"alg": "ES256", "typ": None},
    "array": ["ES256"],
    "alg twice": b'{"alg":"none","alg":"ES256"}',
    "UTF-16": '{"alg":"ES256"}'.encode("utf-16"),
    "over 4 kB": {"alg": "ES256", "x": "x" * 4096},
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_a_header_outside_the_rules_is_refused_before_any_key_is_used(header: object) -> None:
    with pytest.raises(jws.MalformedJws):
        jws.parse(with_header(header))


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "Ed25519", "es256", "EdDSA"])
def test_the_algorithm_is_the_keys_and_never_the_tokens(alg: str) -> None:
    with pytest.raises(jws.MalformedJws, match="alg"):
        jws.verify(jws.parse(with_header({"alg": alg})), KEY, typ=None)


@pytest.mark.parametrize("typ", ["JWT", "dc+SD-JWT", "application/dc+sd-jwt", "vc+sd-jwt", ""])
def test_the_type_is_compared_exactly(typ: str) -> None:
    with pytest.raises(jws.WrongType):
        jws.verify(jws.parse(with_header({"alg": "ES256", "typ": typ})), KEY, typ="dc+sd-jwt")


def test_a_missing_type_is_not_the_type_asked_for() -> None:
    with pytest.raises(jws.WrongType):
        jws.verify(jws.parse(RFC7515_TOKEN), RFC7515_KEY, typ="dc+sd-jwt")


def test_a_format_can_refuse_parameters_that_it_does_not_have() -> None:
    parsed = jws.parse(with_header({"alg": "ES256", "jwk": KEY.to_jwk()}))
    jws.only_parameters(parsed, {"alg", "jwk"})
    with pytest.raises(jws.MalformedJws, match="jwk"):
        jws.only_parameters(parsed, {"alg", "kid", "typ"})


BAD_TOKENS = {
    "nothing": "",
    "one dot": "a.b",
    "three dots": TOKEN + ".",
    "five parts (JWE)": "a.b.c.d.e",
    "leading space": " " + TOKEN,
    "trailing newline": TOKEN + "\n",
    "padding": TOKEN + "==",
    "no signature": TOKEN.rsplit(".", 1)[0] + ".",
    "letters outside ASCII": TOKEN[:-1] + "Å",
    "trailing ~": TOKEN + "~",
    "larger than the bound": "e" * 70_000,
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_what_is_no_compact_jws_is_refused(token: str) -> None:
    with pytest.raises(jws.MalformedJws):
        jws.parse(token)


SIGNATURE = jws.parse(TOKEN).signature
R, S = int.from_bytes(SIGNATURE[:32], "big"), int.from_bytes(SIGNATURE[32:], "big")


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, S), (R, 0), (ORDER, S), (R, ORDER), (2**256 - 1, S), (S, R)],
    ids=["r = 0", "s = 0", "r = n", "s = n", "r all ones", "swapped"],
)
def test_r_and_s_out_of_range_or_place_do_not_verify(r: int, s: int) -> None:
    token = with_signature(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    with pytest.raises(SignatureMismatch):
        jws.verify(jws.parse(token), KEY, typ=None)


@pytest.mark.parametrize("length", [0, 63, 65, 70, 72])
def test_a_signature_is_64_raw_bytes_and_never_der(length: int) -> None:
    with pytest.raises(jws.MalformedJws):
        jws.parse(with_signature(bytes(length)))


def test_es256_is_malleable_so_no_signature_is_an_identity() -> None:
    twin = jws.parse(with_signature(SIGNATURE[:32] + (ORDER - S).to_bytes(32, "big")))
    assert twin.signature != SIGNATURE
    assert jws.verify(twin, KEY, typ=None) == jws.parse(TOKEN).payload


@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_every_flipped_bit_is_refused_or_fails(bit: int) -> None:
    data = bytearray(TOKEN.encode())
    data[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises((jws.MalformedJws, SignatureMismatch)):
        jws.verify(jws.parse(data.decode("latin-1")), KEY, typ="dc+sd-jwt")


@given(st.integers(0, len(TOKEN) - 1))
def test_every_truncation_is_refused_or_fails(length: int) -> None:
    with pytest.raises((jws.MalformedJws, SignatureMismatch)):
        jws.verify(jws.parse(TOKEN[:length]), KEY, typ="dc+sd-jwt")


@given(st.text(max_size=80) | st.text("eyJ.-_A9~", max_size=80))
def test_arbitrary_text_is_parsed_or_refused_by_type(text: str) -> None:
    with suppress(jws.MalformedJws):
        parsed = jws.parse(text)
        assert b64url_decode(text.rsplit(".", 1)[1]) == parsed.signature


def test_the_parsed_header_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        jws.parse(TOKEN).header["alg"] = "none"  # type: ignore[index]


@given(st.integers(1, ORDER - 1), st.integers(1, ORDER - 1))
@example(1, 1)
@example(127, 128)
@example(ORDER - 1, 2**248)
def test_a_raw_signature_is_spelled_in_der_as_cryptography_spells_it(r: int, s: int) -> None:
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert algorithms._der(raw) == encode_dss_signature(r, s)
