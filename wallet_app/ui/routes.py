"""Every screen by its name: where its class is, and where "back" leads. A new screen is one line here.

A screen's module is imported, and its kv file of the same name read, when the screen is first needed: what
stands at once should not wait for what may never be opened.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from verifier.ui import widgets


class Route(NamedTuple):
    """A screen: `screen_class` in `wallet_app.ui.<module>`, drawn by `<module>.kv`; `parent` is behind it."""

    module: str
    screen_class: str
    parent: str = "list"


ROUTES: Final = {
    "list": Route("list_screen", "ListScreen", parent=""),
    "certificate": Route("certificate_screen", "CertificateScreen"),
    "code": Route("code_screen", "CodeScreen"),
    "add": Route("add_screen", "AddScreen"),
    "history": Route("history_screen", "HistoryScreen"),
    "delete": Route("delete_screen", "DeleteScreen", parent="certificate"),
    "challenge": Route("challenge_screen", "ChallengeScreen"),
    "scan": Route("scan_screen", "ScanScreen"),
    "trust": Route("trust_screen", "TrustScreen"),
    "more": Route("more_screen", "MoreScreen"),
    "opening": Route("opening_screen", "OpeningScreen", parent=""),
    "store": Route("store_screen", "StoreScreen", parent=""),
    "onboarding": Route("onboarding_screen", "OnboardingScreen", parent=""),
    "lock": Route("lock_screen", "LockScreen", parent=""),
    "forgotten": Route("forgotten_screen", "ForgottenScreen", parent="lock"),
    "settings": Route("settings_screen", "SettingsScreen"),
    "change-pin": Route("change_pin_screen", "ChangePinScreen", parent="settings"),
    "backup": Route("backup_screen", "BackupScreen", parent="settings"),
    "restore": Route("restore_screen", "RestoreScreen", parent="settings"),
    "diagnostics": Route("diagnostics_screen", "DiagnosticsScreen", parent="settings"),
}


def make(name: str) -> Any:
    """A new screen of that name, with its rules read. Raises KeyError."""
    route = ROUTES[name]
    widgets.load(str(Path(__file__).with_name(f"{route.module}.kv")))
    module = import_module(f"wallet_app.ui.{route.module}")
    return getattr(module, route.screen_class)()
