"""A file that a person names or drops: whether there is one, and the text of a small one."""

from pathlib import Path
from typing import Final

from keys.regular_file import opener

MOST_TEXT: Final = 65_536  # bytes of a file that holds an offer as text


def file_named(text: str) -> Path | None:
    """The file that a typed text names, if there is one."""
    path = text.strip()
    if not path.startswith(("/", "~", ".")) and ":\\" not in path[:3]:
        return None
    try:
        found = Path(path).expanduser()
        return found if found.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def text_in(path: Path) -> str | None:
    """What stands in a small text file; None for a picture, and for what cannot be read."""
    try:
        with open(path, "rb", opener=opener) as file:  # a pipe would be waited for
            data = file.read(MOST_TEXT + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError):
        return None
    return text if 0 < len(data) <= MOST_TEXT else None
