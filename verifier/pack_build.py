"""`ombord-verify pack build`: a pack of what was published, updates of earlier packs, a site of static files.

A site is a folder that anything can serve:

    packs/ID.pack         every pack that was built there
    packs/latest          the newest
    packs/since/OLD-ID    an update from an earlier one to the newest, where that is the smaller
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from keys.trust import allow_list, client
from keys.trust.directory import Directory
from keys.trust.metadata import UntrustedMetadata
from verifier import intake, log_folders, merging, pack, pack_logs, ship_status, ship_status_writing, status
from verifier.intake import Held, Intake, RefusedPack
from verifier.pack import PackError
from verifier.pack_commands import whole_list, write_file
from verifier.status import MAX_TOKEN, StatusList, StatusListError
from verifier.unusable import Unusable, read_file

_ROOT: Final = "1.root.json"
_AGAIN: Final = "publish again: ombord-keys publish, ombord-issuer publish"
_MOST_UPDATES: Final = 100  # from so many earlier packs, the newest
_LOG: Final = "log"  # beside the lists that an issuer publishes: its checkpoint has no ending either
_ENDINGS: Final = ("", ".jwt", ".snapshot")  # of status lists in a folder


class Built(NamedTuple):
    """A pack, and what a device that has imported nothing else holds then."""

    data: bytes
    taken: Intake


def build(
    directory: str,
    lists: list[str],
    at: datetime,
    *,
    out: str | None,
    site: str | None,
    since: str | None,
    logs: Sequence[str] = (),
) -> str:
    """Make a pack, and check it as an importer would. Raises Unusable.

    `logs` are folders of logs as authorities published them, whose newest checkpoints the pack carries.
    `out` gets the pack, or the update of the earlier pack in the file `since`; `site` is a folder of static
    files, whose earlier packs get their updates.
    """
    files = _published(directory)
    try:
        new = _whole(files, [read_list(path) for path in _lists(lists)], at, logs)
        said = _described(new)
        if out is not None:
            data = new.data if since is None else update(_earlier(since, new, at), new, at)
            write_file(out, data)
            said = f"{out}: {said if since is None else f'update to {said}, from {since}, {len(data)} bytes'}"
        if site is not None:
            said += f"\n{site}: {_write_site(site, new, at)}"
    except (UntrustedMetadata, PackError, RefusedPack, StatusListError) as error:
        raise Unusable(str(error), _AGAIN) from None
    return said


def build_addition(directory: str, lists: list[str], at: datetime, *, out: str) -> str:
    """Make a small pack of allow lists and status lists alone, which adds to whatever a device holds.

    It is checked as an importer would, but for deltas, whose base is the importer's. Raises Unusable.
    """
    files = _published(directory)
    blobs = [read_list(path) for path in _lists(lists)]
    try:
        whole = _whole(files, [], at)
        allow = {name: data for name, data in whole.taken.files.items() if "/allow/" in name}
        data = pack.build(allow, blobs, base=pack.ANY)
        known = [blob for blob in blobs if merging.is_token(blob) or ship_status.peek(blob).since is None]
        intake.take_in(pack.build(allow, known, base=pack.ANY), whole.taken.held(), at=at)
    except (UntrustedMetadata, PackError, RefusedPack, StatusListError) as error:
        raise Unusable(str(error), _AGAIN) from None
    write_file(out, data)
    return f"{out}: adds {len(allow)} allow lists and {len(blobs)} status lists, {len(data)} bytes"


def _described(built: Built) -> str:
    taken, size = built.taken, len(built.data)
    logs = f", {len(taken.logs)} checkpoints of logs" if taken.logs else ""
    files = f"{len(taken.files)} files, {len(taken.lists)} status lists{logs}"
    return f"sea pack {taken.pack}, {size} bytes, {files}"


def _whole(
    files: Mapping[str, bytes], blobs: Iterable[bytes], at: datetime, logs: Sequence[str] = ()
) -> Built:
    root = files[_ROOT]
    verified = client.verify(files, root=root, at=at)
    newest: dict[str, tuple[StatusList, bytes]] = {}
    for blob in blobs:
        one = _verified(blob, verified.directory, at)
        if one.uri not in newest or _counts_more(one, newest[one.uri][0]):
            newest[one.uri] = one, blob
    carried = log_folders.read(logs, verified.directory)
    data = pack.build({**verified.files, **carried}, [newest[uri][1] for uri in sorted(newest)])
    return Built(data, intake.take_in(data, Held(root=root), at=at))


def _verified(blob: bytes, directory: Directory, at: datetime) -> StatusList:
    if merging.is_token(blob):
        return status.verify_list(blob.decode("ascii", "replace"), directory=directory, at=at)
    return ship_status.verify_snapshot(blob, directory=directory, at=at)


def _counts_more(one: StatusList, other: StatusList) -> bool:
    """The later, and of one second the numbered: it is smaller, and deltas build on it."""
    return (one.iat, one.number is not None) > (other.iat, other.number is not None)


# Updates


def _earlier(path: str, new: Built, at: datetime) -> Built:
    data = read_file(path, pack.MAX_PACK + 1)
    return Built(data, intake.take_in(data, Held(root=new.taken.root), at=at))


def update(old: Built, new: Built, at: datetime) -> bytes:
    """What a device that holds `old` lacks of `new`. Raises RefusedPack where that is no way forward."""
    before, after = old.taken, new.taken
    files = {name: data for name, data in after.files.items() if before.files.get(name) != data}
    for flag, carried in after.logs.items():
        if before.logs.get(flag) != carried:
            files |= pack_logs.files_of(flag, carried)
    lists = [blob for uri in sorted(after.lists) if (blob := _changed(before, after, uri)) is not None]
    data = pack.build(files, lists, base=before.pack, completes=after.pack)
    made = intake.take_in(data, before.held(), at=at)
    if {**made.lists} != {**before.lists, **after.lists} or made.pack != after.pack:
        raise RefusedPack(f"{before.pack} holds lists that {after.pack} lacks, or is behind of")
    return data


def _changed(before: Intake, after: Intake, uri: str) -> bytes | None:
    """A list as an update carries it: not at all, as a delta or as a whole, whichever is smaller."""
    old, new = before.lists.get(uri), after.lists[uri]
    if old is not None and (old.iat, old.states, old.number) == (new.iat, new.states, new.number):
        return None
    statement, authority = new.statement, after.directory.authority_for_status(uri)
    since = None if old is None else old.number
    if statement is None or authority is None or old is None or since is None or since >= statement.number:
        return whole_list(after, uri, after.directory)
    return ship_status_writing.smaller(
        statement,
        new.states,
        since=since,
        before_states=old.states,
        flag=authority.flag,
        name=uri.removeprefix(authority.status_prefix),
    )


# A site


def _write_site(site: str, new: Built, at: datetime) -> str:
    """Write the pack, then updates from the earlier ones, then `latest`: readers meet nothing half done."""
    folder = os.path.join(site, "packs")
    updates = os.path.join(folder, "since")
    try:
        os.makedirs(updates, exist_ok=True)
        earlier = sorted((name for name in os.listdir(folder) if name.endswith(".pack")), reverse=True)
        stale = set(os.listdir(updates))
    except OSError as error:
        raise Unusable(f"{site}: {error.strerror}", "choose a folder that can be written") from None
    write_file(os.path.join(folder, f"{new.taken.pack}.pack"), new.data)
    written = set()
    for name in dict.fromkeys((f"{new.taken.pack}.pack", *earlier[:_MOST_UPDATES])):
        data = _update_from(os.path.join(folder, name), new, at)
        if data is not None:
            id_ = name.removesuffix(".pack")
            write_file(os.path.join(updates, id_), data)
            written.add(id_)
    write_file(os.path.join(folder, "latest"), new.data)
    for name in stale - written:  # they lead to what is the newest no more
        os.unlink(os.path.join(updates, name))
    return f"packs/latest, and updates from {len(written - {new.taken.pack})} earlier packs"


def _update_from(path: str, new: Built, at: datetime) -> bytes | None:
    """None where the whole pack is as good, or the earlier pack is of another root, or later."""
    try:
        data = update(_earlier(path, new, at), new, at)
    except (PackError, RefusedPack, Unusable):
        return None
    return data if len(data) < len(new.data) else None


# What was published


def _published(folder: str) -> dict[str, bytes]:
    """Every file of the directory below a folder, by the name that the publisher gave it."""
    files = {}
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".json", ".bin")):
                path = os.path.join(parent, name)
                limit = allow_list.MAX_FILE if name.endswith(".bin") else 1 << 20
                files[os.path.relpath(path, folder).replace(os.sep, "/")] = read_file(path, limit)
    if _ROOT not in files:
        raise Unusable(f"{folder}: {_ROOT} is not there", "give the folder that ombord-keys publish wrote")
    return files


def _lists(paths: list[str]) -> Iterator[str]:
    """The files named, and the status lists in the folders named."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for parent, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name != _LOG)
            for name in sorted(names):
                if os.path.splitext(name)[1] in _ENDINGS:
                    yield os.path.join(parent, name)


def read_list(path: str) -> bytes:
    """A status list token without its line end, a snapshot or a delta. Raises Unusable."""
    data = read_file(path, MAX_TOKEN + 1)
    return data.strip() if merging.is_token(data.lstrip()) else data
