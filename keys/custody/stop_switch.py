"""Stop all signing, at once and until somebody says otherwise: a file, which also outlives a restart."""

import os
from pathlib import Path

from keys.custody import atomic_file
from keys.regular_file import opener

MAX_REASON = 500


class StopSwitch:
    """On while the file is there, whoever put it there: `touch` is enough."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.on = self.look()  # asked before each signature, so it asks no disk

    def look(self) -> bool:
        """Whether the file is there now: looked for at each request and every few signatures."""
        try:
            os.lstat(self._path)
        except FileNotFoundError:
            self.on = False
        except OSError:  # a folder that cannot be read may well hold it
            self.on = True
        else:
            self.on = True
        return self.on

    def reason(self) -> str | None:
        """What was said when it was stopped; None while it is not."""
        if not self.look():
            return None
        try:
            with open(self._path, "rb", opener=opener) as file:
                return file.read(MAX_REASON).decode("utf-8", "replace").strip() or "no reason was given"
        except OSError:
            return "the reason cannot be read"

    def stop(self, reason: str) -> None:
        """Stop, also if the disk does not take it. Raises OSError."""
        self.on = True
        atomic_file.write(self._path, reason[:MAX_REASON].encode(), mode=0o600)

    def resume(self) -> None:
        """Let signing go on. Raises OSError."""
        self._path.unlink(missing_ok=True)
        self.look()
