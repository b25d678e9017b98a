"""Fonts by role. Where a font was not built, Kivy's own stands in and `register` names it.

Kivy draws a label in one font alone, so characters that Inter lacks are put in the fallback by markup.
"""

import json
import os.path
import re
from typing import Final

from kivy.core.text import LabelBase
from kivy.utils import escape_markup

ASSETS: Final = os.path.join(os.path.dirname(__file__), "assets")
CODEPOINTS: Final = "lucide-codepoints.json"
ROLES: Final = {
    "Body": "Inter-Regular.ttf",
    "Medium": "Inter-Medium.ttf",
    "SemiBold": "Inter-SemiBold.ttf",
    "Bold": "Inter-Bold.ttf",
    "Icons": "lucide.ttf",
    "Han": "NotoSansSC-Regular.ttf",
}
_STAND_IN: Final = {"SemiBold": "Roboto-Bold.ttf", "Bold": "Roboto-Bold.ttf"}

# CJK radicals to unified ideographs (with kana between), compatibility ideographs, full-width forms.
_HAN: Final = re.compile("[⺀-鿿豈-﫿！-￯]+")


def register(folder: str = ASSETS) -> tuple[str, ...]:
    """Give every role its font from `folder`; returns the files that are not there."""
    missing = []
    for role, name in ROLES.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            missing.append(name)
            path = f"data/fonts/{_STAND_IN.get(role, 'Roboto-Regular.ttf')}"
        LabelBase.register(role, path)
    return tuple(missing)


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
    """Whether `text` has characters of the fallback font."""
    return _HAN.search(text) is not None


def marked_up(text: str) -> str:
    """`text` as markup that draws its Han characters in the fallback font."""
    return _HAN.sub(lambda run: f"[font=Han]{run[0]}[/font]", escape_markup(text))
