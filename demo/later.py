"""One of Ombord's commands on another day: `python -m demo.later INSTANT ombord-issuer revoke …`.

The commands ask the machine's clock in few places; here each of them is told that it is later. Nobody waits.
"""

import importlib
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

MAIN: Final = {"ombord-issuer": "issuer.cli", "ombord-keys": "keys.cli", "ombord-verify": "verifier.cli"}
ASKS_THE_CLOCK: Final = {
    "ombord-issuer": ("issuer.services.clock",),
    "ombord-keys": ("keys.cli",),
    "ombord-verify": ("verifier.cli",),
}


class _Later(datetime):
    """A datetime whose `now` is ahead of the machine's."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # a plain one is enough
        return datetime.now(tz) + cls.ahead


def main() -> int:
    """Run the command with its arguments; its exit code."""
    instant, command, *arguments = sys.argv[1:]
    _Later.ahead = datetime.fromisoformat(instant) - datetime.now(UTC)
    for name in ASKS_THE_CLOCK[command]:
        vars(importlib.import_module(name))["datetime"] = _Later
    sys.argv = [command, *arguments]
    code: int = importlib.import_module(MAIN[command]).main()
    return code


if __name__ == "__main__":
    sys.exit(main())
