"""`ombord-wallet`: composes the app from its parts, on a display or without one."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wallet_app.core.keystore import KeyStore
    from wallet_app.core.transport import Transport
    from wallet_app.core.wallet import Clock
    from wallet_app.ui.app import Device, WalletApp

WIDTH_DP: Final = 412
HEIGHT_DP: Final = 915
DENSITY: Final = "KIVY_METRICS_DENSITY"
LEAST_DENSITY: Final = 0.25
MOST_DENSITY: Final = 8.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wallet until it is closed."""
    options = _parser().parse_args(arguments)
    try:
        prepare_kivy(options.home)
    except OSError as error:
        print(f"error: {options.home} cannot be the wallet's folder: {error.strerror}", file=sys.stderr)
        print("hint: name a folder that you may write to, with --home", file=sys.stderr)
        return 3
    if not _has_window():
        print("error: no window can be opened", file=sys.stderr)
        print("hint: on Debian: apt-get install libegl1 libgl1 libgl1-mesa-dri libmtdev1", file=sys.stderr)
        return 3
    app = compose(options.home, offer=options.offer, tx_code=options.tx_code)
    if options.dark:
        app.theme.mode = "dark"
    app.bind(on_start=_say_what_is_missing)
    app.run()
    return 0


def prepare_kivy(home: Path) -> None:
    """Settle Kivy's surroundings, which it reads when first imported: its own files go below `home`."""
    density = _density()
    folder = home / "kivy"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("KIVY_NO_ARGS", "KIVY_NO_CONFIG", "KIVY_NO_FILELOG"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("KIVY_IMAGE", "sdl2")  # what phones have; else Kivy imports every reader it finds
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # else Kivy swallows what goes to stderr, tracebacks too
    os.environ.setdefault("KIVY_HOME", str(folder))
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
        os.environ.setdefault("KIVY_CLIPBOARD", "dummy")

    from kivy.config import Config
    from kivy.logger import Logger

    Logger.disabled = True  # it reports each absent driver with a traceback; `_has_window` says what matters
    Config.set("graphics", "width", str(int(WIDTH_DP * density)))
    Config.set("graphics", "height", str(int(HEIGHT_DP * density)))
    Config.set("graphics", "multisamples", "0")
    Config.set("kivy", "exit_on_escape", "0")


def _density() -> float:
    """Pixels for each dp, as the surroundings say; Kivy reads them too, so what is none is taken away."""
    said = os.environ.get(DENSITY, "1")
    try:
        density = float(said)
    except ValueError:
        density = 0.0
    if LEAST_DENSITY <= density <= MOST_DENSITY:
        return density
    limits = f"a number from {LEAST_DENSITY:g} to {MOST_DENSITY:g}"
    print(f"note: {DENSITY} is {said[:40]!r}, which is not {limits}: 1 is used", file=sys.stderr)
    os.environ[DENSITY] = "1"
    return 1.0


def compose(
    home: Path,
    *,
    keys: "KeyStore | None" = None,
    transport: "Transport | None" = None,
    clock: "Clock | None" = None,
    device: "Device | None" = None,
    offer: str | None = None,
    tx_code: str = "",
) -> "WalletApp":
    """The app whose files are in `home`; parts not given are the desktop's. Kivy must be prepared."""
    from wallet_app.core.keystore import FileKeyStore
    from wallet_app.core.transport import UrllibTransport
    from wallet_app.core.vault import set_aside
    from wallet_app.core.wallet import open_wallet
    from wallet_app.ui.app import WalletApp

    store = keys or FileKeyStore(home / "keys.json")
    network = transport or UrllibTransport()
    now = clock or (lambda: datetime.now(UTC))
    folder = home / "vault"
    return WalletApp(
        lambda: open_wallet(folder, store, network, now),
        lambda: set_aside(folder),
        device or _desktop(),
        offer=offer,
        tx_code=tx_code,
    )


def _has_window() -> bool:
    from kivy.core.window import Window

    return Window is not None


def _desktop() -> "Device":
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.scanner import PictureScanner
    from verifier.ui.ports.screen import DesktopScreen
    from wallet_app.ui.app import Device

    return Device(background=ThreadBackground(), screen=DesktopScreen(), scanner=PictureScanner())


def _say_what_is_missing(app: "WalletApp") -> None:
    if app.missing_fonts:
        names = ", ".join(app.missing_fonts)
        print(f"note: drawn in Kivy's own font, as these were not built: {names}", file=sys.stderr)
        print("hint: make setup builds them into verifier/ui/assets", file=sys.stderr)


def _default_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "ombord-wallet"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ombord-wallet", description="Your certificates, on this device.")
    parser.add_argument("--home", type=Path, default=_default_home(), help="where keys and store are kept")
    parser.add_argument("--offer", metavar="LINK", help="look at this offer first")
    parser.add_argument("--tx-code", metavar="CODE", default="", help="the pick-up code of that offer")
    parser.add_argument("--dark", action="store_true", help="start in dark colours")
    return parser


if __name__ == "__main__":
    sys.exit(main())
