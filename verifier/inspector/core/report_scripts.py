"""Names in every script in a crew's report: their fonts, their order, and numbers for what no font has.

Names are shaped where uharfbuzz is installed: the extra `inspector` brings it. Phones have none; there
letters stand in their order, unjoined.
"""

import os.path
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from verifier import marks
from verifier.inspector.core.report_state import ReportState
from verifier.marks import JOINERS
from verifier.ui.scripts import runs

if TYPE_CHECKING:
    from fpdf import FPDF

_ISOLATE: Final = "\u2067"  # from right to left, whatever stands around it
_END: Final = "\u2069"


def add_scripts(pdf: "FPDF", state: ReportState, folder: str) -> None:
    """The fonts of what is written in the report, and no others: one of them has 10 MB."""
    needed = {script.file: script.role for text in _texts(state) for _, script in runs(text) if script}
    there = {name: role for name, role in needed.items() if os.path.exists(os.path.join(folder, name))}
    for name, role in there.items():
        pdf.add_font(role, "", os.path.join(folder, name))
    if there:
        pdf.set_fallback_fonts(list(there.values()), exact_match=False)
        if find_spec("uharfbuzz"):
            pdf.set_text_shaping(True, direction="ltr")


def _texts(value: object) -> Iterator[str]:
    """All texts of a state, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def shown(pdf: "FPDF", text: str) -> str:
    """`text` with what no font has, and what is no visible character, as its number.

    A part from right to left is an isolate (UAX #9), so that it moves nothing around it, as on the screens.
    """
    known = [getattr(font, "cmap", {}) for key, font in pdf.fonts.items() if not key.startswith("icons")]
    parts = []
    for part, script in runs(text):
        flood = marks.beyond(part)
        drawn = "".join(
            one
            if at not in flood and _can_draw(one, known, within=script is not None)
            else f"\\u{{{ord(one):04x}}}"
            for at, one in enumerate(part)
        )
        if script and script.is_rtl:
            drawn = f"{_ISOLATE}{drawn}{_END}" if pdf.text_shaping else drawn[::-1]
        parts.append(drawn)
    return "".join(parts)


def _can_draw(one: str, known: list[Mapping[int, object]], *, within: bool) -> bool:
    """A joiner within a word of its script needs no glyph."""
    if one in JOINERS:
        return within
    return one.isprintable() and any(ord(one) in cmap for cmap in known)
