"""An approval: somebody's own signature over the hash of a certificate's canonical claims. Pure.

The signer process believes nothing that asks it to sign: it computes the hash from what it is given to sign,
and looks for it in statements that people, or the engine of a rule, have signed with keys of their own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from keys import jws
from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode, json_dumps, json_object
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.trust.record import Record, RecordError

PERSON_TYP: Final = "ombord-approval+jws"
RULE_TYP: Final = "ombord-rule-approval+jws"
PER_CREDENTIAL: Final = frozenset(("iat", "nbf", "exp", "cnf", "status"))
MAX_CLAIMS: Final = 1_000  # certificates in one approval: a course's list of participants, not a register

_HEADER: Final = frozenset(("alg", "kid", "typ"))
_COMMON: Final = frozenset(("id", "iat", "type", "claims"))
_SORTED: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)


class ApprovalError(ValueError):
    """Text that is no approval: malformed, of an unknown key, or not signed by the key it names."""


class Act(StrEnum):
    """What a statement does: put forward, approve, or approve as a rule says."""

    PROPOSE = "propose"
    APPROVE = "approve"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A statement about certificates. Only `verify` returns one that somebody else made."""

    id: str  # chosen by whoever approves: the same approval sent again has the same one
    act: Act
    purpose: str  # the certificates' type, as in keys' purposes
    claims: frozenset[str]  # hashes of the certificates' canonical claims
    at: int  # Unix seconds, by the approver's clock
    kid: str
    rule: str | None = None  # name and version, where a rule approves


def canonical_claims(claims: Mapping[str, Json]) -> bytes:
    """What is approved: a payload's claims without those that belong to one credential alone.

    That is `iss`, `vct` and the certificate's own claims: no `iat`, `nbf`, `exp`, `cnf`, `status`, since one
    certificate may be issued to a phone, to another phone and on paper. Compact UTF-8 JSON with all names
    sorted (RFC 8785, for what certificates are made of: text, integers, booleans, lists and objects with
    ASCII names).
    """
    kept = {name: value for name, value in claims.items() if name not in PER_CREDENTIAL}
    return _SORTED.encode(kept).encode("utf-8")


def claims_hash(claims: Mapping[str, Json]) -> str:
    """SHA-256 of the canonical claims, base64url: what an approval names."""
    return b64url_encode(sha256(canonical_claims(claims)).digest())


def approve(
    claims: Sequence[str],
    purpose: str,
    *,
    at: int,
    name: str,
    signer: Signer,
    kid: str,
    act: Act = Act.APPROVE,
) -> str:
    """A person's statement about the certificates with these hashes. A `name` is for these words alone."""
    if act is Act.RULE:
        raise ValueError("a rule's approval names the rule: approve_by_rule")
    body = {"id": name, "iat": at, "act": act.value, "type": purpose, "claims": list(claims)}
    return jws.sign(json_dumps(body), signer, typ=PERSON_TYP, kid=kid)


def approve_by_rule(
    claims: Sequence[str], purpose: str, *, rule: str, at: int, name: str, signer: Signer, kid: str
) -> str:
    """The rule engine's own statement; `rule` names the rule and its version."""
    body = {"id": name, "iat": at, "rule": rule, "type": purpose, "claims": list(claims)}
    return jws.sign(json_dumps(body), signer, typ=RULE_TYP, kid=kid)


def verify(token: str, people: Mapping[str, PublicKey], rules: Mapping[str, PublicKey]) -> Approval:
    """The statement, once the key that it names is shown to have signed it. Raises ApprovalError.

    `people` and `rules` are the keys that count, by key id: neither can sign for the other.
    """
    try:
        unverified = jws.parse(token)
        jws.only_parameters(unverified, _HEADER)
        keys = rules if unverified.typ == RULE_TYP else people
        kid = unverified.kid or ""
        if kid not in keys:
            raise ApprovalError(f"no {'rule' if keys is rules else 'person'} here has the key {kid[:64]!r}")
        typ = RULE_TYP if keys is rules else PERSON_TYP
        return _read(jws.verify(unverified, keys[kid], typ=typ), kid, automatic=keys is rules)
    except (jws.MalformedJws, jws.SignatureMismatch, EncodingError, RecordError) as error:
        raise ApprovalError(f"not an approval: {error}") from None


def _read(payload: bytes, kid: str, *, automatic: bool) -> Approval:
    members = json_object(payload)
    own = "rule" if automatic else "act"
    if members.keys() != _COMMON | {own}:
        raise ApprovalError(f"an approval has exactly {', '.join(sorted(_COMMON | {own}))}")
    record = Record(members, "approval")
    claims = record.texts("claims")
    if len(claims) > MAX_CLAIMS:
        raise ApprovalError(f"an approval of {len(claims)} certificates; at most {MAX_CLAIMS} are read")
    if any(len(one) != 43 or len(b64url_decode(one)) != 32 for one in claims):
        raise ApprovalError("an approval names each certificate by a SHA-256 in base64url")
    act = record.text(own)
    if not automatic and act not in (Act.APPROVE, Act.PROPOSE):
        raise ApprovalError('"act" is neither "approve" nor "propose"')
    return Approval(
        id=record.text("id"),
        act=Act.RULE if automatic else Act(act),
        purpose=record.text("type"),
        claims=frozenset(claims),
        at=int(record.instant("iat").timestamp()),
        kid=kid,
        rule=act if automatic else None,
    )
