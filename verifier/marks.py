"""What a name is spelt with and nobody sees by itself: combining marks, and joiners.

A letter bears a few marks; hundreds would be drawn over the lines above and below it. A joiner belongs
within a word of Persian or one of India's scripts, and nowhere else.
"""

import unicodedata
from typing import Final

MOST: Final = 6  # on one letter, as Burmese is written; Hebrew with its accents has four
_STACKED: Final = frozenset({"Mn", "Me"})
JOINERS: Final = "\u200c\u200d"  # they end no stack of marks


def beyond(text: str) -> frozenset[int]:
    """The places in `text` of marks beyond the most that one letter bears."""
    if text.isascii():
        return frozenset()
    places, borne = [], 0
    for at, one in enumerate(text):
        if unicodedata.category(one) in _STACKED:
            borne += 1
            if borne > MOST:
                places.append(at)
        elif one not in JOINERS:
            borne = 0
    return frozenset(places)


def joins(text: str, at: int) -> bool:
    """Whether `text[at]` is a joiner between two letters of scripts that have them: Arabic to Sinhala."""
    around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
    return text[at] in JOINERS and len(around) == 2 and "\u0620" <= min(around) <= max(around) <= "\u0dff"
