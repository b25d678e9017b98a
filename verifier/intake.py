"""Verify a sea pack and merge it with what is held: the newest wins, nothing old, mixed or unlisted enters.

Pure: what it returns, `store` writes at once or not at all. This is the side of the verifier that needs TUF.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tuf.api.metadata import Metadata, Root

from keys.trust import client
from keys.trust.directory import Directory
from keys.trust.metadata import UntrustedMetadata
from keys.trust.state import TrustState
from verifier import pack, pack_id, pack_logs
from verifier.held import Held
from verifier.merging import Merged, RefusedPack, WholePackNeeded, merge
from verifier.pack_logs import Carried
from verifier.status import Missing

_END_OF_TIME: Final = datetime(2199, 12, 31, tzinfo=UTC)  # a clock may say anything; arithmetic ends in 9999
__all__ = ["Held", "Intake", "RefusedPack", "WholePackNeeded", "take_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(Held):
    """What is held once the pack is in, and what it brought."""

    trust: TrustState
    pack: str
    directory: Directory
    changes: tuple[str, ...]  # in words, a line each
    at: datetime | None = None  # the clock at import
    logs: Mapping[str, Carried] = field(default_factory=dict)  # of the pack, by flag; not verified

    @property
    def missing(self) -> dict[str, Missing]:
        """The lists that are not held: those that were once, and those that the signed index names."""
        known = dict.fromkeys(self.directory.list_numbers, Missing.WITHHELD)
        known |= dict.fromkeys(self.seen, Missing.DROPPED)
        return {uri: why for uri, why in known.items() if uri not in self.lists}


def take_in(data: bytes, held: Held, *, at: datetime) -> Intake:
    """Verify the pack in `data` against what is held. Raises PackError or RefusedPack."""
    contents, at = pack.read(data), min(at, _END_OF_TIME)
    trusted, logs = pack_logs.apart(contents.files)
    contents = replace(contents, files=trusted)
    files = _on_base(contents, held)
    try:
        verified = client.verify(files, root=held.root, at=at, previous=held.trust)
    except UntrustedMetadata as error:
        raise RefusedPack(str(error)) from None
    unlisted = sorted(contents.files.keys() - verified.files.keys())
    if unlisted:
        raise RefusedPack(f"{unlisted[0]} is in the pack, and nobody has signed for it")
    directory = verified.directory
    kept = _from_the_pin_on(verified.files, held)
    merged = merge(held, contents.lists, directory=directory, at=at)
    name, parts = _name(contents, held, verified, merged)
    return Intake(
        pack=name,
        parts=parts,
        root=held.root,
        trust=verified.state,
        directory=directory,
        files=kept,
        lists=merged.lists,
        tokens=merged.tokens,
        seen=merged.seen,
        changes=(*_news(held, verified.state), *_departures(held.files, kept), *merged.changes),
        at=at,
        logs=pack_logs.read(logs),
    )


def _on_base(contents: pack.Pack, held: Held) -> Mapping[str, bytes]:
    """The trust files to verify: those of the pack, and for an update those held before.

    Of what is held, a whole pack need not bring the roots, which are for ever, nor allow lists, which may
    have come on their own: they stay, as long as they are listed.
    """
    base = contents.base
    if base is None:
        stays = [name for name in held.files if "/allow/" in name or name.endswith(".root.json")]
        return {**{name: held.files[name] for name in stays}, **contents.files}
    if held.pack is None:
        raise WholePackNeeded("it is an update, and no pack that it could add to was imported yet")
    if base not in (held.pack, pack.ANY):
        raise WholePackNeeded(f"it is an update of pack {base}, and this device holds {held.pack}")
    return {**held.files, **contents.files}


def _from_the_pin_on(files: Mapping[str, bytes], held: Held) -> Mapping[str, bytes]:
    """The files without the roots from before the pinned one, of which nothing is proved here.

    Raises RefusedPack where a root that was verified before has another content now.
    """
    pinned = Metadata[Root].from_bytes(held.root).signed.version
    kept = dict(files)
    for name in files:
        version, _, role = name.partition(".")
        if role != "root.json":
            continue
        known = held.root if int(version) == pinned else held.files.get(name)
        if known is not None and known != files[name]:
            raise RefusedPack(f"{name}: another content than this device has verified")
        if int(version) < pinned:
            del kept[name]
    return kept


def _name(
    contents: pack.Pack, held: Held, verified: client.Verified, merged: Merged
) -> tuple[str, frozenset[str]]:
    """The id of what the pack, or the update with its base, says, and of what it consists."""
    if contents.base == pack.ANY and held.pack is not None:
        return held.pack, held.parts
    said = contents.files.keys() | merged.named
    lists = merged.lists
    if contents.base is None:
        lists = {**lists, **merged.offered}  # also where a newer one is held
    else:  # not by what it says that it completes: whoever wrote that may lie
        said |= held.parts
    files = {name: data for name, data in verified.files.items() if name in said}
    lists = {uri: one for uri, one in lists.items() if uri in said}
    parts = frozenset(name for name in (*files, *lists) if not pack_id.is_root(name))
    published_at = verified.directory.published_at
    return pack_id.of(published_at, verified.state.root, files, lists.values()), parts


def _news(held: Held, now: TrustState) -> tuple[str, ...]:
    """What has changed in the trust metadata, role by role."""
    if held.trust is None:
        return ()
    before, after = held.trust.versions, now.versions
    quiet = ("snapshot", "timestamp")  # daily, and nothing that an inspector could want to know
    changed = sorted(role for role, version in after.items() if before.get(role) not in (None, version))
    new = sorted(after.keys() - before.keys())
    names = {"root": "the root", "targets": "the directory of authorities"}
    return (
        *(
            f"{names.get(role, role)}: new metadata, version {after[role]}"
            for role in changed
            if role not in quiet
        ),
        *(f"{role}: a new authority" for role in new if role not in quiet and role not in names),
    )


def _departures(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> tuple[str, ...]:
    """Flags that are no members any more, by the root's word: their metadata is not needed from here on."""
    gone = sorted(_roles(before) - _roles(now))
    return tuple(f"{flag}: has left the directory; its certificates count for nothing" for flag in gone)


def _roles(files: Mapping[str, bytes]) -> set[str]:
    return {name.split(".")[1] for name in files if name.count(".") == 2 and "/" not in name}
