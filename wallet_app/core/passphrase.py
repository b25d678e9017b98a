"""The six words that a backup is locked with: made here, never chosen, and forgiving when typed.

The list is BIP-39's English one (MIT licence, © 2013-2016 Pavol Rusnak): 2,048 words, so six of them are 66
bits; no two begin with the same four letters, so four letters of a word are enough.
"""

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = 6
PREFIX: Final = 4
_LIST: Final = Path(__file__).with_name("passphrase_words.txt")
_BETWEEN: Final = re.compile(r"[\s,.;·\-\d]+")


class NotTheWords(ValueError):
    """What was typed cannot be it. `word` is the first that is not on the list; none: their number is off."""

    def __init__(self, word: str = "") -> None:
        self.word = word
        super().__init__(f"{word!r} is none of the words" if word else f"{WORDS} words are needed")


@cache
def _words() -> dict[str, str]:
    """Each word by its first four letters."""
    return {word[:PREFIX]: word for word in _LIST.read_text(encoding="ascii").split()}


def make() -> tuple[str, ...]:
    """Six words by the system's own randomness."""
    known = sorted(_words().values())
    return tuple(secrets.choice(known) for _ in range(WORDS))


def read(typed: str) -> tuple[str, ...]:
    """The words that were typed, whole or by four letters, numbered or not. Raises NotTheWords."""
    parts = [part for part in _BETWEEN.split(typed.casefold()) if part]
    found = tuple(_word(part) for part in parts)
    if len(found) != WORDS:
        raise NotTheWords
    return found


def read_one(typed: str) -> str:
    """One word, whole or by four letters. Raises NotTheWords."""
    return _word(typed.strip().casefold())


def _word(part: str) -> str:
    word = _words().get(part[:PREFIX], "")
    if not part or not word.startswith(part):
        raise NotTheWords(part)
    return word
