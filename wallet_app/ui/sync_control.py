"""One sync at a time, off the drawing thread: what the list says while it runs, and how it ended."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from verifier.ui.words import Words
from verifier.ui.work import Background
from wallet_app import texts
from wallet_app.core import sync_views
from wallet_app.core.pickup import Progress
from wallet_app.core.syncing import Outcome
from wallet_app.core.troubles import told
from wallet_app.core.viewstate import NoticeState, SyncState
from wallet_app.core.wallet import Wallet

SYNC_AFTER: Final = timedelta(hours=20)
NOTHING_TO_SAY: Final = Outcome((), has_news=True)


class SyncControl:
    """Runs syncs of one wallet, and calls `changed` whenever the list should be drawn anew."""

    def __init__(
        self, wallet: Wallet, background: Background, changed: Callable[[], None], say: Words
    ) -> None:
        """Nothing is asked yet."""
        self._wallet = wallet
        self._background = background
        self._changed = changed
        self._say = say
        self._progress = ""
        self._outcome = NOTHING_TO_SAY

    def run(self, *, quietly: bool = False) -> None:
        """Ask the authorities how the certificates stand; `quietly` does not complain of the network."""
        if self._progress or not self._wallet.syncs.issuers:
            return

        def end(outcome: Outcome) -> None:
            self._progress = ""
            self._outcome = outcome.unasked if quietly else outcome
            self._changed()

        self._progress = self._say(texts.SYNCING)
        self._changed()
        self._background.run(
            lambda: self._wallet.syncs.run(lambda done: self._background.hand_over(lambda: self._tell(done))),
            end,
            lambda error: end(Outcome((("", told(error)),), has_news=False)),
        )

    def run_on_opening(self) -> None:
        """What was learned long ago is asked again, unseen where it fails: everything works without."""
        as_of = self._wallet.syncs.as_of
        if as_of is None or abs(self._wallet.clock() - as_of) > SYNC_AFTER:
            self.run(quietly=True)

    def speak(self, say: Words) -> None:
        """From now on in these words."""
        self._say = say

    def notices(self) -> Iterable[NoticeState]:
        """What stopped the last sync, and what is ready; an unfinished pick-up comes first."""
        records = () if self._wallet.pick_ups.unfinished is not None else self._wallet.syncs.records
        return sync_views.notices(records, self._outcome.failures, self._say)

    def state(self) -> SyncState | None:
        """The bar below the list; none while no certificate is bound to this phone."""
        if not self._wallet.syncs.issuers:
            return None
        muster = self._wallet.muster
        return sync_views.sync_state(
            self._wallet.passes,
            as_of=self._wallet.syncs.as_of,
            at=self._wallet.clock(),
            progress=self._progress,
            is_unchanged=not (self._outcome.has_news or self._outcome.failures or self._anything_ready),
            has_muster=muster is not None and len(muster.members) > 1,
            say=self._say,
        )

    @property
    def _anything_ready(self) -> bool:
        """Whether certificates wait to be picked up: "nothing new" would contradict that."""
        return any(record.ready for record in self._wallet.syncs.records)

    def _tell(self, progress: Progress) -> None:
        if self._progress and progress.total > 1:
            done, total = progress.received, progress.total
            self._progress = self._say(texts.SYNCING_SEVERAL, done=done, total=total)
            self._changed()
