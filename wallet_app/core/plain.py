"""Words from elsewhere, made fit to be shown: what an authority says is not what the app says."""

import unicodedata
from typing import Final

from verifier import marks

_ELLIPSIS: Final = "…"
_MOST_SHOWN: Final = 400


def plain(text: str, most: int) -> str:
    """`text` on one line, at most `most` characters, with nothing that hides or reorders what is read.

    Control, bidirectional, zero-width and unassigned characters go (Unicode's categories C, and U+034F);
    line and paragraph separators become spaces.
    """
    if len(text) <= most and _is_plain(text):
        return text
    spaced = "".join(" " if _separates(one) else one for one in text[: 8 * most])
    shown = "".join(one for at, one in enumerate(spaced) if not _hides(one) or marks.joins(spaced, at))
    words = _with_few_marks(" ".join(unicodedata.normalize("NFC", shown).split()))
    return words if len(words) <= most else words[: most - 1].rstrip(" " + marks.JOINERS) + _ELLIPSIS


def shown(text: str) -> str:
    """What a certificate says in one of its members, fit to be drawn beside others."""
    return plain(text, _MOST_SHOWN)


def _is_plain(text: str) -> bool:
    """Whether nothing needs to be done: so it is with nearly all texts, of which a list has thousands."""
    if not text.isprintable() or "  " in text or text != text.strip():
        return False
    if text.isascii():
        return True
    is_seen = unicodedata.is_normalized("NFC", text) and _INVISIBLE.isdisjoint(text)
    return is_seen and not marks.beyond(text)


def _with_few_marks(text: str) -> str:
    """Without the marks that no letter bears: they would cover what stands above and below."""
    flood = marks.beyond(text)
    return "".join(one for at, one in enumerate(text) if at not in flood) if flood else text


def _separates(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Zl", "Zp", "Zs"}


def _hides(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" or character in _INVISIBLE


# Of other categories, and drawn as nothing: grapheme joiner, Hangul fillers, Braille blank, variation
# selectors.
_INVISIBLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
