"""One authority's service for tests: settings, keys, a clock that is set by hand, and a small register."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from support.pickup_wallet import PickUpWallet
from support.scenario import competency, medical
from support.simulator import NOW, seeded_signer

from issuer.adapters import tables
from issuer.adapters.database import Database
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.phone.offering import Offer, Offering
from issuer.services.register.browsing import Browsing
from issuer.services.register.importing import RegisterImport
from issuer.services.register.lifecycle import Lifecycle
from issuer.settings import Settings
from keys.encoding import Json, json_dumps
from verifier.credential import vc
from verifier.credential.model import Certificate

BASE_URL = "https://certificates.example/no"
OPERATOR_TOKEN = "a-token-for-tests-that-is-long-enough"
SEAFARER = "7K3M9QXA"
HOLDER_CLAIMS = ("seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender")
KEYS = AuthorityKeys(
    signers={name: seeded_signer(name) for name in ("NO-2026a", "NO-status-2026a", "NO-2026p")},
    certificate_kid="NO-2026a",
    status_kid="NO-status-2026a",
    pass_kid="NO-2026p",
)


@dataclass
class HandClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def issuer_settings(database_url: str, **changes: object) -> Settings:
    """A Norwegian test environment at an address with a path."""
    values: dict[str, object] = {
        "database_url": database_url,
        "base_url": BASE_URL,
        "flag": "NO",
        "authority_name": "Sjøfartsdirektoratet",
        "time_zone": "Europe/Oslo",
        "operator_token": OPERATOR_TOKEN,
        "list_size": 1_024,
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type] # pydantic checks them


def register(database: Database, clock: HandClock, settings: Settings, *certificates: Certificate) -> None:
    """Put certificates in force, and their holders, into the register, as `import` does."""
    lines: list[dict[str, Json]] = [{"format": "ombord-register", "version": 1, "authority": settings.flag}]
    seafarers: dict[str, dict[str, Json]] = {}
    for certificate in certificates:
        claims = vc.certificate_claims(certificate)
        holder = {name: claims.pop(name) for name in HOLDER_CLAIMS if name in claims}
        seafarer_id = certificate.holder.seafarer_id
        seafarers[seafarer_id] = {"kind": "seafarer", **holder}
        kind, state = certificate.type.value, "in-force"
        row: dict[str, Json] = {
            "kind": "certificate",
            "type": kind,
            "state": state,
            "seafarer_id": seafarer_id,
        }
        lines.append({**row, **claims})
    lines[1:1] = seafarers.values()
    extract = io.BytesIO(b"".join(json_dumps(line) + b"\n" for line in lines))
    report = RegisterImport(database, clock, settings).load(extract, actor="test")
    assert not report.rejected, report.rejected


def two_certificates() -> tuple[Certificate, Certificate]:
    """A master's certificate of competency and her medical certificate."""
    return competency(), medical()


@dataclass
class Office:
    """An authority at work: its application, its database, and what a test does to them in one line."""

    settings: Settings
    database: Database
    clock: HandClock
    client: httpx.Client

    def offer(self) -> Offer:
        """An offer of all that our one seafarer has in force."""
        return Offering(self.database, self.clock, self.settings).create(SEAFARER)

    def wallet(self, offer: Offer, phone: str = "phone") -> PickUpWallet:
        """A wallet that has read the offer."""
        wallet = PickUpWallet(self.client, self.clock, phone)
        wallet.read(offer.link)
        return wallet

    def admitted_wallet(self, phone: str = "phone") -> PickUpWallet:
        """A wallet with an access token of its own."""
        offer = self.offer()
        wallet = self.wallet(offer, phone)
        wallet.exchange(offer.tx_code).raise_for_status()
        return wallet

    def suspend(self, document_number: str) -> None:
        Lifecycle(self.database, self.clock, self.settings).suspend(
            document_number, reason="test", actor="test"
        )

    def rename(self, family_name: str) -> None:
        """Our one seafarer's name is corrected by the next import."""
        renamed = [
            replace(one, holder=replace(one.holder, family_name=family_name)) for one in two_certificates()
        ]
        register(self.database, self.clock, self.settings, *renamed)

    def rebind(self) -> None:
        """Our one seafarer lost the phone."""
        Lifecycle(self.database, self.clock, self.settings).rebind(SEAFARER, actor="test")

    def statuses(self, document_number: str) -> list[str]:
        """What the status list says of each credential of a certificate, oldest first."""
        full = Browsing(self.database, self.clock).one(document_number, actor="test")
        return [one.status for one in full.credentials]

    def audit_trail(self) -> list[str]:
        """The names of all events so far."""
        with self.database.read() as connection:
            return list(connection.execute(select(tables.audit_event.c.event)).scalars())

    def everything_stored(self) -> str:
        """All text in all tables, for looking for what must not be there."""
        with self.database.read() as connection:
            rows = [connection.execute(select(table)).all() for table in tables.metadata.sorted_tables]
        return repr(rows)
