"""The person with a phone of `demo.phone`, on a window of its size; a word is measured once in a process."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wallet_app.main import prepare_kivy

# Before Kivy makes the window. conftest has settled where its own files go.
prepare_kivy(Path(os.environ.get("KIVY_HOME") or tempfile.gettempdir()))

from kivy.core.text import Label as CoreLabel  # noqa: E402

from demo.phone import NotOnScreen, Phone, box  # noqa: E402

__all__ = ["NotOnScreen", "Phone", "box"]

Size = tuple[int, int]
OF_A_FONT: Final = (
    "font_size", "font_name_r", "bold", "italic", "underline", "strikethrough", "outline_width",
    "font_hinting", "font_kerning", "font_features", "font_direction", "font_script_name", "text_language",
)  # fmt: skip
_MEASURED: Final[dict[tuple[object, ...], dict[str, Size]]] = defaultdict(dict)


def _measure_once(label: Any) -> Callable[[str], Size]:
    """What Kivy has this call for: a label's words are measured again whenever its width or colour changes.

    An app that forgets a person keeps no words of theirs, so this is for tests alone. An option that changes
    sizes and is not in `OF_A_FONT` would give a label the measure of another's words.
    """
    measured = _MEASURED[tuple(label.options.get(name) for name in OF_A_FONT)]

    def size(text: str) -> Size:
        if text not in measured:
            measured[text] = label.get_extents(text)
        return measured[text]

    return size


CoreLabel.get_cached_extents = _measure_once
