"""Where the app can go: each screen by name, made when first needed, and what "back" leads to from it.

A screen is a module with its class and its `RULES` (a kv file). Another area adds its screens here, and what
leads to them from the first screen to `TOOLS`.
"""

from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from verifier.inspector import texts
from verifier.ui import widgets


class Route(NamedTuple):
    """A screen: `place` is `module:Class`. One that `keeps` is not cleared under the hand."""

    place: str
    parent: str
    keeps: bool = False


class Tool(NamedTuple):
    """A button of the first screen."""

    icon: str  # by Lucide's name
    words: str  # a text of the app
    route: str


HOME: Final = "scan"
_SCREENS: Final = "verifier.inspector.ui"
ROUTES: Final = MappingProxyType(
    {
        HOME: Route(f"{_SCREENS}.scan_screen:ScanScreen", HOME),
        "verdict": Route(f"{_SCREENS}.verdict_screen:VerdictScreen", HOME),
        "certificate": Route(f"{_SCREENS}.certificate_screen:CertificateScreen", "verdict"),
        "compare": Route(f"{_SCREENS}.compare_screen:CompareScreen", "verdict", keeps=True),
        "challenge": Route(f"{_SCREENS}.challenge_screen:ChallengeScreen", HOME),
        "trust": Route(f"{_SCREENS}.trust_screen:TrustScreen", HOME),
        "settings": Route(f"{_SCREENS}.settings_screen:SettingsScreen", HOME),
    }
)
TOOLS: Final = (
    Tool("shield-question", texts.CHALLENGE, "challenge"),
    Tool("settings", texts.SETTINGS, "settings"),
)


def make(name: str) -> Any:
    """The screen of that name; its rules are read once."""
    module_name, _, class_name = ROUTES[name].place.partition(":")
    module = import_module(module_name)
    widgets.load(module.RULES)
    return getattr(module, class_name)(name=name)
