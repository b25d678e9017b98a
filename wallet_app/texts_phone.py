"""What the wallet says in the phone's own windows: English message ids."""

from typing import Final

USE_PIN: Final = "Use the PIN"
