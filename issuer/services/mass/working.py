"""The worker of mass operations: claims certificates in batches and does to each what the operation says.

Several may work at once. Revoking and suspending a batch is one transaction; a worker that dies leaves
nothing of it. Issuing again takes the many steps of `issuing`: whoever takes up what a dead worker had in
hand asks under the same idempotency keys, and so gets what there is.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, exists, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK
from issuer.adapters.tables import mass_item, mass_operation
from issuer.domain.errors import IssuerError, IssuingStopped, SigningDeferred
from issuer.domain.register import CertificateEvent
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential, IssueRequest, Refusal
from issuer.services.mass.items import asked_before, locked, note_requests, still_in_force, those
from issuer.services.mass.progress import ItemState, Kind, State
from issuer.services.paper import renewing
from issuer.services.register.changing import change_states
from issuer.services.register.lifecycle import ENDINGS
from issuer.settings import Settings

BATCH: Final = CHUNK
ISSUED_AT_ONCE: Final = 8 * CHUNK  # several batches of issuing, so that one is signed while another waits
NOTHING_IN_USE: Final = "no credential of it is in use"
NOT_IN_FORCE: Final = "it is not in force"


class Worked(Enum):
    """What came of looking for work."""

    SOME = auto()
    NONE = auto()
    HELD_UP = auto()  # issuing is stopped, or the signer does not sign now


class _Batch(NamedTuple):
    """Certificates in this worker's hand."""

    operation: Row[Any]
    certificates: Sequence[int]


class _Plan(NamedTuple):
    """A batch, and the papers that are asked for, by certificate."""

    batch: _Batch
    papers: Mapping[int, IssueRequest]


class MassWorker:
    """Takes up what operations are running; `issuer` signs what is issued again."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keys: AuthorityKeys,
        settings: Settings,
        issuer: CredentialIssuer,
        *,
        batch: int = BATCH,
        issued_at_once: int = ISSUED_AT_ONCE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self._issuer = issuer
        self._batch = batch
        self._issued_at_once = issued_at_once

    def step(self) -> Worked:
        """One batch of the oldest operation that has any for us. Raises DatabaseUnusable, Crowded."""
        worked = Worked.NONE
        for operation in self._running():
            if operation.kind != Kind.REISSUE:
                done = self._change(operation.id)
            elif orjson.loads(operation.selection).get("key") == self._keys.certificate_kid:
                done = self._hold(operation.id, f"certificate_kid is still {self._keys.certificate_kid}")
            else:
                done = self._reissue(operation.id)
            if done is Worked.SOME:
                return done
            worked = done if done is Worked.HELD_UP else worked
        return worked

    def _running(self) -> Sequence[Row[Any]]:
        query = select(mass_operation).where(mass_operation.c.state == State.RUNNING.value)
        with self._database.read() as connection:
            return connection.execute(query.order_by(mass_operation.c.id)).all()

    def _hold(self, number: int, note: str) -> Worked:
        """Pause an operation that makes no sense under this worker's settings, and say why."""
        running = (mass_operation.c.id == number) & (mass_operation.c.state == State.RUNNING.value)
        held = update(mass_operation).where(running).values(state=State.PAUSED.value, note=note)
        with self._database.write() as connection:
            if connection.execute(held).rowcount:
                record(connection, self._clock, [AuditEvent("mass-held", f"mass:{number}", {"reason": note})])
        return Worked.NONE

    def _change(self, number: int) -> Worked:
        """Revoke or suspend one batch."""
        with self._database.write() as connection:
            batch = self._claim(connection, number, self._batch)
            if batch is not None:
                self._change_batch(connection, batch)
        return self._finish(number) if batch is None else Worked.SOME

    def _change_batch(self, connection: Connection, batch: _Batch) -> None:
        operation = batch.operation
        event = CertificateEvent.SUSPEND if operation.kind == Kind.SUSPEND else ENDINGS[operation.ending]
        rows = locked(connection, batch.certificates)
        changes = change_states(
            connection,
            rows,
            event,
            since=self._settings.today(self._clock()),
            reason=operation.reason,
            actor=operation.actor,
            operation=operation.id,
        )
        numbers = {row.id: row.document_number for row in rows}
        refused = {one: _without(numbers[one], error) for one, error in changes.refused.items()}
        self._settle(connection, batch, refused, changes.events)

    def _reissue(self, number: int) -> Worked:
        """Sign one batch of papers again, and let phones be offered the same."""
        with self._database.lease() as lease:
            plan = self._plan(number, lease)
            if plan is None:
                return self._finish(number)
            try:
                outcomes = self._issuer.issue_many(list(plan.papers.values()))
            except IssuingStopped:
                return Worked.HELD_UP
            found = dict(zip(plan.papers, outcomes, strict=True))
            waiting = {one for one, outcome in found.items() if _is_deferred(outcome)}
            refused = {one: _without(outcome.document_number, outcome.error)
                       for one, outcome in found.items() if isinstance(outcome, Refusal)}  # fmt: skip
            settled = [one for one in plan.batch.certificates if one not in waiting]
            if settled:
                with self._database.write() as connection:
                    self._settle(connection, plan.batch._replace(certificates=settled), refused, [])
        return Worked.HELD_UP if waiting else Worked.SOME

    def _plan(self, number: int, lease: int) -> _Plan | None:
        """Take a batch in hand; write down under which keys its papers are asked for, and for which phones.

        What can be said at once is settled at once: that a certificate has nothing to be issued again.
        """
        with self._database.write() as connection:
            batch = self._claim(connection, number, self._issued_at_once, lease)
            if batch is None:
                return None
            operation = batch.operation
            due = renewing.look(connection, batch.certificates, operation.newest_credential)
            papers = {**due.papers, **asked_before(connection, operation.id, batch.certificates)}
            note_requests(connection, operation.id, papers)
            good = still_in_force(connection, due.phones, self._settings.today(self._clock()))
            renewing.order(connection, good, operation.newest_credential)
            refused = dict.fromkeys(set(due.nothing) - set(papers), NOTHING_IN_USE)
            refused.update(dict.fromkeys(set(due.phones) - good - set(papers), NOT_IN_FORCE))
            if refused:
                self._settle(connection, batch._replace(certificates=sorted(refused)), refused, [])
            left = [one for one in batch.certificates if one not in refused]
        return _Plan(batch._replace(certificates=left), papers)

    def _claim(
        self, connection: Connection, number: int, limit: int, lease: int | None = None
    ) -> _Batch | None:
        """Certificates that are in nobody's hand; None when there are none, or the operation runs no more.

        The operation stays as it is until we commit: whoever pauses it waits for this batch.
        """
        running = (mass_operation.c.id == number) & (mass_operation.c.state == State.RUNNING.value)
        query = select(mass_operation).where(running).with_for_update(read=True)
        operation = connection.execute(query).one_or_none()
        if operation is None:
            return None
        wanted = [mass_item.c.operation_id == number, mass_item.c.state == ItemState.WAITING.value]
        if lease is not None:
            wanted.append(self._database.leases.in_nobodys_hand(connection, mass_item.c.lease))
        claimed = select(mass_item.c.certificate_id).where(*wanted).order_by(mass_item.c.certificate_id)
        claimed = claimed.limit(limit).with_for_update(skip_locked=True)
        certificates = connection.execute(claimed).scalars().all()
        if not certificates:
            return None
        if lease is not None:
            mine = those(connection, number, certificates)
            connection.execute(update(mass_item).where(*mine).values(lease=lease))
        return _Batch(operation, certificates)

    def _settle(
        self, connection: Connection, batch: _Batch, refused: Mapping[int, str], events: Sequence[AuditEvent]
    ) -> None:
        """Say of each certificate of the batch what became of it, in the transaction that did it."""
        now, number = int(self._clock().timestamp()), batch.operation.id
        by_reason: dict[str | None, list[int]] = {}
        for one in batch.certificates:
            by_reason.setdefault(refused.get(one), []).append(one)
        for reason, certificates in by_reason.items():
            state = ItemState.DONE if reason is None else ItemState.REFUSED
            waiting = mass_item.c.state == ItemState.WAITING.value
            settled = update(mass_item).where(*those(connection, number, certificates), waiting)
            connection.execute(settled.values(state=state.value, refusal=reason, done_at=now))
        details = {"done": len(batch.certificates) - len(refused), "refused": len(refused)}
        told = AuditEvent("mass-batch", f"mass:{number}", details, batch.operation.actor)
        record(connection, self._clock, [*events, told])

    def _finish(self, number: int) -> Worked:
        """Say that the operation is finished, once nothing of it is in anybody's hand."""
        waiting = exists().where(
            mass_item.c.operation_id == number, mass_item.c.state == ItemState.WAITING.value
        )
        over = update(mass_operation).where(
            mass_operation.c.id == number, mass_operation.c.state == State.RUNNING.value, ~waiting
        )
        with self._database.write() as connection:
            values = {"state": State.FINISHED.value, "ended_at": int(self._clock().timestamp())}
            if connection.execute(over.values(values)).rowcount:
                record(connection, self._clock, [AuditEvent("mass-finished", f"mass:{number}")])
        return Worked.NONE


def _is_deferred(outcome: IssuedCredential | Refusal) -> bool:
    """Whether nothing is wrong with what was to be signed."""
    return isinstance(outcome, Refusal) and isinstance(outcome.error, SigningDeferred)


def _without(number: str, error: IssuerError) -> str:
    """Why, in words that are the same for all certificates, so that they can be counted."""
    return error.message.replace(f"certificate {number} is ", "").replace(number, "it")
