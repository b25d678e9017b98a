"""Denmark, the whole way: documented sea time renews a certificate; a leisure one opens nothing."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from support.case_office import ASTRID, SHIP, CaseOffice, case_office
from support.records import DATA_KEY

from issuer.domain.qualifications import Completed, Picture, SeaService
from issuer.rules.facts import Channel, Kind, Reporter
from keys.encoding import json_dumps

SELF = (Reporter.APPLICANT, Channel.SELF_REPORT)
REGISTERED = (
    Reporter.AUTHORITY,
    Channel.API,
)  # «på danske lastskibe har vi … din fartstid registreret hos os»
By = tuple[Reporter, Channel]
FEE = {"amount": 500, "currency": "DKK"}


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    """The Danish authority; it looks at no automatic case."""
    given: dict[str, Any] = {
        "flag": "DK",
        "time_zone": "Europe/Copenhagen",
        "authority_name": "Søfartsstyrelsen",
        "personal_data_key": DATA_KEY,
    }
    with case_office(sqlite_url, monkeypatch, **given) as office:
        yield office


def papers(office: CaseOffice, medical: str = "sundhedsbevis") -> None:
    """What a doctor says, and a photo."""
    day = office.today - timedelta(days=30)
    office.report(Kind.DOCUMENT, Completed(code=medical, day=day), (Reporter.DOCTOR, Channel.WEB))
    made = io.BytesIO()
    Image.new("RGB", (480, 640), (255, 255, 255)).save(made, "JPEG")
    office.report(Kind.PHOTO, Picture(day=day), (Reporter.APPLICANT, Channel.UPLOAD), made.getvalue())


def sea(office: CaseOffice, days: int, *marks: str, by: By = REGISTERED, back: int = 900) -> None:
    """Service as a navigator, on a Danish cargo ship of which the authority has it."""
    first = office.today - timedelta(days=back)
    served = SeaService(
        first=first,
        last=first + timedelta(days=days - 1),
        ship=replace(SHIP, flag="DK"),
        department="deck",
        marks=frozenset(marks),
    )
    office.report(Kind.SERVICE, served, by)


def holds(office: CaseOffice, rule: str = "DK.navigator", **changes: object) -> str:
    """A certificate in the register, of five years that end in a month."""
    last = office.today + timedelta(days=30)
    row: dict[str, Any] = {
        "kind": "certificate", "type": "competency", "state": "in-force", "seafarer_id": ASTRID,
        "document_number": "DK-2021-000017", "issuing_country": "DK",
        "issuing_authority": "Søfartsstyrelsen", "issue_date": str(last - timedelta(days=1_826)),
        "expiry_date": str(last), "stcw_code": ["II/1"], "rule": f"{rule}@0123456789abcdef",
        "capacities": [{"capacity_code": "oicnw"}],
        "functions": [{"code": "navigation", "level": "operational"}],
        **changes,
    }  # fmt: skip
    head: dict[str, Any] = {"format": "ombord-register", "version": 1, "authority": "DK"}
    extract = io.BytesIO(b"".join(json_dumps(one) + b"\n" for one in (head, row)))
    loaded = office.services.importing.load(extract, actor="test")
    assert not loaded.rejected, loaded
    return str(row["document_number"])


def test_a_year_in_a_maintaining_post_renews_at_once_for_as_long_again(office: CaseOffice) -> None:
    old = holds(office)
    papers(office)
    sea(office, 360, "vedligeholder-navigator")
    told = office.post(
        "applications/preview", {"seafarer_id": ASTRID, "rule": "DK.navigator", "kind": "renewal"}
    ).json()
    assert told["way"] == "automatic-or-spot-check"
    assert {**told["fee"], **FEE} == told["fee"]
    case = office.apply("DK.navigator", kind="renewal", language="da")
    assert case["state"] == "issued"
    shown = office.get(f"applications/{case['case_id']}")
    assert (shown["replaces"], shown["automatic"]) == (old, True)
    assert shown["decisions"][0]["rule"] == "DK.fornyelse.navigator"
    renewed = office.get(f"certificates/{shown['document_number']}")
    assert renewed["entry"]["expiry_date"] == str(office.today + timedelta(days=1_826))
    assert office.get(f"certificates/{old}")["entry"]["state"] == "replaced"


def test_on_the_seafarers_own_word_alone_a_person_asks_for_documentation(office: CaseOffice) -> None:
    holds(office)
    papers(office)
    sea(office, 360, "vedligeholder-navigator", by=SELF)
    case = office.apply("DK.navigator", kind="renewal", language="da")
    assert case["state"] == "manual"


def test_a_day_short_points_to_reacquisition(office: CaseOffice) -> None:
    holds(office)
    papers(office)
    sea(office, 359, "vedligeholder-navigator")
    case = office.apply("DK.navigator", kind="renewal", language="da")
    assert case["state"] == "awaiting-information"
    told = office.get(f"applications/{case['case_id']}/explanation", language="da")["text"]
    assert "Generhvervelse af sønæringsbevis som navigatør" in " ".join(" ".join(told).split())


def test_a_post_of_which_nothing_is_said_goes_to_a_person(office: CaseOffice) -> None:
    holds(office)
    papers(office)
    sea(office, 360)
    assert office.apply("DK.navigator", kind="renewal")["state"] == "manual"


def test_a_lost_certificate_is_replaced_to_its_last_day(office: CaseOffice) -> None:
    holds(office)
    papers(office)
    case = office.apply("DK.navigator", kind="lost")
    assert case["state"] == "issued"
    shown = office.get(f"applications/{case['case_id']}")
    assert shown["decisions"][0]["rule"] == "DK.bortkommet.navigator"
    replaced = office.get(f"certificates/{shown['document_number']}")
    assert replaced["entry"]["expiry_date"] == str(office.today + timedelta(days=30))


def test_a_leisure_certificate_is_examined_and_opens_no_merchant_one(office: CaseOffice) -> None:
    papers(office, "syns-horeprove-ojenlage")
    passed = Completed(code="yachtskippereksamen-1", day=office.today - timedelta(days=90))
    office.report(Kind.EXAM, passed, (Reporter.SCHOOL, Channel.API))
    case = office.apply("DK.yachtskipper-1")
    assert case["state"] == "manual", "the page says no last day: a person does"
    sea(office, 360, "vedligeholder-navigator")
    told = office.post(
        "applications/preview", {"seafarer_id": ASTRID, "rule": "DK.navigator", "kind": "upgrade"}
    ).json()
    missing = [one["code"] for one in told["requirements"] if one["standing"] == "unmet"]
    assert missing == ["sundhedsbevis", "DK.navigator"]
