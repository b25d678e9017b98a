"""Reconciliation: transparency log = database = the signer's distinct drafts, credential by credential.

The log and the database are compared by serial, in one statement each. The signer's journal is counted by key
and type, since it holds hashes alone: what has a token was signed, and what is persisted may have been, its
answer being on its way or lost with a worker (asked again, the signer gives the same). So while issuing goes
on, the signer's count lies between the tokens before it was asked and the tokens and persisted drafts after;
at rest it is the tokens exactly. Void credentials count: those that were signed have a token, those that were
logged an entry, for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential, credential_token, log_entry, reconciliation
from issuer.domain.errors import KeysUnusable
from issuer.domain.register import CredentialState
from issuer.services.audit import SYSTEM, AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.stopping import Stopping
from keys.custody.signer_client import SignerCount, SignerError
from keys.trust.directory import CERTIFICATES

NAMED: Final = 20  # serials of each kind that a report names; all are counted
_LOGGED: Final = (CredentialState.LOGGED.value, CredentialState.RELEASED.value)
_MAY_BE_LOGGED: Final = (*_LOGGED, CredentialState.VOID.value)

Counts = Mapping[tuple[str, str], int]  # by key id and type


class Counter(Protocol):
    """What is asked of the signer process (`keys.custody.signer_client.SignerClient`)."""

    def count(self) -> SignerCount:
        """How many distinct drafts were ever signed."""


class Difference(NamedTuple):
    """Something that one of the three knows and another does not."""

    what: str
    number: int
    examples: tuple[str, ...] = ()  # serials


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The counts, and how they differ. `signer` is None where the keys are in the issuer's own process."""

    log: int
    database: int  # credentials that are logged or released
    void_in_log: int  # given up after they were logged: in the log for ever, and revoked
    before_log: int  # released before there was a log, and not yet entered into it
    on_their_way: int
    by_key: Mapping[str, int]  # signed, by what the database holds
    signer: int | None
    signer_by_key: Mapping[str, int]
    differences: tuple[Difference, ...]


class Last(NamedTuple):
    """The last reconciliation, for metrics."""

    at: int
    log: int
    database: int
    signer: int | None
    differences: int


class _Signed(NamedTuple):
    """What the database says was signed, and what may have been."""

    tokens: Counts
    persisted: Counts


class Reconciling:
    """Compares the three; a difference stops issuing."""

    def __init__(
        self, database: Database, clock: Clock, stopping: Stopping, signer: Counter | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._stopping = stopping
        self._signer = signer

    def run(self, *, actor: str = SYSTEM) -> Reconciled:
        """Compare, keep the counts, stop issuing where they differ. Raises KeysUnusable, DatabaseUnusable.

        A signer that does not answer is no difference: nothing is known, and nothing is kept.
        """
        with self._database.read() as connection:
            before = _signed(connection) if self._signer else None
        counted = self._count()
        with self._database.read() as connection:
            if not (self._database.is_sqlite or connection.in_transaction()):
                connection.execution_options(isolation_level="REPEATABLE READ")  # one snapshot for all counts
            found = _compare(connection, before, counted)
        self._keep(found, actor)
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

    def _keep(self, found: Reconciled, actor: str) -> None:
        values = {
            "at": int(self._clock().timestamp()),
            "log": found.log,
            "database": found.database + found.void_in_log,
            "signer": found.signer,
            "differences": sum(one.number for one in found.differences),
        }
        details = {name: values[name] for name in ("log", "database", "signer", "differences")}
        event = AuditEvent("reconciled", "log", details, actor)
        with self._database.write() as connection:
            connection.execute(insert(reconciliation).values(values))
            record(connection, self._clock, [event])


def last(connection: Connection) -> Last | None:
    """What the last reconciliation found; None before the first."""
    query = select(reconciliation).order_by(reconciliation.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Last(row.at, row.log, row.database, row.signer, row.differences)


def _compare(connection: Connection, before: _Signed | None, counted: Counts | None) -> Reconciled:
    now = _signed(connection)
    by_state = select(credential.c.state, func.count().label("number")).group_by(credential.c.state)
    states = {row.state: int(row.number) for row in connection.execute(by_state)}
    old = credential.c.configuration.is_(None)
    differences = [
        _credentials(connection, "released or logged, and not in the log", and_(_unlogged(), ~old)),
        _entries(connection, "in the log, and not in the database", ~exists().where(_same_serial())),
        _entries(
            connection,
            "in the log, and not so far on their way in the database",
            exists().where(_same_serial(), credential.c.state.not_in(_MAY_BE_LOGGED)),
        ),
        _credentials(connection, "released without what was signed", and_(_is_released(), ~_has_token())),
        *(_of_signer(before, now, counted) if before is not None and counted is not None else ()),
    ]
    void = select(func.count()).select_from(log_entry.join(credential, _same_serial()))
    return Reconciled(
        log=connection.execute(select(func.count()).select_from(log_entry)).scalar_one(),
        database=sum(states.get(state, 0) for state in _LOGGED),
        void_in_log=connection.execute(void.where(credential.c.state == CredentialState.VOID)).scalar_one(),
        before_log=_number(connection, and_(_unlogged(), old)),
        on_their_way=sum(number for state, number in states.items() if state not in _MAY_BE_LOGGED),
        by_key=_by_key(now.tokens),
        signer=None if counted is None else sum(counted.values()),
        signer_by_key={} if counted is None else _by_key(counted),
        differences=tuple(one for one in differences if one.number),
    )


def _of_signer(before: _Signed, now: _Signed, counted: Counts) -> Sequence[Difference]:
    """By key and type: fewer than there are tokens, or more than could have been asked for."""
    found = []
    for kid, kind in sorted({*counted, *now.tokens}):
        signed = counted.get((kid, kind), 0)
        least = before.tokens.get((kid, kind), 0)
        most = now.tokens.get((kid, kind), 0) + now.persisted.get((kid, kind), 0)
        if signed < least:
            found.append(Difference(f"{kind} under {kid} in the database that the signer never signed",
                                    least - signed))  # fmt: skip
        elif signed > most:
            found.append(Difference(f"{kind} under {kid} signed that the database knows nothing of",
                                    signed - most))  # fmt: skip
    return found


def _signed(connection: Connection) -> _Signed:
    """In one statement, so that a draft on its way from one count to the other is in one of them."""
    has_token = credential_token.c.credential_id.is_not(None).label("has_token")
    query = (
        select(credential.c.kid, certificate.c.type, has_token, func.count().label("number"))
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .outerjoin(credential_token, credential_token.c.credential_id == credential.c.id)
        .where(has_token | (credential.c.state == CredentialState.PERSISTED.value))
        .group_by(credential.c.kid, certificate.c.type, has_token)
    )
    tokens: dict[tuple[str, str], int] = {}
    persisted: dict[tuple[str, str], int] = {}
    for row in connection.execute(query):
        (tokens if row.has_token else persisted)[row.kid, row.type] = int(row.number)
    return _Signed(tokens, persisted)


def _same_serial() -> ColumnElement[bool]:
    return credential.c.serial == log_entry.c.serial


def _is_released() -> ColumnElement[bool]:
    return credential.c.state.in_(_LOGGED)


def _unlogged() -> ColumnElement[bool]:
    return and_(_is_released(), ~exists().where(_same_serial()))


def _has_token() -> ColumnElement[bool]:
    return exists().where(credential_token.c.credential_id == credential.c.id)


def _number(connection: Connection, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(credential).where(which)).scalar_one())


def _credentials(connection: Connection, what: str, which: ColumnElement[bool]) -> Difference:
    named = select(credential.c.serial).where(which).order_by(credential.c.id).limit(NAMED)
    return Difference(what, _number(connection, which), tuple(connection.execute(named).scalars()))


def _entries(connection: Connection, what: str, which: ColumnElement[bool]) -> Difference:
    named = select(log_entry.c.serial).where(which).order_by(log_entry.c.idx).limit(NAMED)
    number = connection.execute(select(func.count()).select_from(log_entry).where(which)).scalar_one()
    return Difference(what, int(number), tuple(connection.execute(named).scalars()))


def _by_key(counts: Counts) -> dict[str, int]:
    found: dict[str, int] = {}
    for (kid, _), number in counts.items():
        found[kid] = found.get(kid, 0) + number
    return found
