"""The words of the widgets that both apps share: English is the message id of gettext's catalogues."""

from typing import Final

BACK: Final = "Back"
CHOOSE_FILE: Final = "Choose a file"
TOO_LONG: Final = "At most {most} characters."
