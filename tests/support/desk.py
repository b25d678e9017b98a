"""An authority's register and services at a desk: what the issuer's tests do in one line each."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from support.issuer_app import KEYS, HandClock, issuer_settings, register
from support.scenario import competency, medical
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.adapters.object_store import ObjectStore
from issuer.adapters.object_store_folder import FolderStore
from issuer.adapters.tables import audit_event, certificate, credential
from issuer.services.audit.trail import WholeChain, verify_chain
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential
from issuer.services.paper.printing import Printing
from issuer.services.phone.offering import Offering
from issuer.services.publishing.publication import Publication
from issuer.services.publishing.publisher import PLAIN, Orders, StatusPublisher
from issuer.services.register.exporting import export_lines
from issuer.services.register.importing import ImportReport, RegisterImport
from issuer.services.register.lifecycle import Lifecycle
from issuer.settings import Settings
from keys.encoding import json_dumps
from keys.jwk import PublicKey
from verifier.credential import sd_jwt, vc
from verifier.credential.model import Certificate, Credential
from verifier.status import Status

SEAFARER = "7K3M9QXA"
NUMBER = "NO-COC-0001"
MEDICAL = "NO-MED-0001"
PHONE: PublicKey = seeded_signer("phone").public_key
NEW_PHONE: PublicKey = seeded_signer("new phone").public_key
HEAD = {"format": "ombord-register", "version": 1, "authority": "NO"}


@dataclass
class Desk:
    """Everything over one database, with a clock that is moved by hand."""

    database: Database
    settings: Settings
    clock: HandClock

    @classmethod
    def open(cls, database: Database, **changes: object) -> Desk:
        return cls(database, issuer_settings("sqlite://", **changes), HandClock())

    def enter(self, *certificates: Certificate) -> None:
        """Put certificates in force; Ingrid's competency and medical certificate if none are given."""
        register(self.database, self.clock, self.settings, *(certificates or (competency(), medical())))

    def enter_many(self, count: int) -> list[str]:
        """`count` certificates of competency in force, by number."""
        made = [replace(competency(), document_number=f"NO-COC-{n:04}") for n in range(count)]
        self.enter(*made)
        return [one.document_number for one in made]

    def load(self, *rows: dict[str, Any] | bytes, head: dict[str, Any] | None = None) -> ImportReport:
        """Import an extract of these rows."""
        lines = [json_dumps(head or HEAD), *(r if isinstance(r, bytes) else json_dumps(r) for r in rows)]
        return self.importing.load(io.BytesIO(b"\n".join(lines) + b"\n"), actor="test")

    def export(self) -> bytes:
        return b"".join(export_lines(self.database, self.settings))

    @property
    def importing(self) -> RegisterImport:
        return RegisterImport(self.database, self.clock, self.settings)

    @property
    def issuer(self) -> CredentialIssuer:
        return CredentialIssuer(self.database, self.clock, KEYS, self.settings)

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(self.database, self.clock, self.settings)

    @property
    def offering(self) -> Offering:
        return Offering(self.database, self.clock, self.settings)

    @property
    def publisher(self) -> StatusPublisher:
        return StatusPublisher(self.database, self.clock, KEYS, self.settings)

    def publication(self, store: ObjectStore) -> Publication:
        return Publication(self.database, self.clock, KEYS, self.settings, store)

    def publish(self, folder: Path, orders: Orders = PLAIN, *, leap_ahead: bool = False) -> list[str]:
        """Publish into a folder; which files are new."""
        report = self.publication(FolderStore(folder)).publish(orders, leap_ahead=leap_ahead)
        return [str(Path(label).relative_to(folder)) for label in report.written]

    @property
    def printing(self) -> Printing:
        return Printing(self.database, self.clock, self.settings, self.issuer)

    def issue(
        self, number: str = NUMBER, holder: PublicKey | None = PHONE, key: str = "once"
    ) -> IssuedCredential:
        return self.issuer.issue(number, holder, key)

    def state(self, number: str = NUMBER) -> str:
        with self.database.read() as connection:
            query = select(certificate.c.state).where(certificate.c.document_number == number)
            return str(connection.execute(query).scalar_one())

    def status(self, issued: IssuedCredential) -> Status:
        with self.database.read() as connection:
            query = select(credential.c.status).where(credential.c.serial == issued.serial)
            return Status(connection.execute(query).scalar_one())

    def credential_states(self) -> list[str]:
        with self.database.read() as connection:
            return sorted(connection.execute(select(credential.c.state)).scalars())

    def events(self, subject: str | None = None) -> list[str]:
        """What the audit trail says, after checking that its chain is whole."""
        with self.database.read() as connection:
            assert isinstance(verify_chain(connection), WholeChain)
            query = select(audit_event.c.event).order_by(audit_event.c.sequence)
            return list(
                connection.execute(
                    query if subject is None else query.where(audit_event.c.subject == subject)
                ).scalars()
            )


def read_credential(token: str) -> Credential:
    """What a credential says, its signature unchecked."""
    parsed = sd_jwt.parse(token)
    return vc.from_claims(sd_jwt.claims(parsed, parsed.jws.payload))
