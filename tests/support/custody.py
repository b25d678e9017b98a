"""A signer's policy with its people and rules, drafts for it, and the statements that approve them."""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from support.simulator import seeded_signer

from keys import jws
from keys.algorithms import Algorithm
from keys.custody import policy_file
from keys.custody.approval import Act, approve, approve_by_rule, claims_hash
from keys.custody.signer_client import ToSign
from keys.custody.signing_policy import SigningPolicy
from keys.encoding import Json, b64url_encode, json_dumps, json_object
from keys.pass_shape import FLAG, HOLDER, SUMMED_UP

AT: Final = 1_795_305_600  # 2026-11-22
ISSUER: Final = "https://no.example"
CERTIFICATES_KEY, STATUS_KEY, PASS_KEY = "NO-2026a", "NO-status-2026a", "NO-pass-2026a"
RULE: Final = "course-2026.1"
PASSPHRASE: Final = "seks små ord som ingen gjetter"

SIGNERS: Final = {kid: seeded_signer(kid) for kid in (CERTIFICATES_KEY, STATUS_KEY, PASS_KEY)}
PEOPLE: Final = {
    "anna-1": seeded_signer("anna-1"),
    "anna-2": seeded_signer("anna-2"),
    "bo-1": seeded_signer("bo-1", Algorithm.ED25519),
    "clerk-1": seeded_signer("clerk-1"),
}
PHONE: Final[Json] = {"jwk": dict(seeded_signer("a phone").public_key.to_jwk())}
ENGINE: Final = seeded_signer("engine-1")


def policy_members(uid: int = 0) -> dict[str, Any]:
    """A policy as its file's members, to be changed by tests."""

    def person(roles: list[str], *kids: str) -> dict[str, Any]:
        keys = {kid: {"public": PEOPLE[kid].public_key.to_jwk()} for kid in kids}
        return {"roles": roles, "keys": keys}

    times = {"from": "2026-01-01", "until": "2028-01-01T00:00:00Z", "verify_until": "2033-02-01"}
    return {
        "format": "ombord-signing-policy",
        "issuers": [ISSUER],
        "status_prefix": f"{ISSUER}/status/",
        "per_hour": 5_000,
        "clients": [uid],
        "operators": [uid],
        "keys": {
            CERTIFICATES_KEY: {"signs": ["competency", "medical", "course"], **times},
            STATUS_KEY: {"signs": ["status"], **times},
            PASS_KEY: {"signs": ["pass"], **times},
        },
        "types": {
            "competency": {"persons": 2, "roles": ["officer"], "proposer": "apart", "per_hour": 100},
            "medical": {"persons": 1, "roles": ["officer"], "per_hour": 100, "valid_days": 731},
            "course": {"persons": 1, "roles": ["officer"], "automatic": [RULE], "per_hour": 4_000},
            "status": {"per_hour": 500},
            "pass": {"per_hour": 500},
        },
        "people": {
            "anna": person(["officer"], "anna-1", "anna-2"),
            "bo": person(["officer"], "bo-1"),
            "clerk": person([], "clerk-1"),
        },
        "rules": {"engine-1": {"public": ENGINE.public_key.to_jwk(), "approves": [RULE, "other-1"]}},
    }


def policy(members: Mapping[str, Any] | None = None) -> SigningPolicy:
    """The policy of these members."""
    return policy_file.parse(json.dumps(members or policy_members()).encode())


def claims(purpose: str = "course", number: int = 1, **changed: Json) -> dict[str, Json]:
    """A payload's claims; None takes a claim away."""
    found: dict[str, Json] = {
        "iss": ISSUER,
        "vct": f"urn:ombord:{purpose}:1",
        "iat": AT,
        "nbf": 1_792_623_600,  # 2026-10-22 in Oslo
        "exp": 1_855_695_600,  # the end of 2028-10-20 there
        "status": {"status_list": {"idx": number, "uri": f"{ISSUER}/status/1"}},
        "issuing_country": "NO",
        "issuing_authority": "Sjøfartsdirektoratet",
        "document_number": f"NO-{number}",
        "seafarer_id": "NO-S-1",
        "family_name": "Ødegård",
        "birth_date": "1990-02-28",
        "issue_date": "2026-10-22",
        "expiry_date": "2028-10-20",
    }
    return {name: value for name, value in {**found, **changed}.items() if value is not None}


def signing_input(
    payload: Mapping[str, Json], kid: str = CERTIFICATES_KEY, typ: str = "dc+sd-jwt", **header: str
) -> str:
    """`header.payload`, as the signer is asked to sign it."""
    first = json_dumps({"alg": "ES256", "kid": kid, "typ": typ, **header})
    return f"{b64url_encode(first)}.{b64url_encode(json_dumps(payload))}"


def sea_pass(
    credentials: Sequence[Mapping[str, Json]], kid: str = PASS_KEY, at: int = AT, **changed: Json
) -> str:
    """A pass to sign, of credentials with these claims, which are all of one phone and of one list."""
    first = credentials[0]
    whole: dict[str, Json] = {
        **{name: first[name] for name in ("iss", "cnf", *FLAG, *HOLDER) if name in first},
        "vct": "urn:ombord:pass:1",
        "iat": at,
        "nbf": at,
        "exp": at + 30 * 86_400,
        "lists": [f"{ISSUER}/status/1"],
        "certificates": [member(one) for one in credentials],
    }
    return signing_input({name: one for name, one in {**whole, **changed}.items() if one is not None}, kid)


def member(credential: Mapping[str, Json]) -> Json:
    """What a pass says of a credential with these claims."""
    status: Any = credential["status"]
    own: dict[str, Json] = {name: credential[name] for name in SUMMED_UP if name in credential}
    return {"type": str(credential["vct"]).split(":")[2], **own, "idx": status["status_list"]["idx"]}


def status_list(number: int = 1, *, states: bytes = bytes(16), kid: str = STATUS_KEY, **changed: Json) -> str:
    """A status list to sign, of these raw bytes: four entries in each."""
    listed: dict[str, Json] = {"bits": 2, "lst": b64url_encode(zlib.compress(states))}
    whole: dict[str, Json] = {"sub": f"{ISSUER}/status/1", "iat": AT, "number": number, "status_list": listed}
    return signing_input({**whole, **changed}, kid, "statuslist+jwt")


def by(
    kid: str, hashes: Sequence[str], purpose: str = "course", *, act: Act = Act.APPROVE, at: int = AT
) -> str:
    """A person's statement."""
    return approve(hashes, purpose, at=at, name=f"{kid}-{act}", signer=PEOPLE[kid], kid=kid, act=act)


def by_rule(hashes: Sequence[str], purpose: str = "course", rule: str = RULE) -> str:
    """The engine's statement."""
    return approve_by_rule(hashes, purpose, rule=rule, at=AT, name="run-1", signer=ENGINE, kid="engine-1")


def hash_of(text: str) -> str:
    """What approves this signing input names."""
    return claims_hash(json_object(jws.parse(f"{text}.{'A' * 86}").payload))


def approved(number: int = 1, **changed: Json) -> ToSign:
    """A course certificate that its rule has approved."""
    payload = claims(number=number, **changed)
    return ToSign(text=signing_input(payload), approvals=[by_rule([claims_hash(payload)])])


def approved_together(numbers: Sequence[int], **changed: Json) -> list[ToSign]:
    """Course certificates under one approval."""
    payloads = [claims(number=number, **changed) for number in numbers]
    token = by_rule([claims_hash(one) for one in payloads])
    return [ToSign(text=signing_input(one), approvals=[token]) for one in payloads]
