"""Copies of certificates: the same rights under a new number, for what is replaced by its like."""

import json
import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row

from issuer.domain.errors import Conflict, InvalidInput
from issuer.domain.extract import own_claims
from issuer.domain.register import CertificateState
from keys.encoding import json_dumps
from verifier.credential import vc
from verifier.credential.model import CertificateType


def refuse_ships(old: Row[Any]) -> None:
    """A ship's document is entered anew. Raises InvalidInput."""
    if old.type == CertificateType.SAFE_MANNING:
        raise InvalidInput(
            f"{old.document_number} is a ship's, and is not copied",
            hint="enter the new document first (ombord-issuer manning FILE), and name it with --by",
        )


def ship(row: Row[Any]) -> str:
    """Whose a ship's document is: her IMO number; where none is said, her name."""
    said = json.loads(row.claims)["ship"]
    return str(said.get("imo") or said["name"])


def fresh_number(document_number: str) -> str:
    """The old number with a random ending, so that numbers cannot be guessed from each other."""
    return f"{document_number[:55]}-R{secrets.token_hex(3).upper()}"


def values(old: Row[Any], holder: str, number: str, today: date) -> dict[str, Any]:
    """The same rights under a new number, from today."""
    claims = {**json.loads(old.claims), **json.loads(holder)}
    before = vc.certificate_from_claims(CertificateType(old.type), claims)
    if before.expiry_date is not None and before.expiry_date < today:
        raise Conflict(
            f"{old.document_number} expired on {before.expiry_date}, so a copy of it would never be good",
            hint="import the new certificate, and name it with --by",
        )
    copy = replace(before, document_number=number, issue_date=today, replaces=old.document_number)
    return {
        "document_number": number,
        "seafarer_id": old.seafarer_id,
        "type": old.type,
        "state": CertificateState.IN_FORCE.value,
        "state_since": today.isoformat(),
        "expiry_date": old.expiry_date,
        **{name: getattr(old, name) for name in ("rule", "reporter", "provider")},
        "claims": json_dumps(own_claims(copy)).decode(),
    }
