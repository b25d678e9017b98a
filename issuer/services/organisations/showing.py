"""An organisation that reports as the register has it: its row, its keys, its scopes, its approvals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from issuer.adapters.tables_organisations import (
    organisation,
    organisation_approval,
    organisation_key,
    organisation_scope,
)
from issuer.domain.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """A public key of an organisation; instants in Unix seconds."""

    kid: str
    jwk: str
    not_before: int
    not_after: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation that reports, as the register has it."""

    client_id: str
    country: str
    number: str
    name: str
    roles: tuple[str, ...]
    state: str
    state_reason: str | None
    is_development: bool
    keys: tuple[KeyShown, ...]
    scopes: Mapping[str, str]  # each with the role in which it is used
    approvals: Mapping[str, tuple[str, ...]]  # by resource


def find(connection: Connection, client_id: str) -> Row[Any] | None:
    """The organisation's row, or None."""
    return connection.execute(select(organisation).where(organisation.c.client_id == client_id)).one_or_none()


def locked(connection: Connection, client_id: str) -> Row[Any]:
    """The organisation's row, for whoever changes it. Raises NotFound."""
    query = select(organisation).where(organisation.c.client_id == client_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise nobody(client_id)
    return row


def nobody(client_id: str) -> NotFound:
    """What is said of a client that is not in the register."""
    return NotFound(
        f"no organisation {client_id[:40]} is registered", hint="`ombord-issuer organisation list` shows them"
    )


def shown(connection: Connection, row: Row[Any]) -> Organisation:
    """The organisation with its keys, scopes and approvals."""
    mine = {
        table.name: connection.execute(
            select(table).where(table.c.organisation_id == row.id).order_by(*table.primary_key)
        ).all()
        for table in (organisation_key, organisation_scope, organisation_approval)
    }
    approvals: dict[str, tuple[str, ...]] = {}
    for one in mine["organisation_approval"]:
        approvals[one.resource] = (*approvals.get(one.resource, ()), one.code)
    return Organisation(
        client_id=row.client_id,
        country=row.country,
        number=row.number,
        name=row.name,
        roles=tuple(row.roles.split()),
        state=row.state,
        state_reason=row.state_reason,
        is_development=bool(row.is_development),
        keys=tuple(
            KeyShown(
                kid=one.kid,
                jwk=one.jwk,
                not_before=one.not_before,
                not_after=one.not_after,
                ended_at=one.ended_at,
            )
            for one in mine["organisation_key"]
        ),
        scopes={one.scope: one.role for one in mine["organisation_scope"]},
        approvals=approvals,
    )
