"""Approvals: whose they are, over what, and everything that is none."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.custody import AT, ENGINE, PEOPLE, RULE, by, by_rule, claims

from keys import jws
from keys.custody.approval import Act, ApprovalError, approve, canonical_claims, claims_hash, verify
from keys.encoding import Json, b64url_encode, json_dumps
from keys.signer import SoftwareSigner

KEYS = {kid: signer.public_key for kid, signer in PEOPLE.items()}
RULES = {"engine-1": ENGINE.public_key}
HASH = claims_hash(claims())
BODY: dict[str, Any] = {"id": "1", "iat": AT, "act": "approve", "type": "course", "claims": [HASH]}


def test_canonical_claims_are_sorted_compact_and_without_what_is_one_credentials() -> None:
    payload: dict[str, Json] = {
        "vct": "v",
        "iat": 1,
        "nbf": 2,
        "exp": 3,
        "cnf": {},
        "status": {},
        "a": {"z": "ø", "b": [2, 1]},
    }
    assert canonical_claims(payload) == '{"a":{"b":[2,1],"z":"ø"},"vct":"v"}'.encode()
    assert claims_hash(payload) == b64url_encode(sha256(canonical_claims(payload)).digest())


@given(st.permutations(list(claims().items())))
def test_order_of_claims_changes_no_hash(items: list[tuple[str, Json]]) -> None:
    assert claims_hash(dict(items)) == HASH


@pytest.mark.parametrize("name", ["iss", "vct", "document_number", "expiry_date", "family_name"])
def test_any_claim_of_the_certificate_changes_the_hash(name: str) -> None:
    assert claims_hash({**claims(), name: "another"}) != HASH
    assert claims_hash({**claims(), "iat": 5, "cnf": {"jwk": {}}, "status": {}}) == HASH


@pytest.mark.parametrize("kid", PEOPLE)
@pytest.mark.parametrize("act", [Act.APPROVE, Act.PROPOSE])
def test_a_persons_statement_is_read_as_it_was_made(kid: str, act: Act) -> None:
    found = verify(by(kid, [HASH], act=act), KEYS, RULES)
    assert (found.kid, found.act, found.claims, found.purpose, found.at, found.rule) == (
        kid,
        act,
        {HASH},
        "course",
        AT,
        None,
    )


def test_a_rules_approval_names_the_rule_and_its_version() -> None:
    found = verify(by_rule([HASH]), KEYS, RULES)
    assert (found.act, found.rule, found.kid) == (Act.RULE, RULE, "engine-1")


def token(body: dict[str, Any], typ: str = "ombord-approval+jws", **header: str) -> str:
    return jws.sign(json_dumps(body), PEOPLE["anna-1"], typ=typ, kid="anna-1", header=header)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "three parts"),
        ("a.b.c", "not an approval"),
        (token(BODY, extra="1"), "header parameter"),
        (token(BODY, typ="dc+sd-jwt"), "typ"),
        (token(BODY, typ="ombord-rule-approval+jws"), "no rule here has the key 'anna-1'"),
        (token({**BODY, "note": "please"}), "exactly"),
        (token({name: value for name, value in BODY.items() if name != "id"}), "exactly"),
        (token({**BODY, "claims": []}), "claims"),
        (token({**BODY, "claims": [HASH, HASH]}), "different"),
        (token({**BODY, "claims": [HASH + "A"]}), "SHA-256"),
        (token({**BODY, "claims": [HASH[:-1]]}), "SHA-256"),
        (token({**BODY, "claims": [str(n).zfill(43) for n in range(1_001)]}), "at most 1000"),
        (token({**BODY, "act": "rule"}), "neither"),
        (token({**BODY, "iat": -1}), "iat"),
        (token({**BODY, "iat": True}), "iat"),
        (token({**BODY, "type": "a\nb"}), "type"),
        (
            jws.sign(json_dumps(BODY), PEOPLE["anna-1"], typ="ombord-approval+jws", kid="bo-1"),
            "not an approval",
        ),
        (jws.sign(json_dumps(BODY), PEOPLE["anna-1"], typ="ombord-approval+jws", kid="anna-2"), "signature"),
        (
            jws.sign(json_dumps(BODY), PEOPLE["anna-1"], typ="ombord-approval+jws", kid="eve"),
            "no person here",
        ),
        (jws.sign(json_dumps(BODY), PEOPLE["anna-1"], typ="ombord-approval+jws"), "no person here"),
        (
            approve([HASH], "course", at=AT, name="1", signer=SoftwareSigner.generate(), kid="anna-1"),
            "signature",
        ),
    ],
)
def test_what_is_no_approval_is_refused(text: str, why: str) -> None:
    with pytest.raises(ApprovalError, match=why):
        verify(text, KEYS, RULES)


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(ApprovalError):
        verify(text, KEYS, RULES)


@given(st.data())
def test_no_changed_character_is_accepted(data: st.DataObject) -> None:
    whole = by("anna-1", [HASH])
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("Aab1_-.=~"))
    if whole[place] != other:
        with pytest.raises(ApprovalError):
            verify(whole[:place] + other + whole[place + 1 :], KEYS, RULES)


def test_json_of_claims_reads_back(tmp_path: object) -> None:
    assert json.loads(canonical_claims(claims()))["family_name"] == "Ødegård"
