"""Where the app can go: each screen by name, made when first needed, and what "back" leads to from it.

A screen is a module with its class and its `RULES` (a kv file). Another area adds its screens here, and what
leads to them from the first screen to `TOOLS`.
"""

from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from verifier.inspector import texts, texts_crew
from verifier.ui import texts as shared
from verifier.ui import widgets


class Route(NamedTuple):
    """A screen: `place` is `module:Class`.

    From one that `keeps`, a form, the person is cleared, but it stays as it is; while one that `holds` is in
    view nothing is cleared.
    """

    place: str
    parent: str
    keeps: bool = False
    holds: bool = False


class Tool(NamedTuple):
    """A button of the first screen."""

    icon: str  # by Lucide's name
    words: str  # a text of the app
    route: str


HOME: Final = "scan"
_SCREENS: Final = "verifier.inspector.ui"
ROUTES: Final = MappingProxyType(
    {
        HOME: Route(f"{_SCREENS}.scan_screen:InspectorScanScreen", HOME),
        "verdict": Route(f"{_SCREENS}.verdict_screen:VerdictScreen", HOME),
        "certificate": Route(f"{_SCREENS}.certificate_screen:InspectorCertificateScreen", "verdict"),
        "compare": Route(f"{_SCREENS}.compare_screen:CompareScreen", "verdict", holds=True),
        "challenge": Route(f"{_SCREENS}.challenge_screen:InspectorChallengeScreen", HOME),
        "enter": Route(f"{_SCREENS}.enter_screen:EnterScreen", HOME),
        "trust": Route(f"{_SCREENS}.trust_screen:InspectorTrustScreen", HOME),
        "ship": Route(f"{_SCREENS}.ship_screen:ShipScreen", "crew", keeps=True),
        "choose": Route(f"{_SCREENS}.choose_screen:ChooseScreen", HOME, keeps=True),
        "person": Route(f"{_SCREENS}.person_screen:PersonScreen", "verdict"),
        "crew": Route(f"{_SCREENS}.crew_screen:CrewScreen", HOME),
        "crew-scan": Route(f"{_SCREENS}.crew_scan_screen:CrewScanScreen", "crew", keeps=True),
        "paper": Route(f"{_SCREENS}.paper_screen:PaperScreen", "crew", keeps=True),
        "report": Route(f"{_SCREENS}.report_screen:ReportScreen", "crew"),
        "records": Route(f"{_SCREENS}.records_screen:RecordsScreen", "crew"),
        "settings": Route(f"{_SCREENS}.settings_screen:InspectorSettingsScreen", HOME),
    }
)
TOOLS: Final = (
    Tool("clipboard-paste", texts.ENTER, "enter"),
    Tool("shield-question", texts.CHALLENGE, "challenge"),
    Tool("users", texts_crew.CREW, "crew"),
    Tool("ship", texts_crew.SHIP, "ship"),
    Tool("settings", shared.SETTINGS, "settings"),
)


def make(name: str) -> Any:
    """The screen of that name; its rules are read once."""
    module_name, _, class_name = ROUTES[name].place.partition(":")
    module = import_module(module_name)
    widgets.load(module.RULES)
    return getattr(module, class_name)(name=name)
