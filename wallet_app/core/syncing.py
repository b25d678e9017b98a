"""Sync, the holder's side: ask each authority how its certificates stand, and store what it answers.

An answer is stored whole or not at all, once it is shown to be this phone's and this seafarer's; a sync that
fails changes nothing. Everything works without one, for weeks: it tells as of when it knows what it shows.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from keys.encoding import Json, json_dumps
from keys.signer import Signer
from wallet_app.core import held_pass, issuer_metadata, oid4vci
from wallet_app.core.answers import JSON_HEADERS
from wallet_app.core.documents import Documents
from wallet_app.core.held import Held, Unreadable
from wallet_app.core.pickup import PickUps, Progress, Proposal
from wallet_app.core.readings import Readings
from wallet_app.core.sync_answer import members_of, problem_of, read_answer, read_receipts
from wallet_app.core.sync_record import StoredReceipt, SyncRecord
from wallet_app.core.transport import Transport, require_secure
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.vault import Vault, VaultError

PROOF_TYPE: Final = "ombord-sync+jwt"
NONCE_TRIES: Final = 3
# Offers are open for ten minutes: an older one is asked for anew before it is used.
OFFER_GOOD_FOR: Final = timedelta(minutes=5)
# That a sync at sea got no answer is no news; that the authority refuses this phone is.
WORTH_TELLING: Final = frozenset({Trouble.NO_LONGER_BOUND, Trouble.PROOF_REFUSED, Trouble.CLOCKS_APART})
INVALID_PROOF: Final = "urn:ombord:problem:invalid-proof"
MOST_WANTED: Final = 256  # receipts; the next sync asks for more
INVALID_NONCE: Final = "urn:ombord:problem:invalid-nonce"


class Outcome(NamedTuple):
    """What stopped each authority that did not answer, and whether any of the others had news."""

    failures: tuple[tuple[str, PickUpError], ...]
    has_news: bool

    @property
    def unasked(self) -> "Outcome":
        """Of a sync that nobody asked for: what the seafarer should hear all the same."""
        return Outcome(tuple(one for one in self.failures if one[1].trouble in WORTH_TELLING), has_news=True)


class ReadyOffer(NamedTuple):
    """An offer that a sync brought, looked at, with the code that came along."""

    proposal: Proposal
    tx_code: str


class Syncs:
    """Syncs into one vault, under one holder key. `run` and `ready_offer` wait for the network."""

    def __init__(
        self,
        vault: Vault,
        signer: Signer,
        transport: Transport,
        clock: Callable[[], datetime],
        pick_ups: PickUps,
        documents: Documents,
        readings: Readings,
    ) -> None:
        """Use `signer` for proofs and `clock` for their times."""
        self._vault = vault
        self._signer = signer
        self._transport = transport
        self._clock = clock
        self._pick_ups = pick_ups
        self._documents = documents
        self._one_at_a_time = threading.Lock()
        self._readings = readings

    @property
    def records(self) -> tuple[SyncRecord, ...]:
        """What each authority answered last."""
        return self._vault.contents.syncs

    @property
    def issuers(self) -> tuple[str, ...]:
        """The authorities whose certificates are bound to this phone."""
        return tuple(dict.fromkeys(one.credential.issuer for one in self._held() if one.is_ours))

    @property
    def as_of(self) -> datetime | None:
        """Since when all that is shown is known: the oldest answer; None while one authority gave none."""
        found = [self._vault.contents.sync_with(issuer) for issuer in self.issuers]
        known = [one.as_of for one in found if one is not None]
        return datetime.fromtimestamp(min(known), UTC) if known and len(known) == len(found) else None

    def run(self, tell: Callable[[Progress], None]) -> Outcome:
        """Ask every authority, and `tell` after each one.

        What one of several answered is stored, whatever becomes of the others.
        """
        with self._one_at_a_time:
            issuers, before = self.issuers, _facts(self.records)
            failures: list[tuple[str, PickUpError]] = []
            for number, issuer in enumerate(issuers, 1):
                try:
                    self._ask(issuer)
                except PickUpError as error:
                    failures.append((urlsplit(issuer).netloc, error))
                tell(Progress(number, len(issuers)))
            if not failures:
                self._fetch_documents()
            return Outcome(tuple(failures), _facts(self.records) != before)

    def ready_offer(self, *, anew: bool = False) -> ReadyOffer | None:
        """The offer of the first authority that has something ready, as it stands now; None for nothing.

        Asked for again where it is older than offers live, or `anew`. Raises PickUpError.
        """
        with self._one_at_a_time:
            record = next((one for one in self.records if one.ready), None)
            if record is None:
                return None
            age = self._clock() - datetime.fromtimestamp(record.as_of, UTC)
            if anew or not timedelta(0) <= age <= OFFER_GOOD_FOR:
                record = self._ask(record.issuer)
            if not record.ready:
                return None
            proposal = self._pick_ups.look_at(record.offer)
            if proposal.offer.issuer != record.issuer:
                raise PickUpError(Trouble.NOT_ITSELF, f"an offer of {proposal.offer.issuer[:80]}")
            return ReadyOffer(proposal, record.tx_code)

    def _ask(self, issuer: str) -> SyncRecord:
        mine = [one for one in self._held() if one.credential.issuer == issuer]
        answer = self._answer(issuer, self._without_receipt(mine))
        at = self._clock()
        record = read_answer(answer, issuer, at)
        if "pass" not in answer:
            record = self._with_earlier_pass(record)
        elif record.pass_text is not None:
            held_pass.require_good(
                record.pass_text,
                issuer=issuer,
                issuer_keys=issuer_metadata.fetch_keys(self._transport, issuer),
                holder_key=self._signer.public_key,
                known=[one.certificate for one in mine],
                as_of=datetime.fromtimestamp(record.as_of, UTC),
            )
        return self._store(record, mine, read_receipts(answer, record.as_of))

    def _with_earlier_pass(self, record: SyncRecord) -> SyncRecord:
        """Of an authority that cannot sign one now, the pass that is here counts on, as of its own day.

        Not one with a certificate in it that has ended since: that would show as good what is not.
        """
        earlier = self._vault.contents.sync_with(record.issuer)
        if earlier is None or earlier.pass_text is None:
            return record
        try:
            members = held_pass.read(earlier.pass_text, self._signer.public_key).sea_pass.members
        except Unreadable:
            return record
        ended = {(one.uri, one.idx) for one in record.statuses if one.status != "valid"}
        if any((member.status.uri, member.status.idx) in ended for member in members):
            return record
        return replace(record, pass_text=earlier.pass_text, left_out=earlier.left_out)

    def _without_receipt(self, mine: Sequence[Held]) -> list[Json]:
        """Those whose receipt of the authority's log is not here yet, as a sync names them."""
        contents = self._vault.contents
        places = [one.credential.status for one in mine if one.is_ours]
        lacking = [one for one in places if contents.receipt(one.uri, one.idx) is None]
        return [{"uri": one.uri, "idx": one.idx} for one in lacking[:MOST_WANTED]]

    def _fetch_documents(self) -> None:
        """Printable documents of what is held; one that cannot be had is fetched when it is asked for."""
        self._documents.keep_only(self._held())
        self._documents.fetch_missing(self._held())

    def _answer(self, issuer: str, without_receipt: list[Json]) -> dict[str, Json]:
        """One request with a fresh proof; nonces that went stale on a slow link are fetched again.

        An authority that knows no receipts yet refuses to hear of them: it is asked without.
        """
        url = require_secure(f"{issuer}/api/v1/sync")
        nonce_endpoint = issuer_metadata.fetch_nonce_endpoint(self._transport, issuer)
        for _ in range(NONCE_TRIES):
            nonce = oid4vci.fetch_nonce(self._transport, nonce_endpoint)
            proof = oid4vci.proof(self._signer, issuer, nonce, self._clock(), typ=PROOF_TYPE)
            headers = {**JSON_HEADERS, "Content-Type": "application/json"}
            body: dict[str, Json] = {"proof": proof}
            if without_receipt:
                body["without_receipt"] = without_receipt
            answer = self._transport.send("POST", url, headers=headers, body=json_dumps(body))
            problem = problem_of(answer)
            if problem == INVALID_PROOF and without_receipt:
                without_receipt = []
            elif problem != INVALID_NONCE:
                return members_of(answer, problem)
        raise PickUpError(Trouble.SERVICE, "fresh nonces are refused")

    def _store(
        self, record: SyncRecord, mine: Sequence[Held], receipts: Sequence[StoredReceipt]
    ) -> SyncRecord:
        """Of the statuses, those of what is held; the rest is none of this phone's."""
        places = {(one.credential.status.uri, one.credential.status.idx) for one in mine}
        own = [one for one in receipts if (one.uri, one.idx) in places]
        try:
            contents = self._vault.update(lambda was: was.with_sync(record, places).with_receipts(own))
        except VaultError as error:
            raise PickUpError(Trouble.NOT_STORED, str(error)) from error
        return contents.sync_with(record.issuer) or record

    def _held(self) -> tuple[Held, ...]:
        return self._readings.of(self._vault.contents.credentials).held


def _facts(records: Iterable[SyncRecord]) -> set[tuple[str, ...]]:
    """What a seafarer would call news: how a certificate stands, and what is ready."""
    told = {(one.uri, str(one.idx), one.status) for record in records for one in record.statuses}
    good = {(uri, idx, status) for uri, idx, status in told if status == "valid"}
    return (told - good) | {(record.issuer, number) for record in records for number in record.ready}
