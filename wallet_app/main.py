"""`ombord-wallet`: composes the app from its parts, on a display or without one."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.arguments import Parser
from verifier.ui import starting
from verifier.ui.window import prepare_kivy

if TYPE_CHECKING:
    from wallet_app.core.keystore import KeyStore
    from wallet_app.core.transport import Transport
    from wallet_app.core.wallet import Clock
    from wallet_app.ui.app import Device, WalletApp

__all__ = ["compose", "main", "prepare_kivy"]

ASKED_LANGUAGES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wallet until it is closed."""
    options = _options(arguments)
    trouble = starting.prepare(options.home, folder="the wallet's folder")
    if trouble:
        return trouble
    app = compose(
        options.home,
        offer=options.offer,
        tx_code=options.tx_code,
        language=device_language(os.environ),
        owns_process=True,
    )
    if options.dark:
        app.theme.mode = "dark"
    starting.run(app)
    return 0


def compose(
    home: Path,
    *,
    keys: "KeyStore | None" = None,
    transport: "Transport | None" = None,
    clock: "Clock | None" = None,
    device: "Device | None" = None,
    offer: str | None = None,
    tx_code: str = "",
    ticks: Callable[[], float] | None = None,
    language: str = "en",
    locks: bool = True,
    owns_process: bool = False,
) -> "WalletApp":
    """The app whose files are in `home`; parts not given are the desktop's. Kivy must be prepared.

    `ticks` are seconds since the device was switched on. `locks` off asks for no PIN, for tests. An app that
    `owns_process` sees to its memory.
    """
    from wallet_app.core.keystore import FileKeyStore
    from wallet_app.core.relay import Relayed
    from wallet_app.core.ring_keystore import SystemRing, desktop_keys
    from wallet_app.core.settings import SettingsFile
    from wallet_app.core.transport import UrllibTransport
    from wallet_app.core.tries import Tries
    from wallet_app.core.vault import set_aside
    from wallet_app.core.wallet import open_wallet
    from wallet_app.ui.app import WalletApp

    store = keys or desktop_keys(home, SystemRing())
    network = transport or UrllibTransport()
    now = clock or (lambda: datetime.now(UTC))
    folder = home / "vault"
    settings_file = SettingsFile(home / "settings.json")
    app: WalletApp = WalletApp(
        lambda: open_wallet(folder, store, network, now, Relayed(network, lambda: app.settings.sync_address)),
        lambda: set_aside(folder),
        device or _desktop(),
        settings_file,
        Tries(home / "lock.json", ticks or _since_switched_on),
        language=language,
        locks=locks,
        has_keys_in_file=isinstance(store, FileKeyStore),
        offer=offer,
        tx_code=tx_code,
        owns_process=owns_process,
    )
    return app


def device_language(environment: Mapping[str, str]) -> str:
    """The one of our languages that the device asks for; English where it asks for none of them."""
    from verifier.credential import codelists

    asked = next((environment[name] for name in ASKED_LANGUAGES if environment.get(name)), "")
    return codelists.asked_for(asked) or "en"


def _since_switched_on() -> float:
    """Seconds, with those asleep, where the system counts them; nobody can set this clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _desktop() -> "Device":
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.scanner import PictureScanner
    from verifier.ui.ports.screen import DesktopScreen
    from wallet_app.ui.app import Device

    return Device(background=ThreadBackground(), screen=DesktopScreen(), scanner=PictureScanner())


def _default_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "ombord-wallet"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(prog="ombord-wallet", description="Your certificates, on this device.")
    parser.add_argument("--home", type=Path, default=_default_home(), help="where keys and store are kept")
    parser.add_argument("--offer", metavar="LINK", help="look at this offer first")
    parser.add_argument("--tx-code", metavar="CODE", default="", help="the pick-up code of that offer")
    parser.add_argument("--dark", action="store_true", help="start in dark colours")
    options = parser.parse_args(arguments)
    if options.tx_code and options.offer is None:
        parser.refuse("--tx-code is the code of an offer, and there is none", "name it with --offer LINK")
    return options


if __name__ == "__main__":
    sys.exit(main())
