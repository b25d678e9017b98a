"""Printing: paper for certificates in force, the same bytes each time, nothing drawn twice."""

import csv
from pathlib import Path

import pytest
from support.desk import MEDICAL, NUMBER, SEAFARER, Desk, read_credential
from support.scenario import competency

from issuer.domain.errors import Conflict, InvalidInput
from issuer.services.issuing.issuer import IssuedCredential
from issuer.services.paper.printing import INDEX, Printing, file_name
from issuer.services.register.lookup import lookup
from verifier.credential import carrier, qr, vc
from verifier.status import Status


def test_paper_is_a_credential_without_a_phone(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    report = desk.printing.print(tmp_path)
    assert [paper.document_number for paper in report.papers] == [NUMBER, MEDICAL]
    text = (tmp_path / f"{NUMBER}.txt").read_text()
    said = read_credential(carrier.unpack(carrier.from_qr_text(text)))
    assert (said.certificate, said.holder_key) == (competency(), None)
    assert (tmp_path / f"{NUMBER}.svg").read_text() == qr.svg(text)
    with (tmp_path / INDEX).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["document_number"] for row in rows] == [NUMBER, MEDICAL]
    assert rows[0]["text"] == f"{NUMBER}.txt"


def test_printing_again_gives_the_same_bytes_and_draws_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.enter()
    paper = tmp_path / "paper"
    first = desk.printing.print(paper)
    files = {path.name: path.read_bytes() for path in paper.iterdir()}
    monkeypatch.setattr(qr, "svg", None)
    assert desk.printing.print(paper) == first
    assert {path.name: path.read_bytes() for path in paper.iterdir()} == files
    assert desk.credential_states() == ["released", "released"]


def test_each_number_has_files_of_its_own_on_every_disk(desk: Desk, tmp_path: Path) -> None:
    numbers = ["A:1", "A_1", "a_1", "a:1", "AUX", "NO-22-143706"]
    desk.enter(*(competency(document_number=number) for number in numbers))
    papers = desk.printing.print(tmp_path).papers
    names = [name.casefold() for paper in papers for name in (paper.text, paper.picture)]
    assert len(set(names)) == 2 * len(numbers)
    for paper in papers:
        said = read_credential(carrier.unpack(carrier.from_qr_text((tmp_path / paper.text).read_text())))
        assert said.certificate.document_number == paper.document_number


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("NO-22-143706", "NO-22-143706"),
        ("A_1", "A_1"),
        ("A:1", "A_1~370b9816"),
        ("a_1", "a_1~"),
        ("CON", "CON~"),
        ("NUL.1", "NUL.1~"),
        ("CONDOR", "CONDOR"),
    ],
)
def test_plain_number_is_its_own_file_name(number: str, name: str) -> None:
    assert file_name(number).startswith(name)
    assert ("~" in file_name(number)) == ("~" in name)


def test_stored_text_of_another_certificate_is_not_printed_as_this_one(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    papers = desk.printing.sign(desk.printing.requests())
    mine, other = (one for one in papers if isinstance(one, IssuedCredential))

    class Fooled:
        """As if the rows of the texts had been swapped."""

        def issue_many(self, _: object) -> list[IssuedCredential]:
            return [mine._replace(token=other.token), other._replace(idx=mine.idx), other._replace(token="x")]

    printing = Printing(desk.database, desk.clock, desk.settings, Fooled())  # type: ignore[arg-type]
    report = printing.print(tmp_path / "paper")
    assert report.papers == []
    assert [type(one.error) for one in report.refused] == [Conflict] * 3
    assert "another certificate's" in report.refused[0].error.message
    assert [path.name for path in (tmp_path / "paper").iterdir()] == [INDEX]


def index_of(folder: Path) -> list[str]:
    with (folder / INDEX).open() as file:
        return [row["document_number"] for row in csv.DictReader(file)]


def test_printing_one_keeps_the_others_in_the_index(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.printing.print(tmp_path, [MEDICAL])
    desk.printing.print(tmp_path, [NUMBER])
    assert index_of(tmp_path) == [NUMBER, MEDICAL]
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    desk.printing.print(tmp_path, [NUMBER])
    assert index_of(tmp_path) == [MEDICAL]  # paper that is no longer due


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff"])
def test_file_that_is_no_index_is_left_alone(desk: Desk, tmp_path: Path, content: bytes) -> None:
    desk.enter()
    (tmp_path / INDEX).write_bytes(content)
    with pytest.raises(InvalidInput, match="no index of printed papers"):
        desk.printing.print(tmp_path, [NUMBER])
    assert (tmp_path / INDEX).read_bytes() == content


def test_only_certificates_in_force_are_printed(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    assert [paper.document_number for paper in desk.printing.print(tmp_path).papers] == [MEDICAL]
    refused = desk.printing.print(tmp_path, [NUMBER, "NO-NONE", MEDICAL]).refused
    assert [one.document_number for one in refused] == [NUMBER, "NO-NONE"]


def test_new_name_is_a_new_edition_that_replaces_the_old_paper(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    [before] = desk.printing.sign(desk.printing.requests([NUMBER]))
    claims = vc.certificate_claims(competency())
    for name in ("Þórsdóttir", "Østergård"):  # and back: the first paper stays replaced
        desk.load({"kind": "seafarer", "seafarer_id": SEAFARER, "family_name": name,
                   "given_name": claims["given_name"], "birth_date": claims["birth_date"]})  # fmt: skip
        [after] = desk.printing.sign(desk.printing.requests([NUMBER]))
        assert desk.status(before) is Status.REPLACED  # type: ignore[arg-type] # it was not refused
        assert desk.status(after) is Status.VALID  # type: ignore[arg-type]
        before = after


def test_folder_that_cannot_be_written_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidInput, match="cannot be written"):
        desk.printing.print(tmp_path / "file")
    assert len(desk.printing.print(tmp_path / "paper").papers) == 2


def test_look_up_tells_the_standing_and_no_person(desk: Desk) -> None:
    desk.enter(competency(expiry_date=desk.settings.today(desk.clock.now)))
    standing = lookup(desk.database, desk.clock, desk.settings, NUMBER)
    assert standing is not None
    assert (standing.status, standing.issuing_country) == ("in-force", "NO")
    assert "Østergård" not in repr(standing)
    assert SEAFARER not in repr(standing)
    desk.clock.forward(days=1)
    later = lookup(desk.database, desk.clock, desk.settings, NUMBER)
    assert later is not None
    assert later.status == "expired"
    desk.enter(competency(document_number="NO-2"))
    desk.lifecycle.replace(NUMBER, by="NO-2", reason="", actor="clerk")
    replaced = lookup(desk.database, desk.clock, desk.settings, NUMBER)
    assert replaced is not None
    assert (replaced.status, replaced.replaced_by) == ("replaced", "NO-2")
    assert lookup(desk.database, desk.clock, desk.settings, "NO-NONE") is None


def test_what_was_never_issued_is_not_announced(desk: Desk) -> None:
    desk.enter()
    rows = [row.replace(b'"in-force"', b'"drafted"').replace(b"NO-COC", b"NO-DRAFT")
            for row in desk.export().splitlines()[1:]]  # fmt: skip
    desk.load(*rows)
    assert lookup(desk.database, desk.clock, desk.settings, "NO-DRAFT-0001") is None
