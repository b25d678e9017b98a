"""Access tokens of organisations: made from an assertion, once; looked up with every request.

A token is a random word that only its hash is kept of. It opens what is still granted when it is shown: a
suspended organisation, an ended key or a scope that was taken back closes it at that moment.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.database import Database
from issuer.adapters.tables_organisations import (
    organisation,
    organisation_approval,
    organisation_key,
    organisation_scope,
    organisation_token,
    used_assertion,
)
from issuer.domain.client_keys import ClientKey
from issuer.domain.organisations import ALL, Resource
from issuer.domain.qualifications import ReportingParty
from issuer.rules.facts import Channel, Reporter
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.organisations.assertions import Assertion, AssertionRefused, Unverified, read, verify
from issuer.settings import Settings

_UNKNOWN: Final = "no key with this kid is registered for this iss, or it has ended"
_DEVELOPMENT: Final = "a development organisation gets no token here: this is no test environment"


@dataclass(frozen=True, slots=True)
class Token:
    """A new access token, for these scopes and so many seconds."""

    access_token: str
    expires_in: int
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """Who shows a good token, and in which role each of its scopes is used."""

    organisation_id: int
    client_id: str
    roles: Mapping[str, Reporter]


class MachineTokens:
    """The tokens that are out there."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._audience = settings.issuer
        self._lifetime = int(settings.token_lifetime.total_seconds())
        self._lets_in_development = settings.environment == "test"

    def grant(self, assertion: str, scope: frozenset[str] | None) -> Token:
        """A token for the scopes asked for, all that are granted when none are. Raises AssertionRefused."""
        unverified, now = read(assertion), self._now()
        with self._database.read() as connection:
            row = _key(connection, unverified, now)
        if row is None:
            raise AssertionRefused(_UNKNOWN)
        if row.is_development and not self._lets_in_development:
            raise AssertionRefused(_DEVELOPMENT)
        verified = verify(unverified, ClientKey(row.kid, row.jwk), audience=self._audience, at=now)
        with self._database.write() as connection:
            found = self._spend(connection, row, verified, scope, now)
        if isinstance(found, AssertionRefused):
            raise found
        return found

    def access(self, token: str) -> Access | None:
        """What `token` opens now; None when it is unknown, has expired, or its owner was suspended.

        It opens no longer than its key may sign, and a development organisation's nothing in production.
        """
        now = self._now()
        query = (
            select(
                organisation_token.c.scopes, organisation_token.c.organisation_id, organisation.c.client_id
            )
            .join(organisation, organisation.c.id == organisation_token.c.organisation_id)
            .join(organisation_key, organisation_key.c.id == organisation_token.c.key_id)
            .where(organisation_token.c.token_hash == _hash(token), organisation_token.c.expires_at > now)
            .where(organisation.c.state == "active", *_may_sign(now))
        )
        if not self._lets_in_development:
            query = query.where(organisation.c.is_development == 0)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            granted = _granted(connection, row.organisation_id)
        roles = {scope: granted[scope] for scope in row.scopes.split() if scope in granted}
        return Access(row.organisation_id, row.client_id, roles)

    def party(self, access: Access, resource: Resource, role: Reporter) -> ReportingParty:
        """The organisation as it reports one resource: with what it is approved for today."""
        codes = select(organisation_approval.c.code).where(
            organisation_approval.c.organisation_id == access.organisation_id,
            organisation_approval.c.resource == resource.value,
        )
        with self._database.read() as connection:
            approved = frozenset(connection.execute(codes).scalars())
        return ReportingParty(
            organisation_id=access.client_id,
            role=role,
            channel=Channel.API,
            may_report={resource.kind: None if ALL in approved else approved},
        )

    def _spend(
        self,
        connection: Connection,
        row: Row[Any],
        assertion: Assertion,
        scope: frozenset[str] | None,
        now: int,
    ) -> Token | AssertionRefused:
        """The token, or why not: what is refused here was signed by its owner, and is in the audit trail."""
        state = select(organisation.c.state).where(organisation.c.id == row.organisation_id)
        asked = scope if scope is not None else assertion.scopes
        granted = _granted(connection, row.organisation_id)
        wanted = frozenset(granted) if asked is None else asked
        refused: AssertionRefused | None = None
        if not self._is_first(connection, assertion, now):
            refused = AssertionRefused("this jti was used before: make a new assertion for each token")
        elif connection.execute(state.with_for_update(read=True)).scalar_one() != "active":
            refused = AssertionRefused("the organisation is suspended: ask the authority")
        elif not wanted or wanted - granted.keys():
            which = (
                f"not granted: {' '.join(sorted(wanted - granted.keys()))[:300]}"
                if wanted
                else "none is granted"
            )
            refused = AssertionRefused(which, error="invalid_scope")
        details: dict[str, str | int | None] = {"kid": row.kid, "scopes": len(wanted)}
        if refused is not None:
            details["refused"] = refused.error
        name = "organisation-token" if refused is None else "organisation-token-refused"
        record(connection, self._clock, [AuditEvent(name, row.client_id, details, row.client_id)])
        return refused or self._make(connection, row, wanted, now)

    def _make(self, connection: Connection, row: Row[Any], scopes: frozenset[str], now: int) -> Token:
        token = secrets.token_urlsafe(32)
        connection.execute(delete(organisation_token).where(organisation_token.c.expires_at <= now))
        connection.execute(
            insert(organisation_token).values(
                token_hash=_hash(token),
                organisation_id=row.organisation_id,
                key_id=row.key_id,
                scopes=" ".join(sorted(scopes)),
                issued_at=now,
                expires_at=now + self._lifetime,
            )
        )
        return Token(token, self._lifetime, scopes)

    def _is_first(self, connection: Connection, assertion: Assertion, now: int) -> bool:
        """Whether this jti comes for the first time; of two at once, one waits for the other and loses."""
        connection.execute(delete(used_assertion).where(used_assertion.c.expires_at <= now))
        new = sqlite.insert if self._database.is_sqlite else postgresql.insert
        values = {
            "digest": _hash(f"{assertion.client_id}\0{assertion.jti}"),
            "expires_at": assertion.forget_at,
        }
        first = new(used_assertion).values(values).on_conflict_do_nothing()
        return connection.execute(first.returning(used_assertion.c.digest)).first() is not None

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _may_sign(now: int) -> tuple[ColumnElement[bool], ...]:
    """Of a key: it was not ended, and this is within its window."""
    key = organisation_key.c
    return key.ended_at.is_(None), key.not_before <= now, key.not_after.is_(None) | (key.not_after > now)


def _key(connection: Connection, unverified: Unverified, now: int) -> Row[Any] | None:
    query: Select[Any] = (
        select(
            organisation_key.c.id.label("key_id"),
            organisation_key.c.kid,
            organisation_key.c.jwk,
            organisation_key.c.organisation_id,
            organisation.c.client_id,
            organisation.c.is_development,
        )
        .join(organisation, organisation.c.id == organisation_key.c.organisation_id)
        .where(organisation.c.client_id == unverified.client_id, organisation_key.c.kid == unverified.kid)
        .where(*_may_sign(now))
    )
    return connection.execute(query).one_or_none()


def _granted(connection: Connection, organisation_id: int) -> dict[str, Reporter]:
    query = select(organisation_scope.c.scope, organisation_scope.c.role).where(
        organisation_scope.c.organisation_id == organisation_id
    )
    return {row.scope: Reporter(row.role) for row in connection.execute(query)}


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
