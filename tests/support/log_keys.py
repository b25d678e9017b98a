"""A key of the transparency log, an authority's keys with it, and receipts under it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency.checkpoint import Checkpoint, LogKey, sign
from keys.transparency.entry import Receipt, leaf
from keys.transparency.merkle import Frontier, Node, prove_inclusion

if TYPE_CHECKING:
    from issuer.services.custody.authority_keys import AuthorityKeys

LOG_KID = "NO-log-2026a"
ORIGIN = "certificates.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
LOG_KEY = LogKey(ORIGIN, SIGNER.public_key)


def with_log(keys: AuthorityKeys) -> AuthorityKeys:
    """These keys, and one that signs checkpoints."""
    return replace(keys, signers={**keys.signers, LOG_KID: SIGNER}, log_kid=LOG_KID)


def receipt_for(text: str, *, origin: str = "no.example/log", index: int = 2, size: int = 5) -> Receipt:
    """The receipt of a signed credential that is entry `index` of a log of `size`."""
    salt = bytes([index]) * 16
    leaves = [leaf(bytes([n]) * 16, b"header.payload %d" % n) for n in range(size)]
    leaves[index] = leaf(salt, text.partition("~")[0].rpartition(".")[0].encode())
    frontier, made = Frontier().append(leaves)
    nodes = {Node(0, n): one for n, one in enumerate(leaves)} | dict(made)
    proof = prove_inclusion(index, size, lambda wanted: [nodes[one] for one in wanted])
    return Receipt(index, salt, proof, sign(Checkpoint(origin, size, frontier.root), SIGNER))
