"""The steps of issuing: persist unsigned, sign, self-verify, log, release; each one transaction on a batch.

Two of them wait for the disk: what is signed was persisted before, and what anybody sees was released. What a
crash of the host takes of the others is done again (docs/decisions/0026-durability-and-gathering.md).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from issuer.adapters.database import Database
from issuer.adapters.repository import in_force
from issuer.domain.errors import Crowded, IssuerError, SelfVerificationFailed
from issuer.domain.register import CredentialEvent, CredentialState
from issuer.services import measuring
from issuer.services.audit.trail import LOGGED, AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing import drafting, pinning, releasing, signing
from issuer.services.issuing.draft_rows import (
    Overtaken,
    advance,
    arrived,
    give_up,
    load_drafts,
    rows_of,
    store_payloads,
    store_tokens,
)
from issuer.services.issuing.drafting import Draft
from issuer.services.issuing.reading_back import SecondReader, Signed, objection
from issuer.services.issuing.stopping import refuse_if_stopped, refuse_if_stopped_meanwhile
from issuer.services.log import signed_texts, transparency
from issuer.services.log.transparency import NewEntry
from issuer.settings import Settings

ATTEMPTS = 25  # how often other processes may overtake us before we give up


class Refusal(NamedTuple):
    """Why a request got no credential."""

    document_number: str
    error: IssuerError


Failures = Mapping[str, Refusal]  # by serial


class IssuingProtocol:
    """Takes drafts from wherever they stand to `released`, or to `void` with the reason."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self.pin = pinning.pin_of(settings, keys)

    def finish(self, drafts: Sequence[Draft], *, reader: SecondReader | None = None) -> Failures:
        """Take every step that is due, in order; returns the drafts that were given up, or have to wait.

        Raises IssuingStopped while the switch is on: the drafts stay where they are then.
        """
        assert not self._database.is_writing, "each step commits by itself"  # noqa: S101
        steps: tuple[tuple[CredentialState, CredentialEvent, Callable[[list[Draft]], Failures]], ...] = (
            (CredentialState.RESERVED, CredentialEvent.PERSIST, self.persist),
            (CredentialState.PERSISTED, CredentialEvent.SIGN, self.sign),
            (CredentialState.SIGNED, CredentialEvent.VERIFY, partial(self.verify, reader=reader)),
            (CredentialState.VERIFIED, CredentialEvent.LOG, self.log),
            (CredentialState.LOGGED, CredentialEvent.RELEASE, self.release),
        )
        failures: dict[str, Refusal] = {}
        for _ in range(ATTEMPTS):
            try:
                for state, event, step in steps:
                    due = [draft for draft in drafts if draft.state is state]
                    if due:
                        with measuring.step(event.value, len(due)):
                            failures.update(step(due))
            except Overtaken:
                self._look_again(drafts)
            else:
                released = {draft.serial for draft in drafts if draft.state is CredentialState.RELEASED}
                return {serial: why for serial, why in failures.items() if serial not in released}
        raise Crowded("another process keeps working on the same credentials", hint="try again in a moment")

    def persist(self, due: list[Draft]) -> Failures:
        """Compose and rehearse the exact bytes to sign, and store them with what they were made under."""
        failures: dict[str, IssuerError] = {}
        for draft in due:
            try:
                draft.payload = drafting.compose(draft, self._settings)
            except SelfVerificationFailed as error:
                failures[draft.serial] = error

        def store(connection: Connection, good: Sequence[Draft]) -> CredentialState:
            target = advance(connection, good, CredentialEvent.PERSIST, configuration=self.pin.digest)
            pinning.keep(connection, self._clock, self.pin)
            store_payloads(connection, good)
            return target

        return self._step(due, failures, store, wait=True)

    def sign(self, due: list[Draft]) -> Failures:
        """Sign what was persisted. A signature that a crash loses was never seen by anybody."""
        with self._database.read() as connection:
            refuse_if_stopped(connection)
            wanted = signing.requests(connection, due, self._keys)
        signatures = signing.sign_batch(due, wanted, self._keys)
        answered = [draft for draft in due if draft.serial not in signatures.deferred]
        for draft in answered:
            draft.token = signatures.tokens.get(draft.serial)

        def store(connection: Connection, good: Sequence[Draft]) -> CredentialState:
            target = advance(connection, good, CredentialEvent.SIGN)
            store_tokens(connection, good)
            return target

        waiting = [draft for draft in due if draft.serial in signatures.deferred]
        failures = self._step(answered, signatures.refused, store) if answered else {}
        return {**failures, **_refusals(waiting, signatures.deferred)}

    def verify(self, due: list[Draft], *, reader: SecondReader | None = None) -> Failures:
        """Read what was signed as a stranger would: here, or in the `reader`'s process.

        What this process has read to the byte before it was signed, and finds again, is not read twice: its
        signature is new. What comes from the database is read whole.
        """
        texts = [
            Signed(draft.token or "", draft.kid, draft.document_number, draft.idx, draft.rehearsed)
            for draft in due
        ]
        found = reader.objections(texts) if reader else None
        if found is None:
            found = [objection(text, self._keys.public(text.kid)) for text in texts]
        failures: dict[str, IssuerError] = {}
        for draft, said in zip(due, found, strict=True):
            try:
                drafting.check_signed(draft, said)
            except SelfVerificationFailed as error:
                failures[draft.serial] = error

        def store(connection: Connection, good: Sequence[Draft]) -> CredentialState:
            return advance(connection, good, CredentialEvent.VERIFY)

        return self._step(due, failures, store)

    def log(self, due: list[Draft]) -> Failures:
        """Each one into the transparency log, and into the audit trail."""
        leaves = [_log_entry(draft) for draft in due]
        events = [_log_event(draft) for draft in due]
        with self._database.write(wait=False) as connection:
            refuse_if_stopped(connection)
            target = advance(connection, due, CredentialEvent.LOG)
            transparency.append(connection, leaves)
            record(connection, self._clock, events)
            refuse_if_stopped_meanwhile(connection)
        arrived(due, target)
        return {}

    def release(self, due: list[Draft]) -> Failures:
        """Let go of what is still in force; a certificate may have been suspended since it was reserved."""
        failures: dict[str, Refusal] = {}
        for each in releasing.one_of_each(due):
            failures.update(self._release_round(each))
        return failures

    def _release_round(self, due: list[Draft]) -> Failures:
        failures: dict[str, IssuerError] = {}
        left = due
        while left:
            try:
                return {**_refusals(due, failures), **self._release(left)}
            except releasing.TwoSeafarers as clash:
                of_two = [draft for draft in left if draft.serial == clash.serial]
                errors: dict[str, IssuerError] = {draft.serial: releasing.shared(draft) for draft in of_two}
                with self._database.write() as connection:
                    refuse_if_stopped(connection)
                    record(connection, self._clock, list(_given_up(connection, of_two, errors)))
                arrived(of_two, CredentialState.VOID)
                failures.update(errors)
                left = [draft for draft in left if draft.serial != clash.serial]
        return _refusals(due, failures)

    def _release(self, due: list[Draft]) -> Failures:
        now = self._clock()
        with self._database.write() as connection:
            refuse_if_stopped(connection)
            good = releasing.still_in_force(connection, due, in_force(self._settings.today(now)))
            released = [draft for draft in due if draft.serial in good]
            lapsed: dict[str, IssuerError] = {
                draft.serial: releasing.lapsed(draft) for draft in due if draft.serial not in good
            }
            events = [
                *_given_up(connection, due, lapsed),
                *releasing.supersede_older(connection, released, int(now.timestamp())),
            ]
            target = advance(connection, released, CredentialEvent.RELEASE, lease=None)
            record(connection, self._clock, events)
            # The audit head is ours until we commit: whoever released before us is seen, and sees us after.
            releasing.refuse_second_seafarer(connection, released)
            refuse_if_stopped_meanwhile(connection)
        arrived(released, target)
        arrived([draft for draft in due if draft.serial in lapsed], CredentialState.VOID)
        return _refusals(due, lapsed)

    def _step(
        self,
        due: Sequence[Draft],
        failures: Mapping[str, IssuerError],
        store: Callable[[Connection, Sequence[Draft]], CredentialState],
        *,
        wait: bool = False,
    ) -> Failures:
        """`store` moves on what is good; what fails our own rules, or the signer's, is given up with it."""
        good = [draft for draft in due if draft.serial not in failures]
        with self._database.write(wait=wait or bool(failures)) as connection:
            refuse_if_stopped(connection)
            given_up = list(_given_up(connection, due, failures))  # lists are locked before credentials
            target = store(connection, good)
            if given_up:
                record(connection, self._clock, given_up)
            refuse_if_stopped_meanwhile(connection)
        arrived(good, target)
        arrived([draft for draft in due if draft.serial in failures], CredentialState.VOID)
        return _refusals(due, failures)

    def _look_again(self, drafts: Sequence[Draft]) -> None:
        with self._database.read() as connection:
            found = load_drafts(connection, rows_of(connection, drafts))
        for draft in drafts:
            now = found[draft.serial]
            draft.rehearsed = draft.rehearsed and now.payload == draft.payload
            draft.state, draft.payload, draft.token = now.state, now.payload, now.token


def _given_up(
    connection: Connection, due: Sequence[Draft], errors: Mapping[str, IssuerError]
) -> list[AuditEvent]:
    dropped = [draft for draft in due if draft.serial in errors]
    return list(give_up(connection, dropped, lambda draft: errors[draft.serial].message)) if dropped else []


def _refusals(due: Sequence[Draft], errors: Mapping[str, IssuerError]) -> dict[str, Refusal]:
    return {
        draft.serial: Refusal(draft.document_number, errors[draft.serial])
        for draft in due
        if draft.serial in errors
    }


def _log_entry(draft: Draft) -> NewEntry:
    assert draft.token is not None, "only what is signed is logged"  # noqa: S101
    return NewEntry(draft.serial, bytes.fromhex(draft.log_salt), signed_texts.signing_input(draft.token))


def _log_event(draft: Draft) -> AuditEvent:
    assert draft.token is not None, "only what is signed is logged"  # noqa: S101
    digest = signed_texts.log_digest(draft.log_salt, draft.token)
    return AuditEvent(
        LOGGED, draft.serial, {"certificate": draft.document_number, "kid": draft.kid, "signed": digest}
    )
