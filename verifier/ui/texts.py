"""The words that both apps share: English is the message id of gettext's catalogues."""

from typing import Final

BACK: Final = "Back"
CHOOSE_FILE: Final = "Choose a file"
FOR_SUPPORT: Final = "For support: {detail}"
HOLD_STILL: Final = "Hold the code in the middle, upright and steady"
LANGUAGE: Final = "Language"
SETTINGS: Final = "Settings"
TEXT_SIZE: Final = "Text size"
TOO_LONG: Final = "At most {most} characters."
