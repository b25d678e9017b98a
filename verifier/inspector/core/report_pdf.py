"""A crew's report as a PDF, for whoever has no app: drawn by fpdf2 in the app's own fonts.

Same state, same time: same bytes.
"""

import logging
import os.path
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from verifier.inspector.core.report_scripts import add_scripts, shown
from verifier.inspector.core.report_state import PersonState, PostState, ReportState, Tone

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS: Final = os.path.join(os.path.dirname(__file__), "..", "..", "ui", "assets")
FACES: Final = {"": "Inter-Regular.ttf", "B": "Inter-SemiBold.ttf"}
ICONS: Final = "lucide.ttf"
MARGIN: Final = 18.0
WIDTH: Final = 210.0 - 2 * MARGIN
BOTTOM: Final = 20.0
NUMBER_AND_WORD: Final = 46.0  # mm at the right of a line, for its status

Colour = tuple[int, int, int]
INK: Final[Colour] = (11, 27, 48)
MUTED: Final[Colour] = (77, 94, 118)
LINE: Final[Colour] = (216, 224, 234)
BLUE: Final[Colour] = (10, 77, 140)
# Ink and ground; every ink stands at 4.5 : 1 or better on its ground and on white, as on the screens.
TONES: Final[dict[Tone, tuple[Colour, Colour]]] = {
    Tone.GOOD: ((10, 98, 64), (216, 242, 228)),
    Tone.CAUTION: ((122, 73, 0), (252, 235, 199)),
    Tone.BAD: ((158, 27, 22), (251, 225, 223)),
    Tone.PLAIN: ((77, 94, 118), (230, 236, 243)),
}
SIGNS: Final = {
    Tone.GOOD: "circle-check",
    Tone.CAUTION: "triangle-alert",
    Tone.BAD: "circle-x",
    Tone.PLAIN: "info",
}


class PdfUnavailable(Exception):
    """No PDF can be drawn here; says what is missing."""


def draw(state: ReportState, *, at: datetime, page_word: str = "Page {n} of {total}") -> bytes:
    """The PDF's bytes; `at` is what it says it was made at. Raises PdfUnavailable."""
    for name in ("fontTools", "fpdf"):  # they remark on fonts that are not ours to mend
        logging.getLogger(name).setLevel(logging.ERROR)
    pdf = _document(state, at, page_word)
    page = _Page(pdf)
    page.head(state)
    page.facts(state)
    if state.posts:
        page.heading(state.headings[1])
        for post in state.posts:
            page.post(post)
    if state.persons:
        page.heading(state.headings[2])
        for number, person in enumerate(state.persons, 1):
            page.person(number, person)
    page.deficiencies(state)
    page.notes(state.notes)
    return bytes(pdf.output())


def _document(state: ReportState, at: datetime, page_word: str) -> "FPDF":
    try:
        from fpdf import FPDF
    except ImportError:
        raise PdfUnavailable("the package fpdf2 is not installed; the extra `inspector` brings it") from None

    class Report(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("Inter", size=8)
            self.set_text_color(*MUTED)
            self.cell(WIDTH * 0.72, 5, shown(self, f"{state.title}  ·  {state.made}"))
            total = self.str_alias_nb_pages or ""
            self.cell(WIDTH * 0.28, 5, page_word.format(n=self.page_no(), total=total), align="R")

    for name in FACES.values():
        if not os.path.exists(os.path.join(FONTS, name)):
            raise PdfUnavailable(f"the font {name} was not built; make setup builds it")
    pdf = Report(format="A4")
    pdf.set_creation_date(at)
    pdf.set_title(state.title)
    pdf.set_creator("Ombord")
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.c_margin = 0
    pdf.set_auto_page_break(True, margin=BOTTOM)
    for style, name in FACES.items():
        pdf.add_font("Inter", style, os.path.join(FONTS, name))
    if os.path.exists(os.path.join(FONTS, ICONS)):
        pdf.add_font("Icons", "", os.path.join(FONTS, ICONS))
    add_scripts(pdf, state, FONTS)
    pdf.add_page()
    return pdf


class _Page:
    """Draws parts of the report from the top; a part that does not fit goes to the next page whole."""

    def __init__(self, pdf: "FPDF") -> None:
        self._pdf = pdf
        self._low = 0.0  # where the status of the line at hand ends
        self._icons = _codepoints() if "icons" in pdf.fonts else {}

    def head(self, state: ReportState) -> None:
        """Title, and the headline on a band in its tone."""
        self._words(state.title, 20, "B", INK)
        self._words(state.made, 9.5, "", MUTED)
        if state.rehearsal:
            self._pdf.ln(2)
            self._band(state.rehearsal, "", Tone.CAUTION)
        self._pdf.ln(4)
        self._band(state.headline, state.summary, state.tone)
        self._pdf.ln(3)

    def facts(self, state: ReportState) -> None:
        """The ship and what was relied on, two columns of labels and values."""
        if not state.facts:
            return
        self.heading(state.headings[0])
        pdf = self._pdf
        for fact in state.facts:
            self._keep_together(self._height(fact.value, WIDTH - 52, 10, "") + 2)
            top = pdf.get_y()
            self._at(MARGIN, top, 50, fact.label, 9, "", MUTED)
            label_end = pdf.get_y()
            self._at(MARGIN + 52, top, WIDTH - 52, fact.value, 10, "", INK)
            pdf.set_y(max(label_end, pdf.get_y()) + 1.2)

    def heading(self, text: str) -> None:
        """A part's title; never the last line of a page."""
        self._keep_together(24)
        self._pdf.ln(5)
        self._words(text, 12, "B", BLUE)
        self._rule()

    def post(self, post: PostState) -> None:
        """A post, who fills it, and what is short."""
        below = [*post.people, *([post.shortfall] if post.shortfall else [])]
        width = WIDTH - NUMBER_AND_WORD
        self._keep_together(8 + sum(self._height(line, width, 9.5, "") for line in below))
        top = self._pdf.get_y()
        self._status(top, f"{post.filled}  {post.word}" if post.word else post.filled, post.tone)
        self._at(MARGIN, top, width, post.title, 10.5, "B", INK)
        for name in post.people:
            self._at(MARGIN, self._pdf.get_y(), width, name, 9.5, "", INK)
        if post.shortfall:
            self._at(MARGIN, self._pdf.get_y(), width, post.shortfall, 9.5, "", TONES[post.tone][0])
        self._end_of_line(top)

    def person(self, number: int, person: PersonState) -> None:
        """A person: who, what they serve as, what is against them."""
        width = WIDTH - NUMBER_AND_WORD - 8
        parts = [part for part in (person.detail, person.post, person.by_hand) if part]
        needed = 8 + sum(self._height(part, width, 9.5, "") for part in (*parts, *person.problems))
        self._keep_together(min(needed, 120))
        top = self._pdf.get_y()
        self._at(MARGIN, top, 8, str(number), 10.5, "B", MUTED)
        self._status(top, person.word, person.tone)
        self._at(MARGIN + 8, top, width, person.name, 10.5, "B", INK)
        for part in parts:
            self._at(MARGIN + 8, self._pdf.get_y(), width, part, 9.5, "", MUTED)
        for problem in person.problems:
            self._at(MARGIN + 8, self._pdf.get_y(), width, problem, 9.5, "", INK)
        self._end_of_line(top)

    def deficiencies(self, state: ReportState) -> None:
        """Proposed codes, or that there is none."""
        if not state.deficiencies and not state.nobody_short:
            return
        self.heading(state.headings[3])
        if not state.deficiencies:
            self._words(state.nobody_short, 10, "", INK)
        for one in state.deficiencies:
            reason = f"{one.reason} {one.mark}".strip()
            self._keep_together(8 + self._height(reason, WIDTH - 22, 9.5, ""))
            top = self._pdf.get_y()
            self._at(MARGIN, top, 20, one.code, 10.5, "B", INK)
            self._at(MARGIN + 22, top, WIDTH - 22, one.title, 10.5, "B", INK)
            self._at(MARGIN + 22, self._pdf.get_y(), WIDTH - 22, reason, 9.5, "", MUTED)
            self._end_of_line(top)

    def notes(self, notes: tuple[str, ...]) -> None:
        """What a reader must know of the report itself."""
        if not notes:
            return
        needed = sum(self._height(note, WIDTH, 9, "") + 1 for note in notes)
        self._keep_together(min(needed + 8, 120))
        self._pdf.ln(6)
        for note in notes:
            self._words(note, 9, "", MUTED)
            self._pdf.ln(1)

    # --- parts of a line

    def _band(self, headline: str, summary: str, tone: Tone) -> None:
        pdf, (ink, ground) = self._pdf, TONES[tone]
        width = WIDTH - 24
        title = 15 if summary else 10
        height = 7 + self._height(headline, width, title, "B")
        height += self._height(summary, width, 10, "") if summary else 0
        top = pdf.get_y()
        pdf.set_fill_color(*ground)
        pdf.rect(MARGIN, top, WIDTH, height, style="F", round_corners=True, corner_radius=3)
        size = 17 if summary else 12
        self._icon(MARGIN + 5, top + height / 2 - 0.13 * size, SIGNS[tone], size, ink)
        self._at(MARGIN + 17, top + 3.5, width, headline, title, "B", ink)
        if summary:
            self._at(MARGIN + 17, pdf.get_y(), width, summary, 10, "", INK)
        pdf.set_y(top + height)

    def _status(self, top: float, word: str, tone: Tone) -> None:
        """A status at the right: sign, word and tone, so that neither colour nor sign is needed alone."""
        ink, _ = TONES[tone]
        left = MARGIN + WIDTH - NUMBER_AND_WORD + 3
        self._icon(left, top + 0.9, SIGNS[tone], 10, ink)
        self._at(left + 5, top, NUMBER_AND_WORD - 8, word, 9.5, "B", ink)
        self._low = self._pdf.get_y()

    def _end_of_line(self, top: float) -> None:
        low = max(self._pdf.get_y(), self._low)
        self._low = 0.0
        self._pdf.set_y(low + 1.4)
        self._rule()

    def _rule(self) -> None:
        pdf = self._pdf
        pdf.set_draw_color(*LINE)
        pdf.set_line_width(0.2)
        pdf.line(MARGIN, pdf.get_y(), MARGIN + WIDTH, pdf.get_y())
        pdf.ln(1.6)

    def _icon(self, left: float, top: float, name: str, size: float, colour: Colour) -> None:
        code = self._icons.get(name)
        if code is None:
            return
        self._pdf.set_font("Icons", size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.set_xy(left, top)
        self._pdf.cell(text=chr(code))

    def _words(self, text: str, size: float, style: str, colour: Colour) -> None:
        self._at(MARGIN, self._pdf.get_y(), WIDTH, text, size, style, colour)

    def _at(
        self, left: float, top: float, width: float, text: str, size: float, style: str, colour: Colour
    ) -> None:
        pdf = self._pdf
        pdf.set_font("Inter", style, size)
        pdf.set_text_color(*colour)
        pdf.set_xy(left, top)
        pdf.multi_cell(width, _leading(size), shown(pdf, text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _height(self, text: str, width: float, size: float, style: str) -> float:
        self._pdf.set_font("Inter", style, size)
        text = shown(self._pdf, text)
        lines: Any = self._pdf.multi_cell(width, _leading(size), text, dry_run=True, output="LINES")
        return _leading(size) * len(lines)

    def _keep_together(self, height: float) -> None:
        if self._pdf.will_page_break(height):
            self._pdf.add_page()


def _leading(size: float) -> float:
    """Millimetres from line to line of a size in points."""
    return round(size * 0.3528 * 1.42, 2)


def _codepoints() -> dict[str, int]:
    import json

    with open(os.path.join(FONTS, "lucide-codepoints.json"), encoding="utf-8") as file:
        return {str(name): int(code) for name, code in json.load(file).items()}
