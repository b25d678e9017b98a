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
    """What a device remembers: the root it trusts, what it has seen, and the newest token of each list."""

    root: bytes
    trust: TrustState | None = None
    tokens: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is held once the pack is in."""

    pack: str
    root: bytes
    trust: TrustState
    directory: Directory
    lists: Mapping[str, StatusList]
    tokens: Mapping[str, str]
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
    merged = _Merge(directory, at)
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
        changes=tuple(merged.changes),
    )


class _Merge:
    """The newest of each list, under the keys of the new directory."""

    def __init__(self, directory: Directory, at: datetime) -> None:
        self.lists: dict[str, StatusList] = {}
        self.tokens: dict[str, str] = {}
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
        self.lists[held.uri], self.tokens[held.uri] = held, token

    def offer(self, token: str) -> None:
        """A list in the pack. A bad one refuses the whole pack; an older one leaves what is held."""
        try:
            new = verify_list(token, directory=self._directory, at=self._at)
        except StatusListError as error:
            raise RefusedPack(f"a status list in the pack: {error}") from None
        if new.uri in self._offered:
            raise RefusedPack(f"the pack holds {new.uri} twice")
        self._offered.add(new.uri)
        held = self.lists.get(new.uri)
        if held is not None and new.iat < held.iat:
            self.changes.append(
                f"{new.uri}: the pack's is older ({new.iat:%Y-%m-%d %H:%M} UTC); kept what is held"
            )
            return
        if held is None or new.iat > held.iat or token != self.tokens[new.uri]:
            self.changes.append(f"{new.uri}: as of {new.iat:%Y-%m-%d %H:%M} UTC")
        self.lists[new.uri], self.tokens[new.uri] = new, token
