"""What waits for approval: the claims that approvers sign, what was said of them, and what is missing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, literal

from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK, among, with_holder
from issuer.adapters.tables import certificate
from issuer.domain.errors import ApprovalRefused, NotFound
from issuer.domain.register import CertificateState
from issuer.services.approval import approvals, weighing
from issuer.services.approval.approvals import certificate_hash
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.claims import merged_claims
from issuer.settings import Settings
from keys.custody.approval import Approval
from keys.custody.signing_policy import SigningPolicy
from keys.encoding import Json

REFUSED: Final = "approval-refused"
# As literals, so that the partial indexes of what waits serve them.
DRAFTED: Final = certificate.c.state == literal(CertificateState.DRAFTED.value, literal_execute=True)
APPROVED: Final = certificate.c.state == literal(CertificateState.APPROVED.value, literal_execute=True)


class Waiting(NamedTuple):
    """A certificate that waits for approval: what its approvers sign, and what is missing."""

    document_number: str
    type: str
    seafarer_id: str | None
    claims: dict[str, Json]
    claims_hash: str
    said: Sequence[Approval]
    lacks: str | None


class Awaiting:
    """Shows certificates to those who approve them."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, policy: SigningPolicy | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._policy = policy

    def waiting(self, *, after: str = "", limit: int = 100, actor: str) -> Sequence[Waiting]:
        """Drafts by number, with claims: the audit trail notes who looked."""
        query = with_holder().where(and_(DRAFTED, certificate.c.document_number > after))
        with self._database.write() as connection:
            rows = connection.execute(query.order_by(certificate.c.document_number).limit(limit)).all()
            found = self._waiting(connection, rows)
            seen = [AuditEvent("certificate-seen", one.document_number, {}, actor) for one in found]
            record(connection, self._clock, seen)
        return found

    def named(self, numbers: Sequence[str], *, actor: str) -> Sequence[Waiting]:
        """These certificates, whatever their state, as `waiting` shows them. Raises NotFound."""
        with self._database.write() as connection:
            found = self._waiting(connection, numbered(connection, numbers))
            seen = [AuditEvent("certificate-seen", one.document_number, {}, actor) for one in found]
            record(connection, self._clock, seen)
        return found

    def as_read(self, numbers: Sequence[str], hashes: Collection[str], *, actor: str) -> Sequence[Waiting]:
        """As `named`, where `hashes`, if there are any, are of exactly the claims that stand now.

        Raises NotFound, and ApprovalRefused where somebody read other claims than these.
        """
        found = self.named(numbers, actor=actor)
        other = [one.document_number for one in found if one.claims_hash not in hashes]
        more = len(set(hashes)) - len(found)
        if not hashes or not (other or more):
            return found
        subject = other[0] if other else f"{len(found)} certificates"
        why = f"{more} of the hashes of --claims are of no certificate that is named"
        refused = ApprovalRefused(
            f"the claims of {subject} are not those that were read" if other else why,
            hint="nothing was signed; read what stands there now: `ombord-issuer pending`",
        )
        details = {"code": refused.code, "reason": refused.message}
        with self._database.write() as connection:
            record(connection, self._clock, [AuditEvent(REFUSED, subject, details, actor)])
        raise refused

    def lacking(self, state: CertificateState, kind: str) -> Iterator[Mapping[str, str]]:
        """Certificates of a type whose approval is not there yet: hashes by number, up to 1,000 at a time."""
        after = 0
        chosen = and_(certificate.c.state == state.value, certificate.c.type == kind)
        while True:
            query = with_holder().where(chosen, certificate.c.id > after).order_by(certificate.c.id)
            with self._database.read() as connection:
                rows = connection.execute(query.limit(CHUNK)).all()
                found = self._waiting(connection, rows)
            if not rows:
                return
            after = rows[-1].id
            if lacking := {one.document_number: one.claims_hash for one in found if one.lacks is not None}:
                yield lacking

    def _waiting(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Waiting]:
        hashes = {row.id: hash_of(self._settings, row) for row in rows}
        kids = None if self._policy is None else weighing.kids(self._policy)
        said = approvals.statements(connection, hashes.values(), kids=kids)
        return [self._one(row, hashes[row.id], said[hashes[row.id]]) for row in rows]

    def _one(self, row: Row[Any], hashed: str, said: Sequence[Approval]) -> Waiting:
        lacks = None
        if self._policy is not None:
            now = int(self._clock().timestamp())
            lacks = weighing.lacks(self._policy, row.type, hashed, said, at=now)
        elif row.state == CertificateState.DRAFTED:
            lacks = "an operator's approval"
        return Waiting(
            document_number=row.document_number,
            type=row.type,
            seafarer_id=row.seafarer_id,
            claims=merged_claims(row.claims, row.holder_claims),
            claims_hash=hashed,
            said=said,
            lacks=lacks,
        )


def numbered(connection: Connection, numbers: Collection[str]) -> Sequence[Row[Any]]:
    """These certificates with their holders' claims, locked. Raises NotFound."""
    query = with_holder().where(among(connection, certificate.c.document_number, numbers))
    locked = query.order_by(certificate.c.id).with_for_update(of=certificate)
    rows = connection.execute(locked).all()
    if len(rows) != len(set(numbers)):
        unknown = min(set(numbers) - {row.document_number for row in rows})
        raise NotFound(f"no certificate {unknown} in the register", hint="check the document number")
    return rows


def hash_of(settings: Settings, row: Row[Any]) -> str:
    """What an approval of a certificate names, as its and its holder's claims stand now."""
    claims = merged_claims(row.claims, row.holder_claims)
    return certificate_hash(settings.issuer, row.type, claims)
