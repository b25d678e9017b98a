"""Publishing without being told to: what was decided is in the store some seconds later."""

from collections.abc import Callable
from typing import Final

from issuer.adapters.object_store import Overtaken, StoreBusy, StoreUnusable
from issuer.domain.errors import DatabaseUnusable, IssuerError
from issuer.services.publishing.bringing import Report
from issuer.services.publishing.publication import Look, Publication
from issuer.services.publishing.publisher import PLAIN, Orders

EVERY: Final = 2.0  # seconds between two looks at the register, which read a few short rows
COMPARE_SECONDS: Final = 900  # between two looks at the store: somebody else may have changed it
LONGEST_PAUSE: Final = 60.0  # between two tries while the store or the database is away

PASSING: Final = (StoreUnusable, StoreBusy, Overtaken, DatabaseUnusable)


class Following:
    """Publishes again and again until it is told to end."""

    def __init__(
        self, publication: Publication, *, pause: Callable[[float], bool], seconds: Callable[[], float]
    ) -> None:
        """`pause` waits, and says whether the end has come; `seconds` is a clock that only goes forward."""
        self._publication = publication
        self._pause = pause
        self._seconds = seconds

    def run(
        self,
        orders: Orders,
        *,
        every: float,
        told: Callable[[Report], None],
        failed: Callable[[IssuerError], None],
    ) -> None:
        """Until the end. What passes by itself is told to `failed`, and tried again ever more seldom.

        Raises what does not pass: Conflict where the store knows more than the register.
        """
        compared: float | None = None
        wait = 0.0
        while not self._pause(wait):
            now = self._seconds()
            look = Look.MEMORY
            if compared is None or now - compared >= COMPARE_SECONDS:
                look = Look.VERSIONS
            try:
                report = self._publication.publish(orders, look=look)
            except PASSING as error:
                failed(error)
                compared, wait = None, min(max(2 * wait, every), LONGEST_PAUSE)
                continue
            if look is Look.VERSIONS:
                compared = now
            orders, wait = PLAIN, every
            if report.written:
                told(report)
