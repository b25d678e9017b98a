"""Certificates made here: drafted from what an office writes, held against the policy before anybody signs.

What is refused changes nothing, and is noted in the audit trail.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.repository import with_holder
from issuer.adapters.tables import certificate, seafarer
from issuer.domain import extract
from issuer.domain.errors import Conflict, Crowded, InvalidInput, IssuerError, SigningRefused
from issuer.domain.extract import BadRow, CertificateRow, SeafarerRow
from issuer.domain.register import CertificateState
from issuer.services.approval.approvals import certificate_hash
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.register.claims import merged_claims
from issuer.services.register.stored_rows import register_values
from issuer.settings import Settings
from keys.custody.signing_policy import SigningPolicy, outlives
from keys.encoding import Json, json_dumps
from verifier.credential.model import CertificateType
from verifier.credential.validity import day_times

REFUSED = "certificate-draft-refused"
RETRIES = 5


class Drafted(NamedTuple):
    """A certificate that waits for approval; not new where the same was drafted before."""

    document_number: str
    claims_hash: str
    is_new: bool


class Proposing:
    """Enters certificates as drafts."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, policy: SigningPolicy | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._policy = policy

    def draft(self, members: Mapping[str, Json], *, actor: str) -> Drafted:
        """Enter a row in the extract's form, as `drafted`; again, it is the one that is there.

        Its seafarer is named by `seafarer_id` or, where the register has not met them, told as `seafarer`.
        Raises InvalidInput, SigningRefused (by the policy's checks S3 and S6), and Conflict where the number
        is taken.
        """
        for _ in range(RETRIES):
            try:
                with self._database.write() as connection:
                    return self._draft(connection, members, actor)
            except IssuerError as error:
                self._note(members, error, actor)
                raise
            except IntegrityError:  # another process entered the same number or seafarer: look again
                continue
        raise Crowded("other processes are entering the same certificate", hint="try again in a moment")

    def _draft(self, connection: Connection, members: Mapping[str, Json], actor: str) -> Drafted:
        try:
            holder, is_new_holder = self._holder(connection, members)
            row = self._read(members, holder)
        except BadRow as error:
            raise InvalidInput(str(error), hint="correct it; nothing was entered") from error
        self._refuse_dates(row)
        held = {} if holder is None else dict(holder.claims)
        hashed = certificate_hash(self._settings.issuer, row.type.value, {**row.claims, **held})
        if (known := self._known(connection, row.document_number)) is not None:
            if known != hashed:
                raise Conflict(
                    f"{row.document_number} is in the register with other contents",
                    hint="reject that draft, or give this one a number of its own",
                )
            return Drafted(row.document_number, hashed, is_new=False)
        events = []
        if holder is not None and is_new_holder:
            values = {"claims": json_dumps(dict(holder.claims)).decode(), "source_digest": holder.digest}
            connection.execute(insert(seafarer).values(seafarer_id=holder.seafarer_id, **values))
            events.append(AuditEvent("seafarer-entered", holder.seafarer_id, {}, actor))
        today = self._settings.today(self._clock()).isoformat()
        standing = {"state_since": today, "claims_hash": hashed}
        connection.execute(insert(certificate).values(**(register_values(row) | standing)))
        events.append(AuditEvent("certificate-drafted", row.document_number, {"claims": hashed}, actor))
        record(connection, self._clock, events)
        return Drafted(row.document_number, hashed, is_new=True)

    def _holder(self, connection: Connection, members: Mapping[str, Json]) -> tuple[SeafarerRow | None, bool]:
        """Whose it is, and whether the register meets them now. Raises BadRow."""
        if members.get("type") == CertificateType.SAFE_MANNING:
            return None, False
        told = members.get("seafarer")
        given = extract.read_seafarer(told) if isinstance(told, dict) else None
        if told is not None and given is None:
            raise BadRow("seafarer: the claims of a seafarer are needed")
        wanted = str(members.get("seafarer_id")) if given is None else given.seafarer_id
        if not (wanted.isascii() and wanted.isalnum()):
            raise BadRow("seafarer_id: letters and digits are needed")
        query = select(seafarer).where(seafarer.c.seafarer_id == wanted)
        row = connection.execute(query).one_or_none()
        known = None if row is None else merged_claims(row.claims, "{}")
        if given is not None and known is not None and known != dict(given.claims):
            raise BadRow("seafarer: the register knows this seafarer otherwise: import the change first")
        if given is not None:
            return given, known is None
        if known is None:
            raise BadRow("seafarer_id: no such seafarer in the register: tell them as `seafarer`")
        return extract.read_seafarer(known), False

    def _read(self, members: Mapping[str, Json], holder: SeafarerRow | None) -> CertificateRow:
        """The row, strictly. Raises BadRow."""
        state = CertificateState.DRAFTED.value
        if members.get("kind", "certificate") != "certificate" or members.get("state", state) != state:
            raise BadRow("a row to draft is a certificate, and its state, if any, is drafted")
        given = {name: value for name, value in members.items() if name != "seafarer"} | {"state": state}
        if holder is None:
            return extract.read_ship_document(given, self._settings.flag)
        given["seafarer_id"] = holder.seafarer_id
        return extract.read_certificate(given, holder.claims, self._settings.flag)

    def _refuse_dates(self, row: CertificateRow) -> None:
        """What has expired, or what no key could sign for so long, is not approved in vain."""
        now = self._clock()
        last = None if row.expiry_date is None else date.fromisoformat(row.expiry_date)
        if last is not None and last < self._settings.today(now):
            raise InvalidInput(f"expiry_date: {last} has passed", hint="what has expired is not signed")
        if self._policy is None:
            return
        first = date.fromisoformat(str(row.claims["issue_date"]))
        start, end = day_times(first, last, self._settings.time_zone)
        refusal = outlives(
            self._policy,
            row.type.value,
            int(start.timestamp()),
            None if end is None else int(end.timestamp()),
            at=int(now.timestamp()),
        )
        if refusal is not None:
            raise SigningRefused(
                f"certificate {row.document_number} could not be signed"
                f" ({refusal.check.value}): {refusal.reason}",
                hint="correct its dates, or the signing policy; nothing was entered",
            )

    def _known(self, connection: Connection, number: str) -> str | None:
        """The claims hash of what the register has under this number."""
        query = with_holder().where(certificate.c.document_number == number)
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        claims = merged_claims(row.claims, row.holder_claims)
        return certificate_hash(self._settings.issuer, row.type, claims)

    def _note(self, members: Mapping[str, Json], error: IssuerError, actor: str) -> None:
        number = "unknown"
        with suppress(BadRow):
            number = extract.check_document_number(str(members.get("document_number")))
        event = AuditEvent(REFUSED, number, {"code": error.code, "reason": error.message[:300]}, actor)
        with self._database.write() as connection:
            record(connection, self._clock, [event])
