"""What is logged of a credential, the wallet's receipt for it, and the auditor's file of a proof."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, LogKey, sign
from keys.transparency.entry import MAX_RECEIPT, Receipt, ReceiptError, check, entry, leaf
from keys.transparency.merkle import Frontier, Node, ProofError, prove_consistency, prove_inclusion

ORIGIN = "certificates.sdir.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
KEY = LogKey(ORIGIN, SIGNER.public_key)
COUNT = 21
TEXTS = [b"header.payload %d" % n for n in range(COUNT)]
SALTS = [sha256(text).digest()[:16] for text in TEXTS]
LEAVES = [leaf(salt, text) for salt, text in zip(SALTS, TEXTS, strict=True)]
FRONTIER, MADE = Frontier().append(LEAVES)
STORED = dict(MADE) | {Node(0, at): found for at, found in enumerate(LEAVES)}


def read(nodes: Any) -> list[bytes]:
    return [STORED[node] for node in nodes]


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, Frontier().append(LEAVES[:size])[0].root)


def receipt(index: int, size: int = COUNT) -> Receipt:
    proof = prove_inclusion(index, size, read)
    return Receipt(index, SALTS[index], proof, sign(checkpoint(size), SIGNER))


def test_entry_is_the_hash_of_salt_and_text() -> None:
    assert entry(bytes(16), b"text") == sha256(bytes(16) + b"text").digest()
    assert leaf(bytes(16), b"text") == sha256(b"\0" + entry(bytes(16), b"text")).digest()


@pytest.mark.parametrize("length", [0, 15, 17])
def test_salt_of_another_length_would_let_bytes_move_into_the_text(length: int) -> None:
    with pytest.raises(ReceiptError, match="a salt of"):
        entry(bytes(length), b"text")


@pytest.mark.parametrize("index", range(COUNT))
def test_holder_of_the_text_and_its_receipt_sees_that_it_is_logged(index: int) -> None:
    held = Receipt.from_json(receipt(index).to_json())
    assert check(held, TEXTS[index], KEY) == checkpoint(COUNT)


def test_receipt_of_a_million_entries_has_about_1200_bytes() -> None:
    made = Receipt(999_999, bytes(16), (bytes(32),) * 20, sign(Checkpoint(ORIGIN, 10**6, bytes(32)), SIGNER))
    assert 1_100 < len(made.to_json()) < 1_250
    assert 860 < 16 + 20 * 32 + len(made.checkpoint.encode()) < 920, "beside its spelling as JSON"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"index": 8}, "does not lead"),
        ({"index": COUNT}, "there is no leaf"),
        ({"salt": bytes(16)}, "does not lead"),
        ({"proof": ()}, "too short"),
        ({"checkpoint": sign(checkpoint(20), SIGNER)}, "does not lead"),
        ({"checkpoint": sign(checkpoint(COUNT), SoftwareSigner.generate(Algorithm.ED25519))}, "no key"),
        ({"checkpoint": sign(Checkpoint("x", 1, LEAVES[7]), SIGNER)}, "of the log x"),
    ],
)
def test_receipt_of_something_else_shows_nothing(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ReceiptError, match=says):
        check(replace(receipt(7), **changes), TEXTS[7], KEY)


def test_receipt_of_one_credential_is_none_of_another() -> None:
    with pytest.raises(ReceiptError, match="does not lead"):
        check(receipt(7), TEXTS[8], KEY)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"version": 2}, "of a version"),
        ({"version": True}, "one spelling"),
        ({"format": "x"}, "of a version"),
        ({"more": 1}, "of a version"),
        ({"index": -1}, "index is a number"),
        ({"index": True}, "index is a number"),
        ({"index": "1"}, "index is a number"),
        ({"salt": "AA"}, "a salt of 16"),
        ({"salt": 1}, "are base64url"),
        ({"salt": "=" * 22}, "base64url"),
        ({"proof": "AAAA"}, "hashes of 32"),
        ({"proof": "A" * 2732}, "hashes of 32"),
        ({"checkpoint": "x"}, "an empty line"),
        ({"checkpoint": 1}, "checkpoint text"),
    ],
)
def test_json_that_is_no_receipt_says_why(change: dict[str, Any], says: str) -> None:
    members = json.loads(receipt(7).to_json()) | change
    with pytest.raises(ReceiptError, match=says):
        Receipt.from_json(json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        receipt(7).to_json() + b"\n",
        receipt(7).to_json().replace(b":7,", b": 7,"),
        b" " * (MAX_RECEIPT + 1),
    ],
)
def test_receipt_has_one_spelling(data: bytes) -> None:
    with pytest.raises(ReceiptError):
        Receipt.from_json(data)


@given(st.data())
def test_receipt_with_any_bit_flipped_shows_nothing(data: st.DataObject) -> None:
    good = bytearray(receipt(7).to_json())
    good[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ReceiptError):
        check(Receipt.from_json(bytes(good)), TEXTS[7], KEY)


@given(st.integers(0, COUNT), st.integers(0, COUNT))
def test_log_that_only_grew_is_seen_to_from_the_file(one: int, other: int) -> None:
    old, new = sorted((one, other))
    text = consistency.to_text(prove_consistency(old, new, read))
    consistency.check(checkpoint(old), checkpoint(new), consistency.from_text(text.encode()))


def test_checkpoints_of_two_logs_are_never_consistent() -> None:
    with pytest.raises(ProofError, match="two logs"):
        consistency.check(checkpoint(5), replace(checkpoint(5), origin="x"), ())


HASH = consistency.to_text([bytes(range(32))]).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HASH[:-1], "lines of base64"),
        (b"\n", "lines of base64"),
        (HASH + b"\n", "lines of base64"),
        (HASH.replace(b"\n", b"\r\n"), "not base64"),
        (b"AAAA\n", "lines of base64"),
        (b"?" + HASH[1:], "not base64"),
        (HASH * 64, "at most"),
    ],
)
def test_file_that_is_no_proof_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ProofError, match=says):
        consistency.from_text(data)
