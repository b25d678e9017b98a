"""The photograph that an application rests on becomes the portrait of the pass, where there is none."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from support.case_office import ASTRID, CaseOffice, case_office, party
from support.records import DATA_KEY

from issuer.domain.qualifications import Accepted, Completed, Picture, RecordContents, Report
from issuer.rules.facts import Channel, Kind, Reporter
from issuer.services.register.portraits import Portraits, portrait_of
from keys.encoding import json_dumps

GREY, WHITE = (90, 90, 90), (255, 255, 255)


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseOffice]:
    """The Danish authority, whose seafarer has lost a certificate: a photograph is asked for anew."""
    given: dict[str, Any] = {"flag": "DK", "time_zone": "Europe/Copenhagen"}
    with case_office(sqlite_url, monkeypatch, personal_data_key=DATA_KEY, **given) as office:
        rows: list[dict[str, Any]] = [
            {"format": "ombord-register", "version": 1, "authority": "DK"},
            {
                "kind": "certificate", "type": "competency", "state": "in-force", "seafarer_id": ASTRID,
                "document_number": "DK-2021-000017", "issuing_country": "DK",
                "issuing_authority": "Søfartsstyrelsen", "stcw_code": ["II/1"],
                "issue_date": str(office.today - timedelta(days=400)),
                "expiry_date": str(office.today + timedelta(days=400)),
                "rule": "DK.navigator@0123456789abcdef",
                "capacities": [{"capacity_code": "oicnw"}],
                "functions": [{"code": "navigation", "level": "operational"}],
            },
        ]  # fmt: skip
        extract = io.BytesIO(b"".join(json_dumps(one) + b"\n" for one in rows))
        assert not office.services.importing.load(extract, actor="test").rejected
        tell(office, Kind.DOCUMENT, Completed(code="sundhedsbevis", day=office.today), Reporter.DOCTOR)
        yield office


def tell(
    office: CaseOffice, kind: Kind, contents: RecordContents, role: Reporter, document: bytes | None = None
) -> str:
    channel = Channel.UPLOAD if kind is Kind.PHOTO else Channel.WEB
    one = Report(kind=kind, contents=contents, seafarer_id=ASTRID, document=document)
    [result] = office.services.reporting.report([one], by=party("DK-1", role, channel, kind))
    assert isinstance(result, Accepted), result
    return result.record_id


def picture(colour: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (480, 640), colour).save(made, "JPEG")
    return made.getvalue()


def photographed(office: CaseOffice, colour: tuple[int, int, int]) -> str:
    return tell(office, Kind.PHOTO, Picture(day=office.today), Reporter.APPLICANT, picture(colour))


def portrait(office: CaseOffice) -> tuple[int, int, int] | None:
    """The colour of what the pass would show."""
    with office.services.database.read() as connection:
        kept = portrait_of(connection, ASTRID)
    if kept is None:
        return None
    middle = Image.open(io.BytesIO(kept)).convert("RGB").getpixel((20, 20))
    assert isinstance(middle, tuple)
    return WHITE if middle[0] > 200 else GREY


def noted(office: CaseOffice) -> list[tuple[str, str]]:
    """Of the audit trail, what is about pictures: event and actor."""
    with office.services.database.read() as connection:
        events = connection.exec_driver_sql("SELECT event, actor FROM audit_event ORDER BY sequence").all()
    return [(event, actor) for event, actor in events if "portrait" in event or "document" in event]


def test_photograph_that_a_grant_rests_on_becomes_the_portrait(office: CaseOffice) -> None:
    photographed(office, GREY)
    assert portrait(office) is None, "nothing was granted on it yet"
    assert office.apply("DK.navigator", kind="lost")["state"] == "issued"
    assert portrait(office) == GREY
    (seen, by_rule), (stored, too) = noted(office)
    assert (seen, stored) == ("record-document-seen", "portrait-stored")
    assert by_rule == too
    assert by_rule.startswith("rule:DK.bortkommet.navigator@")


def test_portrait_that_the_register_has_stays(office: CaseOffice) -> None:
    Portraits(office.services.database, office.services.clock).put(ASTRID, picture(WHITE), actor="test")
    photographed(office, GREY)
    assert office.apply("DK.navigator", kind="lost")["state"] == "issued"
    assert portrait(office) == WHITE


def test_photograph_that_does_not_open_stops_no_grant_and_is_noted(office: CaseOffice) -> None:
    photographed(office, GREY)
    with office.services.database.write() as connection:
        connection.exec_driver_sql("UPDATE qualification_document SET sealed = x'00'")
    assert office.apply("DK.navigator", kind="lost")["state"] == "issued"
    assert portrait(office) is None
    assert [event for event, _ in noted(office)] == ["portrait-not-taken"]
