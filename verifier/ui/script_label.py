"""Kivy's markup label, told the script and direction of each font, and with mixed fonts on one baseline.

SDL_ttf shapes with HarfBuzz, on a desktop and on a phone; Kivy 2.3.1 has no markup for what it must be told.
"""

from collections.abc import Callable
from typing import Any

from kivy.core.text import Label
from kivy.core.text.markup import MarkupLabel
from kivy.uix import label as uix_label

from verifier.ui.scripts import BY_ROLE

_TOLD = ("font_name", "font_size", "bold", "italic", "font_script_name", "font_direction")


class ScriptLabel(MarkupLabel):
    """A `[font=…]` of a script's role is shaped as that script asks for."""

    options: dict[str, Any]

    def resolve_font_name(self) -> None:
        """Called at each change of font."""
        super().resolve_font_name()
        options = self.options
        script = BY_ROLE.get(options["font_name"])
        options["font_script_name"] = script.tag if script else "Latn"
        options["font_direction"] = "rtl" if script and script.is_rtl else "ltr"
        if script:
            _prime(options)

    def get_extents(self, text: str) -> tuple[int, int]:
        """Without the room above that a font keeps for what no name has."""
        width, height = super().get_extents(text)
        return width, height - self._unused()

    def _unused(self) -> int:
        """How much of the font's room above the line is for no name, in pixels."""
        script = BY_ROLE.get(self.options["font_name"])
        if script is None or not script.above:
            return 0
        return max(0, int(self.get_ascent() - script.above * self.options["font_size"]))

    def render_lines(
        self, lines: Any, options: Any, render_text: Callable[[str, float, float], None], y: float, size: Any
    ) -> float:
        """Kivy sets a smaller font lower by a share of the difference; here all stand on one line.

        From the lowest line up: what is drawn later covers the unused room of the line below it.
        """
        padding = self.options["padding"]
        top: float = y + sum(line.h for line in lines)
        end = top
        for line in reversed(lines):
            top -= line.h
            x = _start(self.options["halign"], size[0] - line.w, padding[0], padding[2])
            baseline = self._baseline(line)
            for word in line.words:
                self.options = word.options
                if word.text:
                    unused = self._unused()
                    down = min(max(0, line.h - word.lh), max(0, baseline - self.get_ascent() + unused))
                    render_text(word.text, x, top + down - unused)
                x += word.lw
        return end

    def _baseline(self, line: Any) -> int:
        """How far below the top of a line its letters stand."""
        lowest = 0
        for word in line.words:
            self.options = word.options
            lowest = max(lowest, self.get_ascent() - self._unused())
        return lowest


def use() -> None:
    """Let every label draw its markup so: Kivy takes the class from its own module."""
    uix_label.CoreMarkupLabel = ScriptLabel


def _start(halign: str, room: float, left: float, right: float) -> float:
    """Where a line begins that leaves so much room."""
    if halign == "center":
        return min(int(room), max(int(left), int((room + left - right) / 2)))
    return max(0, int(room - right)) if halign == "right" else left


def _prime(options: dict[str, Any]) -> None:
    """Draw a space with the font: SDL_ttf measures in the script and direction that it last drew in."""
    primer = Label(text=" ", **{name: options[name] for name in _TOLD})
    primer.resolve_font_name()
    primer._size = (1, 1)
    primer._render_begin()
    primer._render_text(" ", 0, 0)
    primer._render_end()
