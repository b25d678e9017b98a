"""Reconciliation: transparency log = database = the signer's distinct drafts, credential by credential.

The log and the database are compared by serial, in one statement each. The signer's journal is counted by key
and type, since it holds hashes alone: what has a token was signed, and what is persisted may have been, its
answer being on its way or lost with a worker (asked again, the signer gives the same). So while issuing goes
on, the signer's count lies between the tokens before it was asked and the tokens and persisted drafts after;
at rest it is the tokens exactly. Void credentials count: those that were signed have a token, those that were
logged an entry, for ever.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

import orjson
from sqlalchemy import Connection, insert, select

from issuer.adapters.database import Database
from issuer.adapters.tables import audit_head, reconciliation
from issuer.domain.errors import KeysUnusable
from issuer.services.audit.trail import SYSTEM, AuditEvent, canonical, record
from issuer.services.clock import Clock
from issuer.services.issuing.stopping import Stopping
from issuer.services.operating.comparing import Counts, Reconciled, compare, signed
from issuer.services.register.changing import checked_reason
from keys.custody.signer_client import SignerCount, SignerError
from keys.trust.directory import CERTIFICATES


class Counter(Protocol):
    """What is asked of the signer process (`keys.custody.signer_client.SignerClient`)."""

    def count(self) -> SignerCount:
        """How many distinct drafts were ever signed."""


class Last(NamedTuple):
    """The last reconciliation, for metrics."""

    at: int
    log: int
    database: int
    signer: int | None
    differences: int


class Reconciling:
    """Compares the three; a difference stops issuing."""

    def __init__(
        self, database: Database, clock: Clock, stopping: Stopping, signer: Counter | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._stopping = stopping
        self._signer = signer

    def run(self, *, explanation: str | None = None, actor: str = SYSTEM) -> Reconciled:
        """Compare, keep the counts, stop issuing where they differ. Raises KeysUnusable, DatabaseUnusable.

        A signer that does not answer is no difference: nothing is known, and nothing is kept. What a person
        gives an `explanation` of (a restored backup, a key that signed before there was a signer process) is
        none from then on, unless it grows by more than what was on its way then.
        """
        with self._database.read() as connection:
            before = signed(connection) if self._signer else None
        counted = self._count()
        with self._database.read() as connection:
            if not (self._database.is_sqlite or connection.in_transaction()):
                connection.execution_options(isolation_level="REPEATABLE READ")  # one snapshot for all counts
            found = compare(connection, before, counted)
        found = self._judge(found, explanation, actor)
        if found.differences:
            worst = "; ".join(f"{one.number} {one.what}" for one in found.differences)
            self._stopping.stop(reason=f"reconciliation: {worst}"[:500], actor=actor)
        return found

    def _count(self) -> Counts | None:
        if self._signer is None:
            return None
        try:
            counted = self._signer.count()
        except SignerError as error:
            raise KeysUnusable(f"nothing is reconciled: {error}", hint=error.hint) from error
        return {
            (kid, purpose): number
            for kid, purposes in counted.by_key.items()
            for purpose, number in purposes.items()
            if purpose in CERTIFICATES
        }

    def _judge(self, found: Reconciled, explanation: str | None, actor: str) -> Reconciled:
        """Tell what is explained from what is not, and keep both."""
        with self._database.write() as connection:
            # One after the other: what a person explains meanwhile is not forgotten by a timer's run.
            connection.execute(select(audit_head).with_for_update())
            known = _explained(connection)
            if explanation is not None:
                known = {**known, **{one.what: one.number + one.hidden for one in found.differences}}
            judged = replace(
                found,
                differences=tuple(one for one in found.differences if one.number > known.get(one.what, 0)),
                explained=tuple(one for one in found.differences if one.number <= known.get(one.what, 0)),
            )
            self._keep(connection, judged, known, explanation, actor)
        return judged

    def _keep(
        self,
        connection: Connection,
        found: Reconciled,
        known: Mapping[str, int],
        explanation: str | None,
        actor: str,
    ) -> None:
        values: dict[str, int | str | None] = {
            "at": int(self._clock().timestamp()),
            "log": found.log,
            "database": found.database + found.void_in_log,
            "signer": found.signer,
            "differences": sum(one.number for one in found.differences),
        }
        details = {name: values[name] for name in ("log", "database", "signer", "differences")}
        if explanation is not None:
            details["explanation"] = checked_reason(explanation)
        event = AuditEvent("reconciled", "log", details, actor)
        values["explained"] = canonical(known) if known else None
        connection.execute(insert(reconciliation).values(values))
        record(connection, self._clock, [event])


def last(connection: Connection) -> Last | None:
    """What the last reconciliation found; None before the first."""
    query = select(reconciliation).order_by(reconciliation.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Last(row.at, row.log, row.database, row.signer, row.differences)


def _explained(connection: Connection) -> dict[str, int]:
    """How many of each difference a person has explained."""
    query = select(reconciliation.c.explained).order_by(reconciliation.c.number.desc()).limit(1)
    known = connection.execute(query).scalar()
    return {} if known is None else dict(orjson.loads(known))
