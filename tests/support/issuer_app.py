"""One authority's service for tests: settings, keys, a clock that is set by hand, and a small register."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from support.scenario import competency, medical
from support.simulator import NOW, seeded_signer

from issuer.adapters.database import Database
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.importing import RegisterImport
from issuer.settings import Settings
from keys.encoding import Json, json_dumps
from verifier.credential import vc
from verifier.credential.model import Certificate

BASE_URL = "https://certificates.example/no"
OPERATOR_TOKEN = "a-token-for-tests-that-is-long-enough"
SEAFARER = "7K3M9QXA"
HOLDER_CLAIMS = ("seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender")
KEYS = AuthorityKeys(
    signers={"NO-2026a": seeded_signer("NO-2026a"), "NO-status-2026a": seeded_signer("NO-status-2026a")},
    certificate_kid="NO-2026a",
    status_kid="NO-status-2026a",
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
