"""What the inspector's app says in the phone's own windows: English message ids."""

from typing import Final

HOLD_STILL: Final = "Hold the code in the middle, upright and steady"
