"""SD-JWT: docs/security.md's line on disclosures, rule by rule, and the example of RFC 9901."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.carried import ISSUER, credential, disclosure, presented, signed

from keys import jws
from keys.encoding import Json, b64url_encode, json_dumps
from keys.jwk import PublicKey
from verifier.credential import sd_jwt
from verifier.credential.sd_jwt import MalformedSdJwt

NAME, NAME_DIGEST = disclosure("family_name", "Østergård")
PLACE, PLACE_DIGEST = disclosure("Haugesund")


def claims_of(text: str) -> dict[str, Json]:
    parsed = sd_jwt.parse(text)
    return sd_jwt.claims(parsed, jws.verify(parsed.jws, ISSUER.public_key, typ=None))


def refused(text: str) -> str:
    with pytest.raises(MalformedSdJwt) as refusal:
        claims_of(text)
    return str(refusal.value)


def test_the_example_of_rfc_9901_discloses_what_its_section_5_says(shared_vectors: Path) -> None:
    vector = json.loads((shared_vectors / "rfc9901" / "rfc9901-5.json").read_text(encoding="utf-8"))
    parsed = sd_jwt.parse(vector["presentation"])
    payload = jws.verify(parsed.jws, PublicKey.from_jwk(vector["issuer_jwk"]), typ="example+sd-jwt")
    claims = sd_jwt.claims(parsed, payload)
    assert (claims["given_name"], claims["family_name"]) == ("John", "Doe")
    assert claims["nationalities"] == ["US"]
    assert claims["address"] == {
        "street_address": "123 Main St",
        "locality": "Anytown",
        "region": "Anystate",
        "country": "US",
    }
    assert not {"_sd", "_sd_alg", "email", "birthdate"} & claims.keys()
    assert parsed.key_binding == vector["kb_jwt"]
    named = json.loads(jws.parse(str(parsed.key_binding)).payload)["sd_hash"]
    assert sd_jwt.sd_hash(parsed.text) == named


def test_parts_are_what_stands_between_the_tildes() -> None:
    parsed = sd_jwt.parse(presented())
    assert parsed.text == credential()
    assert parsed.text + (parsed.key_binding or "") == presented()
    assert parsed.disclosures == ()
    assert sd_jwt.parse(credential()).key_binding is None
    assert sd_jwt.parse(signed({"_sd": [NAME_DIGEST]}, NAME)).disclosures == (NAME,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("~", id="no token"),
        pytest.param(credential()[:-1], id="a plain JWS without its tilde"),
        pytest.param(credential() + "~", id="an empty disclosure"),
        pytest.param(credential() + "~" * 300, id="hundreds of disclosures"),
        pytest.param("x" * 70_000 + "~", id="too long"),
        pytest.param("a.b~", id="two parts"),
        pytest.param(credential().replace("~", ".x~"), id="four parts"),
        pytest.param(" " + credential(), id="white space before"),
    ],
)
def test_text_that_is_no_sd_jwt_is_refused(text: str) -> None:
    with pytest.raises(MalformedSdJwt):
        sd_jwt.parse(text)


def test_a_payload_without_disclosures_is_read_as_it_stands() -> None:
    payload: dict[str, Json] = {"iss": "https://no.example", "areas": ["near-coastal", {"a": [1]}]}
    assert claims_of(signed(payload)) == payload


def test_disclosed_members_and_elements_take_their_places() -> None:
    places: list[Json] = ["Oslo", {"...": PLACE_DIGEST}]
    payload: dict[str, Json] = {"_sd_alg": "sha-256", "_sd": [NAME_DIGEST], "places": places}
    assert claims_of(signed(payload, NAME, PLACE)) == {
        "family_name": "Østergård",
        "places": ["Oslo", "Haugesund"],
    }


def test_what_is_not_disclosed_leaves_no_trace() -> None:
    payload: dict[str, Json] = {"_sd": [NAME_DIGEST], "a": {"_sd": ["x"]}, "places": [{"...": PLACE_DIGEST}]}
    assert claims_of(signed(payload)) == {"a": {}, "places": []}


def test_disclosures_may_stand_inside_disclosures() -> None:
    inner, inner_digest = disclosure("locality", "Haugesund")
    outer, outer_digest = disclosure("address", {"_sd": [inner_digest]})
    assert claims_of(signed({"_sd": [outer_digest]}, outer, inner)) == {"address": {"locality": "Haugesund"}}


def test_disclosures_nested_without_end_are_refused_before_they_exhaust_the_stack() -> None:
    value: Json = 1
    chain = []
    for depth in range(60):
        for _ in range(12):
            value = {"a": value}
        text, digest = disclosure(f"n{depth}", value)
        chain.append(text)
        value = {"_sd": [digest]}
    assert "nested" in refused(signed({"_sd": [digest]}, *chain))


@pytest.mark.parametrize("piece", ["é", "\udc80", "\u200b"])
def test_text_outside_ascii_is_refused_wherever_it_stands(piece: str) -> None:
    for text in (f"{credential()}{piece}~", f"{credential()}{piece}", f"{piece}{credential()}"):
        refused(text)


def test_whether_something_is_kept_back_can_be_asked() -> None:
    for text, kept_back in (
        (credential(), False),
        (signed({"_sd": [NAME_DIGEST]}, NAME), False),
        (signed({"_sd": [NAME_DIGEST]}), True),
        (signed({"_sd": [NAME_DIGEST, PLACE_DIGEST]}, NAME), True),
    ):
        parsed = sd_jwt.parse(text)
        assert sd_jwt.reveal(parsed, parsed.jws.payload)[1] is kept_back


def with_claim(name: Json, value: Json = 1, **payload: Any) -> str:
    text, digest = disclosure(name, value)
    return signed({"_sd": [digest], **payload}, text)


NEVER = ("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status")
TWO, TWO_DIGEST = disclosure("a", "b")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param(signed({}, NAME), "nowhere", id="a disclosure that no digest names"),
        pytest.param(signed({"_sd": [NAME_DIGEST]}, NAME, PLACE), "nowhere", id="one more than is named"),
        pytest.param(signed({"_sd": [NAME_DIGEST]}, NAME, NAME), "disclosure twice", id="a disclosure twice"),
        pytest.param(signed({"_sd": [NAME_DIGEST, NAME_DIGEST]}, NAME), "digest twice", id="a digest twice"),
        pytest.param(
            signed({"_sd": [NAME_DIGEST], "a": {"_sd": [NAME_DIGEST]}}, NAME),
            "digest twice",
            id="a digest twice at two levels",
        ),
        pytest.param(signed({"_sd": ["x", "x"]}), "digest twice", id="an undisclosed digest twice"),
        pytest.param(with_claim("_sd"), "name", id="reserved name _sd"),
        pytest.param(with_claim("..."), "name", id="reserved name ..."),
        pytest.param(with_claim("_sd_alg"), "name", id="hash name disclosed at the top"),
        pytest.param(with_claim(7), "name", id="a name that is no text"),
        pytest.param(with_claim("family_name", "B", family_name="A"), "there already", id="collision"),
        pytest.param(
            signed({"_sd": [TWO_DIGEST, disclosure("a", "c")[1]]}, TWO, disclosure("a", "c")[0]),
            "there already",
            id="collision between disclosures",
        ),
        pytest.param(with_claim("a", _sd_alg="sha-512"), "sha-256", id="another hash"),
        pytest.param(with_claim("a", _sd_alg=None), "sha-256", id="null for a hash"),
        pytest.param(signed({"a": {"_sd_alg": "sha-256"}}), "no place", id="hash name below the top"),
        pytest.param(signed({"_sd": NAME_DIGEST}, NAME), "no array", id="_sd that is no array"),
        pytest.param(signed({"_sd": [1]}), "no text", id="a digest that is no text"),
        pytest.param(signed({"a": [{"...": 1}]}), "no text", id="an element's digest that is no text"),
        pytest.param(signed({"a": [{"...": "x", "b": 1}]}), "beside", id="... beside other members"),
        pytest.param(signed({"a": {"...": PLACE_DIGEST}}, PLACE), "no place", id="... outside an array"),
        pytest.param(signed({"...": "x"}), "no place", id="... at the top"),
        pytest.param(signed({"_sd": [PLACE_DIGEST]}, PLACE), "array element", id="an element among members"),
        pytest.param(signed({"a": [{"...": NAME_DIGEST}]}, NAME), "array element", id="a member in an array"),
        pytest.param(signed(b'{"a":1,"a":2}'), "twice", id="duplicate names in the payload"),
        pytest.param(signed(b'{"a":1.5}'), "integer", id="a float in the payload"),
        pytest.param(signed(b"[1]"), "object", id="a payload that is no object"),
        pytest.param(signed(b'{"\\u005fsd":["x","x"]}'), "digest twice", id="_sd spelt with an escape"),
    ],
)
def test_disclosures_that_do_not_fit_are_refused(text: str, word: str) -> None:
    assert word in refused(text)


@pytest.mark.parametrize("name", NEVER)
def test_claims_that_decide_may_not_be_disclosed(name: str) -> None:
    assert "may not be disclosed" in refused(with_claim(name))


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("shape", ["object", "deep", "array"])
def test_nothing_inside_a_claim_that_decides_may_be_disclosed(name: str, shape: str) -> None:
    inside: dict[str, Json] = {
        "object": {"_sd": [NAME_DIGEST]},
        "deep": {"x": {"y": [{"_sd": [NAME_DIGEST]}]}},
        "array": [{"...": NAME_DIGEST}],
    }
    assert name in refused(signed({name: inside[shape]}, NAME))
    assert name in refused(signed({name: inside[shape]}))


def test_the_same_names_below_the_top_may_be_disclosed() -> None:
    text, digest = disclosure("status", "fit")
    assert claims_of(signed({"medical": {"_sd": [digest]}}, text)) == {"medical": {"status": "fit"}}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'["salt"]', id="one element"),
        pytest.param(b'["salt","a","b","c"]', id="four elements"),
        pytest.param(b'[1,"a","b"]', id="a salt that is no text"),
        pytest.param(b'{"a":1}', id="an object"),
        pytest.param(b'["salt","a",NaN]', id="no number"),
        pytest.param(b'["salt","a",{"b":1,"b":2}]', id="a name twice"),
        pytest.param(b'\xef\xbb\xbf["salt","a",1]', id="byte order mark"),
        pytest.param(b'["salt","a","\\ud800"]', id="half a surrogate pair"),
        pytest.param(b"\xff", id="not UTF-8"),
    ],
)
def test_disclosures_that_cannot_be_read_are_refused(raw: bytes) -> None:
    refused(signed({}, b64url_encode(raw)))


@pytest.mark.parametrize("change", ["=", "\n", "+"])
def test_disclosures_in_loose_base64_are_refused(change: str) -> None:
    refused(signed({"_sd": [NAME_DIGEST]}, NAME + change))


def test_key_binding_is_not_needed_to_read_claims_and_changes_none() -> None:
    """Whether a proof is required is policy; its presence says nothing (RFC 9901 § 7.3)."""
    without, bound = sd_jwt.parse(credential()), sd_jwt.parse(presented())
    assert sd_jwt.claims(without, without.jws.payload) == sd_jwt.claims(bound, bound.jws.payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=6) | st.sampled_from(["_sd", "...", "_sd_alg"]), json_values))
def test_any_payload_is_read_or_refused(payload: dict[str, Any]) -> None:
    parsed = sd_jwt.parse(credential())
    try:
        claims = sd_jwt.claims(parsed, json_dumps(payload))
    except MalformedSdJwt:
        return
    assert not {"_sd", "...", "_sd_alg"} & claims.keys()


@given(st.text(st.sampled_from("ab.~=e30"), max_size=60))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    with pytest.raises(MalformedSdJwt):
        sd_jwt.parse(text)
