"""`ombord-verify pack import` and `pack export`: a file in, verified state out, and the other way round."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from keys.trust.directory import Directory
from verifier import checkpoints, intake, pack, remembered, ship_status_writing, state, store
from verifier.intake import Held, Intake, RefusedPack
from verifier.pack import PackError
from verifier.policy import DEFAULT, AgeClass
from verifier.state import State
from verifier.unusable import Unusable, read_file

_NEWER: Final = "fetch the newest sea pack, from where you trust it to come"
_MANY: Final = 10  # lists or changes that are named one by one


def take_in(
    path: str, root_path: str | None, at: datetime, *, forget: bool = False, folder: str | None = None
) -> str:
    """Verify the pack at `path`, keep it in `folder` (or the home), and say what changed.

    Raises Unusable; then all stays as it was.
    """
    try:
        return keep(read_file(path, pack.MAX_PACK + 1), root_path, at, forget=forget, folder=folder)
    except (PackError, RefusedPack) as error:
        raise Unusable(f"{path}: {error}", _NEWER) from None


def keep(
    data: bytes, root_path: str | None, at: datetime, *, forget: bool = False, folder: str | None = None
) -> str:
    """As `take_in`, for bytes. Raises PackError or RefusedPack too."""
    folder = folder or state.home()
    try:
        with store.locked(folder):
            held, said = remembered.read(folder, root_path, forget=forget)
            taken = intake.take_in(data, held, at=at)
            store.write(folder, taken)
            said = (*said, *checkpoints.keep(folder, taken.logs, taken.directory, at))
    except state.StateError as error:
        raise Unusable(str(error), error.hint) from None
    if is_plausible(at, taken.directory.time_floor):
        state.remember_clock(folder, at)
    return "\n".join((_report(taken, at), *(f"  {line}" for line in said)))


def verified(path: str, root_path: str | None, at: datetime) -> Intake:
    """The pack at `path`, verified for one check and kept nowhere. Raises Unusable."""
    data = read_file(path, pack.MAX_PACK + 1)
    # What this device holds counts too: a revocation that it knows is not undone by an older pack.
    try:
        return intake.take_in(data, remembered.read(state.home(), root_path).held, at=at)
    except (PackError, RefusedPack) as error:
        raise Unusable(f"{path}: {error}", _NEWER) from None


def is_plausible(at: datetime, floor: datetime) -> bool:
    """Whether a clock may be right (row C10): what is not, is not remembered as the clock last seen."""
    return floor <= at <= floor + DEFAULT.clock_ahead


def _report(taken: Intake, at: datetime) -> str:
    """What is held now and how old it is."""
    directory = taken.directory
    flags = sorted({authority.flag for authority in directory.authorities.values()})
    lines = [
        f"imported sea pack {taken.pack} ({directory.environment})",
        f"  directory of {directory.published_at:%Y-%m-%d %H:%M} UTC, {age(directory.published_at, at)}",
        f"  {len(flags)} authorities ({', '.join(flags)}) with {len(directory.keys)} keys",
    ]
    lines += [f"  {change}" for change in taken.changes[:_MANY]] or ["  nothing has changed"]
    if len(taken.changes) > _MANY:
        lines.append(f"  and {len(taken.changes) - _MANY} more changes: ombord-verify pack show")
    lines += _holdings(taken, at)
    if DEFAULT.age_class(max(at, directory.time_floor) - directory.published_at) is AgeClass.UNKNOWN:
        lines.append(f"  this is old: status over {DEFAULT.age_limit.days} days counts as unknown")
    lines += [
        f"  the metadata of {role} had expired: fetch a newer pack soon" for role in taken.trust.expired
    ]
    if not is_plausible(at, directory.time_floor):
        clock, floor = f"{at:%Y-%m-%d %H:%M} UTC", f"{directory.time_floor:%Y-%m-%d %H:%M} UTC"
        most = DEFAULT.clock_ahead.days
        lines.append(f"  set the clock: it says {clock}; it is later than {floor}, by {most} days at most")
    return "\n".join(lines)


def _holdings(taken: Intake, at: datetime) -> list[str]:
    lists = taken.lists
    if len(lists) > _MANY:
        oldest = min(lists.values(), key=lambda one: one.iat)
        return [f"  holds {len(lists)} status lists; the oldest, {oldest.uri}, {age(oldest.iat, at)}"]
    return [f"  holds {uri}: {len(one)} entries, {age(one.iat, at)}" for uri, one in lists.items()]


def age(moment: datetime, at: datetime) -> str:
    """In words, by days."""
    days = (at - moment).days
    if days < 0:
        return "dated ahead of this clock"
    return ("from today", "a day old")[days] if days < 2 else f"{days} days old"


# export


def export(out: str) -> str:
    """Make a pack of what this device holds, for another that trusts the same root. Raises Unusable."""
    try:
        stored = State(state.home())
        held = stored.held()
        lists = [whole_list(held, uri, stored.directory) for uri in sorted(held.lists)]
    except state.StateError as error:
        raise Unusable(str(error), error.hint) from None
    data = pack.build({**held.files, **checkpoints.newest_files(state.home())}, lists)
    write_file(out, data)
    return f"{out}: sea pack {stored.pack} as held here, {len(data)} bytes, {len(lists)} status lists"


def whole_list(held: Held, uri: str, directory: Directory) -> bytes:
    """A list that is held, as it travels: the token that it came as, or a snapshot. Raises StateError."""
    token, one = held.tokens.get(uri), held.lists[uri]
    if token is not None:
        return token
    authority = directory.authority_for_status(uri)
    if authority is None or one.statement is None:
        raise state.StateError(f"{uri}: belongs to no authority, or has lost what was signed")
    name = uri.removeprefix(authority.status_prefix)
    return ship_status_writing.to_snapshot(one.statement, one.states, flag=authority.flag, name=name)


def write_file(path: str, data: bytes) -> None:
    """Whole or not at all. Raises Unusable."""
    from keys.custody import atomic_file

    elsewhere = "choose a place that can be written"
    if os.path.exists(path) and not os.path.isfile(path):
        raise Unusable(f"{path} is there already, and is no regular file", elsewhere)
    try:
        atomic_file.write(Path(path), data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Unusable(f"{path}: {reason}", elsewhere) from None
