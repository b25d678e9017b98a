"""Icons by Lucide's names, as characters of the icon font; without that font, a letter or sign instead."""

from functools import cache
from typing import Final

from verifier.ui import fonts

_WITHOUT_FONT: Final = {
    "arrow-left": "‹",
    "x": "×",
    "plus": "+",
    "qr-code": "QR",
    "chevron-right": "›",
    "sun": "○",
    "moon": "●",
    "circle-check": "✓",
}


@cache
def _characters() -> dict[str, int]:
    return fonts.codepoints()


def icon(name: str) -> str:
    """The character to draw; nothing for no name. Raises KeyError for a name that Lucide does not have."""
    if not name:
        return ""
    characters = _characters()
    return chr(characters[name]) if characters else _WITHOUT_FONT.get(name, "•")
