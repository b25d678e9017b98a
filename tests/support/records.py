"""An authority that takes reports: one seafarer, companies and a school, in one line each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy import Connection, select
from support.desk import Desk
from support.issuer_app import HandClock, issuer_settings

from issuer.adapters import law_files
from issuer.adapters.database import Database
from issuer.adapters.schema import metadata
from issuer.domain.qualifications import (
    REPORTED,
    Accepted,
    Completed,
    IdentityKind,
    PersonalNumber,
    Refused,
    Report,
    ReportingParty,
    SeaService,
    Ship,
)
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.services.qualifications.correcting import Correcting
from issuer.services.qualifications.history import History
from issuer.services.qualifications.persons import Persons
from issuer.services.qualifications.reporting import Reporting
from issuer.services.qualifications.reviewing import Reviewing

DATA_KEY = b64encode(Random(6).randbytes(32)).decode()
# Nobody's: Skatteverket's test range, a CPR number of a day from before 1937 that fails the old check digit,
# and a Norwegian number of the test range that adds forty to the month.
TEST_NUMBERS = (
    PersonalNumber(kind=IdentityKind.PERSONNUMMER, number="19900118-9811"),
    PersonalNumber(kind=IdentityKind.CPR, number="310130-1234"),
    PersonalNumber(kind=IdentityKind.FODSELSNUMMER, number="014190 10029"),
    PersonalNumber(kind=IdentityKind.PASSPORT, number="XX-T1234567"),
)
SHIP = Ship(imo="9319466", name="Havsbris", flag="SE", gt=4_000, kw=6_000, use="handelsfartyg")
OTHER_SHIP = Ship(imo="9074729", name="Norrsken", flag="SE", gt=800, kw=900, use="handelsfartyg")


def company(name: str = "NO-974760673", **changes: object) -> ReportingParty:
    """A shipping company with the machine API."""
    return party(name, Reporter.COMPANY, **changes)


def school(name: str = "NO-998283914", codes: Collection[str] | None = None) -> ReportingParty:
    """A school; `codes`: the courses that it is approved for."""
    approved = None if codes is None else frozenset(codes)
    return party(name, Reporter.SCHOOL, may_report={Kind.COURSE: approved, Kind.EXAM: None})


def party(name: str, role: Reporter, **changes: object) -> ReportingParty:
    """Whoever reports, approved for everything unless a test says otherwise."""
    values: dict[str, object] = {
        "organisation_id": name,
        "role": role,
        "channel": Channel.API,
        "may_report": dict.fromkeys(REPORTED),
        **changes,
    }
    return ReportingParty(**values)  # type: ignore[arg-type] # any field, as the test says


def service(
    first: str, last: str, *, ship: Ship | None = SHIP, seafarer: str = "7K3M9QXA", **changes: object
) -> Report:
    """Sea service of Ingrid's as chief mate."""
    about: dict[str, object] = {"seafarer_id": seafarer}
    about |= {name: changes.pop(name) for name in _OF_REPORT if name in changes}
    said: dict[str, object] = {"department": "deck", "rank": "overstyrman", "area": "oceanfart", **changes}
    contents = SeaService(
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        ship=ship,
        **said,  # type: ignore[arg-type]
    )
    return Report(kind=Kind.SERVICE, contents=contents, **about)  # type: ignore[arg-type]


def course(code: str, day: str, *, kind: Kind = Kind.COURSE, **changes: object) -> Report:
    """A course that Ingrid completed."""
    about: dict[str, object] = {"seafarer_id": "7K3M9QXA"}
    about |= {name: changes.pop(name) for name in _OF_REPORT if name in changes}
    contents = Completed(code=code, day=date.fromisoformat(day), **changes)  # type: ignore[arg-type]
    return Report(kind=kind, contents=contents, **about)  # type: ignore[arg-type]


_OF_REPORT = ("seafarer_id", "personal_number", "reference", "document")


@dataclass
class RecordsOffice:
    """All services of records over one database. `news`: seafarers whom the hook was told of."""

    desk: Desk
    reporting: Reporting
    persons: Persons
    correcting: Correcting
    history: History
    reviewing: Reviewing
    news: list[str] = field(default_factory=list)
    rests: list[tuple[str, str]] = field(default_factory=list)  # record, certificate

    @classmethod
    def open(cls, database: Database, **changes: object) -> RecordsOffice:
        clock = HandClock()
        settings = issuer_settings("sqlite://", **{"personal_data_key": DATA_KEY, **changes})
        persons = Persons(database, clock, settings)
        office = cls.__new__(cls)

        def tell(_: Connection, seafarers: Collection[str]) -> None:
            office.news += sorted(seafarers)

        def relied_on(_: Connection, records: Collection[str]) -> list[tuple[str, str]]:
            return [one for one in office.rests if one[0] in records]

        reporting = Reporting(
            database,
            clock,
            settings,
            persons,
            law_files.code_lists,
            statement=law_files.statement,
            after_report=tell,
            relied_on=relied_on,
        )
        office.__init__(  # type: ignore[misc] # the hooks above know the office
            Desk(database, settings, clock),
            reporting,
            persons,
            Correcting(database, clock, persons),
            History(database, clock, persons),
            Reviewing(database, clock, settings),
        )
        office.desk.enter()
        return office

    @property
    def database(self) -> Database:
        return self.desk.database

    def report(self, *reports: Report, by: ReportingParty | None = None) -> list[Accepted | Refused]:
        return self.reporting.report(reports, by=by or company())

    def accept(self, *reports: Report, by: ReportingParty | None = None) -> list[str]:
        """Their ids; all must be taken."""
        found = self.report(*reports, by=by)
        assert all(isinstance(one, Accepted) for one in found), found
        return [one.record_id for one in found if isinstance(one, Accepted)]

    def everything_stored(self) -> str:
        """All values in all tables, for looking for what must not be there."""
        with self.database.read() as connection:
            rows = [connection.execute(select(table)).all() for table in metadata.sorted_tables]
        return repr(rows)
