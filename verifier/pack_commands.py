"""`ombord-verify pack build` and `pack import`: files in, verified state or a pack out, a report in words."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from keys.trust import client
from keys.trust.metadata import UntrustedMetadata
from verifier import intake, pack, state, store
from verifier.intake import Held, Intake, RefusedPack
from verifier.pack import PackError
from verifier.status import MAX_TOKEN
from verifier.unusable import Unusable, read_file

_MAX_ROOT: Final = 1 << 20
_NEWER: Final = "fetch the newest sea pack, from where you trust it to come"
_PIN: Final = "give the root that you trust: --root ROOT.json (of the authority, or of a device that has it)"
_STALE: Final = timedelta(days=45)


def take_in(path: str, root_path: str | None, at: datetime) -> str:
    """Verify the pack at `path`, keep it, and say what changed. Raises Unusable; then all stays as it was."""
    folder = state.home()
    data = read_file(path, pack.MAX_PACK + 1)
    try:
        with store.locked(folder):
            taken = _verify(data, path, _held(folder, root_path), at)
            store.write(folder, taken)
    except state.StateError as error:
        raise Unusable(str(error), error.hint) from None
    state.remember_clock(folder, at)
    return _report(taken, at)


def verified(path: str, root_path: str | None, at: datetime) -> Intake:
    """The pack at `path`, verified for one check and kept nowhere. Raises Unusable."""
    data = read_file(path, pack.MAX_PACK + 1)
    # What this device holds counts too: a revocation that it knows is not undone by an older pack.
    return _verify(data, path, _held(state.home(), root_path), at)


def _verify(data: bytes, path: str, held: Held, at: datetime) -> Intake:
    try:
        return intake.take_in(data, held, at=at)
    except (PackError, RefusedPack) as error:
        raise Unusable(f"{path}: {error}", _NEWER) from None


def _held(folder: str, root_path: str | None) -> Held:
    """What this device remembers; a root is pinned the first time, and never silently exchanged."""
    given = None if root_path is None else read_file(root_path, _MAX_ROOT)
    try:
        held = state.State(folder).held()
    except state.NoState:
        if given is None:
            raise Unusable("no trusted root is pinned on this device", _PIN) from None
        return Held(given)
    except state.StateError as error:
        if given is None:
            raise Unusable(str(error), error.hint) from None
        return Held(given)
    if given is not None and given != held.root:
        hint = f"to change whom this device trusts, remove {folder} and import again"
        raise Unusable("another root is pinned on this device", hint)
    return held


def _report(taken: Intake, at: datetime) -> str:
    """What is held now and how old it is."""
    directory = taken.directory
    flags = sorted({authority.flag for authority in directory.authorities.values()})
    lines = [
        f"imported sea pack {taken.pack} ({directory.environment})",
        f"  directory of {directory.published_at:%Y-%m-%d %H:%M} UTC, {_age(directory.published_at, at)}",
        f"  {len(flags)} authorities ({', '.join(flags)}) with {len(directory.keys)} keys",
    ]
    lines += [f"  {change}" for change in taken.changes] or ["  nothing has changed"]
    for uri, one in taken.lists.items():
        lines.append(f"  holds {uri}: {len(one)} entries, {_age(one.iat, at)}")
    if at - directory.published_at > _STALE:
        lines.append("  this is old: status over 45 days counts as unknown")
    lines += [
        f"  the metadata of {role} had expired: fetch a newer pack soon" for role in taken.trust.expired
    ]
    return "\n".join(lines)


def _age(moment: datetime, at: datetime) -> str:
    days = (at - moment).days
    return "from today" if days == 0 else f"{days} days old" if days > 0 else "dated ahead of this clock"


# build


def build(directory: str, lists: list[str], out: str, at: datetime) -> str:
    """Make a pack of what was published, and check it as an importer would. Raises Unusable."""
    files = dict(_published(directory))
    root = files.get("1.root.json")
    if root is None:
        raise Unusable(
            f"{directory}: 1.root.json is not there", "give the folder that ombord-keys publish wrote"
        )
    tokens = [read_file(path, MAX_TOKEN + 1).decode("ascii", "replace").strip() for path in _lists(lists)]
    try:
        data = pack.build(client.needed(files, root=root, at=at), tokens)
        taken = intake.take_in(data, Held(root), at=at)
    except (UntrustedMetadata, PackError, RefusedPack, UnicodeEncodeError) as error:
        raise Unusable(str(error), "publish again: ombord-keys publish, ombord-issuer publish") from None
    _write(out, data)
    return f"{out}: sea pack {taken.pack}, {len(data)} bytes, {len(files)} files, {len(tokens)} status lists"


def _published(folder: str) -> Iterator[tuple[str, bytes]]:
    """Every JSON file below the folder, by the name that the publisher gave it."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".json"):
                path = os.path.join(parent, name)
                yield os.path.relpath(path, folder).replace(os.sep, "/"), read_file(path, 1 << 20)


def _lists(paths: list[str]) -> Iterator[str]:
    """The files named, and the status lists in the folders named: `.jwt`, or without an ending."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for parent, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                if os.path.splitext(name)[1] in ("", ".jwt"):
                    yield os.path.join(parent, name)


def _write(path: str, data: bytes) -> None:
    """Whole or not at all."""
    from keys.custody import atomic_file

    elsewhere = "choose a place that can be written"
    if os.path.exists(path) and not os.path.isfile(path):
        raise Unusable(f"{path} is there already, and is no regular file", elsewhere)
    try:
        atomic_file.write(Path(path), data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Unusable(f"{path}: {reason}", elsewhere) from None
