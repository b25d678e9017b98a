"""The wallet's use cases on one open store: what is held, the live code, pick-ups and syncs."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from keys.signer import Signer
from wallet_app.core import held as reading
from wallet_app.core import held_pass, holder
from wallet_app.core.document_store import DocumentStore
from wallet_app.core.documents import Documents
from wallet_app.core.held import Held
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.holder import LiveCode, Showable
from wallet_app.core.keystore import KeyStore
from wallet_app.core.pickup import PickUps
from wallet_app.core.records import Contents, ToldStatus
from wallet_app.core.syncing import Syncs
from wallet_app.core.transport import Transport
from wallet_app.core.vault import Vault

Clock = Callable[[], datetime]


class Wallet:
    """One seafarer's certificates on one phone. `clock` tells aware time."""

    def __init__(
        self, vault: Vault, signer: Signer, transport: Transport, clock: Clock, papers: DocumentStore
    ) -> None:
        """Use `open_wallet`, unless the parts are at hand."""
        self.clock = clock
        self.pick_ups = PickUps(vault, signer, transport, clock)
        self.documents = Documents(papers, signer, transport, clock)
        self.syncs = Syncs(vault, signer, transport, clock, self.pick_ups, self.documents)
        self._vault = vault
        self._signer = signer
        self._read_from: Contents | None = None
        self._held: tuple[Held, ...] = ()
        self._passes: tuple[HeldPass, ...] = ()
        self._told: dict[tuple[str, str, int], ToldStatus] = {}
        self._unreadable = 0

    @property
    def damage(self) -> str | None:
        """What was wrong with one of the store's two copies when it was opened."""
        return self._vault.damage

    @property
    def held(self) -> tuple[Held, ...]:
        """All certificates that can be read."""
        self._read()
        return self._held

    @property
    def unreadable(self) -> int:
        """How many stored credentials this version cannot read; they are kept."""
        self._read()
        return self._unreadable

    def find(self, key: str) -> Held | None:
        """The certificate of that key."""
        return next((one for one in self.held if one.key == key), None)

    @property
    def passes(self) -> tuple[HeldPass, ...]:
        """The last pass of each authority that gave one, bound to this phone; the fullest first."""
        self._read()
        return self._passes

    def told(self, held: Held) -> ToldStatus | None:
        """What its own authority last said of a certificate's status; no other one counts."""
        self._read()
        place = held.credential.status
        return self._told.get((held.credential.issuer, place.uri, place.idx))

    def live_code(self, held: Showable) -> LiveCode:
        """A presentation of `held`, now. Raises CannotShow."""
        return holder.live_code(held, self._signer, self.clock())

    def close(self) -> None:
        """Let go of the store."""
        self._vault.close()

    def _read(self) -> None:
        contents = self._vault.contents
        if contents is self._read_from:
            return
        readable, unreadable = [], 0
        for stored in contents.credentials:
            try:
                readable.append(reading.read(stored, self._signer.public_key))
            except reading.Unreadable:
                unreadable += 1
        self._held, self._unreadable, self._read_from = tuple(readable), unreadable, contents
        self._passes = tuple(self._read_passes(contents))
        self._told = {
            (record.issuer, one.uri, one.idx): one for record in contents.syncs for one in record.statuses
        }

    def _read_passes(self, contents: Contents) -> list[HeldPass]:
        """A pass that cannot be read is left out: the next sync brings another."""
        found = []
        for record in contents.syncs:
            with contextlib.suppress(reading.Unreadable):
                if record.pass_text is not None:
                    found.append(held_pass.read(record.pass_text, self._signer.public_key))
        found.sort(key=lambda one: -len(one.sea_pass.members))
        return [one for one in found if one.is_ours]


def open_wallet(folder: Path, keys: KeyStore, transport: Transport, clock: Clock) -> Wallet:
    """The wallet whose store is in `folder`. Raises VaultError or KeyStoreError."""
    papers = DocumentStore(folder / "documents", keys.vault_key())
    return Wallet(Vault(folder, keys.vault_key()), keys.holder(), transport, clock, papers)
