"""The tree of the log: its hashes, how it grows, proofs made and checked (RFC 9162 § 2.1, RFC 6962 § 2.1).

A tree of `size` leaves is a row of complete subtrees, one for each bit of `size`. They never change, so that
storing each one once is enough for every proof about every size that the log ever had.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final, NamedTuple

HASH_BYTES: Final = 32
MAX_SIZE: Final = 1 << 62  # so that a node's number fits into a database's integer
MAX_PROOF: Final = 63  # hashes
EMPTY_ROOT: Final = sha256(b"").digest()


class ProofError(ValueError):
    """A proof that proves nothing, or the asking for one that cannot be; says why."""


class Node(NamedTuple):
    """A complete subtree: the `position`-th of those with 2 ** `level` leaves."""

    level: int
    position: int

    @property
    def number(self) -> int:
        """Its place from left to right among all nodes: leaves are even (RFC 9420, appendix C)."""
        return (self.position << (self.level + 1)) | ((1 << self.level) - 1)


# Hashes of stored subtrees, in the order asked for.
Read = Callable[[Sequence[Node]], Sequence[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """What the tree holds of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """What the tree holds of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Frontier(NamedTuple):
    """All that appending needs: the hashes of `subtrees(0, size)`, from left to right."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaves: Iterable[bytes]) -> "tuple[Frontier, list[tuple[Node, bytes]]]":
        """The tree with these leaf hashes too, and the subtrees above them that are now complete."""
        size, hashes = self.size, list(self.hashes)
        made: list[tuple[Node, bytes]] = []
        for found in leaves:
            level, position = 0, size
            while position & 1:
                found = node_hash(hashes.pop(), found)
                level, position = level + 1, position >> 1
                made.append((Node(level, position), found))
            hashes.append(found)
            size += 1
        return Frontier(size, tuple(hashes)), made

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT


def subtrees(start: int, stop: int) -> list[Node]:
    """The complete subtrees of the leaves from `start` until `stop`, in a tree that is cut at `start`."""
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


# Making proofs


class _Span(NamedTuple):
    """Leaves from `start` until `stop`: one hash of a proof."""

    start: int
    stop: int


def prove_inclusion(index: int, size: int, read: Read) -> tuple[bytes, ...]:
    """That leaf `index` is in the tree of `size` (RFC 9162 § 2.1.3.1). Raises ProofError."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    return _hashes(_path(index, _Span(0, size)), read)


def prove_consistency(old: int, new: int, read: Read) -> tuple[bytes, ...]:
    """That the tree of `new` begins with that of `old` (RFC 9162 § 2.1.4.1). Raises ProofError."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofError(f"a tree of {new} does not begin with one of {old}")
    return _hashes(_subproof(old, _Span(0, new), known=True) if old else [], read)


def _path(index: int, within: _Span) -> list[_Span]:
    """PATH of the RFC: siblings from the leaf up."""
    if within.stop - within.start == 1:
        return []
    left, right = _halves(within)
    if index < left.stop:
        return [*_path(index, left), right]
    return [*_path(index, right), left]


def _subproof(old: int, within: _Span, *, known: bool) -> list[_Span]:
    """SUBPROOF of the RFC; `known`: the old tree's root is this span's hash, which the verifier has."""
    if old == within.stop:
        return [] if known else [within]
    left, right = _halves(within)
    if old <= left.stop:
        return [*_subproof(old, left, known=known), right]
    return [*_subproof(old, right, known=False), left]


def _halves(span: _Span) -> tuple[_Span, _Span]:
    """The left one as large as the greatest power of two below the number of leaves."""
    middle = span.start + (1 << (span.stop - span.start - 1).bit_length() - 1)
    return _Span(span.start, middle), _Span(middle, span.stop)


def _hashes(spans: Sequence[_Span], read: Read) -> tuple[bytes, ...]:
    """All stored subtrees of the spans in one reading; only the right edge has spans of several."""
    parts = [subtrees(*span) for span in spans]
    found = iter(read([node for nodes in parts for node in nodes]))
    return tuple(_joined(tuple(islice(found, len(nodes)))) for nodes in parts)


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the largest first."""
    *others, joined = hashes
    for one in reversed(others):
        joined = node_hash(one, joined)
    return joined


# Checking proofs. Step numbers are those of the RFC.


def verify_inclusion(leaf: bytes, *, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the tree of `size` under `root` has `leaf`, a leaf hash, at `index` (RFC 9162 § 2.1.3.2).

    Raises ProofError. The pair of size and root must come from one signed checkpoint: a root alone does not
    say how large its tree is.
    """
    if not 0 <= index < size <= MAX_SIZE:  # (1)
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    _check_hashes(proof, leaf, root)
    fn, sn, found = index, size - 1, leaf  # (2), (3)
    for one in proof:  # (4)
        if sn == 0:
            raise ProofError("the proof is too long for a tree of this size")
        if fn & 1 or fn == sn:
            found = node_hash(one, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, one)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:  # (5)
        raise ProofError("the proof is too short for a tree of this size")
    if found != root:
        raise ProofError("the proof does not lead from the entry to the root of the tree")


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the tree of `new` leaves begins with that of `old` (RFC 9162 § 2.1.4.2). Raises ProofError.

    The RFC leaves out two cases: every tree begins with the empty one, and a tree with itself; their proof is
    empty.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofError(f"a tree of {new} does not begin with one of {old}")
    _check_hashes(proof, old_root, new_root)
    if old in (0, new):
        _check_trivial(old, old_root, new, new_root, proof)
        return
    if not proof:  # (1)
        raise ProofError("an empty proof between two sizes")
    first, *rest = proof if old & (old - 1) else (old_root, *proof)  # (2)
    fn, sn = old - 1, new - 1  # (3)
    while fn & 1:  # (4)
        fn, sn = fn >> 1, sn >> 1
    fr = sr = first  # (5)
    for one in rest:  # (6)
        if sn == 0:
            raise ProofError("the proof is too long for trees of these sizes")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(one, fr), node_hash(one, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, one)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:  # (7)
        raise ProofError("the proof is too short for trees of these sizes")
    if fr != old_root:
        raise ProofError("the proof does not lead to the root of the old tree")
    if sr != new_root:
        raise ProofError("the proof does not lead to the root of the new tree")


def _check_trivial(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError(f"a proof of {len(proof)} hashes, where none is needed")
    if old == new and old_root != new_root:
        raise ProofError(f"two different trees of {new} leaves")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the root of an empty tree is the hash of nothing")


def _check_hashes(proof: Sequence[bytes], *others: bytes) -> None:
    if len(proof) > MAX_PROOF:
        raise ProofError(f"a proof of {len(proof)} hashes; at most {MAX_PROOF} are read")
    if any(len(one) != HASH_BYTES for one in (*proof, *others)):
        raise ProofError(f"a hash that has not {HASH_BYTES} bytes")
