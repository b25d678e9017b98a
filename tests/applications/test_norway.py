"""Norway, the whole way: records from their sources, hours, a person, and where it is accepted."""

import io
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.case_office import ASTRID, CaseOffice, case_office
from support.records import DATA_KEY

from issuer.domain.applications import Decision
from issuer.domain.qualifications import (
    Completed,
    Picture,
    SeaService,
    Ship,
)
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.services.paper.printing import Printing
from verifier.credential.model import Acceptance
from verifier.inspection import limits
from verifier.inspection import ship as on_board
from verifier.verdict import Outcome, Valid

RULE = "NO.vakthavende-dekk"
WISH = {"seafarer_id": ASTRID, "rule": RULE, "language": "nb"}
SHIP = Ship(imo="9319466", name="Havbris", flag="NO", gt=8_500, kw=6_000, use="handelsfartyg")
COMPANY = (Reporter.COMPANY, Channel.API)
ON_PAGE = (Reporter.COMPANY, Channel.WEB)


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    """The Norwegian authority; it looks at no automatic case, and still decides none without a person."""
    given: dict[str, Any] = {
        "flag": "NO",
        "time_zone": "Europe/Oslo",
        "authority_name": "Sjøfartsdirektoratet",
        "personal_data_key": DATA_KEY,
    }
    with case_office(sqlite_url, monkeypatch, **given) as office:
        yield office


def papers(office: CaseOffice) -> None:
    """Six of the seven rows, each from its source."""
    day = office.today - timedelta(days=30)
    for kind, code, by in (
        (Kind.DOCUMENT, "helseerklaering", (Reporter.DOCTOR, Channel.API)),
        (Kind.EDUCATION, "dekksoffiser", (Reporter.SCHOOL, Channel.API)),
        (Kind.COURSE, "grunnleggende-sikkerhetskurs", (Reporter.SCHOOL, Channel.WEB)),
        (Kind.COMPETENCE, "opplaeringsbok-dekk", ON_PAGE),
        (Kind.ASSESSMENT, "hurtiggaende-fartoy", (Reporter.ASSESSOR, Channel.WEB)),
    ):
        office.report(kind, Completed(code=code, day=day), by)
    for kind in (Kind.PHOTO, Kind.SIGNATURE):
        office.report(kind, Picture(day=day), (Reporter.APPLICANT, Channel.UPLOAD), portrait())


def portrait() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (480, 640), (200, 190, 180)).save(made, "JPEG")
    return made.getvalue()


def sea(office: CaseOffice, hours: int) -> None:
    """A year on the bridge, with so many hours."""
    last = office.today - timedelta(days=1)
    year = SeaService(
        first=last - timedelta(days=359), last=last, ship=SHIP, department="deck", hours=Fraction(hours),
        marks=frozenset({"brovakt"}),
    )  # fmt: skip
    office.report(Kind.SERVICE, year, COMPANY)


def test_hours_are_counted_and_an_hour_short_is_told_with_whose_report_would_fill_it(
    office: CaseOffice,
) -> None:
    papers(office)
    sea(office, 2_879)
    told = office.post("applications/preview", WISH).json()
    assert told["way"] == "incomplete"
    [short] = [one for one in told["requirements"] if one["standing"] == "unmet"]
    assert short["missing"][0]["days"] == 0.125
    assert {one["reporter"] for one in short["expected_from"]} == {"company"}


def test_everything_from_its_source_goes_to_a_person_for_the_unread_law_and_is_granted(
    office: CaseOffice, tmp_path: Path
) -> None:
    papers(office)
    sea(office, 2_880)
    told = office.post("applications/preview", WISH).json()
    assert told["way"] == "manual"
    assert {one["standing"] for one in told["requirements"]} == {"met"}
    assert all(one["verified"] for one in told["requirements"])
    case = office.apply(RULE, language="nb")
    assert case["state"] == "manual"
    services, number = office.services, case["case_id"]
    services.applications.deciding.decide(
        number, Decision.GRANT, reason="read the regulation", by="operator:anna"
    )
    assert services.finishing.finish(number).state == "issued"
    printing = Printing(services.database, services.clock, services.settings, services.issuer)
    printing.print(tmp_path / "paper")
    verdict = office.verdict((tmp_path / "paper" / f"{number}.txt").read_text())
    assert isinstance(verdict, Valid), verdict
    assert verdict.credential is not None
    accepted = verdict.credential.certificate.acceptance
    assert accepted == Acceptance(("NO",), ("no-waters",))
    assert points(accepted, "NO", "no-inner-waters") == []
    assert points(accepted, "SE", "no-waters") == [Outcome.FAIL], "not on a ship under another flag"
    assert points(accepted, "NO", "oceanfart") == [Outcome.UNKNOWN], "beyond Norwegian waters a person looks"


def points(accepted: Acceptance, flag: str, area: str) -> list[Outcome]:
    """What row P6 says against it there."""
    said = limits.scope(accepted, on_board.Ship(flag=flag, area=area))
    return [one.outcome for one in said if one.outcome is not Outcome.PASS]


def test_an_uploaded_course_sends_the_case_to_a_person_and_the_explanation_says_so(
    office: CaseOffice,
) -> None:
    papers(office)
    sea(office, 2_880)
    day = office.today - timedelta(days=60)
    uploaded = Completed(code="hurtiggaende-fartoy", day=day)
    office.report(Kind.COURSE, uploaded, (Reporter.APPLICANT, Channel.UPLOAD), portrait())
    case = office.apply(RULE, language="nb")
    told = office.get(f"applications/{case['case_id']}/explanation", language="nb")
    assert case["state"] == "manual"
    [decision] = office.get(f"applications/{case['case_id']}")["decisions"]
    assert set(decision["report"]["why"]) == {"uploaded-document", "unverified-law"}
    assert "Opplastede dokumenter blir alltid lest av en saksbehandler" in "\n".join(told["text"])
