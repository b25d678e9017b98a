"""The preset dictionaries of the carrier: numbered data files whose hash is pinned, read when first used."""

import json
import os
from functools import cache
from hashlib import sha256
from typing import Final

MAX_BYTES: Final = 32_768  # deflate's window

_FOLDER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dictionaries")


class UnknownDictionary(ValueError):
    """A wire made with a dictionary that this version does not have."""


class DamagedDictionary(RuntimeError):
    """A dictionary's file is not the one that was released: the installation is damaged."""


@cache
def load(number: int) -> bytes:
    """The bytes of dictionary `number`. Raises UnknownDictionary, or DamagedDictionary for a wrong hash."""
    expected = manifest().get(number)
    if expected is None:
        raise UnknownDictionary(f"dictionary {number} is not known to this version; update the application")
    with open(os.path.join(_FOLDER, f"{number:04}.bin"), "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if sha256(data).hexdigest() != expected:
        raise DamagedDictionary(f"dictionary {number} is damaged; install the application again")
    return data


@cache
def manifest() -> dict[int, str]:
    """SHA-256 (hex) of each dictionary by its number."""
    with open(os.path.join(_FOLDER, "manifest.json"), "rb") as file:
        entries = json.load(file)
    return {entry["number"]: entry["sha256"] for entry in entries}
