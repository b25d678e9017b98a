"""Colours of the apps, light and dark. A `Theme` belongs to one App; widgets follow it when the mode flips.

Every text colour stands at 4.5 : 1 or better on every ground that it is drawn on (WCAG 2.2, 1.4.3).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kivy.event import EventDispatcher
from kivy.properties import ColorProperty, OptionProperty

LIGHT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ground": "#F1F4F9",
        "surface": "#FFFFFF",
        "line": "#D8E0EA",
        "field_line": "#7C8CA2",
        "text": "#0B1B30",
        "muted": "#4D5E76",
        "primary": "#0A4D8C",
        "primary_pressed": "#083E72",
        "primary_text": "#FFFFFF",
        "primary_soft": "#E2EDF9",
        "good": "#0A6240",
        "good_soft": "#D8F2E4",
        "caution": "#7A4900",
        "caution_soft": "#FCEBC7",
        "bad": "#9E1B16",
        "bad_soft": "#FBE1DF",
        "plain": "#4D5E76",
        "plain_soft": "#E6ECF3",
        "shadow": "#0F274712",
        "hero_from": "#092850",
        "hero_to": "#13639C",
    }
)
DARK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ground": "#0A111C",
        "surface": "#141E2D",
        "line": "#27364C",
        "field_line": "#5F7391",
        "text": "#EAF0F8",
        "muted": "#A6B5CA",
        "primary": "#8FC3FF",
        "primary_pressed": "#B5D8FF",
        "primary_text": "#04203F",
        "primary_soft": "#1B2D47",
        "good": "#72E0AD",
        "good_soft": "#11352A",
        "caution": "#FFCB78",
        "caution_soft": "#3B2D12",
        "bad": "#FFA49C",
        "bad_soft": "#46201F",
        "plain": "#A6B5CA",
        "plain_soft": "#202D40",
        "shadow": "#00000000",
        "hero_from": "#0B2446",
        "hero_to": "#114B7C",
    }
)


# A whole screen's colour and the ink on it, the same by day and by night: a verdict is not to be mistaken.
STRONG: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "good": ("#0B6E45", "#FFFFFF"),
        "caution": ("#F2B233", "#241800"),
        "bad": ("#B4231C", "#FFFFFF"),
        "fraud": ("#6E0F2B", "#FFFFFF"),
        "plain": ("#33475F", "#FFFFFF"),
    }
)


class Theme(EventDispatcher):
    """The palette in use, as properties that widgets bind to; `mode` is `light` or `dark`."""

    mode = OptionProperty("light", options=("light", "dark"))
    ground = ColorProperty(LIGHT["ground"])
    surface = ColorProperty(LIGHT["surface"])
    line = ColorProperty(LIGHT["line"])
    field_line = ColorProperty(LIGHT["field_line"])
    text = ColorProperty(LIGHT["text"])
    muted = ColorProperty(LIGHT["muted"])
    primary = ColorProperty(LIGHT["primary"])
    primary_pressed = ColorProperty(LIGHT["primary_pressed"])
    primary_text = ColorProperty(LIGHT["primary_text"])
    primary_soft = ColorProperty(LIGHT["primary_soft"])
    good = ColorProperty(LIGHT["good"])
    good_soft = ColorProperty(LIGHT["good_soft"])
    caution = ColorProperty(LIGHT["caution"])
    caution_soft = ColorProperty(LIGHT["caution_soft"])
    bad = ColorProperty(LIGHT["bad"])
    bad_soft = ColorProperty(LIGHT["bad_soft"])
    plain = ColorProperty(LIGHT["plain"])
    plain_soft = ColorProperty(LIGHT["plain_soft"])
    shadow = ColorProperty(LIGHT["shadow"])
    hero_from = ColorProperty(LIGHT["hero_from"])
    hero_to = ColorProperty(LIGHT["hero_to"])

    def on_mode(self, *_: object) -> None:
        """Put the other palette in place."""
        for name, colour in (LIGHT if self.mode == "light" else DARK).items():
            setattr(self, name, colour)
