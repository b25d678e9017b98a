"""`person`, `record` and `review` at a terminal: what they say, and what they never say."""

import io
import json
from pathlib import Path

import pytest
from support.issuer_cli import Run, extract, run, sealed
from support.records import DATA_KEY, RecordsOffice, company, service

from issuer.adapters.database import Database
from issuer.domain.qualifications import applicant
from issuer.rules.facts import Channel

__all__ = ["extract", "run", "sealed"]
NUMBER = "900118-9811"


@pytest.fixture
def seafarer(run: Run, extract: Path) -> str:
    """Somebody of the demonstration's register."""
    run("import", str(extract))
    rows = (json.loads(line) for line in extract.read_text(encoding="utf-8").splitlines())
    return str(next(row["seafarer_id"] for row in rows if row.get("kind") == "seafarer"))


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))


def test_number_is_entered_found_shown_and_erased(
    run: Run, seafarer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMBORD_PERSONAL_DATA_KEY", DATA_KEY)
    said = []
    for words in (["add", seafarer], ["add", seafarer], ["find"]):
        typed(monkeypatch, NUMBER)
        said.append(run("person", *words, "--kind", "se-personnummer"))
    assert said == [
        (0, f"{seafarer}: the number is entered\n", ""),
        (0, f"{seafarer}: the number is the one that was there\n", ""),
        (0, f"{seafarer}\n", ""),
    ]
    assert run("person", "show", seafarer) == (0, "se-personnummer  199001189811\n", "")
    assert run("person", "erase", seafarer, "--reason", "asked for")[0] == 0
    typed(monkeypatch, NUMBER)
    code, output, complaint = run("person", "find", "--kind", "se-personnummer")
    assert (code, output) == (2, "")
    assert complaint.startswith("error: no seafarer in the register has this number")
    trail = run("audit", "show", "--json")[1]
    assert "person-erased" in trail
    assert "9811" not in trail


@pytest.mark.parametrize("text", ["", "900118-9812", "9" * 200])
def test_wrong_number_is_not_said_back(
    run: Run, seafarer: str, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("OMBORD_PERSONAL_DATA_KEY", DATA_KEY)
    typed(monkeypatch, text)
    code, output, complaint = run("person", "add", seafarer, "--kind", "se-personnummer")
    assert (code, output) == (2, "")
    assert "hint: " in complaint
    assert not text or text not in complaint


def test_without_a_key_the_command_says_how_to_make_one(
    run: Run, seafarer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, NUMBER)
    code, _, complaint = run("person", "add", seafarer, "--kind", "se-personnummer")
    assert code == 2
    assert "personal_data_key is not set" in complaint
    assert "openssl rand -base64 32" in complaint


def test_records_are_listed_with_who_reported_them_and_when(run: Run, database_url: str) -> None:
    database = Database.open(database_url)
    office = RecordsOffice.open(database)
    record = office.accept(service("2024-01-01", "2024-06-30"))[0]
    office.rests = [(record, "NO-COC-0001")]
    office.reporting.correct(record, service("2024-01-01", "2024-05-31"), by=company())
    database.close()
    code, output, _ = run("record", "about", "7K3M9QXA")
    assert code == 0
    assert output.startswith(
        f"{record}  service  overstyrman  2024-01-01 to 2024-05-31  stands, version 2, from "
    )
    shown = json.loads(run("record", "history", record, "--json")[1])
    assert [one["act"] for one in shown["versions"]] == ["reported", "corrected"]
    assert "reported by company:NO-974760673" in run("record", "history", record)[1]
    assert run("review", "list")[1].startswith(f"NO-COC-0001  record {record} corrected ")
    assert run("review", "settle", "NO-COC-0001", "--note", "enough is left") == (
        0,
        "NO-COC-0001: 1 settled\n",
        "",
    )
    assert run("review", "list") == (0, "", "no certificate waits for a review\n")
    assert "settled" in run("review", "list", "--all")[1]
    asked = run("record", "ask", record, "--text", "31 May?", personal_data_key=DATA_KEY)
    assert asked == (0, "request 1 waits for the reporter's answer\n", "")
    assert (
        "  authority: 31 May?\n  open\n"
        in run("record", "requests", "7K3M9QXA", personal_data_key=DATA_KEY)[1]
    )
    assert run("record", "history", "nothing")[0] == 2


def test_uploaded_document_is_written_for_who_has_to_read_it(
    run: Run, database_url: str, tmp_path: Path
) -> None:
    database = Database.open(database_url)
    office = RecordsOffice.open(database)
    paper = b"%PDF-1.7\n%%EOF\n"
    report = service("2024-01-01", "2024-06-30", document=paper)
    record = office.accept(report, by=applicant("7K3M9QXA", Channel.UPLOAD))[0]
    database.close()
    out = tmp_path / "statement.pdf"
    told = run("record", "document", record, "--out", str(out), personal_data_key=DATA_KEY)
    assert told == (0, f"{out}: application/pdf, {len(paper)} bytes\n", "")
    assert out.read_bytes() == paper
    assert out.stat().st_mode & 0o777 == 0o600
    lacking = run(
        "record", "document", record, "--version", "2", "--out", str(out), personal_data_key=DATA_KEY
    )
    assert lacking[0] == 2
    nowhere = str(tmp_path / "nowhere" / "x.pdf")
    assert run("record", "document", record, "--out", nowhere, personal_data_key=DATA_KEY)[0] == 2
