"""Picking certificates up, in order: look at an offer, spend its code, fetch one by one, acknowledge.

Whatever was received is verified and stored before the next request, so a network that drops loses nothing:
`fetch` goes on where it stopped, also after the app was closed.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from keys.jwk import PublicKey
from keys.signer import Signer
from wallet_app.core import held, issuer_metadata, oid4vci
from wallet_app.core.contents import Contents
from wallet_app.core.held import Held
from wallet_app.core.issuer_metadata import Authority
from wallet_app.core.offer import Offer
from wallet_app.core.records import Item, PickUp, StoredCredential
from wallet_app.core.sync_record import StoredReceipt
from wallet_app.core.transport import Transport
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.vault import Vault, VaultError

NONCE_TRIES: Final = 3
OF_ONE_ITEM: Final = frozenset(
    {Trouble.REFUSED, Trouble.NOT_READY, Trouble.WRONG_CREDENTIAL, Trouble.UNVERIFIED}
)


class Progress(NamedTuple):
    """How far a pick-up is."""

    received: int
    total: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the seafarer is asked to agree to."""

    authority: Authority
    offer: Offer


class PickUps:
    """Pick-ups into one vault, under one holder key. Every method may take as long as the network does."""

    def __init__(
        self, vault: Vault, signer: Signer, transport: Transport, clock: Callable[[], datetime]
    ) -> None:
        """Use `signer` for proofs and `clock` for their times."""
        self._vault = vault
        self._signer = signer
        self._transport = transport
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    @property
    def unfinished(self) -> PickUp | None:
        """A pick-up that stopped on its way."""
        return self._vault.contents.pick_up

    def look_at(self, text: str) -> Proposal:
        """What the offer in `text` holds; changes nothing anywhere. Raises PickUpError."""
        offer = oid4vci.fetch_offer(self._transport, text)
        return Proposal(issuer_metadata.fetch_authority(self._transport, offer.issuer), offer)

    def agree(self, proposal: Proposal, tx_code: str | None) -> Progress:
        """Spend the offer's code, which works once, and remember what it bought. Raises PickUpError.

        One pick-up at a time is remembered: while another can be finished, nothing is spent (UNFINISHED).
        """
        with self._one_at_a_time:
            now, first = self._clock(), self.unfinished
            if first is not None and now.timestamp() < first.expires_at:
                raise PickUpError(Trouble.UNFINISHED, f"{len(first.missing)} to come from {first.issuer}")
            begun = oid4vci.exchange(self._transport, proposal.authority, proposal.offer, tx_code, now)
            self._store(lambda contents: replace(contents, pick_up=begun))
            return Progress(0, len(begun.items))

    def fetch(self, tell: Callable[[Progress], None]) -> Progress:
        """Fetch what is still missing and `tell` after each one; call again to go on where it stopped.

        A certificate that the authority refuses does not hold up the others. Raises PickUpError.
        """
        with self._one_at_a_time:
            return self._fetch(tell)

    def _fetch(self, tell: Callable[[Progress], None]) -> Progress:
        pick_up = self.unfinished
        if pick_up is None:
            return Progress(0, 0)
        setback: PickUpError | None = None
        keys = issuer_metadata.fetch_keys(self._transport, pick_up.issuer) if pick_up.missing else {}
        for item in pick_up.missing:
            try:
                pick_up = self._fetch_one(pick_up, item, keys)
            except PickUpError as error:
                if error.trouble not in OF_ONE_ITEM:
                    raise
                setback = setback or error
            else:
                tell(Progress(len(pick_up.received), len(pick_up.items)))
        if setback is not None:
            raise setback
        self._acknowledge(pick_up)
        self._store(lambda contents: replace(contents, pick_up=None))
        return Progress(len(pick_up.received), len(pick_up.items))

    def give_up(self) -> None:
        """Forget the unfinished pick-up; what it brought stays."""
        self._store(lambda contents: replace(contents, pick_up=None))

    def _fetch_one(self, pick_up: PickUp, item: Item, keys: Mapping[str, PublicKey]) -> PickUp:
        # Whether the access token's time is past, the authority says: this phone's clock may have been wrong.
        received = self._request(pick_up, item)
        stored = held.accept(
            received.text,
            identifier=item.identifier,
            issuer=pick_up.issuer,
            issuer_keys=keys,
            holder_key=self._signer.public_key,
            at=self._clock(),
        )
        self._require_same_person(stored)
        notes = () if received.notification_id is None else (received.notification_id,)
        after = replace(
            pick_up, received=(*pick_up.received, item.identifier), to_notify=(*pick_up.to_notify, *notes)
        )
        receipts = self._receipts(stored, received.log_receipt)
        self._store(lambda contents: self._with(contents, stored, after).with_receipts(receipts))
        return after

    def _receipts(self, stored: StoredCredential, text: str | None) -> tuple[StoredReceipt, ...]:
        """What came with the credential; what it is worth is asked when it is shown."""
        if text is None:
            return ()
        place = held.read(stored, self._signer.public_key).credential.status
        return (StoredReceipt(place.uri, place.idx, stored.received_at, text),)

    def _require_same_person(self, stored: StoredCredential) -> None:
        """A wallet is one person's: it never shows one seafarer's certificate beside another's name."""
        new = held.read(stored, self._signer.public_key).certificate
        known = [one.certificate for one in map(self._read, self._vault.contents.credentials) if one]
        if known and not any(held.is_same_person(new, one) for one in known):
            raise PickUpError(Trouble.OTHER_PERSON, f"{new.document_number}: {new.holder.full_name}")

    def _request(self, pick_up: PickUp, item: Item) -> oid4vci.Received:
        for _ in range(NONCE_TRIES):
            nonce = oid4vci.fetch_nonce(self._transport, pick_up.nonce_endpoint)
            proof = oid4vci.proof(self._signer, pick_up.issuer, nonce, self._clock())
            try:
                return oid4vci.fetch_credential(self._transport, pick_up, item, proof)
            except oid4vci.ExpiredNonce:
                continue
        raise PickUpError(Trouble.REFUSED, f"{item.identifier}: fresh nonces are refused")

    def _with(self, contents: Contents, stored: StoredCredential, pick_up: PickUp) -> Contents:
        """One credential a certificate: a newer one takes the place of what it renews or rebinds."""
        key = held.read(stored, self._signer.public_key).key
        pairs = ((one, self._read(one)) for one in contents.credentials)
        others = tuple(one for one, known in pairs if known is None or known.key != key)
        after = replace(contents, credentials=(*others, stored), pick_up=pick_up)
        return after.picked_up(pick_up.issuer, pick_up.received[-1])

    def _read(self, stored: StoredCredential) -> Held | None:
        try:
            return held.read(stored, self._signer.public_key)
        except held.Unreadable:
            return None

    def _acknowledge(self, pick_up: PickUp) -> None:
        """Receipts are a courtesy: one that cannot be delivered never undoes a pick-up."""
        for notification in pick_up.to_notify:
            try:
                oid4vci.notify(self._transport, pick_up, notification, "credential_accepted")
            except PickUpError:
                return

    def _store(self, change: Callable[[Contents], Contents]) -> None:
        try:
            self._vault.update(change)
        except VaultError as error:
            raise PickUpError(Trouble.NOT_STORED, str(error)) from error
