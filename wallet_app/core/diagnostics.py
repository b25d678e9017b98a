"""What support needs to know of a wallet: numbers, versions and settings; no name, number, host or text."""

import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from wallet_app.core.settings import Settings
from wallet_app.core.standing import judge
from wallet_app.core.wallet import Wallet

_PACKAGES: Final = ("ombord", "kivy", "cryptography", "segno", "tuf")


def lines(
    wallet: Wallet, settings: Settings, surroundings: Mapping[str, object]
) -> Iterable[tuple[str, str]]:
    """Pairs of what and how; `surroundings` is what the app alone knows, and must be as impersonal."""
    at = wallet.clock()
    yield from ((name, _version(name)) for name in _PACKAGES)
    yield "python", platform.python_version()
    yield "system", f"{sys.platform} {platform.machine()}"
    yield "clock", f"{at:%Y-%m-%d %H:%M %Z}"
    contents = wallet.vault.contents
    yield "certificates", str(len(contents.credentials))
    counts: dict[str, int] = {}
    for held in wallet.held:
        standing = judge(held, at, wallet.told(held)).standing.name.lower()
        counts[standing] = counts.get(standing, 0) + 1
    yield from ((f"certificates {name}", str(n)) for name, n in sorted(counts.items()))
    yield "certificates unreadable", str(wallet.unreadable)
    yield "store damage", "one copy" if wallet.damage else "none"
    yield "pick-up unfinished", "yes" if contents.pick_up is not None else "no"
    yield "authorities synced", str(len(contents.syncs))
    as_of = wallet.syncs.as_of
    yield "last sync", "never" if as_of is None else f"{(at - as_of).days} days ago"
    for name, value in asdict(settings).items():
        if name == "sync_address":  # an address may name a ship or its owner
            value = "set" if value else "not set"
        yield f"setting {name}", str(value)
    yield from ((name, str(value)) for name, value in surroundings.items())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
