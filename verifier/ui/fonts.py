"""Fonts by role. Where a font was not built, Kivy's own stands in and `register` names it.

Kivy draws a label in one font alone, so what is in a script that Inter lacks is put in that script's font by
markup. A font is opened when a label first needs it.
"""

import json
import os.path
import re
from typing import Final

from kivy.core.text import LabelBase
from kivy.utils import escape_markup

from verifier.marks import JOINERS
from verifier.ui import glyphs, script_label
from verifier.ui.scripts import SCRIPTS, runs

ASSETS: Final = os.path.join(os.path.dirname(__file__), "assets")
CODEPOINTS: Final = "lucide-codepoints.json"
ROLES: Final = {
    "Body": "Inter-Regular.ttf",
    "Medium": "Inter-Medium.ttf",
    "SemiBold": "Inter-SemiBold.ttf",
    "Bold": "Inter-Bold.ttf",
    "Icons": "lucide.ttf",
    **{script.role: script.file for script in SCRIPTS},
}
_STAND_IN: Final = {"SemiBold": "Roboto-Bold.ttf", "Bold": "Roboto-Bold.ttf"}
# Latin, Greek and Cyrillic of today's languages, and their signs: nearly all texts, with no look at a font.
_INTERS_OWN: Final = re.compile(
    "[\n -~\u00a0-\u00ac\u00ae-\u0148\u014a-\u017f\u0386-\u03a1\u03a3-\u03ce\u0400-\u0479\u0490-\u049d"
    "\u1ea0-\u1ef9\u2010-\u2027\u2030-\u203a\u20ac\u2190-\u2199\u2212]*"
)


def register(folder: str = ASSETS) -> tuple[str, ...]:
    """Give every role its font from `folder`; returns the files that are not there. None is opened yet."""
    script_label.use()
    missing = []
    for role, name in ROLES.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            missing.append(name)
            path = f"data/fonts/{_STAND_IN.get(role, 'Roboto-Regular.ttf')}"
        LabelBase.register(role, path)
    return tuple(dict.fromkeys(missing))


def codepoints(folder: str = ASSETS) -> dict[str, int]:
    """Icons' names and characters, or nothing where the icon font was not built."""
    if not os.path.exists(os.path.join(folder, ROLES["Icons"])):
        return {}
    try:
        with open(os.path.join(folder, CODEPOINTS), encoding="utf-8") as file:
            return {str(name): int(code) for name, code in json.load(file).items()}
    except (OSError, ValueError):
        return {}


def needs_fallback(text: str) -> bool:
    """Whether `text` has, or may have, characters that Inter lacks."""
    return not text.isascii() and _INTERS_OWN.fullmatch(text) is None


def marked_up(text: str) -> str:
    """`text` as markup that draws each part in its script's font; what no font has, as its number."""
    return "".join(
        _drawn(part, "Body") if script is None else f"[font={script.role}]{_drawn(part, script.role)}[/font]"
        for part, script in runs(text)
    )


def _drawn(part: str, role: str) -> str:
    """A box would look like any other box, and one name like another."""
    coverage = glyphs.of(os.path.join(ASSETS, ROLES[role]))
    if role == "Body" and not coverage.starts:
        return str(escape_markup(part))  # Kivy's own font stands in
    shown = (one if _can_draw(one, role, coverage) else f"\\u{{{ord(one):04x}}}" for one in part)
    return str(escape_markup("".join(shown)))


def _can_draw(one: str, role: str, coverage: glyphs.Coverage) -> bool:
    """A joiner within a word of its script needs no glyph, nor does the end of a line."""
    if one in JOINERS:
        return role != "Body"
    return one == "\n" or (one.isprintable() and coverage.has(one))
