"""The newest number of each status list, for the timestamp's index: read from the flags' folders of lists.

The publisher reads the first bytes of each snapshot and believes them as far as they go: the index is a floor
that makes a verifier say "a newer list exists", and no proof of anything. So a folder speaks for one flag and
no other, no number rises further than a list can in years, and one bent file holds nobody up.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from keys.regular_file import opener
from keys.trust import list_header
from keys.trust.content import PublishError
from keys.trust.list_header import HeaderError, Kind
from keys.trust.register import RegisterError

MAX_RISE: Final = 1_000_000  # of a number from one publication to the next: two years of a list a minute
MAX_LISTS: Final = 64  # of one flag: a thousand million places

Numbers = Mapping[str, Mapping[str, int]]  # flag, list name, newest number


class Found(NamedTuple):
    """What the folders say, and the files that were passed over, each with its reason."""

    numbers: dict[str, dict[str, int]]
    passed_over: tuple[str, ...]


def read(folders: Iterable[tuple[str, Path]], known: Numbers) -> Found:
    """The numbers of all `*.snapshot` files, each folder for its flag. Raises RegisterError, OSError."""
    numbers: dict[str, dict[str, int]] = {}
    passed_over = []
    for flag, folder in folders:
        if not folder.is_dir():
            raise RegisterError(
                f"{folder} is no folder of status lists", "ombord-issuer publish --out DIR makes one"
            )
        before, now = known.get(flag, {}), numbers.setdefault(flag, {})
        for path in sorted(folder.rglob("*.snapshot")):
            try:
                name, number = _header(path, flag, before, now)
            except HeaderError as error:
                passed_over.append(f"{path}: {error}")
            else:
                now[name] = max(number, now.get(name, 0))
    return Found({flag: now for flag, now in numbers.items() if now}, tuple(passed_over))


def _header(path: Path, flag: str, before: Mapping[str, int], now: Collection[str]) -> tuple[str, int]:
    """List name and number of a snapshot's first bytes. Raises HeaderError, OSError."""
    with open(path, "rb", opener=opener) as file:
        header, _ = list_header.read(file.read(list_header.MAX_HEADER))
    if header.kind is not Kind.SNAPSHOT:
        raise HeaderError("no snapshot of a status list")
    if header.flag != flag:
        raise HeaderError(f"a list of {header.flag}, in the folder of {flag}")
    name, number = header.name, header.number
    if number - before.get(name, 0) > MAX_RISE:
        raise HeaderError(
            f"number {number}, and {before.get(name, 0)} was known: if that is so, --list-number "
            f"{flag}/{name}={number}"
        )
    if name not in before and name not in now and len({*before, *now}) >= MAX_LISTS:
        raise HeaderError(f"one list more than the {MAX_LISTS} that a flag may have")
    return name, number


def risen(before: Numbers, now: Numbers, flags: Iterable[str]) -> dict[str, dict[str, int]]:
    """The index of status lists: a number once known is not taken back by a folder. Raises PublishError.

    A registered flag may have lists before the directory's holders have signed it in.
    """
    if strangers := set(now) - set(flags):
        raise PublishError(f"status lists of {min(strangers)}, which is no flag of this directory")
    index: dict[str, dict[str, int]] = {}
    for flag in sorted({*before, *now}):
        known, new = before.get(flag, {}), now.get(flag, {})
        index[flag] = {name: max(known.get(name, 0), new.get(name, 0)) for name in sorted({*known, *new})}
    return index


def corrected(numbers: Numbers, words: Numbers) -> dict[str, dict[str, int]]:
    """The index with the operator's word on single lists: up or down, and 0 for a list that never was."""
    index = {flag: {**lists} for flag, lists in numbers.items()}
    for flag, lists in words.items():
        index[flag] = {name: number for name, number in {**index.get(flag, {}), **lists}.items() if number}
    return {flag: dict(sorted(lists.items())) for flag, lists in sorted(index.items()) if lists}
