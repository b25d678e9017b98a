"""Where a register is: its address as people read it, and whether there is a file behind it."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL


def shown(url: URL) -> str:
    """The absolute path of a SQLite file, or a server's address without its password."""
    if url.get_backend_name() != "sqlite":
        return url.render_as_string()
    file = sqlite_file(url)
    return "memory" if file is None else str(file.absolute())


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory."""
    name = url.database or ":memory:"
    if name.startswith("file:"):  # https://www.sqlite.org/uri.html
        parts = urlsplit(name)
        in_memory = "mode=memory" in parts.query or url.query.get("mode") == "memory"
        name = ":memory:" if in_memory else unquote(parts.path)
    return None if name == ":memory:" else Path(name)
