"""`ombord-verify ship`: a crew's files, one person broken, papers typed in, JSON by its schema, exits."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.crews import fit_at_sea, holds, manning, phone_of, seafarer, sign_manning
from support.scenario import TODAY, show
from support.ship_store import Shore, ombord_verify
from support.simulator import DAY, NOW, Authority

from issuer.services.issuing.issuer import IssuedCredential
from issuer.services.paper import printing
from verifier.credential import carrier, frames
from verifier.credential.model import Certificate
from verifier.credential.safe_manning import Post
from verifier.ui.words import Words
from wallet_app.core import office_folder
from wallet_app.core.held import Held

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "crew-report.schema.json").read_text("utf-8"))
TYPED = """
document_number: NO-MSM-0001
flag: NO
ship: {name: Havørn, imo: "9074729", gt: 8500, kw: 6000, type: general-cargo, area: near-coastal}
posts:
  - {capacity_code: master}
  - {capacity_code: chief-mate}
"""
PAPER = """
type: competency
document_number: PA-77
issuing_country: NO
name: Ana Reyes
birth_date: 1980-01-01
capacities: [chief-mate]
expiry_date: 2027-01-01
"""


class Deck:
    """A folder of crew files, and a device that has imported the authority's pack."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch, self.runs = monkeypatch, 0
        self.norway = Authority("NO")
        self.norway.change_key(sign_from=NOW - 1_000 * DAY)
        self.folder, self.crew = folder, folder / "crew"
        self.crew.mkdir()
        self.manning = folder / "manning.yaml"
        self.manning.write_text(TYPED, encoding="utf-8")

    def board(self, number: int, capacity: str, name: str = "") -> list[str]:
        """A seafarer whose phone's codes are in a file of their own."""
        holder = seafarer(number)
        texts = []
        for certificate in (holds(holder, capacity), fit_at_sea(holder)):
            text = self.norway.issue(certificate, phone_of(holder), at=NOW - DAY)
            texts.append(carrier.to_qr_text(carrier.pack(show(text, phone=phone_of(holder)))))
        (self.crew / (name or f"{number}.txt")).write_text("\n".join(texts), encoding="utf-8")
        return texts

    def print(self, folder: Path, *certificates: Certificate) -> None:
        """What `ombord-issuer print --pdf` writes."""
        folder.mkdir(parents=True, exist_ok=True)
        papers = []
        for one in certificates:
            token, number = self.norway.issue(one, at=NOW - DAY), one.document_number
            issued = IssuedCredential(
                serial=number,
                document_number=number,
                kind=one.type.value,
                holder_thumbprint=None,
                list_uri=self.norway.status_uri,
                idx=0,
                kid=self.norway.certificate_kid,
                issued_at=int(NOW.timestamp()),
                token=token,
            )
            papers.append(printing._draw(folder, issued, lambda _: b"%PDF-1.7 a page\xff"))
        (folder / printing.INDEX).write_bytes(printing._index(papers))

    def office(self, folder: Path, *certificates: Certificate) -> None:
        """What the wallet makes for the ship's office, unpacked."""
        held = [
            Held(
                self.norway.issue(one, phone_of(one.holder), at=NOW - DAY),
                self.norway.credential(one),
                NOW,
                True,
            )
            for one in certificates
        ]
        _, data = office_folder.build(held, lambda _: b"%PDF-1.7 a page\xff", NOW, Words())
        zipfile.ZipFile(io.BytesIO(data)).extractall(folder)

    def judge(self, *more: str) -> tuple[int, dict[str, object]]:
        """The exit code and the report, which follows its schema."""
        run = self.run("--json", *more)
        assert run.out, run.err
        report: dict[str, object] = json.loads(run.out)
        Draft202012Validator(SCHEMA).validate(report)
        return run.code, report

    def run(self, *more: str):  # type: ignore[no-untyped-def] # what ombord_verify returns
        """The command, after an import of what has been issued."""
        self.runs += 1
        self.monkeypatch.setenv("OMBORD_HOME", str(self.folder / f"home {self.runs}"))
        shore = Shore(self.folder / f"shore {self.runs}", self.norway)
        assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
        arguments = ("--manning", str(self.manning), "--crew", str(self.crew), "--at", NOW.isoformat())
        return ombord_verify("ship", *arguments, *more)


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deck:
    return Deck(tmp_path, monkeypatch)


def test_a_whole_crew_is_exit_0(deck: Deck) -> None:
    deck.board(1, "master")
    deck.board(2, "chief-mate")
    code, report = deck.judge()
    assert (code, report["verdict"], report["shortfalls"]) == (0, "valid", [])


def test_a_shortfall_is_exit_1_and_named(deck: Deck) -> None:
    deck.board(1, "master")
    code, report = deck.judge()
    assert code == 1
    assert [one["post"] for one in report["shortfalls"]] == ["chief-mate"]  # type: ignore[attr-defined]
    said = deck.run().out
    assert said.startswith("CREW SHORT (TEST)")
    assert "  MISSING          1 x chief-mate" in said


def test_a_broken_person_is_reported_and_the_rest_is_judged(deck: Deck) -> None:
    deck.board(1, "master")
    deck.board(2, "chief-mate")
    (deck.crew / "3.txt").write_bytes(b"\xff\xfe\x00\x00")
    (deck.crew / "4.yaml").write_text("type: nonsense\n", encoding="utf-8")
    (deck.crew / "5.txt").write_text("OB1:TORN", encoding="utf-8")
    code, report = deck.judge()
    assert report["shortfalls"] == []
    assert {one["person"] for one in report["problems"]} == {"3.txt", "4.yaml", str(deck.crew / "5.txt")}  # type: ignore[attr-defined]
    assert code == 2


def test_a_paper_typed_in_is_counted_apart_and_never_green(deck: Deck) -> None:
    deck.board(1, "master")
    (deck.crew / "ana.yaml").write_text(PAPER, encoding="utf-8")
    code, report = deck.judge()
    assert [one["person"] for one in report["counted_by_hand"]] == ["Ana Reyes"]  # type: ignore[attr-defined]
    assert (code, len(report["assignments"])) == (2, 1)  # type: ignore[arg-type]


def test_a_persons_folder_holds_codes_and_papers(deck: Deck) -> None:
    deck.board(1, "master")
    (deck.crew / "mate").mkdir()
    deck.board(2, "chief-mate", "mate/phone.txt")
    (deck.crew / "mate" / "paper.yaml").write_text(PAPER.replace("Ana Reyes", "Kim"), encoding="utf-8")
    _, report = deck.judge()
    assert len(report["persons"]) == 2  # type: ignore[arg-type]


def test_what_the_authority_prints_is_read_as_it_lies(deck: Deck) -> None:
    """Pages, pictures and the index lie beside the codes."""
    for number, capacity in ((1, "master"), (2, "chief-mate")):
        holder = seafarer(number)
        deck.print(deck.crew, holds(holder, capacity, number=f"NO-{number}"), fit_at_sea(holder))
    code, report = deck.judge()
    assert (code, report["problems"], report["shortfalls"]) == (0, [], [])
    said = deck.run()
    assert said.err.count("not read") == 1
    assert said.err.endswith(" and 3 more\n"), "of 9 files six are named"


def test_the_wallets_folder_for_the_office_is_a_persons(deck: Deck) -> None:
    for number, capacity in ((1, "master"), (2, "chief-mate")):
        holder = seafarer(number)
        deck.office(deck.crew / f"{number}", holds(holder, capacity), fit_at_sea(holder))
    code, report = deck.judge()
    persons: list[dict[str, object]] = report["persons"]  # type: ignore[assignment]
    assert [one["unreadable"] for one in persons] == [None, None]
    assert {one["headline"] for one in report["problems"]} == {"UNCONFIRMED"}  # type: ignore[attr-defined]
    assert code == 2, "copies, which no phone vouches for"
    assert "certificates.csv" in deck.run().err


def test_a_file_that_is_named_itself_is_always_read(deck: Deck) -> None:
    texts = deck.board(1, "master")
    odd = deck.folder / "codes.csv"
    odd.write_text("\n".join(texts), encoding="utf-8")
    _, report = deck.judge("--crew", str(odd))
    assert [one["unreadable"] for one in report["persons"]] == [None]  # type: ignore[attr-defined]
    assert "not read" not in deck.run("--crew", str(odd)).err


def test_moving_frames_in_a_file_are_put_together(deck: Deck) -> None:
    texts = deck.board(1, "master")
    wires = [carrier.from_qr_text(text) for text in texts]
    lines = [text for wire in wires for text in frames.split(wire, size=200)]
    (deck.crew / "1.txt").write_text("\n".join(lines), encoding="utf-8")
    deck.board(2, "chief-mate")
    assert deck.judge()[0] == 0


def test_a_signed_document_is_judged_first(deck: Deck) -> None:
    deck.board(1, "master")
    text = sign_manning(deck.norway, manning(Post("master")))
    deck.manning.write_text(text, encoding="utf-8")
    assert deck.judge()[0] == 0
    deck.norway.revoke(text)
    code, report = deck.judge()
    assert code == 1
    assert report["problems"][0]["headline"] == "REVOKED"  # type: ignore[index]


def test_columns_stand_under_each_other_whatever_the_headline(deck: Deck) -> None:
    deck.board(1, "master")
    text = sign_manning(deck.norway, manning(Post("master"), expiry_date=TODAY - DAY), expires=NOW - DAY)
    deck.manning.write_text(text, encoding="utf-8")
    (deck.crew / "5.txt").write_text("OB1:TORN", encoding="utf-8")
    lines = deck.run().out.splitlines()
    problems = [line for line in lines[lines.index("PROBLEMS") + 1 :] if line.startswith("  ")][:2]
    assert {line.find(": ") > 0 for line in problems} == {True}
    wide = len("SAFE MANNING DOCUMENT EXPIRED")
    assert problems[0][2 : 2 + wide] == "SAFE MANNING DOCUMENT EXPIRED"
    assert problems[1][2 : 2 + wide + 1] == "NOT READABLE".ljust(wide + 1)


def test_a_seafarers_certificate_for_the_ships_document_is_called_what_it_is(deck: Deck) -> None:
    deck.board(1, "master")
    deck.manning.write_text(deck.norway.issue(fit_at_sea(seafarer(1))), encoding="utf-8")
    run = deck.run()
    assert run.code == 3
    assert "(medical), not a safe manning document" in run.err


def test_a_duty_that_is_none_is_refused_as_by_check(deck: Deck) -> None:
    deck.board(1, "master")
    ship = deck.folder / "ship.yaml"
    ship.write_text("duty: captain\n", encoding="utf-8")
    run = deck.run("--ship", str(ship))
    assert run.code == 3
    assert "duty: 'captain' is not known" in run.err
    assert "known are master" in run.err


def test_without_a_pack_it_says_how_to_give_one(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    deck.board(1, "master")
    monkeypatch.setenv("OMBORD_HOME", str(deck.folder / "no home"))
    run = ombord_verify("ship", "--manning", str(deck.manning), "--crew", str(deck.crew))
    assert run.code == 3
    assert "pack import FILE --root ROOT.json, or add --pack FILE --root ROOT.json" in run.err


def test_the_inspectors_ship_counts(deck: Deck) -> None:
    deck.board(1, "master")
    deck.board(2, "chief-mate")
    ship = deck.folder / "ship.yaml"
    ship.write_text("flag: DK\n", encoding="utf-8")
    code, report = deck.judge("--ship", str(ship))
    assert code == 1
    assert {one["code"] for one in report["deficiencies"]} >= {"01209"}  # type: ignore[attr-defined]


UNUSABLE = {
    "no such crew": ["--crew", "nowhere.d"],
    "an empty folder": ["--crew", "empty"],
    "no such document": ["--manning", "nowhere.yaml"],
    "a document that is none": ["--manning", "empty.yaml"],
}


@pytest.mark.parametrize("arguments", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_used_is_exit_3_with_what_to_do(
    deck: Deck, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deck.board(1, "master")
    monkeypatch.chdir(deck.folder)
    (deck.folder / "empty").mkdir()
    (deck.folder / "empty.yaml").write_text("{}", encoding="utf-8")
    run = deck.run(*arguments)
    assert run.code == 3
    assert run.out == ""
    assert run.err.startswith("error: ")
    assert "hint: " in run.err
