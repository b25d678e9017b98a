"""Names as in the machine-readable zone of a passport: ICAO Doc 9303 part 3, section 6.A (Latin letters)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final


class NotLatin(ValueError):
    """A name has letters outside the Latin script: the passport's Latin form is needed."""

    def __init__(self, name: str, character: str) -> None:
        found = unicodedata.name(character, f"U+{ord(character):04X}")
        super().__init__(
            f"no Latin form of {name!r}: {found} has none; give the name as the passport's Latin line"
        )
        self.name = name
        self.character = character


# The recommended multi-letter forms, and letters that Unicode does not decompose. Everything else in Latin
# script is its base letter without the mark (Ç→C, Š→S, Ő→O), which the decomposition finds.
_FORMS: Final[Mapping[str, str]] = {
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ǽ": "AE", "Ö": "OE", "Ø": "OE", "Ǿ": "OE", "Œ": "OE", "Ü": "UE",
    "Þ": "TH", "Ð": "D", "ß": "SS", "ẞ": "SS", "Ĳ": "IJ", "Ŋ": "N", "Đ": "D", "Ħ": "H", "Ł": "L", "Ŧ": "T",
    "ı": "I", "ĸ": "K", "ſ": "S", "Ə": "E", "Ɓ": "B", "Ɗ": "D", "Ƙ": "K", "Ŀ": "L", "ŉ": "N",
}  # fmt: skip

# Other forms in use for the same letter: 9303 allows Ñ→NXX, Å→A; people and airlines write Ö as O.
_VARIANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Ä": ("AE", "A"), "Å": ("AA", "A"), "Æ": ("AE",), "Ö": ("OE", "O"), "Ø": ("OE", "O"),
    "Ü": ("UE", "UXX", "U"), "Ñ": ("N", "NXX"), "Þ": ("TH",), "Ð": ("D", "DH"), "ß": ("SS",), "ẞ": ("SS",),
}  # fmt: skip

_SEPARATORS: Final = frozenset(" -\u00a0\u2010\u2011<")  # become one filler
_DROPPED: Final = frozenset("'’‘`´ʻʼ.,·")  # apostrophes and points vanish: O'Connor → OCONNOR
_FILLERS: Final = re.compile("<+")


def transliterate(name: str) -> str:
    """One name in A-Z with `<` between its parts; raises `NotLatin`."""
    text = "".join(_letters(name))
    return _FILLERS.sub("<", text).strip("<")


def mrz_name(family_name: str, given_name: str | None) -> str:
    """`FAMILY<<GIVEN`, or `FAMILY` for a single name; not cut to the length of a passport's line."""
    family = transliterate(family_name)
    return family if given_name is None else f"{family}<<{transliterate(given_name)}"


def same_name(one: str, other: str) -> bool:
    """Whether two spellings of a name differ by transliteration alone (row P1): Østergård is OESTERGAARD.

    Case, marks, hyphens and apostrophes do not count. A name in another script equals only itself.
    """
    first, second = unicodedata.normalize("NFC", one), unicodedata.normalize("NFC", other)
    if first.casefold() == second.casefold():
        return True
    try:
        return not _spellings(first).isdisjoint(_spellings(second))
    except NotLatin:
        return False


def spellings(name: str) -> frozenset[str]:
    """Every accepted spelling in A-Z, of which same names share one; of another script its own letters."""
    try:
        return frozenset(_spellings(unicodedata.normalize("NFC", name)))
    except NotLatin:
        return frozenset({"".join(unicodedata.normalize("NFC", name).casefold().split())})


def _letters(name: str) -> Iterator[str]:
    for character in unicodedata.normalize("NFC", name):
        form = _FORMS.get(character) or _FORMS.get(character.upper())
        if form is not None:
            yield form
        elif character in _SEPARATORS:
            yield "<"
        elif character not in _DROPPED:
            yield _base_letter(name, character)


def _base_letter(name: str, character: str) -> str:
    """The letter without its marks: decomposition, then capital."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    ).upper()
    form = "".join(_FORMS.get(c, c) for c in plain)
    if not (form.isascii() and form.isalpha()) and plain:
        raise NotLatin(name, character)
    return form


def _spellings(name: str) -> set[str]:
    """Every accepted spelling in A-Z alone; letters with variants are few, and the number is bounded."""
    spellings, plain = {""}, ""
    for character in name:
        if character.isascii() and character.isalpha():  # almost always
            plain += character.upper()
            continue
        variants = _VARIANTS.get(character) or _VARIANTS.get(character.upper())
        forms = variants or (transliterate(character),)
        if len(spellings) * len(forms) > 256:  # seven such letters in one name: the first form alone
            forms = forms[:1]
        spellings = {start + plain + form.replace("<", "") for start in spellings for form in forms}
        plain = ""
    return {start + plain for start in spellings}
