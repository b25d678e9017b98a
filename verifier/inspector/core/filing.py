"""What leaves an inspection and what stays on the device: where files go, the records, the key that signs."""

import os
from pathlib import Path
from typing import Final

from keys.custody.device_keys import DeviceKeys
from verifier.inspector.core.records import Records
from verifier.inspector.core.session import Session
from verifier.ui.ports.share import FolderShare, Share, downloads

KEYS_FILE: Final = "device-keys.json"
RECORDS_FOLDER: Final = "inspections"


class Filing:
    """Of one device."""

    def __init__(self, session: Session, share: Share | None) -> None:
        """Without `share`, files go to the user's downloads."""
        self._session = session
        self.share: Share = share or FolderShare(downloads(os.environ, Path.home()))
        self.keys = DeviceKeys(session.folder / KEYS_FILE)

    @property
    def records(self) -> Records:
        """What was kept on this device. Raises DeviceKeysError."""
        return Records(self._session.folder / RECORDS_FOLDER, self.keys.secret())

    @property
    def environment(self) -> str | None:
        """What kind of directory vouches: `production` or `test`."""
        held = self._session.trust.held
        return None if held is None else str(held.directory.environment.value)
