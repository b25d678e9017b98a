"""One at a time where a file is read, changed and written again: two at once would lose one's change."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path | str) -> Iterator[None]:
    """Wait for others who change files of this folder, by their own `beside`. Raises OSError.

    The folder is locked, not the file, which `atomic_file` replaces; and nothing is left lying there. Ask for
    passphrases before: whoever holds this keeps others waiting.
    """
    folder = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
