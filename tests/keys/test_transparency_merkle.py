"""The log's tree, held against the reference vectors, against the RFC's own recursion and another library."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InclusionProof, InmemoryTree
from pymerkle import verify_inclusion as verify_elsewhere

from keys.transparency.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_PROOF,
    MAX_SIZE,
    Frontier,
    Node,
    ProofError,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    subtrees,
    verify_consistency,
    verify_inclusion,
)

# The eight entries and roots that implementations of RFC 6962 are tried with, since Google's first one.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
# Of the same tests: (leaf, size) and (old, new), each with its proof.
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
GROWTH = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


# Straight from RFC 9162 § 2.1: slow, and of another shape than ours.


def mth(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def subproof(m: int, entries: Sequence[bytes], b: bool) -> list[bytes]:
    if m == len(entries):
        return [] if b else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], b), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Grown:
    """A tree that grew batch by batch, with every complete subtree kept as a database keeps them."""

    def __init__(self, *batches: Sequence[bytes]) -> None:
        self.frontier = Frontier()
        self.stored: dict[Node, bytes] = {}
        self.roots = {0: EMPTY_ROOT}
        for batch in batches:
            leaves = [leaf_hash(one) for one in batch]
            first = self.frontier.size
            self.frontier, made = self.frontier.append(leaves)
            self.stored.update({Node(0, first + at): leaf for at, leaf in enumerate(leaves)})
            self.stored.update(made)
            self.roots[self.frontier.size] = self.frontier.root

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        return [self.stored[node] for node in nodes]


def numbered(count: int) -> list[bytes]:
    return [b"entry %d" % n for n in range(count)]


SIZES = st.integers(1, 70)


@pytest.mark.parametrize("size", range(9))
def test_reference_roots_are_ours_whole_and_leaf_by_leaf(size: int) -> None:
    assert mth(ENTRIES[:size]) == ROOTS[size]
    assert Grown(ENTRIES[:size]).frontier.root == ROOTS[size]
    assert Grown(*([one] for one in ENTRIES[:size])).roots == dict(enumerate(ROOTS[: size + 1]))


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_reference_inclusion_proofs_are_ours(index: int, size: int) -> None:
    proof = prove_inclusion(index, size, Grown(ENTRIES).read)
    assert [one.hex() for one in proof] == PATHS[index, size]
    verify_inclusion(leaf_hash(ENTRIES[index]), index=index, size=size, root=ROOTS[size], proof=proof)


@pytest.mark.parametrize(("old", "new"), GROWTH)
def test_reference_consistency_proofs_are_ours(old: int, new: int) -> None:
    proof = prove_consistency(old, new, Grown(ENTRIES).read)
    assert [one.hex() for one in proof] == GROWTH[old, new]
    verify_consistency(old=old, old_root=ROOTS[old], new=new, new_root=ROOTS[new], proof=proof)


@given(st.lists(st.integers(0, 9), max_size=9))
def test_tree_that_grew_in_batches_is_the_tree_of_all(batches: list[int]) -> None:
    entries = numbered(sum(batches))
    parts, at = [], 0
    for count in batches:
        parts.append(entries[at : at + count])
        at += count
    grown = Grown(*parts)
    assert all(root == mth(entries[:size]) for size, root in grown.roots.items())
    assert grown.frontier.hashes == tuple(grown.read(subtrees(0, len(entries))))
    assert len(grown.stored) < 2 * len(entries) + 1, "a row or two for each entry"


@given(SIZES, st.data())
def test_every_inclusion_proof_is_the_rfcs_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = numbered(size)
    grown = Grown(numbered(70))  # made from a tree that has grown on
    proof = prove_inclusion(index, size, grown.read)
    assert list(proof) == path(index, entries)
    verify_inclusion(leaf_hash(entries[index]), index=index, size=size, root=mth(entries), proof=proof)


@given(SIZES, st.data())
def test_every_consistency_proof_is_the_rfcs_and_verifies(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    entries = numbered(new)
    proof = prove_consistency(old, new, Grown(numbered(70)).read)
    assert list(proof) == (subproof(old, entries, True) if old else [])
    verify_consistency(old=old, old_root=mth(entries[:old]), new=new, new_root=mth(entries), proof=proof)


@given(SIZES, st.data())
def test_inclusion_proof_with_anything_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = numbered(size)
    proof = list(prove_inclusion(index, size, Grown(entries).read))
    good = {"leaf": leaf_hash(entries[index]), "index": index, "size": size, "root": mth(entries)}
    other_index = data.draw(st.integers(0, 2 * size).filter(lambda n: n != index))
    other_size = data.draw(st.integers(1, 70).filter(lambda n: n != size))
    changed = [
        {**good, "leaf": flipped(good["leaf"], data)},
        {**good, "root": flipped(good["root"], data)},
        {**good, "index": other_index},
        {**good, "size": other_size, "root": mth(numbered(other_size))},  # of another checkpoint
    ]
    proofs = [proof] * len(changed)
    for other in broken(proof, data):
        changed.append(good)
        proofs.append(other)
    for case, other in zip(changed, proofs, strict=True):
        with pytest.raises(ProofError):
            verify_inclusion(**case, proof=other)  # type: ignore[arg-type]


@given(SIZES, st.data())
def test_consistency_proof_with_anything_changed_proves_nothing(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    entries = numbered(new)
    proof = list(prove_consistency(old, new, Grown(entries).read))
    good = {"old": old, "old_root": mth(entries[:old]), "new": new, "new_root": mth(entries)}
    changed = [{**good, "old_root": flipped(good["old_root"], data)}]
    proofs = [proof]
    if old:  # every tree begins with the empty one
        changed.append({**good, "new_root": flipped(good["new_root"], data)})
        rewritten = [*entries[: old - 1], b"rewritten", *entries[old:]]
        changed.append({**good, "new_root": mth(rewritten)})
        proofs += [proof, proof]
        other = data.draw(st.integers(1, 70).filter(lambda n: n != old))
        changed.append({**good, "old": other, "old_root": mth(numbered(other))})
        proofs.append(proof)
    for one in broken(proof, data):
        changed.append(good)
        proofs.append(one)
    for case, one in zip(changed, proofs, strict=True):
        with pytest.raises(ProofError):
            verify_consistency(**case, proof=one)  # type: ignore[arg-type]


def flipped(found: object, data: st.DataObject) -> bytes:
    assert isinstance(found, bytes)
    bit = data.draw(st.integers(0, 8 * len(found) - 1))
    return (int.from_bytes(found) ^ (1 << bit)).to_bytes(len(found))


def broken(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The proof with a bit flipped, with a hash too many on either side, and without one."""
    made = [[*proof, bytes(HASH_BYTES)], [bytes(HASH_BYTES), *proof], [*proof, b""], [*proof] * 70]
    if not proof:
        return made[:3]
    at = data.draw(st.integers(0, len(proof) - 1))
    made.append([*proof[:at], flipped(proof[at], data), *proof[at + 1 :]])
    made.append([*proof[:at], *proof[at + 1 :]])
    made.append([*proof[:at], proof[at][:-1], *proof[at + 1 :]])
    return made


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 4), (0, -1), (0, MAX_SIZE + 1), (MAX_SIZE, MAX_SIZE)]
)
def test_leaf_that_no_tree_has_is_neither_proven_nor_believed(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="there is no leaf"):
        prove_inclusion(index, size, Grown(ENTRIES).read)
    with pytest.raises(ProofError, match="there is no leaf"):
        verify_inclusion(ROOTS[1], index=index, size=size, root=ROOTS[1], proof=[])


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (0, MAX_SIZE + 1)])
def test_log_that_shrank_is_neither_proven_nor_believed(old: int, new: int) -> None:
    with pytest.raises(ProofError, match="does not begin"):
        prove_consistency(old, new, Grown(ENTRIES).read)
    with pytest.raises(ProofError, match="does not begin"):
        verify_consistency(old=old, old_root=ROOTS[1], new=new, new_root=ROOTS[1], proof=[])


def test_two_trees_of_one_size_are_said_to_be_two() -> None:
    with pytest.raises(ProofError, match="two different trees of 2 leaves"):
        verify_consistency(old=2, old_root=ROOTS[2], new=2, new_root=ROOTS[3], proof=[])


def test_largest_tree_is_proven_with_few_hashes_and_every_node_has_a_number_that_fits() -> None:
    asked: list[Node] = []

    def read(nodes: Sequence[Node]) -> list[bytes]:
        asked.extend(nodes)
        return [bytes(HASH_BYTES)] * len(nodes)

    assert len(prove_inclusion(MAX_SIZE - 2, MAX_SIZE - 1, read)) <= MAX_PROOF
    assert len(prove_consistency(MAX_SIZE - 2, MAX_SIZE - 1, read)) <= MAX_PROOF
    assert len(asked) < 4 * 62
    assert max(node.number for node in asked) < 1 << 63
    assert all(node.number % 2 == (node.level > 0) for node in asked)


@given(st.integers(1, 500))
def test_no_two_nodes_have_one_number(size: int) -> None:
    nodes = Grown(numbered(size)).stored
    assert len({node.number for node in nodes}) == len(nodes)


@given(SIZES)
def test_another_library_has_the_same_roots_and_its_reader_takes_our_inclusion_proofs(size: int) -> None:
    """Pymerkle (PyPI): its paths begin with the leaf, it counts from one and says a hash's side."""
    entries = numbered(size)
    theirs, ours = InmemoryTree(algorithm="sha256"), Grown(entries)
    theirs.append_entries(entries)
    assert theirs.get_root() == ours.frontier.root
    for index in range(size):
        leaf = leaf_hash(entries[index])
        path = [leaf, *prove_inclusion(index, size, ours.read)]
        rule = theirs.prove_inclusion(index + 1).rule
        verify_elsewhere(
            leaf, ours.frontier.root, InclusionProof("sha256", True, size, index + 1, rule, path)
        )
