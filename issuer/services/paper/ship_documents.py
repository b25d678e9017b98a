"""Safe manning documents: read from the file that an office writes, checked, and entered into the register.

Signing is the same protocol as for any certificate, on paper: `print` does it, now and again. Where a signing
policy is set the document is drafted, and waits for approval as any certificate does.
"""

import json
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate
from issuer.domain.errors import Conflict, InvalidInput
from issuer.domain.extract import BadRow, read_ship_document
from issuer.domain.register import CertificateState
from issuer.services.approval.proposing import Proposing
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.settings import Settings
from keys.encoding import json_dumps
from verifier.credential.model import CertificateType
from verifier.credential.safe_manning import SafeManning
from verifier.credential.safe_manning_claims import document_claims
from verifier.inspection import manning
from verifier.settings_file import SettingsError

_TYPE = CertificateType.SAFE_MANNING.value


class Entered(NamedTuple):
    """A document that the register has, since now or from before."""

    document_number: str
    ship: str
    is_new: bool
    state: str = CertificateState.IN_FORCE.value


class ShipDocuments:
    """Enters documents of ships, each in force from then on, or drafted where they must be approved."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, proposing: Proposing | None = None
    ) -> None:
        """`proposing`: where a signing policy is set."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._proposing = proposing

    def enter(self, file: bytes, *, actor: str) -> Entered:
        """The document of a YAML file, as docs/inspection.md shows one; again, it is the one that is there.

        Without `issue_date` it is today's. Raises InvalidInput, and Conflict where its number is taken.
        """
        today = self._settings.today(self._clock())
        typed = replace(self._read(file), issuing_authority=self._settings.authority_name)
        number = typed.document_number
        with self._database.write() as connection:
            query = select(certificate).where(certificate.c.document_number == number).with_for_update()
            known = connection.execute(query).one_or_none()
            before = None if known is None or known.type != _TYPE else json.loads(known.claims)
            first = typed.issue_date or (date.fromisoformat(before["issue_date"]) if before else today)
            document = replace(typed, issue_date=first)
            claims = _checked(document, self._settings.flag)
            if known is not None:
                if before != json.loads(claims):
                    raise _taken(number)
                return Entered(number, document.vessel.name, is_new=False, state=known.state)
            _refuse_old(document, today)
            if self._proposing is None:
                self._enter(connection, document, claims, actor)
                return Entered(number, document.vessel.name, is_new=True)
        drafted = self._proposing.draft({"type": _TYPE, **json.loads(claims)}, actor=actor)
        state = CertificateState.DRAFTED.value
        return Entered(number, document.vessel.name, is_new=drafted.is_new, state=state)

    def _enter(self, connection: Connection, document: SafeManning, claims: str, actor: str) -> None:
        values = _values(document, claims, self._settings.today(self._clock()))
        connection.execute(insert(certificate).values(**values))
        details = {"state": CertificateState.IN_FORCE.value}
        event = AuditEvent("ship-document-entered", document.document_number, details, actor)
        record(connection, self._clock, [event])

    def _read(self, file: bytes) -> SafeManning:
        try:
            typed = manning.from_yaml(file)
        except SettingsError as error:
            raise InvalidInput(str(error), hint="docs/inspection.md shows such a file") from error
        if typed.issuing_country != self._settings.flag:
            flag, ours = typed.issuing_country, self._settings.flag
            raise InvalidInput(
                f"flag: the document is of {flag}, and this service is {ours}'s",
                hint="each authority signs for ships of its own flag",
            )
        return typed


def _checked(document: SafeManning, flag: str) -> str:
    """Its claims as JSON, as `import` would take them. Raises InvalidInput."""
    members = {"type": _TYPE, "state": CertificateState.IN_FORCE.value, **document_claims(document)}
    try:
        return json_dumps(dict(read_ship_document(members, flag).claims)).decode()
    except BadRow as error:
        raise InvalidInput(str(error), hint="correct the file; nothing was entered") from error


def _taken(number: str) -> Conflict:
    return Conflict(
        f"{number} is in the register with other contents, and what was issued does not change",
        hint=f"give the new document a number of its own, then: ombord-issuer replace {number} --by NUMBER",
    )


def _refuse_old(document: SafeManning, today: date) -> None:
    if document.expiry_date is not None and document.expiry_date < today:
        raise InvalidInput(
            f"expiry_date: {document.expiry_date} has passed",
            hint="a document that has expired is not signed",
        )


def _values(document: SafeManning, claims: str, today: date) -> dict[str, str | None]:
    last = document.expiry_date
    return {
        "document_number": document.document_number,
        "seafarer_id": None,
        "type": _TYPE,
        "state": CertificateState.IN_FORCE.value,
        "state_since": today.isoformat(),
        "expiry_date": None if last is None else last.isoformat(),
        "claims": claims,
    }
