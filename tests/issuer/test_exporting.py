"""Export: what went in comes out, byte for byte, also after decisions were taken."""

from pathlib import Path

from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_app import HandClock

from demo.extract import make_extract
from issuer.adapters.database import Database


def imported(tmp_path: Path, desk: Desk, extract: bytes, name: str) -> tuple[Desk, Database]:
    database = Database.open(f"sqlite:///{tmp_path}/{name}.db")
    other = Desk(database, desk.settings, HandClock())
    _, *rows = extract.splitlines()
    report = other.load(*rows, head=None)
    assert report.rejected == []
    return other, database


def test_export_of_an_import_of_an_export_is_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    rows = list(make_extract("NO", 25, 11, desk.settings.today(desk.clock.now)))
    assert desk.load(*rows[1:], head=rows[0]).rejected == []
    desk.enter()
    desk.lifecycle.suspend(NUMBER, reason="a casualty", actor="test")
    desk.lifecycle.replace(MEDICAL, reason="", actor="test")
    exported = desk.export()
    other, database = imported(tmp_path, desk, exported, "other")
    assert other.export() == exported
    database.close()


def test_own_export_changes_nothing_when_it_is_loaded_again(desk: Desk) -> None:
    desk.enter()
    desk.lifecycle.suspend(NUMBER, reason="a casualty", actor="test")
    _, *rows = desk.export().splitlines()
    report = desk.load(*rows)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 3)


def test_rows_are_in_order_of_number_on_every_database(desk: Desk) -> None:
    numbers = desk.enter_many(12)
    lines = desk.export().decode().splitlines()[2:]
    assert [line.split('"document_number":"')[1].split('"')[0] for line in lines] == sorted(numbers)
