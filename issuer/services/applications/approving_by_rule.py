"""Approving automatic cases with a rule's key, as the signing policy allows: by who holds it, not the web.

The decision is repeated first, from the law and the facts that were kept: a row that somebody put into the
database approves nothing by itself.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Final

import structlog
from sqlalchemy import Row, Select, select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate
from issuer.adapters.tables_applications import application
from issuer.domain.applications import ApplicationState
from issuer.domain.errors import IssuerError
from issuer.domain.register import CertificateState
from issuer.rules.outcome import Way
from issuer.services.applications.explaining import Explaining
from issuer.services.applications.granting import rule_name
from issuer.services.applications.one_of_many import BROKEN, PASSES, said
from issuer.services.approval.approving import Approving
from issuer.services.approval.awaiting import Awaiting
from issuer.services.clock import Clock
from keys.custody.approval import approve_by_rule
from keys.signer import Signer

AT_ONCE: Final = 100


class ApprovingByRule:
    """An engine with a key of its own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        approving: Approving,
        awaiting: Awaiting,
        explaining: Explaining,
        *,
        kid: str,
        signer: Signer,
    ) -> None:
        self._database = database
        self._clock = clock
        self._approving = approving
        self._awaiting = awaiting
        self._explaining = explaining
        self._kid = kid
        self._signer = signer

    def run(self) -> int:
        """Approve what waits and was decided by nobody, where the policy lets its rule; how many."""
        done, after = 0, ""
        while rows := self._waiting(after):
            done, after = done + sum(map(self._approve_one, rows)), rows[-1].case_id
        return done

    def _approve_one(self, row: Row[Any]) -> bool:
        """One that cannot be approved waits for people, and stops no other."""
        try:
            return self._approve(row)
        except (IssuerError, *BROKEN) as error:
            if isinstance(error, PASSES):
                raise
            structlog.get_logger().error("not approved", case=row.case_id, error=said(error))
            return False

    def _approve(self, row: Row[Any]) -> bool:
        if not self._may(row.type, row.rule) or not self._is_so(row):
            return False
        [waiting] = self._awaiting.named([row.document_number], actor=self._actor(row.rule))
        token = approve_by_rule(
            [waiting.claims_hash],
            row.type,
            rule=row.rule,
            at=int(self._clock().timestamp()),
            name=secrets.token_hex(16),
            signer=self._signer,
            kid=self._kid,
        )
        self._approving.receive(token, numbers=[row.document_number], actor=self._actor(row.rule))
        return True

    def _may(self, kind: str, rule: str) -> bool:
        policy = self._approving.policy
        if policy is None or kind not in policy.types or self._kid not in policy.rule_keys:
            return False
        return rule in policy.types[kind].automatic & policy.rule_keys[self._kid].rules

    def _is_so(self, row: Row[Any]) -> bool:
        """The law says so, by itself, and about this rule."""
        found = self._explaining.replayed(row.case_id)
        is_automatic = found.outcome.way is Way.AUTO
        return found.agrees and is_automatic and rule_name(found.rule) == row.rule

    def _waiting(self, after: str) -> Sequence[Row[Any]]:
        columns = (
            application.c.case_id,
            certificate.c.document_number,
            certificate.c.type,
            certificate.c.rule,
        )
        query: Select[Any] = (
            select(*columns)
            .join(certificate, certificate.c.document_number == application.c.document_number)
            .where(application.c.state == ApplicationState.ISSUING.value, application.c.automatic == 1)
            .where(certificate.c.state == CertificateState.DRAFTED.value, application.c.case_id > after)
            .order_by(application.c.case_id)
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(AT_ONCE)).all()

    def _actor(self, rule: str) -> str:
        return f"rule:{rule}"[:100]
