"""What the wallet says in the phone's own windows: English message ids."""

from typing import Final

USE_PIN: Final = "Use the PIN"
HOLD_STILL: Final = "Hold the code in the middle, upright and steady"
