"""Verify a sea pack and merge it with what is held: the newest wins, nothing old, mixed or unlisted enters.

Pure: what it returns, `state` writes at once or not at all. This is the side of the verifier that needs TUF.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from keys.trust import client
from keys.trust.directory import Directory
from keys.trust.metadata import UntrustedMetadata
from keys.trust.state import TrustState
from verifier import pack
from verifier.status import StatusList, StatusListError, verify_list


class RefusedPack(ValueError):
    """A pack that must not come in; what is held stays as it is."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a device remembers: the root it trusts, what it has seen, and the newest token of each list.

    `seen` is when the newest list of each address was signed, also of those that were dropped.
    """

    root: bytes
    trust: TrustState | None = None
    tokens: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is held once the pack is in."""

    pack: str
    root: bytes
    trust: TrustState
    directory: Directory
    lists: Mapping[str, StatusList]
    tokens: Mapping[str, str]
    seen: Mapping[str, datetime] = field(default_factory=dict)  # as in `Held`
    changes: tuple[str, ...]  # in words, a line each


def take_in(data: bytes, held: Held, *, at: datetime) -> Intake:
    """Verify the pack in `data` against what is held. Raises PackError or RefusedPack."""
    contents = pack.read(data)
    try:
        directory, trust = client.load(contents.files, root=held.root, at=at, previous=held.trust)
        listed = client.needed(contents.files, root=held.root, at=at)
    except UntrustedMetadata as error:
        raise RefusedPack(str(error)) from None
    unlisted = sorted(contents.files.keys() - listed.keys())
    if unlisted:
        raise RefusedPack(f"{unlisted[0]} is in the pack, and nobody has signed for it")
    merged = _Merge(directory, held.seen, at)
    for token in held.tokens.values():
        merged.keep(token)
    for token in contents.lists:
        merged.offer(token)
    return Intake(
        pack=f"{directory.published_at:%Y-%m-%d}-{contents.digest[:12]}",
        root=held.root,
        trust=trust,
        directory=directory,
        lists=merged.lists,
        tokens=merged.tokens,
        seen=merged.seen,
        changes=tuple(merged.changes),
    )


class _Merge:
    """The newest of each list, under the keys of the new directory."""

    def __init__(self, directory: Directory, seen: Mapping[str, datetime], at: datetime) -> None:
        self.lists: dict[str, StatusList] = {}
        self.tokens: dict[str, str] = {}
        self.seen = dict(seen)
        self.changes: list[str] = []
        self._directory, self._at = directory, at
        self._offered: set[str] = set()

    def keep(self, token: str) -> None:
        """A list that is held already; it goes when its key no longer counts."""
        try:
            held = verify_list(token, directory=self._directory)
        except StatusListError as error:
            self.changes.append(f"a list held until now is dropped: {error}")
            return
        self._take(held, token)

    def offer(self, token: str) -> None:
        """A list in the pack. A bad one refuses the whole pack; an older one is passed over."""
        try:
            new = verify_list(token, directory=self._directory, at=self._at)
        except StatusListError as error:
            raise RefusedPack(f"a status list in the pack: {error}") from None
        if new.uri in self._offered:
            raise RefusedPack(f"the pack holds {new.uri} twice")
        self._offered.add(new.uri)
        if self._goes_back(new, token):
            return
        if new.uri not in self.tokens or token != self.tokens[new.uri]:
            self.changes.append(f"{new.uri}: as of {new.iat:%Y-%m-%d %H:%M} UTC")
        self._take(new, token)

    def _goes_back(self, new: StatusList, token: str) -> bool:
        """Whether a list would undo news: an older one, or another of the same second. It is passed over.

        A dropped list is gone, but what was signed before it stays refused: it lacks what that one had told.
        """
        held, seen = self.lists.get(new.uri), self.seen.get(new.uri)
        signed = f"{new.uri}: the pack's is of {new.iat:%Y-%m-%d %H:%M:%S} UTC"
        if seen is not None and new.iat < seen:
            left = "not taken" if held is None else "kept what is held"
            self.changes.append(f"{signed}, older than the one of {seen:%Y-%m-%d %H:%M:%S} UTC; {left}")
            return True
        if held is not None and new.iat == held.iat and token != self.tokens[new.uri]:
            self.changes.append(f"{signed}, as is another that is held already; kept what is held")
            return True
        return False

    def _take(self, one: StatusList, token: str) -> None:
        self.lists[one.uri], self.tokens[one.uri] = one, token
        self.seen[one.uri] = max(one.iat, self.seen.get(one.uri, one.iat))
