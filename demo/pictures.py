"""Pictures of the demo: screens side by side, and a terminal's coloured text as SVG."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from PIL import Image

GAP = 24
BACKGROUND = "#DDE5EE"

_CELL, _LINE, _MARGIN = 8.4, 19, 20
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
# Select Graphic Rendition codes that the verifier uses, as SVG attributes (ECMA-48 § 8.3.117).
_STYLE = {
    "1": 'font-weight="700"',
    "2": 'fill="#8FA0B8"',
    "30": 'fill="#0A111D"',
    "97": 'fill="#FFFFFF"',
}
_BLOCK = {"41": "#A8201A", "42": "#66DDA4", "43": "#FFC46B", "45": "#7A3E9D"}


def side_by_side(pictures: Sequence[Path], out: Path, height: int = 900) -> None:
    """Screens of one height beside each other, with a gap, as one PNG."""
    screens: list[Image.Image] = []
    for picture in pictures:
        with Image.open(picture) as opened:
            width = round(opened.width * height / opened.height)
            screens.append(opened.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    total = sum(screen.width for screen in screens) + GAP * (len(screens) + 1)
    sheet = Image.new("RGB", (total, height + 2 * GAP), BACKGROUND)
    left = GAP
    for screen in screens:
        sheet.paste(screen, (left, GAP))
        left += screen.width + GAP
    sheet.save(out, optimize=True)


def terminal(text: str, out: Path) -> None:
    """What a terminal shows of `text`, its colours included, as an SVG that needs no font of its own."""
    lines = text.rstrip("\n").split("\n")
    columns = max(len(_ESCAPE.sub("", line)) for line in lines)
    width, height = columns * _CELL + 2 * _MARGIN, len(lines) * _LINE + 2 * _MARGIN
    body = "\n".join(_svg_line(line, _MARGIN + (row + 0.75) * _LINE) for row, line in enumerate(lines))
    out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}">\n'
        f'<rect width="100%" height="100%" rx="10" fill="#0A111D"/>\n'
        f'<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14"'
        f' fill="#EAF0F8" xml:space="preserve">\n{body}\n</g>\n</svg>\n',
        encoding="utf-8",
    )


def _svg_line(line: str, baseline: float) -> str:
    spans, column, codes = [], 0, ""
    for index, piece in enumerate(_ESCAPE.split(line)):
        if index % 2:
            codes = piece
        elif piece:
            spans.append(_span(piece, _MARGIN + column * _CELL, baseline, codes.split(";")))
            column += len(piece)
    return "".join(spans)


def _span(piece: str, left: float, baseline: float, codes: Sequence[str]) -> str:
    block = next((_BLOCK[code] for code in codes if code in _BLOCK), None)
    width = len(piece) * _CELL
    back = (
        f'<rect x="{left:.1f}" y="{baseline - 14:.1f}" width="{width:.1f}" height="{_LINE}" fill="{block}"/>'
        if block
        else ""
    )
    style = " ".join(_STYLE[code] for code in codes if code in _STYLE)
    place = f'x="{left:.1f}" y="{baseline:.1f}" textLength="{width:.1f}"'
    return f"{back}<text {place} {style}>{escape(piece)}</text>"
