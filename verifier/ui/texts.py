"""The words of the widgets that both apps share: English is the message id of gettext's catalogues."""

from typing import Final

BACK: Final = "Back"
TOO_LONG: Final = "At most {most} characters."
