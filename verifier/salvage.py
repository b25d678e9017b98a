"""What can be saved of a damaged home: a device must not forget its root, a version or a revocation."""

import os
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from keys.regular_file import opener
from verifier import memory
from verifier.held import Held
from verifier.memory import Memory
from verifier.state import MAX_PART, State, StateError, generations
from verifier.status import StatusList


class Saved(NamedTuple):
    """What a device still knows, and what it does not, in words."""

    held: Held
    lost: str
    newest: bool  # whether it is what the newest import knew of roots, versions, keys and lists' dates


def save(folder: str) -> Saved | None:
    """What the newest import that can be read has left, or None where none can.

    Lists that are damaged are gone, yet what is older than they were stays refused. No pack is held any more,
    so that no update builds on one of which parts are missing.
    """
    whole = _with_lists(folder)
    if whole is not None:
        return whole
    for older, number in enumerate(sorted(generations(folder), reverse=True)):
        remembered = _memory(os.path.join(folder, f"g-{number:06d}", "memory"))
        if remembered is not None:
            lost = "all status lists" + ("" if older == 0 else ", and what the last import had brought")
            return Saved(_without_pack(remembered), lost, newest=older == 0)
    return None


def _with_lists(folder: str) -> Saved | None:
    """All of it that is whole, where at least the index and the memory are."""
    lists: dict[str, StatusList] = {}
    try:
        stored = State(folder)
        for uri in stored.status:
            with suppress(StateError):
                lists[uri] = stored.status[uri]
        remembered = stored.held(lists)
    except StateError:
        return None
    lost = sorted(stored.status.keys() - lists.keys())
    return Saved(_without_pack(remembered), ", ".join(lost) or "nothing", newest=True)


def _memory(path: str) -> Memory | None:
    try:
        with open(path, "rb", opener=opener) as file:
            return memory.read(file.read(MAX_PART))
    except (OSError, ValueError):
        return None


def _without_pack(remembered: Memory) -> Held:
    tokens = {uri: token for uri, token in remembered.tokens.items() if uri in remembered.lists}
    return replace(remembered.held(), pack=None, parts=frozenset(), tokens=tokens)
