"""Rows of an extract as the register's table holds them, and back."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from issuer.domain import extract
from issuer.domain.extract import BadRow, CertificateRow
from issuer.domain.register import CertificateState
from keys.encoding import Json, json_dumps
from verifier.credential.model import CertificateType


def register_values(row: CertificateRow) -> dict[str, Any]:
    """A row as the register's table holds it, whoever brings it."""
    return {
        "document_number": row.document_number,
        "seafarer_id": row.seafarer_id,
        "type": row.type.value,
        "state": row.state.value,
        "state_since": row.state_since,
        "state_reason": row.state_reason,
        "replaced_by": row.replaced_by,
        "expiry_date": row.expiry_date,
        "claims": claims_text(row.claims),
        **origin_of(row),
    }


def source_of(row: CertificateRow) -> dict[str, Any]:
    """What the row was when it was last loaded, to compare the next one with."""
    return {"source_digest": row.digest, "source_state": row.state.value}


def origin_of(row: CertificateRow) -> dict[str, str | None]:
    """By what and whom it came about."""
    return {name: getattr(row, name) for name in extract.ORIGIN}


def refuse_other_contents(known: Row[Any], row: CertificateRow) -> None:
    """What was approved never changes its contents: it waits anew, or a new certificate replaces it."""
    if (known.seafarer_id, known.type) != (row.seafarer_id, row.type.value):
        raise BadRow("document_number: it belongs to another seafarer or is of another type")
    if known.claims == claims_text(row.claims) or known.state == CertificateState.DRAFTED:
        return
    if known.state == CertificateState.APPROVED:
        raise BadRow(
            "contents of a certificate that is approved do not change: reject it, and enter them under a new"
            " number"
        )
    raise BadRow(f"contents of a certificate that is {known.state} do not change: replace it by a new one")


def digest_here(known: Row[Any]) -> str:
    """Digest of the row that an export of the register would hold now."""
    return stored_row(known).digest


def stored_row(row: Row[Any]) -> CertificateRow:
    """A stored certificate as a row of the extract."""
    return CertificateRow(
        document_number=row.document_number,
        type=CertificateType(row.type),
        state=CertificateState(row.state),
        seafarer_id=row.seafarer_id,
        claims=json.loads(row.claims),
        expiry_date=row.expiry_date,
        state_since=row.state_since,
        state_reason=row.state_reason,
        replaced_by=row.replaced_by,
        **{name: getattr(row, name) for name in extract.ORIGIN},
    )


def claims_text(claims: Mapping[str, Json]) -> str:
    """Claims as the register stores them."""
    return json_dumps(dict(claims)).decode()
