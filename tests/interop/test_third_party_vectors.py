"""Vectors that others wrote: RFC 9901's SD-JWT and the status lists of draft-ietf-oauth-status-list."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.node import ask
from support.simulator import Authority

from keys import jws
from keys.encoding import json_object
from keys.jwk import PublicKey
from verifier.credential import sd_jwt

# Draft 20, § 4 and its 2^20-entry vectors: which entries differ from 0, in lists that hold nothing else.
SHORT_1 = (1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1)
SHORT_2 = (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3)
LONG_INDICES = (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345)
LONG_2 = (1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3)
STATUS_LISTS = {
    "status_list_encoding_json.md": dict(enumerate(SHORT_1)),
    "status_list_encoding2_json.md": dict(enumerate(SHORT_2)),
    "status_list_encoding1_long_json.md": dict.fromkeys(LONG_INDICES, 1),
    "status_list_encoding2_long_json.md": dict(zip(LONG_INDICES, LONG_2, strict=True)),
}


@pytest.fixture
def rfc9901(shared_vectors: Path) -> dict[str, Any]:
    """The example of RFC 9901 § 5: what the issuer signed, what the holder showed."""
    vector: dict[str, Any] = json.loads((shared_vectors / "rfc9901" / "rfc9901-5.json").read_bytes())
    return vector


def test_rfc9901_presentation_is_parsed_and_its_issuer_signature_verifies(rfc9901: dict[str, Any]) -> None:
    presented = sd_jwt.parse(rfc9901["presentation"])
    payload = jws.verify(presented.jws, PublicKey.from_jwk(rfc9901["issuer_jwk"]), typ="example+sd-jwt")
    claims = sd_jwt.claims(presented, payload)
    assert (claims["given_name"], claims["family_name"]) == ("John", "Doe")
    assert claims["address"]["locality"] == "Anytown"
    assert claims["nationalities"] == ["US"]
    assert not {"_sd", "_sd_alg", "email", "birthdate"} & claims.keys()


def test_rfc9901_key_binding_matches_what_was_shown(rfc9901: dict[str, Any]) -> None:
    presented = sd_jwt.parse(rfc9901["presentation"])
    proof = jws.parse(presented.key_binding or "")
    holder = json_object(presented.jws.payload)["cnf"]
    bound = json_object(jws.verify(proof, PublicKey.from_jwk(holder["jwk"]), typ="kb+jwt"))
    assert bound["sd_hash"] == sd_jwt.sd_hash(presented.text)
    assert {name: bound[name] for name in rfc9901["kb_expect"]} == rfc9901["kb_expect"]


def test_rfc9901_presentation_with_a_disclosure_taken_out_no_longer_matches_its_key_binding(
    rfc9901: dict[str, Any],
) -> None:
    shown = rfc9901["presentation"].split("~")
    presented = sd_jwt.parse("~".join(shown[:1] + shown[2:]))
    bound = json_object(jws.parse(presented.key_binding or "").payload)
    assert bound["sd_hash"] != sd_jwt.sd_hash(presented.text)


@pytest.mark.parametrize("name", STATUS_LISTS)
def test_status_list_vector_holds_what_the_draft_says(shared_vectors: Path, name: str) -> None:
    from verifier import status

    vector = status_list_vector(shared_vectors, name)
    authority = Authority("NO")
    token = as_token(authority, vector)
    read = status.verify_list(token, directory=authority.directory())
    assert read.bits == vector["bits"]
    assert {index: int(read.get(index)) for index in STATUS_LISTS[name]} == STATUS_LISTS[name]
    assert int.from_bytes(read.states, "big").bit_count() == sum(
        state.bit_count() for state in STATUS_LISTS[name].values()
    )


@pytest.mark.node
@pytest.mark.parametrize("name", STATUS_LISTS)
def test_jwt_status_list_reads_the_vectors_as_we_do(shared_vectors: Path, name: str) -> None:
    vector = status_list_vector(shared_vectors, name)
    answer = ask("decode_status_list.mjs", indices=list(STATUS_LISTS[name]), **vector)
    assert answer["statuses"] == list(STATUS_LISTS[name].values())


def status_list_vector(vectors: Path, name: str) -> dict[str, Any]:
    """The `bits` and `lst` of a vector; the files wrap `lst` over lines."""
    text = (vectors / "status-list" / name).read_text(encoding="utf-8")
    vector: dict[str, Any] = json.loads(re.sub(r"\s+", "", text[text.index("{") :]))
    return vector


def as_token(authority: Authority, vector: dict[str, Any]) -> str:
    """A vector as a status list token that the authority signed."""
    at = int(authority.at.timestamp())
    claims = {"sub": authority.status_uri, "iat": at, "exp": at + 86_400, "ttl": 3_600, "status_list": vector}
    kid = authority.status_kid
    return jws.sign(json.dumps(claims).encode(), authority.signers[kid], typ="statuslist+jwt", kid=kid)
