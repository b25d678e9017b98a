"""The signatures of one batch: asked for through the port, each draft with the approvals of its claims.

What the signer refuses for good is given up, with its words; what it cannot sign now stays as it was
persisted, and whoever works through it later asks for the same bytes again.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from issuer.domain.errors import IssuerError, SigningDeferred
from issuer.services.approval.approvals import tokens_for
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.custody.signing_port import refused, unreachable
from issuer.services.issuing import drafting
from issuer.services.issuing.drafting import Draft
from keys.custody.approval import claims_hash
from keys.custody.signer_client import SignerError, ToSign
from keys.custody.signing_case import Signed


class Signatures(NamedTuple):
    """By serial: what was signed, what is given up and why, what waits and why."""

    tokens: Mapping[str, str]
    refused: Mapping[str, IssuerError]
    deferred: Mapping[str, IssuerError]


def requests(connection: Connection, due: Sequence[Draft], keys: AuthorityKeys) -> list[ToSign]:
    """What to ask for. Approvals are looked up where somebody judges them.

    Raises KeysUnusable for a key that is not here: with it, nothing is wrong with the draft.
    """
    texts = [drafting.to_sign(draft, keys.public(draft.kid).algorithm) for draft in due]
    if keys.guarded is None:
        return [ToSign(text=text) for text in texts]
    hashes = [claims_hash(orjson.loads(draft.payload or "")) for draft in due]
    tokens = tokens_for(connection, hashes, kids=keys.approver_kids)
    return [ToSign(text=text, approvals=tokens[one]) for text, one in zip(texts, hashes, strict=True)]


def sign_batch(due: Sequence[Draft], wanted: Sequence[ToSign], keys: AuthorityKeys) -> Signatures:
    """Ask the signer once, for all."""
    try:
        answers = keys.credential_signer.sign(wanted)
    except SignerError as error:
        gone = unreachable(error)
        return Signatures({}, {}, {draft.serial: gone for draft in due})
    tokens: dict[str, str] = {}
    given_up: dict[str, IssuerError] = {}
    deferred: dict[str, IssuerError] = {}
    for draft, one, answer in zip(due, wanted, answers, strict=True):
        if isinstance(answer, Signed):
            tokens[draft.serial] = drafting.with_signature(one.text, answer.signature)
            continue
        why = refused(answer, draft.document_number)
        (deferred if isinstance(why, SigningDeferred) else given_up)[draft.serial] = why
    return Signatures(tokens, given_up, deferred)
