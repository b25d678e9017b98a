"""The first step of issuing: no reserved serial and status index, no credential.

Indices are random, so that a list tells nobody how many or which credentials are neighbours. A list's row is
locked while indices are chosen; the unique constraint behind it is the promise, and a clash is a retry.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import unpack
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from issuer.adapters.repository import HOLDER_CLAIMS, among, in_force, insert_many, with_holder
from issuer.adapters.tables import certificate, credential, status_list
from issuer.domain.errors import InvalidInput, NotFound, NotInForce
from issuer.domain.register import CertificateState, CredentialState
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.clock import Clock
from issuer.services.drafting import Draft
from issuer.services.protocol import Refusal
from issuer.settings import Settings
from keys.jwk import PublicKey
from verifier.credential.model import CertificateType


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """One credential that somebody wants: of which certificate, for whose phone (None: paper)."""

    document_number: str
    holder_key: PublicKey | None
    idempotency_key: str


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
) -> list[Draft | Refusal]:
    """A serial and an index for each request whose certificate is in force, in the order of `requests`."""
    now = clock()
    certificates = _lock_certificates(
        connection, [request.document_number for request in requests], settings, now
    )
    slots = iter(
        take_slots(connection, sum(_is_good(certificates, request) for request in requests), settings)
    )
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
        draft = _draft(request, row, next(slots), keys.certificate_kid, int(now.timestamp()))
        outcomes.append(draft)
    _insert(connection, [outcome for outcome in outcomes if isinstance(outcome, Draft)])
    return outcomes


def _is_good(certificates: Mapping[str, Row[Any]], request: IssueRequest) -> bool:
    row = certificates.get(request.document_number)
    return row is not None and bool(row.good) and not _is_ships_on_a_phone(row, request)


def _is_ships_on_a_phone(row: Row[Any], request: IssueRequest) -> bool:
    return row.type == CertificateType.SAFE_MANNING and request.holder_key is not None


def take_slots(connection: Connection, count: int, settings: Settings) -> list[Slot]:
    """Places for `count` credentials, in the oldest list with room or in new ones."""
    slots: list[Slot] = []
    limit = max(1, int(settings.list_size * settings.list_fill))
    while len(slots) < count:
        row = _list_with_room(connection, limit) or _new_list(connection, settings)
        take = min(count - len(slots), limit - row.taken)
        slots += [
            Slot(row.number, row.uri, idx) for idx in _free_indices(connection, row.number, row.size, take)
        ]
        grown = update(status_list).where(status_list.c.number == row.number)
        connection.execute(grown.values(taken=row.taken + take))
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
        return Refusal(number, NotFound(f"no certificate {number} in the register"))
    expired = row.state == CertificateState.IN_FORCE
    problem = f"expired on {row.expiry_date}" if expired else row.state
    return Refusal(number, NotInForce(f"certificate {number} is not signed: {problem}"))


def _draft(request: IssueRequest, row: Row[Any], slot: Slot, kid: str, issued_at: int) -> Draft:
    holder = request.holder_key
    random = secrets.token_hex(32)
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


def _insert(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Store the drafts, and note the number of each one's row."""
    if not drafts:
        return
    insert_many(connection, credential, [_values(draft) for draft in drafts])
    mine = among(connection, credential.c.serial, [draft.serial for draft in drafts])
    stored = connection.execute(select(credential.c.serial, credential.c.id).where(mine)).all()
    numbers = {row.serial: row.id for row in stored}
    for draft in drafts:
        draft.id = numbers[draft.serial]


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "serial": draft.serial,
        "certificate_id": draft.certificate_id,
        "idempotency_key": draft.idempotency_key,
        "holder_thumbprint": draft.holder_thumbprint,
        "holder_jwk": draft.holder_jwk,
        "list_number": draft.list_number,
        "idx": draft.idx,
        "state": draft.state.value,
        "kid": draft.kid,
        "issued_at": draft.issued_at,
        "log_salt": draft.log_salt,
    }


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
    """`count` random indices that no credential has; at most half a list is taken, so few draws suffice."""
    free: list[int] = []
    seen: set[int] = set()
    while len(free) < count:
        drawn = [idx for idx in dict.fromkeys(_draw(size, count - len(free))) if idx not in seen]
        seen.update(drawn)
        taken = select(credential.c.idx).where(
            credential.c.list_number == number, among(connection, credential.c.idx, drawn)
        )
        clashes = set(connection.execute(taken).scalars())
        free += [idx for idx in drawn if idx not in clashes]
    return free


def _draw(size: int, count: int) -> list[int]:
    """Random indices, perhaps some twice; a remainder of 64 random bits favours none noticeably."""
    return [number % size for number in unpack(f"{count}Q", secrets.token_bytes(8 * count))]
