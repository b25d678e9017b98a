"""Scripts that Inter lacks: which letters are theirs, which font draws them, and where a name of theirs ends.

Screens are laid out from left to right. A part written from right to left turns within itself and moves
nothing beside it (a segment of its own, as UAX #9 allows in 4.3, HL4): what stands before or after a name
stays there, whatever the name is made of.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.marks import JOINERS


class Script(NamedTuple):
    """A script and its font."""

    role: str  # what its font is called in the apps
    tag: str  # ISO 15924, which the shaper needs to join and to place marks
    file: str
    letters: str  # as in a class of a regular expression
    is_rtl: bool = False
    above: float = 0.0  # how far its names reach above the line, in parts of the font's size; 0: as it says


SCRIPTS: Final = (
    Script(
        "Arabic",
        "Arab",
        "NotoSansArabic-Regular.ttf",
        "\u0606-\u065f\u066a-\u06ef\u06fa-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
        True,
        above=1.15,  # a vocalised name; the font makes room for the signs of recitation
    ),
    # Numbers run from left to right among Arabic letters too.
    Script(
        "ArabicDigits",
        "Arab",
        "NotoSansArabic-Regular.ttf",
        "\u0600-\u0605\u0660-\u0669\u06f0-\u06f9",
        above=1.15,
    ),
    Script("Hebrew", "Hebr", "NotoSansHebrew-Regular.ttf", "\u0591-\u05f4\ufb1d-\ufb4f", True),
    Script("Armenian", "Armn", "NotoSansArmenian-Regular.ttf", "\u0531-\u058f\ufb13-\ufb17"),
    Script("Georgian", "Geor", "NotoSansGeorgian-Regular.ttf", "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2d"),
    Script("Devanagari", "Deva", "NotoSansDevanagari-Regular.ttf", "\u0900-\u097f\ua8e0-\ua8ff"),
    Script("Bengali", "Beng", "NotoSansBengali-Regular.ttf", "\u0980-\u09ff"),
    Script("Gurmukhi", "Guru", "NotoSansGurmukhi-Regular.ttf", "\u0a00-\u0a7f"),
    Script("Gujarati", "Gujr", "NotoSansGujarati-Regular.ttf", "\u0a80-\u0aff"),
    Script("Tamil", "Taml", "NotoSansTamil-Regular.ttf", "\u0b80-\u0bff"),
    Script("Telugu", "Telu", "NotoSansTelugu-Regular.ttf", "\u0c00-\u0c7f"),
    Script("Kannada", "Knda", "NotoSansKannada-Regular.ttf", "\u0c80-\u0cff"),
    Script("Malayalam", "Mlym", "NotoSansMalayalam-Regular.ttf", "\u0d00-\u0d7f"),
    Script("Sinhala", "Sinh", "NotoSansSinhala-Regular.ttf", "\u0d80-\u0dff"),
    Script("Thai", "Thai", "NotoSansThai-Regular.ttf", "\u0e01-\u0e5b"),
    Script("Myanmar", "Mymr", "NotoSansMyanmar-Regular.ttf", "\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"),
    Script("Khmer", "Khmr", "NotoSansKhmer-Regular.ttf", "\u1780-\u17ff\u19e0-\u19ff"),
    Script("Ethiopic", "Ethi", "NotoSansEthiopic-Regular.ttf", "\u1200-\u139f\u2d80-\u2dde"),
    Script(
        "Hangul", "Hang", "NanumGothic-Regular.ttf", "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb"
    ),
    # Radicals to unified ideographs (with kana between), compatibility ideographs, full-width forms, and the
    # ideographs of further planes that the font has some of.
    Script(
        "Han",
        "Hani",
        "NotoSansSC-Regular.ttf",
        "\u2e80-\u3130\u318f-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffef\U00020000-\U0003ffff",
    ),
)
BY_ROLE: Final = {script.role: script for script in SCRIPTS}
# What joins the words of one name. No comma, no sign that a screen sets between two things, no digit.
_BETWEEN: Final = "[ \u00a0'\u2019.\u2010-]{1,3}"
_RUN: Final = re.compile(
    "|".join(
        f"(?P<{role}>[{letters}][{letters}{JOINERS}]*(?:{_BETWEEN}[{letters}][{letters}{JOINERS}]*)*)"
        for role, _, _, letters, *_ in SCRIPTS
    )
)


def runs(text: str) -> Iterator[tuple[str, Script | None]]:
    """The parts of `text` in their order, each with its script; None is what Inter draws."""
    end = 0
    for found in _RUN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], None
        yield found[0], BY_ROLE[str(found.lastgroup)]
        end = found.end()
    if end < len(text):
        yield text[end:], None
