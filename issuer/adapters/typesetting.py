"""Typesetting of printed certificates by typst: a form in, PDF/A-2a out, with the fonts that were built.

Nothing is fetched and no font of the system is used, so the same form makes the same bytes anywhere. A
character that no font of ours has is printed as its number: PDF/A has no empty boxes (ISO 19005-2, 6.2.11.8).
"""

import json
import os.path
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import verifier
from issuer.domain.errors import IssuerError
from verifier import marks

if TYPE_CHECKING:
    import typst

TEMPLATE: Final = os.path.join(os.path.dirname(__file__), "certificate.typ")
# The apps' fonts: a name looks alike on paper and on screens (`deploy/build_assets.py`).
FONTS: Final = (os.path.join(os.path.dirname(verifier.__file__), "ui", "assets"),)
# PDF/A-2a: embedded fonts, text as Unicode, a tagged structure. PDF/UA-1: can be read aloud.
STANDARDS: Final = ("a-2a", "ua-1")
MAX_BYTES: Final = 224 * 1024  # wallets take answers of up to 256 kB
# What has no glyph and needs none: joiners within words of scripts that have them, and spaces.
_UNDRAWN: Final = frozenset("\u200c\u200d \n")


class NotTypeset(IssuerError):
    """The document could not be made; nothing is wrong with the certificate or its credential (HTTP 500)."""

    code = "not-typeset"


class Typesetting:
    """Makes documents. One at a time: each takes milliseconds, and memory stays bounded."""

    def __init__(self, folders: tuple[str, ...] = FONTS) -> None:
        """Use the fonts in `folders`; one that is not there has none."""
        self._folders = tuple(one for one in folders if os.path.isdir(one))
        self._lock = threading.Lock()
        self._compiler: typst.Compiler | None = None

    def pdf(self, form: Mapping[str, Any], code: str, at: datetime) -> bytes:
        """The document of `form`, dated `at`, with the SVG `code`. Raises NotTypeset."""
        import typst  # 20 ms to load: only who prints needs it

        drawable = _drawable({**form, "families": list(self._families())}, self.glyphs())
        inputs = {"form": json.dumps(drawable, ensure_ascii=False), "code": code}
        try:
            with self._lock:
                made = self._ready().compile(
                    format="pdf",
                    pdf_standards=list(STANDARDS),
                    sys_inputs=inputs,
                    timestamp=int(at.timestamp()),
                )
        except typst.TypstError as error:
            raise NotTypeset(
                f"the document was not made: {error.args[0]}",
                hint="report it with the certificate's type; its code can still be printed without --pdf",
            ) from error
        if not isinstance(made, bytes):  # several files are for pictures of pages
            raise NotTypeset("the document was not made as one file")
        if len(made) > MAX_BYTES:
            raise NotTypeset(f"the document has {len(made)} bytes, more than {MAX_BYTES}")
        return made

    def glyphs(self) -> frozenset[int]:
        """The characters that can be drawn. Raises NotTypeset."""
        return _glyphs(self._folders)

    def draws(self, text: str) -> bool:
        """Whether every character can be drawn. Raises NotTypeset."""
        return all(_can_draw(one, self.glyphs()) for one in text)

    def _families(self) -> Iterator[str]:
        """The families of further scripts that are here, after Inter."""
        return (family for folder in self._folders for family in _families(folder))

    def _ready(self) -> "typst.Compiler":
        if self._compiler is None:
            import typst

            self._compiler = typst.Compiler(
                TEMPLATE, ignore_system_fonts=True, font_paths=list(self._folders)
            )
        return self._compiler


@cache
def _glyphs(folders: tuple[str, ...]) -> frozenset[int]:
    """What the text fonts in `folders` can draw; read once."""
    from fontTools.ttLib import TTFont, TTLibError

    paths = [os.path.join(folder, name) for folder in folders for name in _regular(folder)]
    if not any(path.endswith("Inter-Regular.ttf") for path in paths):
        raise NotTypeset("the fonts for printing were not built", hint="make setup builds them, with npm")
    found: set[int] = set()
    for path in paths:
        try:
            with TTFont(path, lazy=True) as font:
                found.update(font.getBestCmap())
        except (OSError, TTLibError) as error:
            raise NotTypeset(f"{path} is no font: {error}", hint="make setup builds it again") from error
    return frozenset(found)


def _regular(folder: str) -> list[str]:
    return sorted(one for one in os.listdir(folder) if one.endswith("-Regular.ttf"))


def _families(folder: str) -> Iterator[str]:
    """`NotoSansSC-Regular.ttf` is of the family Noto Sans SC."""
    for name in _regular(folder):
        if not name.startswith("Inter"):
            yield re.sub("(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("-Regular.ttf"))


def _drawable(value: Any, known: frozenset[int]) -> Any:
    """`value` with each character that cannot be drawn as its number, as in Unicode's own charts.

    So are marks beyond those that a letter bears, which would be drawn over other lines.
    """
    if isinstance(value, str):
        flood = marks.beyond(value)
        return "".join(
            one if at not in flood and _can_draw(one, known) else f"<U+{ord(one):04X}>"
            for at, one in enumerate(value)
        )
    if isinstance(value, Mapping):
        return {name: _drawable(one, known) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(one, known) for one in value]
    return value


def _can_draw(character: str, known: frozenset[int]) -> bool:
    if character in _UNDRAWN:
        return True
    return ord(character) in known and unicodedata.category(character)[0] != "C"
