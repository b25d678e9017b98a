"""Drafts as the register holds them: read, moved on from one state to the next, given up.

Rows change only from the state before and are counted, so that of two processes at work on the same row one
does the step and the other notices and looks again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from issuer.adapters.repository import HOLDER_CLAIMS, among, bump_lists, insert_rows
from issuer.adapters.tables import (
    certificate,
    credential,
    credential_payload,
    credential_token,
    seafarer,
    status_list,
)
from issuer.domain.register import CredentialEvent, CredentialState, next_credential_state
from issuer.services.audit.trail import AuditEvent
from issuer.services.issuing.drafting import Draft
from verifier.status import Status


class Overtaken(Exception):
    """Another process took a step first: look again at what the database holds."""


def load_drafts(connection: Connection, chosen: ColumnElement[bool]) -> dict[str, Draft]:
    """Drafts by serial, as the database holds them, oldest first."""
    query = (
        select(
            credential,
            certificate.c.document_number,
            certificate.c.type,
            certificate.c.claims,
            HOLDER_CLAIMS,
            status_list.c.uri,
            credential_payload.c.payload,
            credential_token.c.token,
        )
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .outerjoin(seafarer, seafarer.c.seafarer_id == certificate.c.seafarer_id)
        .join(status_list, status_list.c.number == credential.c.list_number)
        .outerjoin(credential_payload, credential_payload.c.credential_id == credential.c.id)
        .outerjoin(credential_token, credential_token.c.credential_id == credential.c.id)
        .where(chosen)
        .order_by(credential.c.id)
    )
    return {row.serial: _draft(row) for row in connection.execute(query).all()}


def _draft(row: Any) -> Draft:
    return Draft(
        id=row.id,
        certificate_id=row.certificate_id,
        serial=row.serial,
        idempotency_key=row.idempotency_key,
        document_number=row.document_number,
        kind=row.type,
        certificate_claims=row.claims,
        holder_claims=row.holder_claims,
        holder_jwk=row.holder_jwk,
        holder_thumbprint=row.holder_thumbprint,
        list_number=row.list_number,
        list_uri=row.uri,
        idx=row.idx,
        kid=row.kid,
        issued_at=row.issued_at,
        log_salt=row.log_salt,
        state=CredentialState(row.state),
        payload=row.payload,
        token=row.token,
    )


def rows_of(connection: Connection, drafts: Sequence[Draft]) -> ColumnElement[bool]:
    """By row number: the rows of a batch stand side by side, their serials anywhere."""
    numbers = [draft.id for draft in drafts]
    first, last = min(numbers), max(numbers)
    if last - first == len(numbers) - 1:  # the usual case
        return credential.c.id.between(first, last)
    return among(connection, credential.c.id, numbers)


def advance(
    connection: Connection, drafts: Sequence[Draft], event: CredentialEvent, **values: str | None
) -> CredentialState:
    """Move rows on from the state that all of `drafts` are in; raises Overtaken where one is elsewhere."""
    if not drafts:
        return CredentialState.VOID
    before = drafts[0].state
    target = next_credential_state(before, event, drafts[0].serial)
    moved = update(credential).where(rows_of(connection, drafts), credential.c.state == before.value)
    if connection.execute(moved.values(state=target.value, **values)).rowcount != len(drafts):
        raise Overtaken
    return target


def store_payloads(connection: Connection, drafts: Sequence[Draft]) -> None:
    """What is to be signed, to the byte."""
    if drafts:
        rows = [(draft.id, draft.payload) for draft in drafts]
        insert_rows(connection, credential_payload, ("credential_id", "payload"), rows)


def store_tokens(connection: Connection, drafts: Sequence[Draft]) -> None:
    """What was signed."""
    if drafts:
        rows = [(draft.id, draft.token) for draft in drafts]
        insert_rows(connection, credential_token, ("credential_id", "token"), rows)


def give_up(
    connection: Connection, dropped: Sequence[Draft], why: Callable[[Draft], str]
) -> Iterable[AuditEvent]:
    """Void drafts for ever: their index says revoked, and their idempotency key is free again."""
    bump_lists(connection, {draft.list_number for draft in dropped})
    for draft in dropped:
        void = next_credential_state(draft.state, CredentialEvent.GIVE_UP, draft.serial)
        chosen = and_(credential.c.serial == draft.serial, credential.c.state == draft.state.value)
        voided = update(credential).where(chosen)
        key = f"void:{draft.serial}"
        done = connection.execute(
            voided.values(state=void.value, status=Status.REVOKED.value, idempotency_key=key, lease=None)
        )
        if done.rowcount != 1:
            raise Overtaken
        details: Mapping[str, str] = {"certificate": draft.document_number, "reason": why(draft)}
        yield AuditEvent("credential-void", draft.serial, details)


def arrived(drafts: Iterable[Draft], state: CredentialState) -> None:
    """Remember, once the transaction has committed, where the drafts stand."""
    for draft in drafts:
        draft.state = state
