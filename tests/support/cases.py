"""An authority that decides applications: one seafarer, what is known of her, each step in one line."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from support.issuer_app import KEYS, HandClock, issuer_settings

from issuer.adapters.database import Database
from issuer.adapters.law_book import LawBook, law_book
from issuer.adapters.law_files import words
from issuer.rules.facts import Channel, Facts, Kind, Record, Reporter, Service, Source
from issuer.services.applications.cases import Wish
from issuer.services.applications.finishing import Finishing
from issuer.services.applications.handling import Applications
from issuer.services.approval.approving import Approving
from issuer.services.approval.proposing import Proposing
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.qualifications.history import History
from issuer.services.qualifications.persons import Persons
from issuer.services.register.importing import RegisterImport
from issuer.settings import Settings
from keys.custody.signing_policy import SigningPolicy
from keys.encoding import json_dumps

ASTRID = "7K3M9QXA"
COMPANY = Source(reporter=Reporter.COMPANY, channel=Channel.API)
DOCTOR = Source(reporter=Reporter.DOCTOR, channel=Channel.WEB)
SELF = Source(reporter=Reporter.APPLICANT, channel=Channel.SELF_REPORT)


def medical(day: date, source: Source = DOCTOR) -> Record:
    """A Swedish medical declaration for a seafarer."""
    marks = frozenset(("syn", "horsel"))
    return Record(id="med@1", kind=Kind.DOCUMENT, code="lakarintyg", day=day, source=source, marks=marks)


def watch_service(last: date, days: int = 180, source: Source = COMPANY, **more: Any) -> Service:
    """Supervised service on the bridge, as 2 kap. 12 § asks six months of, up to a day."""
    return Service(
        id="sea@3",
        first=last - timedelta(days=days - 1),
        last=last,
        source=source,
        department="deck",
        gt=8_500,
        flag="SE",
        marks=frozenset(("brovakt", "handledd")),
        **more,
    )


@dataclass
class Bench:
    """The services over one register; `facts` is what is known, by seafarer."""

    database: Database
    settings: Settings
    clock: HandClock
    facts: dict[str, Facts] = field(default_factory=dict)
    share: float = 0.0  # of automatic cases that are looked at
    policy: SigningPolicy | None = None

    @classmethod
    def open(cls, database: Database, *, flag: str = "SE", **changes: object) -> Bench:
        zone = {"SE": "Europe/Stockholm", "DK": "Europe/Copenhagen"}.get(flag, "Europe/Oslo")
        settings = issuer_settings(
            "sqlite://", flag=flag, time_zone=zone, authority_name="Transportstyrelsen", **changes
        )
        bench = cls(database, settings, HandClock())
        bench.enter(ASTRID)
        return bench

    @property
    def today(self) -> date:
        return self.settings.today(self.clock())

    def book(self) -> LawBook:
        """The law, with this test's share of spot checks."""
        book = law_book()
        policies = {name: replace(one, spot_check=self.share) for name, one in book.policies.items()}
        return replace(book, policies=policies)

    @property
    def applications(self) -> Applications:
        parts = (self.database, self.clock, self.settings)
        return Applications.over(
            *parts,
            book=self.book,
            words=words,
            facts_of=self.facts_of,
            document_of=History(self.database, self.clock, Persons(*parts)).document,
            proposing=Proposing(*parts, self.policy),
            approving=self.approving,
        )

    @property
    def approving(self) -> Approving:
        return Approving(self.database, self.clock, self.settings, self.policy)

    @property
    def finishing(self) -> Finishing:
        issuer = CredentialIssuer(self.database, self.clock, KEYS, self.settings)
        return Finishing(self.database, self.clock, self.settings, issuer)

    def facts_of(self, _connection: Connection, seafarer_id: str) -> Facts:
        return self.facts.get(seafarer_id, Facts(birth_date=date(1995, 5, 1)))

    def know(self, *known: Service | Record, seafarer_id: str = ASTRID) -> None:
        """All that is known of a seafarer from now on."""
        services = tuple(one for one in known if isinstance(one, Service))
        records = tuple(one for one in known if isinstance(one, Record))
        self.facts[seafarer_id] = Facts(birth_date=date(1995, 5, 1), services=services, records=records)

    def know_enough(self) -> None:
        """What a Swedish rating on the bridge needs (2 kap. 12 §)."""
        self.know(medical(self.today - timedelta(days=30)), watch_service(self.today - timedelta(days=1)))

    def enter(self, *seafarers: str) -> None:
        """Seafarers into the register, who hold nothing."""
        lines: list[dict[str, Any]] = [
            {"format": "ombord-register", "version": 1, "authority": self.settings.flag}
        ]
        lines += [
            {"kind": "seafarer", "seafarer_id": one, "family_name": "Åkerlind", "birth_date": "1995-05-01"}
            for one in seafarers
        ]
        extract = io.BytesIO(b"".join(json_dumps(line) + b"\n" for line in lines))
        report = RegisterImport(self.database, self.clock, self.settings).load(extract, actor="test")
        assert not report.rejected, report.rejected

    def submit(self, rule: str = "SE.Lmt", key: str = "the first key", **wish: Any) -> str:
        """An application of hers; its case's number."""
        row = self.applications.submitting.submit(Wish(ASTRID, rule, **wish), key=key, actor="test")
        return str(row.case_id)

    def state(self, case_id: str) -> str:
        return str(self.applications.explaining.show(case_id, actor="test")["state"])

    def shown(self, case_id: str) -> dict[str, Any]:
        return dict(self.applications.explaining.show(case_id, actor="test"))

    def events(self, case_id: str) -> list[str]:
        return [step["event"] for step in self.shown(case_id)["history"]]

    def move_to(self, moment: datetime) -> None:
        self.clock.now = moment
