"""The examples in docs/transparency-log.md are what the code writes: a second auditor may start from them."""

from collections.abc import Sequence
from pathlib import Path

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, LogKey, sign
from keys.transparency.entry import Receipt, entry, leaf
from keys.transparency.merkle import Frontier, Node, prove_consistency, prove_inclusion

PAGE = (Path(__file__).resolve().parents[2] / "docs/transparency-log.md").read_text(encoding="utf-8")
ORIGIN = "certificates.sdir.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
TEXTS = [b"header.payload %d" % n for n in range(5)]
SALTS = [bytes((n,)) * 16 for n in range(5)]
LEAVES = [leaf(salt, text) for salt, text in zip(SALTS, TEXTS, strict=True)]
FRONTIER, MADE = Frontier().append(LEAVES)
NOTE = sign(Checkpoint(ORIGIN, 5, FRONTIER.root), SIGNER)


def read(nodes: Sequence[Node]) -> list[bytes]:
    stored = dict(MADE) | {Node(0, at): found for at, found in enumerate(LEAVES)}
    return [stored[node] for node in nodes]


def test_page_has_the_checkpoint_the_key_and_the_proof_of_its_example() -> None:
    assert f"```\n{NOTE}```" in PAGE
    assert f"```\n{LogKey(ORIGIN, SIGNER.public_key).text}\n```" in PAGE
    assert f"```\n{consistency.to_text(prove_consistency(3, 5, read))}```" in PAGE


def test_page_has_the_entry_and_the_receipt_of_its_example() -> None:
    assert f"`{entry(SALTS[2], TEXTS[2]).hex()}`" in PAGE
    assert f"`{LEAVES[2].hex()}`" in PAGE
    proof = prove_inclusion(2, 5, read)
    assert proof[1] == dict(MADE)[Node(1, 0)], "the root of entries 0 and 1"
    before, _, after = Receipt(2, SALTS[2], proof, NOTE).to_json().decode().partition('"proof":"')
    hashes = after.partition('"')[0]
    assert f'{before}"proof":"{hashes[:4]}…{hashes[-4:]}","checkpoint":"…\\n"}}' in PAGE
