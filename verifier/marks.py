"""Combining marks: a letter bears a few; hundreds would be drawn over the lines above and below it."""

import unicodedata
from typing import Final

MOST: Final = 6  # on one letter, as Burmese is written; Hebrew with its accents has four
_STACKED: Final = frozenset({"Mn", "Me"})
_UNSEEN: Final = "\u200c\u200d"  # joiners, which end no stack


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
        elif one not in _UNSEEN:
            borne = 0
    return frozenset(places)
