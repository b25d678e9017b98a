"""What the register knows of the one seafarer whose certificates are bound to a phone's key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from issuer.adapters.repository import among, in_force, with_holder
from issuer.adapters.tables import certificate, credential, credential_payload, credential_token, status_list
from issuer.domain.register import CredentialState
from issuer.services.paper import renewing
from issuer.services.register.portraits import portrait_of


class NotBound(Enum):
    """Why a key is not answered."""

    UNKNOWN = auto()
    NO_LONGER = auto()  # all its credentials have been superseded, as after `rebind`
    SHARED = auto()  # living credentials of several seafarers: whose sync this is cannot be told


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says, read in one transaction."""

    seafarer_id: str
    own: Sequence[Row[Any]]  # every released credential of the key, newest first
    certificates: Sequence[Row[Any]]  # of the seafarer, in force today
    picture: bytes | None
    living: Mapping[int, Sequence[Row[Any]]]  # credentials of each certificate, on any phone and on paper
    due: Mapping[int, int]  # certificates whose credentials on phones, up to this one, are to be renewed
    texts: Mapping[int, str]  # signed, of this phone's living credentials


def look(connection: Connection, thumbprint: str, today: date, *, lock: bool = False) -> Known | NotBound:
    """What is known of the one seafarer who has this key; with `lock`, it stays so until we commit."""
    bound = credential.c.holder_thumbprint == thumbprint
    seafarers = _seafarers(connection, bound)
    if lock:
        _lock_certificates(connection, seafarers)
    own = connection.execute(_credentials(bound).order_by(credential.c.id.desc())).all()
    alive = {row.seafarer_id for row in own if row.superseded_at is None}
    if not alive:
        return NotBound.NO_LONGER if own else NotBound.UNKNOWN
    if len(alive) > 1:
        return NotBound.SHARED
    (seafarer_id,) = alive
    good = in_force(today)
    mine = with_holder().where(certificate.c.seafarer_id == seafarer_id, good)
    certificates = connection.execute(mine.order_by(certificate.c.document_number)).all()
    picture = portrait_of(connection, seafarer_id)
    living = _living(connection, certificates)
    due = renewing.due(connection, [row.id for row in certificates])
    texts = _texts(connection, [row.id for row in own if row.superseded_at is None])
    return Known(seafarer_id, own, certificates, picture, living, due, texts)


def _seafarers(connection: Connection, bound: ColumnElement[bool]) -> set[str]:
    owner = select(certificate.c.seafarer_id).join(
        credential, credential.c.certificate_id == certificate.c.id
    )
    return set(connection.execute(owner.where(bound).distinct()).scalars())


def _lock_certificates(connection: Connection, seafarers: Iterable[str]) -> None:
    """In the order in which everybody locks them; they stay as they are until we commit."""
    theirs = select(certificate.c.id).where(among(connection, certificate.c.seafarer_id, sorted(seafarers)))
    connection.execute(theirs.order_by(certificate.c.id).with_for_update())


def _credentials(chosen: ColumnElement[bool]) -> Any:
    """Released credentials, each with its list, its certificate's seafarer and what was signed."""
    return (
        select(
            credential.c.id,
            credential.c.certificate_id,
            credential.c.holder_thumbprint,
            credential.c.serial,
            credential.c.idx,
            credential.c.status,
            credential.c.superseded_at,
            status_list.c.uri,
            certificate.c.seafarer_id,
            certificate.c.type,
            certificate.c.replaced_by,
            credential_payload.c.payload,
        )
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .join(status_list, status_list.c.number == credential.c.list_number)
        .join(credential_payload, credential_payload.c.credential_id == credential.c.id)
        .where(chosen, credential.c.state == CredentialState.RELEASED.value)
    )


def _living(connection: Connection, certificates: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """Credentials that nothing has taken the place of, by certificate, oldest first."""
    chosen = among(connection, credential.c.certificate_id, [row.id for row in certificates])
    alive = _credentials(chosen & credential.c.superseded_at.is_(None)).order_by(credential.c.id)
    found: dict[int, list[Row[Any]]] = {row.id: [] for row in certificates}
    for row in connection.execute(alive):
        found[row.certificate_id].append(row)
    return found


def _texts(connection: Connection, credentials: Sequence[int]) -> dict[int, str]:
    """What was signed, by credential."""
    these = among(connection, credential_token.c.credential_id, credentials)
    found = connection.execute(
        select(credential_token.c.credential_id, credential_token.c.token).where(these)
    )
    return {row.credential_id: row.token for row in found}
