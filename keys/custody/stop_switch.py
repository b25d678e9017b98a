"""Stop all signing, at once and until somebody says otherwise: a file, which also outlives a restart."""

import os
from pathlib import Path

from keys.custody import atomic_file
from keys.regular_file import opener
from keys.trust.directory import LOG, PASS, STATUS

MAX_REASON = 500
# How the reason of a stop begins that lets status lists, passes and the log's checkpoints be signed: while
# something is wrong with what is issued, ships must go on hearing what was revoked.
ISSUING = "issuing: "
_GOES_ON = frozenset((STATUS, PASS, LOG))


class StopSwitch:
    """On while the file is there, whoever put it there: `touch` is enough, and stops everything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._issuing_alone = False
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
        self._issuing_alone = self.on and self._read().startswith(ISSUING)
        return self.on

    def stops(self, purpose: str) -> bool:
        """Whether nothing of this purpose is signed, as of the last look."""
        return self.on and not (self._issuing_alone and purpose in _GOES_ON)

    def reason(self) -> str | None:
        """What was said when it was stopped; None while it is not."""
        return self._read() or "no reason was given" if self.look() else None

    def _read(self) -> str:
        try:
            with open(self._path, "rb", opener=opener) as file:
                return file.read(MAX_REASON).decode("utf-8", "replace").strip()
        except OSError:
            return "the reason cannot be read"

    def stop(self, reason: str) -> None:
        """Stop, also if the disk does not take it; what stops everything is not narrowed. Raises OSError."""
        if self.look() and not self._issuing_alone and reason.startswith(ISSUING):
            return
        self.on = True
        self._issuing_alone = reason.startswith(ISSUING)
        atomic_file.write(self._path, reason[:MAX_REASON].encode(), mode=0o600)

    def resume(self) -> None:
        """Let signing go on. Raises OSError."""
        self._path.unlink(missing_ok=True)
        self.look()
