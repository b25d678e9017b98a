"""The wallet's use cases on one open store: what is held, the live code, pick-ups and syncs."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from keys.jwk import PublicKey
from keys.signer import Signer
from wallet_app.core import held_pass, holder, log_receipts
from wallet_app.core.challenge import Challenge, take_up
from wallet_app.core.contents import Contents
from wallet_app.core.document_store import DocumentStore
from wallet_app.core.documents import Documents
from wallet_app.core.held import Held, Unreadable
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.history import Event, Reader, Way
from wallet_app.core.holder import LiveCode, Showable
from wallet_app.core.keystore import KeyStore
from wallet_app.core.log_receipts import Logged
from wallet_app.core.moving import MovingCode, Muster, Photo, moving_code, muster_of
from wallet_app.core.pickup import PickUps
from wallet_app.core.readings import Reading, Readings
from wallet_app.core.reminders import Reminder
from wallet_app.core.standing import judge
from wallet_app.core.sync_record import ToldStatus
from wallet_app.core.syncing import Syncs
from wallet_app.core.transport import Transport
from wallet_app.core.trust import Trust
from wallet_app.core.vault import Vault

Clock = Callable[[], datetime]


class Wallet:
    """One seafarer's certificates on one phone. `clock` tells aware time."""

    def __init__(
        self,
        vault: Vault,
        signer: Signer,
        transport: Transport,
        clock: Clock,
        papers: DocumentStore,
        trust: Trust,
        sync_transport: Transport | None = None,
    ) -> None:
        """Use `open_wallet`, unless the parts are at hand."""
        self.clock = clock
        self.trust = trust
        self.pick_ups = PickUps(vault, signer, transport, clock)
        self.documents = Documents(papers, signer, transport, clock)
        self._readings = Readings(signer.public_key)
        self.syncs = Syncs(
            vault, signer, sync_transport or transport, clock, self.pick_ups, self.documents, self._readings
        )
        self._vault = vault
        self._signer = signer
        self._lock = threading.Lock()  # of what was read of the last syncs
        self._read_from: Contents | None = None
        self._passes: tuple[HeldPass, ...] = ()
        self._told: dict[tuple[str, str, int], ToldStatus] = {}

    @property
    def damage(self) -> str | None:
        """What was wrong with one of the store's two copies when it was opened."""
        return self._vault.damage

    @property
    def vault(self) -> Vault:
        """The open store, for its lock and its backups."""
        return self._vault

    @property
    def holder_key(self) -> PublicKey:
        """The key that certificates of this phone are bound to."""
        return self._signer.public_key

    @property
    def is_read(self) -> bool:
        """Whether `read` has been done: what is asked from now on is answered at once."""
        return self._read_from is not None

    def read(self) -> None:
        """Read all that is stored, for whoever asks next: it takes long where there is much."""
        _ = self.held
        self._read()

    @property
    def held(self) -> tuple[Held, ...]:
        """All certificates that can be read."""
        return self._reading.held

    @property
    def unreadable(self) -> int:
        """How many stored credentials this version cannot read; they are kept."""
        return self._reading.unreadable

    @property
    def _reading(self) -> Reading:
        return self._readings.of(self._vault.contents.credentials)

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

    def logged(self, held: Held) -> Logged | None:
        """What its authority's transparency log says of it, as the directory here can tell; None: nothing."""
        place = held.credential.status
        receipt = self._vault.contents.receipt(place.uri, place.idx)
        if receipt is None:
            return None
        return log_receipts.judge(held, receipt, self.trust.log_keys(held.credential.issuer))

    def has_update(self, held: Held) -> bool:
        """Whether its authority has a newer one ready: of the same number, or in a replaced one's place."""
        record = self._vault.contents.sync_with(held.credential.issuer)
        if record is None or not record.ready:
            return False
        told = self.told(held)
        is_replaced = told is not None and told.status == "replaced"
        return is_replaced or held.certificate.document_number in record.ready

    def live_code(self, held: Showable, challenge: Challenge | None = None) -> LiveCode:
        """A presentation of `held`, now, or one that answers a challenge. Raises CannotShow."""
        return holder.live_code(held, self._signer, self.clock(), challenge)

    def moving_code(self, shown: Muster | Photo, challenge: Challenge | None = None) -> MovingCode:
        """All certificates, or the pass with its photograph, as frames. Raises CannotShow."""
        return moving_code(shown, self._signer, self.clock(), challenge)

    @property
    def muster(self) -> Muster | None:
        """What is shown as "all" where no fresh pass is held; None where nothing is bound to this phone."""
        at = self.clock()
        return muster_of(judge(one, at, self.told(one)) for one in self.held)

    # --- what the seafarer's own memory holds

    @property
    def history(self) -> tuple[Event, ...]:
        """What was shown, the newest last."""
        return self._vault.contents.shown

    def take_up(self, text: str) -> Challenge:
        """An inspector's challenge, scanned or typed. Raises NoChallenge or ChallengeAnswered."""
        return take_up(text, self.history, self.clock())

    def remember(
        self, way: Way, reader: Reader, items: Iterable[Held] = (), challenge: Challenge | None = None
    ) -> None:
        """Put a line into the history. Raises VaultError."""
        nonce = "" if challenge is None else challenge.nonce.hex()
        event = Event(self._now(), way, reader, tuple(one.key for one in items), nonce)
        self._vault.update(lambda contents: contents.with_event(event))

    def forget_history(self) -> None:
        """Empty it. Raises VaultError."""
        self._vault.update(lambda contents: replace(contents, shown=()))

    def delete(self, key: str) -> None:
        """Remove a certificate, with every text of it and its document. Raises VaultError."""
        held = self.find(key)
        if held is None:
            return
        event = Event(self._now(), Way.DELETED, Reader.NOBODY, (key,))
        texts = {one.text for one in self.held if one.key == key}
        self._vault.update(lambda contents: contents.without(texts, event))
        self.documents.keep_only(self.held)

    @property
    def reminded(self) -> dict[str, int]:
        """Reminders that were put away: by a certificate's key, the stage."""
        return dict(self._vault.contents.reminded)

    def put_away(self, found: Iterable[Reminder]) -> None:
        """Say no more of these ends before their next stage. Raises VaultError."""
        stages = {one.held.key: one.stage for one in found}
        self._vault.update(lambda contents: contents.with_reminded(stages))

    def _now(self) -> int:
        return max(0, int(self.clock().timestamp()))

    def close(self) -> None:
        """Let go of the store."""
        self._vault.close()

    def _read(self) -> None:
        with self._lock:
            contents, before = self._vault.contents, self._read_from
            if contents is before:
                return
            if before is None or contents.syncs is not before.syncs:
                self._passes = tuple(self._read_passes(contents))
                self._told = {
                    (record.issuer, one.uri, one.idx): one
                    for record in contents.syncs
                    for one in record.statuses
                }
            self._read_from = contents

    def _read_passes(self, contents: Contents) -> list[HeldPass]:
        """A pass that cannot be read is left out: the next sync brings another."""
        found = []
        for record in contents.syncs:
            with contextlib.suppress(Unreadable):
                if record.pass_text is not None:
                    found.append(held_pass.read(record.pass_text, self._signer.public_key))
        found.sort(key=lambda one: -len(one.sea_pass.members))
        return [one for one in found if one.is_ours]


def open_wallet(
    folder: Path,
    keys: KeyStore,
    transport: Transport,
    clock: Clock,
    sync_transport: Transport | None = None,
) -> Wallet:
    """The wallet whose store is in `folder`. Raises VaultError or KeyStoreError.

    Syncs go through `sync_transport` where one is given.
    """
    papers = DocumentStore(folder / "documents", keys.vault_key())
    trust = Trust(folder / "trust")
    vault = Vault(folder, keys.vault_key())
    return Wallet(vault, keys.holder(), transport, clock, papers, trust, sync_transport)
