"""Register organisations that report: who they are, their public keys, what they may report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.tables_organisations import (
    organisation,
    organisation_approval,
    organisation_key,
    organisation_scope,
    organisation_token,
)
from issuer.domain.client_keys import ClientKey
from issuer.domain.content_checks import Codes
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.domain.organisations import (
    REPORTERS,
    USUAL,
    Resource,
    check_approval,
    check_role,
    check_scopes,
    identified,
)
from issuer.domain.personal_numbers import looks_like_one
from issuer.rules.facts import Reporter
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.organisations.showing import Organisation, find, locked, nobody, shown


class Organisations:
    """The register of those that report."""

    def __init__(self, database: Database, clock: Clock, codes: Callable[[], Codes]) -> None:
        self._database = database
        self._clock = clock
        self._codes = codes

    def new(
        self,
        country: str,
        number: str,
        name: str,
        roles: Sequence[Reporter],
        *,
        actor: str,
        is_development: bool = False,
    ) -> Organisation:
        """A new one, with the scopes that its roles usually need, and approved for nothing yet.

        Raises InvalidInput for a number whose check digits are wrong, Conflict when it is there already.
        """
        if not roles or set(roles) - set(REPORTERS):
            raise InvalidInput("no role is given", hint=f"roles are {', '.join(REPORTERS)}")
        who = identified(country, number)
        self._refuse_number("name", name)
        with self._database.write() as connection:
            if find(connection, who.client_id) is not None:
                raise Conflict(f"{who.client_id} is registered already", hint="`organisation list` shows it")
            values: dict[str, str | int] = {
                "client_id": who.client_id,
                "country": who.country,
                "number": who.number,
                "name": name,
                "roles": " ".join(sorted(set(roles))),
                "state": "active",
                "is_development": int(is_development),
                "created_at": self._now(),
            }
            connection.execute(insert(organisation).values(values))
            scopes = {scope: role for role in roles for one in USUAL[role] for scope in (one.read, one.write)}
            row = locked(connection, who.client_id)
            self._grant(connection, row, scopes)
            self._tell(connection, "organisation-registered", row, {"roles": row.roles}, actor)
            return shown(connection, row)

    def add_key(
        self,
        client_id: str,
        key: ClientKey,
        *,
        actor: str,
        not_before: int | None = None,
        not_after: int | None = None,
    ) -> Organisation:
        """Let it sign with one more public key. Raises NotFound, and Conflict for a kid that it has had."""
        begins = self._now() if not_before is None else not_before
        if not_after is not None and not_after <= begins:
            raise InvalidInput("the key would end before it begins", hint="check both dates")
        with self._database.write() as connection:
            row = locked(connection, client_id)
            mine = organisation_key.c.organisation_id == row.id
            same = select(organisation_key.c.kid).where(mine)
            if connection.execute(same.where(organisation_key.c.kid == key.kid)).first():
                raise Conflict(f"{client_id} has or had a key {key.kid}", hint="give it another --kid")
            connection.execute(
                insert(organisation_key).values(
                    organisation_id=row.id, kid=key.kid, jwk=key.jwk, not_before=begins, not_after=not_after
                )
            )
            self._tell(connection, "organisation-key-added", row, {"kid": key.kid}, actor)
            return shown(connection, row)

    def end_key(self, client_id: str, kid: str, *, actor: str) -> Organisation:
        """Nothing signed with it makes a token any more, and tokens that it made are closed."""
        with self._database.write() as connection:
            row = locked(connection, client_id)
            mine = (organisation_key.c.organisation_id == row.id) & (organisation_key.c.kid == kid)
            ended = update(organisation_key).where(mine, organisation_key.c.ended_at.is_(None))
            if connection.execute(ended.values(ended_at=self._now())).rowcount == 0:
                raise NotFound(
                    f"{client_id} has no key {kid[:64]} in use", hint="`organisation show` lists them"
                )
            self._tell(connection, "organisation-key-ended", row, {"kid": kid}, actor)
            return shown(connection, row)

    def grant(
        self, client_id: str, scopes: frozenset[str], role: Reporter | None, *, actor: str
    ) -> Organisation:
        """Let it ask for these scopes too, in one of its roles. Raises InvalidInput and NotFound."""
        check_scopes(scopes)
        with self._database.write() as connection:
            row = locked(connection, client_id)
            chosen = _role(row, role)
            check_role(scopes, chosen)
            self._grant(connection, row, dict.fromkeys(scopes, chosen))
            details = {"scopes": " ".join(sorted(scopes)), "role": chosen.value}
            self._tell(connection, "organisation-scopes-granted", row, details, actor)
            return shown(connection, row)

    def take_back(self, client_id: str, scopes: frozenset[str], *, actor: str) -> Organisation:
        """These scopes are no longer its, also not by tokens that are out there."""
        check_scopes(scopes)
        with self._database.write() as connection:
            row = locked(connection, client_id)
            theirs = organisation_scope.c.organisation_id == row.id
            connection.execute(
                delete(organisation_scope).where(theirs, organisation_scope.c.scope.in_(scopes))
            )
            details = {"scopes": " ".join(sorted(scopes))}
            self._tell(connection, "organisation-scopes-taken-back", row, details, actor)
            return shown(connection, row)

    def approve(
        self, client_id: str, resource: Resource, codes: Sequence[str], *, actor: str, withdraw: bool = False
    ) -> Organisation:
        """Approve it for codes (of ships: IMO numbers; `*`: all) of one resource, or withdraw that.

        Raises NotFound, and InvalidInput for a code that is on no list; one that was may be withdrawn.
        """
        known = self._codes()
        chosen = sorted({code if withdraw else check_approval(resource, code, known) for code in codes})
        if not chosen:
            raise InvalidInput("no code is given", hint="name codes or IMO numbers, or '*' for all")
        with self._database.write() as connection:
            row = locked(connection, client_id)
            these = (organisation_approval.c.organisation_id == row.id) & (
                organisation_approval.c.resource == resource.value
            )
            connection.execute(
                delete(organisation_approval).where(these, organisation_approval.c.code.in_(chosen))
            )
            if not withdraw:
                rows = [
                    {"organisation_id": row.id, "resource": resource.value, "code": code} for code in chosen
                ]
                connection.execute(insert(organisation_approval), rows)
            name = "organisation-approval-withdrawn" if withdraw else "organisation-approved"
            details = {"resource": resource.value, "codes": " ".join(chosen)[:500]}
            self._tell(connection, name, row, details, actor)
            return shown(connection, row)

    def suspend(self, client_id: str, *, reason: str, actor: str) -> Organisation:
        """It gets no tokens, and those that it has are closed; what it reported stays."""
        self._refuse_number("reason", reason)
        return self._set_state(client_id, "suspended", reason, actor)

    def reinstate(self, client_id: str, *, actor: str) -> Organisation:
        """It may ask for tokens again."""
        return self._set_state(client_id, "active", None, actor)

    def show(self, client_id: str) -> Organisation:
        """One of them. Raises NotFound."""
        with self._database.read() as connection:
            row = find(connection, client_id)
            if row is None:
                raise nobody(client_id)
            return shown(connection, row)

    def list(self) -> list[Organisation]:
        """All of them, by client_id."""
        with self._database.read() as connection:
            rows = connection.execute(select(organisation).order_by(organisation.c.client_id)).all()
            return [shown(connection, row) for row in rows]

    def _set_state(self, client_id: str, state: str, reason: str | None, actor: str) -> Organisation:
        with self._database.write() as connection:
            row = locked(connection, client_id)
            mine = organisation.c.id == row.id
            connection.execute(update(organisation).where(mine).values(state=state, state_reason=reason))
            if state == "suspended":
                tokens = organisation_token.c.organisation_id == row.id
                connection.execute(delete(organisation_token).where(tokens))
            name = "organisation-suspended" if state == "suspended" else "organisation-reinstated"
            self._tell(connection, name, row, {"reason": reason} if reason else {}, actor)
            return shown(connection, locked(connection, client_id))

    def _grant(self, connection: Connection, row: Row[Any], scopes: Mapping[str, Reporter]) -> None:
        theirs = organisation_scope.c.organisation_id == row.id
        connection.execute(delete(organisation_scope).where(theirs, organisation_scope.c.scope.in_(scopes)))
        rows = [
            {"organisation_id": row.id, "scope": scope, "role": role.value} for scope, role in scopes.items()
        ]
        if rows:
            connection.execute(insert(organisation_scope), rows)

    def _tell(
        self, connection: Connection, name: str, row: Row[Any], details: Mapping[str, str], actor: str
    ) -> None:
        record(connection, self._clock, [AuditEvent(name, row.client_id, details, actor)])

    def _refuse_number(self, what: str, text: str) -> None:
        if looks_like_one(text, self._clock().date()):
            raise InvalidInput(
                f"the {what} holds somebody's personal number", hint="leave it out: it is kept in the clear"
            )

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _role(row: Row[Any], role: Reporter | None) -> Reporter:
    roles = [Reporter(one) for one in row.roles.split()]
    if role is None and len(roles) == 1:
        return roles[0]
    if role in roles:
        return role
    raise InvalidInput(
        f"{row.client_id} has the roles {', '.join(roles)}", hint="say with --as in which of them it reports"
    )
