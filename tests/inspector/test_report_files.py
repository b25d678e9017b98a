"""What an inspection leaves: a PDF that reads and looks right, a signed JSON, records for this device."""

import json
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import ImageChops
from support.simulator import NOW, seeded_signer

from keys.custody.device_keys import DeviceKeys, DeviceKeysError
from keys.encoding import b64url_encode
from verifier.inspector.core import report_pdf, report_scripts, signed_report
from verifier.inspector.core.records import Kept, RecordError, Records
from verifier.inspector.core.report_state import (
    DeficiencyState,
    Fact,
    PersonState,
    PostState,
    ReportState,
    Tone,
)
from verifier.inspector.core.signed_report import NotSigned

KEPT = Kept("Crew report: Nordlys", "All posts are filled", '{"verdict":"valid"}', "a.b.c")


def person(number: int, **changes: object) -> PersonState:
    one = PersonState(
        key=str(number),
        name=f"Kim Sailor{number}",
        detail="born 12 Apr 1988",
        tone=Tone.GOOD,
        word="VALID",
        post="as Master",
    )
    return replace(one, **changes)  # type: ignore[arg-type] # any field, as the test says


def report(*people: PersonState) -> ReportState:
    return ReportState(
        title="Crew report: Nordlys",
        headline="1 post is short",
        tone=Tone.BAD,
        summary="1 of 2 filled",
        facts=(Fact("Ship", "Nordlys, NO"),),
        posts=(
            PostState(title="Master", filled="1 of 1", tone=Tone.GOOD, word="filled", people=("Kim Ek",)),
            PostState(title="Chief mate", filled="0 of 1", tone=Tone.BAD, word="short", shortfall="Missing"),
        ),
        persons=people or (person(1),),
        deficiencies=(DeficiencyState("01209", "Manning", "Chief mate is missing", "From memory"),),
        notes=("The inspector decides.",),
        made="Made 21 Nov 2026",
        rehearsal="TEST DIRECTORY",
        headings=("Ship", "Posts", "Persons", "Codes"),
    )


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_the_pdf_says_all_that_the_report_says() -> None:
    (text,) = pages(report_pdf.draw(report(), at=NOW))
    for words in (
        "Crew report: Nordlys",
        "1 post is short",
        "TEST DIRECTORY",
        "Kim Sailor1",
        "VALID",
        "01209",
    ):
        assert words in text
    assert "Page 1 of 1" in text


def test_the_same_report_at_the_same_time_is_the_same_file() -> None:
    assert report_pdf.draw(report(), at=NOW) == report_pdf.draw(report(), at=NOW)


def test_sixty_persons_run_over_pages_and_nobody_is_cut_in_two() -> None:
    people = [person(number, problems=("P4: it is missing",)) for number in range(60)]
    found = pages(report_pdf.draw(report(*people), at=NOW))
    assert len(found) > 3
    assert found[-1].rstrip().endswith(f"Page {len(found)} of {len(found)}")
    for one in people:
        assert sum(re.search(rf"{one.name}\b", text) is not None for text in found) == 1
    assert all(text.count("Kim Sailor") == text.count("P4: it is missing") for text in found)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("李 Wei", "李 Wei"),
        ("Þorgerður Østergård", "Þorgerður Østergård"),
        ("A\u202eB", r"A\u{202e}B"),
        ("\u0f40\u0f72", r"\u{0f40}\u{0f72}"),
        ("x" * 120, "xxxxxxxx"),
        ("<b>Bo</b> **Ek**", "<b>Bo</b> **Ek**"),
    ],
)
def test_no_letter_of_a_name_disappears(name: str, seen: str) -> None:
    text = " ".join(pages(report_pdf.draw(report(person(1, name=name)), at=NOW)))
    assert seen in text


@pytest.mark.parametrize("mark", ["\u0323", "\u0301", "\u0e49", "\u064e"])
def test_a_name_of_many_marks_covers_no_other_line(mark: str) -> None:
    """One person's name is not to strike another one's verdict out."""
    pages = []
    for many in (1, 60):
        named = report(person(1), person(2, name="ก" + mark * many))
        pages.append(pypdfium2.PdfDocument(report_pdf.draw(named, at=NOW))[0])
    text = pages[0].get_textpage()
    first = pages[0].get_height() - text.get_charbox(text.get_text_range().index("as Master"))[1]
    plain, flooded = (page.render(scale=2).to_pil().convert("L") for page in pages)
    above = (0, 0, plain.width, int(2 * first))
    assert ImageChops.difference(plain.crop(above), flooded.crop(above)).getbbox() is None


@pytest.mark.parametrize("shaper", [True, False], ids=["shaped", "as on phones"])
@pytest.mark.parametrize("name", ["عمر حسن", "דוד לוי", "शक्ति", "홍길동", "สมชาย", "Ek דוד, 12 · x"])
def test_a_name_in_its_own_script_is_drawn_with_its_letters(
    monkeypatch: pytest.MonkeyPatch, name: str, shaper: bool
) -> None:
    if not shaper:
        monkeypatch.setattr(report_scripts, "find_spec", lambda _: None)
    text = " ".join(pages(report_pdf.draw(report(person(1, name=name)), at=NOW)))
    assert "\\u{" not in text
    assert {one for one in name if not one.isspace()} <= set(text)


@pytest.mark.parametrize("shaper", [True, False], ids=["shaped", "as on phones"])
def test_a_name_from_right_to_left_stands_in_its_place(monkeypatch: pytest.MonkeyPatch, shaper: bool) -> None:
    """Its first letter at its right; what is said before and after it at its left and right."""
    if not shaper:
        monkeypatch.setattr(report_scripts, "find_spec", lambda _: None)
    named = report(person(1, name="Ek, \u05d3\u05d5\u05e8 \u05dc\u05d9, 7"))
    page = pypdfium2.PdfDocument(report_pdf.draw(named, at=NOW))[0].get_textpage()
    text = page.get_text_range()
    left = {one: page.get_charbox(text.index(one))[0] for one in "\u05d3\u05d5\u05e8\u05dc\u05d97"}
    assert sorted(left, key=lambda one: left[one]) == [*"\u05d9\u05dc\u05e8\u05d5\u05d37"]


def test_the_headline_is_drawn_in_its_tone() -> None:
    page = pypdfium2.PdfDocument(report_pdf.draw(report(), at=NOW))[0]
    colours = {colour for _, colour in page.render(scale=1).to_pil().convert("RGB").getcolors(1 << 20)}
    assert report_pdf.TONES[Tone.BAD][1] in colours
    assert report_pdf.TONES[Tone.CAUTION][1] in colours


def test_without_its_fonts_no_pdf_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(report_pdf, "FONTS", str(tmp_path))
    with pytest.raises(report_pdf.PdfUnavailable, match="make setup"):
        report_pdf.draw(report(), at=NOW)


# The signature


def test_a_signed_report_is_the_report_byte_for_byte_and_names_its_device() -> None:
    signer = seeded_signer("inspector")
    found = signed_report.read(signed_report.sign(b'{"a": 1}\n', signer))
    assert found == (b'{"a": 1}\n', signer.public_key.thumbprint())


def test_a_changed_report_is_no_longer_signed() -> None:
    token = signed_report.sign(b'{"a": 1}', seeded_signer("inspector"))
    header, _, signature = token.split(".")
    changed = f"{header}.{b64url_encode(json.dumps({'a': 2}).encode())}.{signature}"
    with pytest.raises(NotSigned):
        signed_report.read(changed)


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 100, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_signed_report_is_refused(text: str) -> None:
    with pytest.raises(NotSigned):
        signed_report.read(text)


# Records


def records(folder: Path, secret: bytes = bytes(32)) -> Records:
    return Records(folder / "inspections", secret)


def test_a_record_comes_back_and_its_file_is_the_owners_alone_and_shows_no_name(tmp_path: Path) -> None:
    kept = records(tmp_path)
    name = kept.keep(KEPT, NOW)
    path = tmp_path / "inspections" / name
    assert kept.read(name) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"Nordlys" not in path.read_bytes()
    assert "Nordlys" not in name


def test_nothing_is_made_before_a_record_is_kept(tmp_path: Path) -> None:
    assert records(tmp_path).lines() == ()
    assert not list(tmp_path.iterdir())


def test_records_are_listed_newest_first_and_the_deleted_are_gone(tmp_path: Path) -> None:
    kept = records(tmp_path)
    first, second = kept.keep(KEPT, NOW), kept.keep(KEPT, NOW + timedelta(days=1))
    assert [line.name for line in kept.lines()] == [second, first]
    kept.delete(second)
    kept.delete(second)
    assert [line.name for line in kept.lines()] == [first]
    assert kept.lines()[0].made_at == datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "other", "renamed"])
def test_a_damaged_record_is_listed_as_such_beside_the_others_and_can_be_deleted(
    tmp_path: Path, damage: str
) -> None:
    kept = records(tmp_path)
    good, bad = kept.keep(KEPT, NOW), kept.keep(KEPT, NOW + timedelta(days=1))
    path = tmp_path / "inspections" / bad
    data = path.read_bytes()
    match damage:
        case "flip":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        case "cut":
            path.write_bytes(data[:20])
        case "empty":
            path.write_bytes(b"")
        case "other":
            records(tmp_path, bytes([1]) * 32).keep(KEPT, NOW)
            path.unlink()
        case "renamed":
            path.rename(path.with_name("20261123T000000Z-00000000.record"))
    lines = kept.lines()
    assert sorted(line.kept is None for line in lines) == [False, True]
    assert next(line for line in lines if line.kept is not None).name == good
    kept.delete(next(line.name for line in lines if line.kept is None))
    assert len(kept.lines()) == 1


@pytest.mark.parametrize("name", ["../device-keys.json", "x.record", "/etc/passwd", ""])
def test_a_name_that_is_no_records_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordError, match="no such"):
        records(tmp_path).read(name)
    with pytest.raises(RecordError, match="no such"):
        records(tmp_path).delete(name)


def test_a_full_or_unwritable_folder_says_so_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "inspections").write_text("a file is in the way")
    with pytest.raises(RecordError, match="could not be kept"):
        records(tmp_path).keep(KEPT, NOW)


# The device's keys


def test_the_devices_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "device-keys.json"
    keys = DeviceKeys(path)
    assert not path.exists()
    thumbprint, secret = keys.signer().public_key.thumbprint(), keys.secret()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = DeviceKeys(path)
    assert (again.signer().public_key.thumbprint(), again.secret()) == (thumbprint, secret)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_keys_that_others_may_read_are_narrowed(tmp_path: Path) -> None:
    path = tmp_path / "device-keys.json"
    DeviceKeys(path).secret()
    path.chmod(0o644)
    DeviceKeys(path).secret()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"device":"AA","records":"AA"}', b"\xff" * 9_000])
def test_a_damaged_file_of_keys_is_named_and_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "device-keys.json"
    path.write_bytes(data)
    with pytest.raises(DeviceKeysError, match="damaged"):
        DeviceKeys(path).signer()
    assert path.read_bytes() == data
