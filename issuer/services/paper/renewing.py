"""Renewals: what is signed again when a key has to go, and what a phone is offered to replace.

Paper is signed at once, under the idempotency key that printing asks with afterwards. A phone keeps what it
has until it fetches the new one: at sea that may take months, and until then the old one has to count. Either
is replaced by the release of the new one (`protocol`), as any older credential is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.repository import among, with_holder
from issuer.adapters.tables import certificate, credential, renewal
from issuer.domain.register import CredentialState
from issuer.services.issuing.issuer import IssueRequest
from issuer.services.paper.printing import earlier_papers, paper_edition, paper_request


class Due(NamedTuple):
    """What certificates have that is to be replaced, by their ids."""

    papers: Mapping[int, IssueRequest]
    phones: Collection[int]
    nothing: Collection[int]  # no credential of theirs is in use


def look(connection: Connection, certificates: Sequence[int], newest_credential: int) -> Due:
    """What these certificates have in use that was made up to `newest_credential`."""
    query = select(credential.c.id, credential.c.certificate_id, credential.c.holder_thumbprint).where(
        among(connection, credential.c.certificate_id, certificates),
        credential.c.state == CredentialState.RELEASED.value,
        credential.c.superseded_at.is_(None),
    )
    living = connection.execute(query).all()
    old = [row for row in living if row.id <= newest_credential]
    papers = [row.certificate_id for row in old if row.holder_thumbprint is None]
    return Due(
        papers=_papers(connection, papers),
        phones={row.certificate_id for row in old if row.holder_thumbprint is not None},
        nothing=set(certificates) - {row.certificate_id for row in living},
    )


def _papers(connection: Connection, certificates: Sequence[int]) -> dict[int, IssueRequest]:
    """The paper that printing will ask for once the one that is in use was replaced."""
    if not certificates:
        return {}
    query = with_holder().add_columns(earlier_papers())
    rows = connection.execute(query.where(among(connection, certificate.c.id, certificates)))
    return {
        row.id: paper_request(
            row.document_number, paper_edition(row.claims, row.holder_claims, row.earlier + 1)
        )
        for row in rows
    }


def order(connection: Connection, certificates: Collection[int], newest_credential: int) -> None:
    """Let the next sync replace what phones have of these certificates, up to `newest_credential`."""
    if not certificates:
        return
    on_sqlite = connection.dialect.name == "sqlite"
    new = (sqlite.insert if on_sqlite else postgresql.insert)(renewal)
    later = func.max if on_sqlite else func.greatest
    values = {"newest_credential": later(renewal.c.newest_credential, new.excluded.newest_credential)}
    ordered = new.on_conflict_do_update(index_elements=[renewal.c.certificate_id], set_=values)
    rows = [{"certificate_id": one, "newest_credential": newest_credential} for one in sorted(certificates)]
    connection.execute(ordered, rows)


def due(connection: Connection, certificates: Sequence[int]) -> dict[int, int]:
    """Up to which credential each of these certificates is to be renewed; without those that are not."""
    query = select(renewal).where(among(connection, renewal.c.certificate_id, certificates))
    return {row.certificate_id: row.newest_credential for row in connection.execute(query)}
