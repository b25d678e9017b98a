"""The newest number of each status list in a folder, for the timestamp's index.

The publisher reads the first bytes of each snapshot (`verifier.status_wire` says what they mean) and believes
them: the index is a floor that makes a verifier say "a newer list exists", and no proof of anything.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from keys.regular_file import opener
from keys.trust.content import PublishError
from keys.trust.register import RegisterError

SNAPSHOT: Final = 1
MAX_NUMBER: Final = 2**31 - 1
_HEAD: Final = re.compile(rb"\x01([A-Z]{2})([\x01-\x40])", re.DOTALL)
_NAME: Final = re.compile(rb"[0-9A-Za-z._~/-]+")


def read(folders: Iterable[Path]) -> dict[str, dict[str, int]]:
    """Flag, list name, newest number, of all `*.snapshot` files below. Raises RegisterError, OSError."""
    index: dict[str, dict[str, int]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise RegisterError(
                f"{folder} is no folder of status lists", "ombord-issuer publish --out DIR makes one"
            )
        for path in sorted(folder.rglob("*.snapshot")):
            with open(path, "rb", opener=opener) as file:
                flag, name, number = header(file.read(80), str(path))
            numbers = index.setdefault(flag, {})
            numbers[name] = max(number, numbers.get(name, 0))
    return index


def header(data: bytes, where: str) -> tuple[str, str, int]:
    """Flag, list name and number of a snapshot's first bytes. Raises RegisterError."""
    head = _HEAD.match(data)
    length = head[2][0] if head else 0
    name, rest = data[4 : 4 + length], data[4 + length :]
    number = _varint(rest)
    if head is None or len(name) < length or not _NAME.fullmatch(name) or number is None:
        raise RegisterError(f"{where} is no snapshot of a status list", "move it out of the folder")
    return head[1].decode(), name.decode(), number


def _varint(data: bytes) -> int | None:
    """Seven bits a byte, the lowest first; None for what is no number from 1 to 2^31 - 1, spelt shortest."""
    number = 0
    for place, byte in enumerate(data[:5]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number if 1 <= number <= MAX_NUMBER and (byte or not place) else None
    return None


def risen(
    before: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]], flags: Iterable[str]
) -> dict[str, dict[str, int]]:
    """The index of status lists: a number once known is never taken back. Raises PublishError.

    A registered flag may have lists before the directory's holders have signed it in.
    """
    if strangers := set(now) - set(flags):
        raise PublishError(f"status lists of {min(strangers)}, which is no flag of this directory")
    index: dict[str, dict[str, int]] = {}
    for flag in sorted({*before, *now}):
        known, new = before.get(flag, {}), now.get(flag, {})
        index[flag] = {name: max(known.get(name, 0), new.get(name, 0)) for name in sorted({*known, *new})}
    return index
