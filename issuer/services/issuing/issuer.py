"""Issuing: reserved → persisted unsigned → signed → self-verified → logged → released.

Intent is recorded before anything is signed. Whatever dies when, `resume` finishes what was begun: exactly
one credential and one log entry. One credential is a batch of one, shared with whoever else comes meanwhile.
"""

import gc
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.repository import among
from issuer.adapters.tables import credential
from issuer.domain.errors import Conflict, Crowded, IdempotencyConflict, KeysUnusable
from issuer.domain.register import CredentialState
from issuer.services.audit.trail import record
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.draft_rows import load_drafts
from issuer.services.issuing.drafting import Draft
from issuer.services.issuing.gathering import Gathering
from issuer.services.issuing.protocol import Failures, IssuingProtocol, Refusal
from issuer.services.issuing.reading_back import SecondReader, second_reader
from issuer.services.issuing.recovering import Recovered, Recovery
from issuer.services.issuing.reserving import IssueRequest, MadeUnder, refused, reserve
from issuer.settings import Settings
from keys.jwk import PublicKey

__all__ = ["CredentialIssuer", "IssueRequest", "IssuedCredential", "Recovered", "Refusal"]

BATCH = 2_048  # credentials: a batch asks the database some 70 times, however many they are
WORTH_A_THREAD = 700  # of fewer, the second reader has hardly started when they are done
RETRIES = 5  # clashes of random values, or with another process's idempotency keys
THREADS = 3  # signing, verifying and the database release the interpreter's lock
BULK_GC_THRESHOLD = 100_000  # objects made between two collections; usually 700


class IssuedCredential(NamedTuple):
    """A released credential."""

    serial: str
    document_number: str
    kind: str
    holder_thumbprint: str | None
    list_uri: str
    idx: int
    kid: str
    issued_at: int
    token: str


class CredentialIssuer:
    """Signs certificates in force, for phones and for paper."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self.protocol = IssuingProtocol(database, clock, keys, settings)
        self._recovery = Recovery(database, self.protocol)
        self._gathered: Gathering[IssueRequest, IssuedCredential | Refusal] = Gathering(
            self._issue_batch, BATCH
        )
        self._first_use = threading.Lock()
        self._log_is_whole = False

    def issue(
        self, document_number: str, holder_key: PublicKey | None, idempotency_key: str
    ) -> IssuedCredential:
        """One credential; the same key gives the same credential, byte for byte, for ever.

        Raises NotFound, NotInForce, IdempotencyConflict, SigningRefused or SelfVerificationFailed; and, with
        what was begun kept for later, IssuingStopped or SigningDeferred.
        """
        assert not self._database.is_writing, "issuing commits step by step"  # noqa: S101
        outcome = self._gathered.one(
            IssueRequest(
                document_number=document_number, holder_key=holder_key, idempotency_key=idempotency_key
            )
        )
        if isinstance(outcome, Refusal):
            raise outcome.error
        return outcome

    def issue_many(self, requests: Sequence[IssueRequest]) -> list[IssuedCredential | Refusal]:
        """An outcome for each request, in their order; a refusal of one stops no other.

        Raises IssuingStopped as soon as the switch is on; what was released until then is, and asking again
        gives it.
        """
        batches = batches_of(requests)
        if len(batches) <= 1:
            return self._issue_batch(requests)
        # While one batch waits for the disk or its reader, the next is composed and signed.
        public = {kid: signer.public_key for kid, signer in self._keys.signers.items()}
        with second_reader(public) as reader, ThreadPoolExecutor(THREADS) as pool, _few_collections():
            done = pool.map(lambda batch: self._issue_batch(batch, reader), batches)
            try:
                return [outcome for batch in done for outcome in batch]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def resume(self) -> int:
        """Finish what a crash left between two steps; returns how many credentials that were.

        What has to wait, for the signer or until issuing goes on, waits. Raises KeysUnusable where a key that
        something was begun with is gone.
        """
        found = self.recover()
        if isinstance(found.why, KeysUnusable):
            raise found.why
        return found.finished + found.voided

    def recover(self) -> Recovered:
        """As `resume`, with what became of it all."""
        return self._recovery.run()

    def _issue_batch(
        self, requests: Sequence[IssueRequest], reader: SecondReader | None = None
    ) -> list[IssuedCredential | Refusal]:
        self._log_what_is_older()
        with self._database.lease() as lease:
            begun = self._begin(requests, lease)
            drafts = [one for one in begun.values() if isinstance(one, Draft)]
            failures = self.protocol.finish(drafts, reader=reader)
        outcomes = [_outcome(request, begun[request.idempotency_key], failures) for request in requests]
        self._record_conflicts(outcomes)
        return outcomes

    def _log_what_is_older(self) -> None:
        """Before the first entry of this process: the log is in the order of issuing."""
        with self._first_use:
            if not self._log_is_whole:
                self._recovery.log_older()
                self._log_is_whole = True

    def _begin(self, requests: Sequence[IssueRequest], lease: int = 0) -> dict[str, Draft | Refusal]:
        """What there is under each idempotency key, reserved now where there was nothing."""
        by_key: dict[str, IssueRequest] = {}
        for request in requests:
            by_key.setdefault(request.idempotency_key, request)
        for _ in range(RETRIES):
            try:
                return self._find_or_reserve(by_key, lease)
            except IntegrityError:  # another process drew the same index, or has the same idempotency key
                continue
        raise Crowded("other processes are issuing the same credentials", hint="try again in a moment")

    def _find_or_reserve(self, by_key: dict[str, IssueRequest], lease: int) -> dict[str, Draft | Refusal]:
        made_under = MadeUnder(self.protocol.pin.digest, lease)
        # Not waited for: what a crash of the host takes of it, nobody has seen (persisting waits).
        with self._database.write(wait=False) as connection:
            known = load_drafts(connection, among(connection, credential.c.idempotency_key, by_key))
            begun: dict[str, Draft | Refusal] = {draft.idempotency_key: draft for draft in known.values()}
            fresh = {key: request for key, request in by_key.items() if key not in begun}
            if not fresh:
                return begun
            reserved = reserve(
                connection,
                list(fresh.values()),
                clock=self._clock,
                keys=self._keys,
                settings=self._settings,
                made_under=made_under,
            )
            return begun | dict(zip(fresh, reserved, strict=True))

    def _record_conflicts(self, outcomes: Sequence[IssuedCredential | Refusal]) -> None:
        """A key that came back with another request; other refusals are recorded where they are made."""
        conflicts = [
            refused(one)
            for one in outcomes
            if isinstance(one, Refusal) and isinstance(one.error, IdempotencyConflict)
        ]
        if conflicts:
            with self._database.write() as connection:
                record(connection, self._clock, conflicts)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Collect garbage rarely: drafts are many, live long and in no cycles; to look for some takes 12 %."""
    usual = gc.get_threshold()
    gc.set_threshold(BULK_GC_THRESHOLD, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def batches_of(requests: Sequence[IssueRequest]) -> list[Sequence[IssueRequest]]:
    """Of about one length: as few as may be, but one for each thread where they are worth it."""
    side_by_side = min(THREADS, len(requests) // WORTH_A_THREAD)
    size = ceil(len(requests) / max(1, side_by_side, ceil(len(requests) / BATCH)))
    return [requests[start : start + size] for start in range(0, len(requests), size or 1)]


def _outcome(request: IssueRequest, begun: Draft | Refusal, failures: Failures) -> IssuedCredential | Refusal:
    if isinstance(begun, Refusal):
        return begun
    if begun.serial in failures:
        return failures[begun.serial]
    thumbprint = request.holder_key.thumbprint() if request.holder_key else None
    if (begun.document_number, begun.holder_thumbprint) != (request.document_number, thumbprint):
        problem = "this idempotency key belongs to another credential"
        return Refusal(
            request.document_number, IdempotencyConflict(problem, hint="use a new key for a new request")
        )
    if begun.token is None or begun.state is not CredentialState.RELEASED:  # another process gave it up
        return Refusal(request.document_number, Conflict("the credential was given up", hint="try again"))
    return IssuedCredential(
        serial=begun.serial,
        document_number=begun.document_number,
        kind=begun.kind,
        holder_thumbprint=begun.holder_thumbprint,
        list_uri=begun.list_uri,
        idx=begun.idx,
        kid=begun.kid,
        issued_at=begun.issued_at,
        token=begun.token,
    )
