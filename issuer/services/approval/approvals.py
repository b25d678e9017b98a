"""Statements that approve certificates: kept as their makers signed them, found by what they are about."""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, insert, select

from issuer.adapters.repository import among, insert_many
from issuer.adapters.tables import approval, approval_claims
from keys.custody.approval import Act, Approval, claims_hash
from keys.custody.signer_protocol import MAX_APPROVALS
from keys.encoding import Json
from verifier.credential.model import CertificateType


class Received(NamedTuple):
    """A statement that was verified, in the words of its signature; `person` None: a rule's."""

    token: str
    said: Approval
    person: str | None


def certificate_hash(issuer: str, kind: str, claims: Mapping[str, Json]) -> str:
    """What an approval of a certificate names; `claims` are its own and its holder's."""
    return claims_hash({"iss": issuer, "vct": CertificateType(kind).vct, **claims})


def store(connection: Connection, received: Received) -> bool:
    """Keep a statement; False when it is there already."""
    digest = sha256(received.token.encode()).hexdigest()
    if connection.execute(select(approval.c.id).where(approval.c.digest == digest)).first() is not None:
        return False
    said = received.said
    values: dict[str, Any] = {
        "digest": digest,
        "token": received.token,
        "act": said.act.value,
        "type": said.purpose,
        "person": received.person,
        "rule": said.rule,
        "kid": said.kid,
        "at": said.at,
    }
    number = connection.execute(insert(approval).values(**values).returning(approval.c.id)).scalar_one()
    rows = [{"claims_hash": one, "approval_id": number} for one in sorted(said.claims)]
    insert_many(connection, approval_claims, rows)
    return True


def tokens_for(
    connection: Connection, claims_hashes: Collection[str], *, kids: Collection[str] | None = None
) -> Mapping[str, Sequence[str]]:
    """The statements about each of these claims, oldest first; of none, where there are none.

    Of what one person, or one rule, has said twice, the newer counts. `kids`: the keys that count by the
    policy of today (`AuthorityKeys.approver_kids`). What others have signed is left out: a signer refuses a
    draft that comes with a statement of a key that it does not know.
    """
    found: dict[str, dict[tuple[str, str], int]] = {one: {} for one in claims_hashes}
    for row in connection.execute(_about(connection, found)):
        if kids is None or row.kid in kids:
            said = found[row.claims_hash]
            who = (row.act, row.person or row.rule)
            said.pop(who, None)
            said[who] = row.id
    chosen = {one: list(said.values())[-MAX_APPROVALS:] for one, said in found.items()}
    tokens = _tokens(connection, {number for numbers in chosen.values() for number in numbers})
    return {one: [tokens[number] for number in numbers] for one, numbers in chosen.items()}


def statements(
    connection: Connection, claims_hashes: Collection[str], *, kids: Collection[str] | None = None
) -> Mapping[str, Sequence[Approval]]:
    """As `tokens_for`, what was said: as verified when it was stored."""
    found: dict[str, list[Approval]] = {one: [] for one in claims_hashes}
    for row in connection.execute(_about(connection, found)):
        if kids is None or row.kid in kids:
            found[row.claims_hash].append(_said(row))
    return found


def _about(connection: Connection, claims_hashes: Collection[str]) -> Select[Any]:
    """Statements about these claims, oldest first, once for each claims hash.

    Without their tokens: a rule's names a thousand certificates, and would be read as many times.
    """
    columns = [column for column in approval.c if column is not approval.c.token]
    return (
        select(approval_claims.c.claims_hash, *columns)
        .join(approval, approval.c.id == approval_claims.c.approval_id)
        .where(among(connection, approval_claims.c.claims_hash, claims_hashes))
        .order_by(approval.c.id)
    )


def _tokens(connection: Connection, numbers: Collection[int]) -> Mapping[int, str]:
    query = select(approval.c.id, approval.c.token).where(among(connection, approval.c.id, numbers))
    return {row.id: row.token for row in connection.execute(query)}


def _said(row: Row[Any]) -> Approval:
    return Approval(
        id=row.digest,
        act=Act(row.act),
        purpose=row.type,
        claims=frozenset((row.claims_hash,)),
        at=row.at,
        kid=row.kid,
        rule=row.rule,
    )
