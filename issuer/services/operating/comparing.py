"""What log, database and signer say of credentials, compared: by serial, or by key and type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from issuer.adapters.tables import certificate, credential, credential_token, log_entry
from issuer.domain.register import CredentialState
from issuer.services.log.what_was_signed import Agreement, evidence

NAMED: Final = 20  # serials of each kind that a report names; all are counted
_LOGGED: Final = (CredentialState.LOGGED.value, CredentialState.RELEASED.value)
_MAY_BE_LOGGED: Final = (*_LOGGED, CredentialState.VOID.value)

Counts = Mapping[tuple[str, str], int]  # by key id and type


class Difference(NamedTuple):
    """Something that one of the three knows and another does not."""

    what: str
    number: int
    examples: tuple[str, ...] = ()  # serials
    hidden: int = 0  # how many more it may turn out to be once what is on its way is finished


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
    explained: tuple[Difference, ...]  # as a person has said once, and no more since


class Signed(NamedTuple):
    """What the database says was signed, and what may have been."""

    tokens: Counts
    persisted: Counts


def compare(connection: Connection, before: Signed | None, counted: Counts | None) -> Reconciled:
    """All that differs now; `before` and `counted` are what the database, then the signer, had signed."""
    now = signed(connection)
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
        _texts(connection),
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
        explained=(),
    )


def _texts(connection: Connection) -> Difference:
    """Each stored text and salt against the audit event and the log's leaf, a batch in memory at a time."""
    differ = [
        one.serial
        for batch in evidence(connection, or_(_is_released(), log_entry.c.idx.is_not(None)))
        for one in batch
        if one.agreement is Agreement.DIFFERENT
    ]
    named = tuple(dict.fromkeys(differ))
    what = "whose text or salt is not what was signed and logged"
    return Difference(what, len(named), named[:NAMED])


def _of_signer(before: Signed, now: Signed, counted: Counts) -> Sequence[Difference]:
    """By key and type: fewer than there are tokens, or more than could have been asked for."""
    found = []
    for kid, kind in sorted({*counted, *now.tokens}):
        signed = counted.get((kid, kind), 0)
        least = before.tokens.get((kid, kind), 0)
        tokens, persisted = now.tokens.get((kid, kind), 0), now.persisted.get((kid, kind), 0)
        most = tokens + persisted
        if signed < least:  # what is persisted may have been signed, and counted, before
            what = f"{kind} under {kid} in the database that the signer never signed"
            found.append(Difference(what, least - signed, hidden=most - least))
        elif signed > most:  # it may also not have been
            what = f"{kind} under {kid} signed that the database knows nothing of"
            found.append(Difference(what, signed - most, hidden=persisted))
    return found


def signed(connection: Connection) -> Signed:
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
    return Signed(tokens, persisted)


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
