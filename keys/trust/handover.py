"""How a flag's role gets other keys: its old keys hand over, or the root's holders name the new ones.

The directory role names each flag's keys, but it alone cannot replace them on a device that remembers others:
two of its three holders must not be able to speak for a flag.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from json import dumps
from typing import Final, NamedTuple

from keys.algorithms import Algorithm, SignatureMismatch
from keys.jwk import PublicKey
from keys.trust.metadata import HEX_KEY, HEX_SIGNATURE, UntrustedMetadata
from keys.trust.plan import key_id
from keys.trust.record import Record

MAX_ENTRIES: Final = 64
MAX_KEYS: Final = 16


class RoleKeys(NamedTuple):
    """Who signs for a flag: Ed25519 public keys in sorted hexadecimal, and how many of them must."""

    keys: tuple[str, ...]
    threshold: int

    @property
    def fingerprint(self) -> str:
        """A short name for these keys and this threshold."""
        return fingerprint(self.keys, self.threshold)


class Handover(NamedTuple):
    """One entry of the directory: who hands over, to whom, and what proves it."""

    from_: str
    to: RoleKeys
    signatures: Mapping[str, tuple[bytes, ...]]  # by short key id


def fingerprint(keys: Iterable[str], threshold: int) -> str:
    """32 hexadecimal digits that stand for a role's keys and threshold."""
    return sha256(_compact({"keys": sorted(keys), "threshold": threshold})).hexdigest()[:32]


def message(flag: str, from_: str, keys: Iterable[str], threshold: int) -> bytes:
    """What the old keys sign: from which keys (their fingerprint) to which, and for whom."""
    return _compact(
        {
            "_type": "ombord-handover",
            "flag": flag,
            "from": from_,
            "keys": sorted(keys),
            "threshold": threshold,
        }
    )


def walk(
    known: RoleKeys,
    current: RoleKeys,
    entries: Iterable[Record],
    *,
    flag: str,
    root_allows: str | None = None,
    left: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the roles left behind if `current` may speak for a flag whose keys were `known`.

    `entries` are the directory's handovers for the flag, in any order: a device that slept through several
    walks them all. `root_allows` is the fingerprint that the newest root names for it; what those keys have
    handed over since is walked too. The root's word stands there for good, so it does not lead back to a role
    that the device has `left`. Raises UntrustedMetadata.
    """
    if known == current:
        return ()
    handovers = _read_all(entries, flag)
    paths: dict[str, tuple[str, ...]] = {known.fingerprint: ()}
    frontier = [known]
    if root_allows is not None and root_allows not in left:
        frontier += _named(root_allows, current, handovers)
        paths.setdefault(root_allows, (known.fingerprint,))
    path = _path(frontier, paths, current, handovers, flag)
    if path is None:
        raise UntrustedMetadata(f"{flag}: its keys were replaced without its old keys or the root's holders")
    return path


def since(root_allows: str, current: RoleKeys, entries: Iterable[Record], *, flag: str) -> tuple[str, ...]:
    """The roles left behind since the root named one of them, as far as handovers prove it.

    A device that meets a flag after that has never held those roles, and the root's word, which stands, must
    not lead it to them either. Raises UntrustedMetadata.
    """
    handovers = _read_all(entries, flag)
    return _path(_named(root_allows, current, handovers), {root_allows: ()}, current, handovers, flag) or ()


def _read_all(entries: Iterable[Record], flag: str) -> list[Handover]:
    handovers = [read(entry, flag) for entry in entries]
    if len(handovers) > MAX_ENTRIES:
        raise UntrustedMetadata(f"{flag}: more than {MAX_ENTRIES} handovers")
    return handovers


def _named(root_allows: str, current: RoleKeys, handovers: Iterable[Handover]) -> list[RoleKeys]:
    """The role that the root names by its fingerprint; its keys stand in the directory."""
    listed = (current, *(one.to for one in handovers))
    return [role for role in listed if role.fingerprint == root_allows][:1]


def _path(
    frontier: list[RoleKeys],
    paths: dict[str, tuple[str, ...]],
    current: RoleKeys,
    handovers: Iterable[Handover],
    flag: str,
) -> tuple[str, ...] | None:
    """The shortest way of signed handovers to `current`, breadth first; None where there is none."""
    for old in frontier:
        path = paths[old.fingerprint]
        if old == current:
            return path
        for handover in handovers:
            # The signatures come last: they cost, and most entries lie behind us.
            to = handover.to.fingerprint
            if handover.from_ == old.fingerprint and to not in paths and _signed(handover, old, flag):
                paths[to] = (*path, old.fingerprint)
                frontier.append(handover.to)
    return None


def read(entry: Record, flag: str) -> Handover:
    """An entry as the directory lists it. Raises RecordError or UntrustedMetadata."""
    keys = entry.texts("keys")
    if len(keys) > MAX_KEYS or list(keys) != sorted(keys) or not all(map(HEX_KEY.fullmatch, keys)):
        raise UntrustedMetadata(f"{flag}: a handover to what is no sorted list of Ed25519 keys")
    signatures: dict[str, tuple[bytes, ...]] = {}
    for one in entry.records("signatures")[:MAX_KEYS]:
        keyid, text = one.text("keyid"), one.text("sig")
        if not HEX_SIGNATURE.fullmatch(text):
            raise UntrustedMetadata(f"{flag}: a handover whose signature is not 64 bytes")
        signatures[keyid] = (*signatures.get(keyid, ()), bytes.fromhex(text))
    return Handover(entry.text("from"), RoleKeys(keys, entry.number("threshold", 1, len(keys))), signatures)


def _signed(handover: Handover, old: RoleKeys, flag: str) -> bool:
    """Whether a threshold of different old keys has signed."""
    content = message(flag, handover.from_, *handover.to)
    keys = [PublicKey(Algorithm.ED25519, bytes.fromhex(key)) for key in old.keys]
    good = sum(
        any(_holds(key, content, one) for one in handover.signatures.get(key_id(key), ())) for key in keys
    )
    return good >= old.threshold


def _holds(key: PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.verify(content, signature)
    except SignatureMismatch:
        return False
    return True


def _compact(members: Mapping[str, object]) -> bytes:
    return dumps(members, separators=(",", ":"), sort_keys=True).encode("ascii")
