"""Bodies of reports, some of them large: read only for those who have shown a token, few at once.

A batch is 10,000 records and takes its place in memory several times over while it is read; so an
organisation has one at a time, a worker few, and whoever asks for more is told to wait.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Final

from starlette.requests import ClientDisconnect, Request

from issuer.api.body import UnreadableBody, require_content_type
from issuer.api.problems import Problem
from issuer.domain.qualifications import ReportingParty

MAX_BATCH: Final = 16 * 1024 * 1024  # bytes: 10,000 records of 1.6 kB
BATCHES: Final = 2  # at once, in each worker
_UNDER: Final = "/api/v1/reports/"


def roomy(path: str) -> int | None:
    """How many bytes may be sent to an address that reads its body itself; None for all others."""
    return MAX_BATCH if _UNDER in path and path.endswith("/batch") else None


async def raw_json(request: Request) -> bytes:
    """The body, not yet parsed: that takes long enough for a thread of its own."""
    require_content_type(request, "application/json")
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise UnreadableBody("the body broke off") from error


class Places:
    """Who may send a batch just now."""

    def __init__(self, at_once: int = BATCHES) -> None:
        self._free = at_once
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def of(self, party: Callable[[Request], ReportingParty]) -> Callable[[Request], Iterator[ReportingParty]]:
        """A dependency that yields the organisation and its place, until the answer is made."""

        def place(request: Request) -> Iterator[ReportingParty]:
            who = party(request)
            self._take(who.organisation_id)
            try:
                yield who
            finally:
                self._give_back(who.organisation_id)

        return place

    def _take(self, client_id: str) -> None:
        with self._lock:
            if client_id in self._busy or not self._free:
                detail = "Another batch is being read. Ask again in a moment, with the same key."
                raise Problem("too-many-batches", detail, headers={"Retry-After": "1"})
            self._busy.add(client_id)
            self._free -= 1

    def _give_back(self, client_id: str) -> None:
        with self._lock:
            self._busy.discard(client_id)
            self._free += 1
