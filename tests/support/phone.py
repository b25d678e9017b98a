"""The person with a phone of `demo.phone`, on a window of its size, who clears up before the next app."""

import gc
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from wallet_app.main import prepare_kivy

# Before Kivy makes the window. conftest has settled where its own files go.
prepare_kivy(Path(os.environ.get("KIVY_HOME") or tempfile.gettempdir()))

from demo import phone  # noqa: E402
from demo.phone import NotOnScreen, box  # noqa: E402

__all__ = ["NotOnScreen", "Phone", "box"]

WITH_APPS: Final = 1_000_000  # new objects; an app is up to 300,000, which all live until it is closed


class Phone(phone.Phone):
    """Looks for garbage between apps: within one there is hardly any, and looking took a third of a test."""

    def __init__(self, at: datetime, *, in_real_time: bool = False) -> None:
        """Clear away the app before, of which nothing is used any more, while the next is not yet made."""
        gc.set_threshold(WITH_APPS, *gc.get_threshold()[1:])
        gc.collect(0)  # its widgets; what they were bound by,
        gc.collect(1)  # which Kivy shows Python only once they are gone
        super().__init__(at, in_real_time=in_real_time)
