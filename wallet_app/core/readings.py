"""What the store's credentials say: each is read once, for all who ask, on whatever thread they ask."""

import threading
from typing import NamedTuple

from keys.jwk import PublicKey
from wallet_app.core import held as reading
from wallet_app.core.held import Held
from wallet_app.core.records import StoredCredential


class Reading(NamedTuple):
    """Of these credentials those that can be read, and how many cannot; none is thrown away for that."""

    credentials: tuple[StoredCredential, ...]
    held: tuple[Held, ...]
    unreadable: int


class Readings:
    """The newest reading. A hundred take 15 ms, so whoever draws lets another thread ask first."""

    def __init__(self, holder_key: PublicKey) -> None:
        """For the phone of `holder_key`."""
        self._holder_key = holder_key
        self._lock = threading.Lock()
        self._last = Reading((), (), 0)

    def of(self, credentials: tuple[StoredCredential, ...]) -> Reading:
        """Of these; what was read before is as it was."""
        with self._lock:
            if credentials is not self._last.credentials:
                self._last = self._read(credentials)
            return self._last

    def _read(self, credentials: tuple[StoredCredential, ...]) -> Reading:
        known = {one.text: one for one in self._last.held}
        readable: list[Held] = []
        for stored in credentials:
            try:
                readable.append(known.get(stored.text) or reading.read(stored, self._holder_key))
            except reading.Unreadable:
                continue
        return Reading(credentials, tuple(readable), len(credentials) - len(readable))
