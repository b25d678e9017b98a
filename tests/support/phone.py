"""The person with a phone of `demo.phone`, on a window of a phone's size."""

import os
import tempfile
from pathlib import Path

from wallet_app.main import prepare_kivy

# Before Kivy makes the window. conftest has settled where its own files go.
prepare_kivy(Path(os.environ.get("KIVY_HOME") or tempfile.gettempdir()))

from demo.phone import NotOnScreen, Phone, box  # noqa: E402

__all__ = ["NotOnScreen", "Phone", "box"]
