"""The first step of issuing: no reserved serial and status index, no credential.

Indices are random, so that a list tells nobody how many or which credentials are neighbours. A list's row is
locked while indices are chosen; the unique constraint behind it is the promise, and a clash is a retry.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from struct import unpack
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from issuer.adapters.repository import HOLDER_CLAIMS, among, in_force, insert_rows, with_holder
from issuer.adapters.tables import certificate, credential, status_list
from issuer.domain.errors import InvalidInput, NotFound, NotInForce
from issuer.domain.register import CertificateState, CredentialState
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.drafting import Draft
from issuer.services.issuing.protocol import Refusal
from issuer.services.issuing.stopping import refuse_if_stopped, refuse_if_stopped_meanwhile
from issuer.settings import Settings
from keys.jwk import PublicKey
from verifier.credential.model import CertificateType

_ADVISORY_LOCK = 0x6F6D_736C_6F74  # "omslot": whoever takes places in status lists
_DRAWS = 16  # of random indices; half of each are free
_URI = 100  # of a list's address, as much as an event's subject may have
# What of a draft is a column of its row, by the same name.
_OF_DRAFT = (
    *("id", "serial", "certificate_id", "idempotency_key", "holder_thumbprint", "holder_jwk"),
    *("list_number", "idx", "kid", "issued_at", "log_salt"),
)
_SUBJECT = 64  # of a number that somebody typed, as much as a document number may have


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """One credential that somebody wants: of which certificate, for whose phone (None: paper)."""

    document_number: str
    holder_key: PublicKey | None
    idempotency_key: str


class MadeUnder(NamedTuple):
    """Which configuration a credential is made under, and whose hand it is in (`issuer.adapters.leases`)."""

    configuration: str
    lease: int


class Slot(NamedTuple):
    """A place in a status list, taken for ever."""

    list_number: int
    uri: str
    idx: int


def reserve(
    connection: Connection,
    requests: Sequence[IssueRequest],
    *,
    clock: Clock,
    keys: AuthorityKeys,
    settings: Settings,
    made_under: MadeUnder,
) -> list[Draft | Refusal]:
    """A serial and an index for each request whose certificate is in force, in the order of `requests`.

    Refusals go into the audit trail. Raises IssuingStopped.
    """
    refuse_if_stopped(connection)
    now = clock()
    certificates = _lock_certificates(
        connection, [request.document_number for request in requests], settings, now
    )
    wanted = sum(_is_good(certificates, request) for request in requests)
    slots = iter(take_slots(connection, wanted, clock, settings))
    issued_at, randoms = int(now.timestamp()), _randoms(wanted)
    outcomes: list[Draft | Refusal] = []
    for request in requests:
        row = certificates.get(request.document_number)
        if row is not None and _is_ships_on_a_phone(row, request):
            problem = InvalidInput(f"{request.document_number} is a ship's, and bound to no phone")
            outcomes.append(Refusal(request.document_number, problem))
            continue
        if row is None or not row.good:
            outcomes.append(_refuse(request.document_number, row))
            continue
        slot, random = next(slots), next(randoms)
        outcomes.append(_draft(request, row, slot, random, kid=keys.certificate_kid, issued_at=issued_at))
    _insert(connection, [one for one in outcomes if isinstance(one, Draft)], made_under)
    refusals = [one for one in outcomes if isinstance(one, Refusal)]
    if refusals:
        record(connection, clock, [refused(one) for one in refusals])
    refuse_if_stopped_meanwhile(connection)  # places are taken one after another: this may have waited
    return outcomes


def refused(refusal: Refusal) -> AuditEvent:
    """That a credential was asked for and not made, by which rule."""
    details = {"rule": refusal.error.code, "reason": refusal.error.message}
    return AuditEvent("issuing-refused", refusal.document_number[:_SUBJECT], details)


def _is_good(certificates: Mapping[str, Row[Any]], request: IssueRequest) -> bool:
    row = certificates.get(request.document_number)
    return row is not None and bool(row.good) and not _is_ships_on_a_phone(row, request)


def _is_ships_on_a_phone(row: Row[Any], request: IssueRequest) -> bool:
    return request.holder_key is not None and row.type == CertificateType.SAFE_MANNING


def take_slots(connection: Connection, count: int, clock: Clock, settings: Settings) -> list[Slot]:
    """Places for `count` credentials, in the oldest list with room or in new ones."""
    slots: list[Slot] = []
    if count and connection.dialect.name == "postgresql":
        # One after the other: of two who both open a list, each would wait for the other's.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    limit = max(1, int(settings.list_size * settings.list_fill))
    while len(slots) < count:
        row = _list_with_room(connection, limit) or _new_list(connection, settings)
        take = min(count - len(slots), limit - row.taken)
        found = _free_indices(connection, row.number, row.size, take)
        slots += [Slot(row.number, row.uri, idx) for idx in found]
        taken = row.taken + take
        if len(found) < take:  # its count is too low: a list that was restored by hand, say
            taken = row.size
            details = {"size": row.size, "counted": row.taken}
            record(connection, clock, [AuditEvent("status-list-full", row.uri[-_URI:], details)])
        grown = update(status_list).where(status_list.c.number == row.number)
        connection.execute(grown.values(taken=taken))
    return slots


def _lock_certificates(
    connection: Connection, numbers: Sequence[str], settings: Settings, now: datetime
) -> Mapping[str, Row[Any]]:
    """Certificates by number, in the same state until we commit; one order for all prevents deadlocks."""
    query = (
        with_holder()
        .with_only_columns(
            certificate.c.id,
            certificate.c.document_number,
            certificate.c.type,
            certificate.c.state,
            certificate.c.expiry_date,
            certificate.c.claims,
            HOLDER_CLAIMS,
            in_force(settings.today(now)).label("good"),
            maintain_column_froms=True,
        )
        .where(among(connection, certificate.c.document_number, set(numbers)))
        .order_by(certificate.c.id)
        .with_for_update(read=True, of=certificate)
    )
    return {row.document_number: row for row in connection.execute(query).all()}


def _refuse(number: str, row: Row[Any] | None) -> Refusal:
    if row is None:
        return Refusal(number, NotFound(f"no certificate {number[:_SUBJECT]} in the register", hint=_UNKNOWN))
    state = CertificateState(row.state)
    expired = state is CertificateState.IN_FORCE
    problem = f"expired on {row.expiry_date}" if expired else state.value
    hint = "only certificates in force are signed" + _FIRST.get(state, "")
    return Refusal(number, NotInForce(f"certificate {number} is not signed: {problem}", hint=hint))


_UNKNOWN = "check the document number, or import the register that has it"
_FIRST = {
    CertificateState.DRAFTED: ": it has to be approved first, and to enter into force",
    CertificateState.APPROVED: ": let it enter into force first",
    CertificateState.SUSPENDED: ": reinstate it first",
}


def _randoms(count: int) -> Iterator[str]:
    """For each draft 32 random bytes, in hexadecimal: its serial and its salt in the log."""
    drawn = secrets.token_hex(32 * count)
    return (drawn[start : start + 64] for start in range(0, len(drawn), 64))


def _draft(
    request: IssueRequest, row: Row[Any], slot: Slot, random: str, *, kid: str, issued_at: int
) -> Draft:
    holder = request.holder_key
    return Draft(
        id=0,  # until its row is inserted
        certificate_id=row.id,
        serial=random[:32],
        idempotency_key=request.idempotency_key,
        document_number=request.document_number,
        kind=row.type,
        certificate_claims=row.claims,
        holder_claims=row.holder_claims,
        holder_jwk=None if holder is None else json.dumps(holder.to_jwk()),
        holder_thumbprint=None if holder is None else holder.thumbprint(),
        list_number=slot.list_number,
        list_uri=slot.uri,
        idx=slot.idx,
        kid=kid,
        issued_at=issued_at,
        log_salt=random[32:],
        state=CredentialState.RESERVED,
    )


def _insert(connection: Connection, drafts: Sequence[Draft], made_under: MadeUnder) -> None:
    """Store the drafts, under numbers of our own choice: side by side, where nobody else reserves."""
    if not drafts:
        return
    for draft, number in zip(drafts, _row_numbers(connection, len(drafts)), strict=True):
        draft.id = number
    of_drafts = attrgetter(*_OF_DRAFT)
    rows = [(*of_drafts(draft), draft.state.value, *made_under) for draft in drafts]
    insert_rows(connection, credential, (*_OF_DRAFT, "state", *MadeUnder._fields), rows)


def _row_numbers(connection: Connection, count: int) -> Sequence[int]:
    if connection.dialect.name == "postgresql":
        drawn = select(func.nextval("credential_id_seq")).select_from(func.generate_series(1, count))
        return connection.execute(drawn).scalars().all()
    last = connection.execute(select(func.max(credential.c.id))).scalar() or 0
    return range(last + 1, last + 1 + count)


def _list_with_room(connection: Connection, limit: int) -> Row[Any] | None:
    roomy = select(status_list).where(status_list.c.taken < limit).order_by(status_list.c.number)
    return connection.execute(roomy.limit(1).with_for_update()).one_or_none()


def _new_list(connection: Connection, settings: Settings) -> Row[Any]:
    last = connection.execute(select(func.max(status_list.c.number))).scalar()
    number = (last or 0) + 1
    values = {"number": number, "uri": settings.status_uri(number), "size": settings.list_size}
    connection.execute(insert(status_list).values(values))
    return connection.execute(select(status_list).where(status_list.c.number == number)).one()


def _free_indices(connection: Connection, number: int, size: int, count: int) -> list[int]:
    """`count` random indices that no credential has; fewer where there are no more.

    At most half a list is taken, so that few draws suffice; where they do not, what is free is listed.
    """
    free: list[int] = []
    seen: set[int] = set()
    in_list = select(credential.c.idx).where(credential.c.list_number == number)
    for _ in range(_DRAWS):
        drawn = [idx for idx in dict.fromkeys(_draw(size, count - len(free))) if idx not in seen]
        seen.update(drawn)
        taken = in_list.where(among(connection, credential.c.idx, drawn))
        clashes = set(connection.execute(taken).scalars())
        free += [idx for idx in drawn if idx not in clashes]
        if len(free) == count:
            return free
    left = list(set(range(size)).difference(free, connection.execute(in_list).scalars()))
    return free + secrets.SystemRandom().sample(left, min(count - len(free), len(left)))


def _draw(size: int, count: int) -> list[int]:
    """Random indices, perhaps some twice; a remainder of 64 random bits favours none noticeably."""
    return [number % size for number in unpack(f"{count}Q", secrets.token_bytes(8 * count))]
