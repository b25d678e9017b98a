"""Safe manning documents: entered from a file, signed as certificates are, read and believed on board."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError
from support.crews import fit_at_sea, holds, phone_of, seafarer
from support.databases import PostgresServer
from support.desk import NUMBER, PHONE, SEAFARER, Desk
from support.issuer_app import KEYS
from support.issuer_directory import on_board
from support.printed import Printed
from support.scenario import show
from support.ship_store import Shore, ombord_verify
from support.simulator import DAY, NOW, Authority

from issuer.adapters import database as module
from issuer.adapters.database import Database
from issuer.adapters.migrating import configuration
from issuer.adapters.tables import certificate, credential, status_list
from issuer.adapters.tables import seafarer as seafarers
from issuer.adapters.typesetting import Typesetting
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotInForce
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential
from issuer.services.issuing.reading_back import Signed, objection
from issuer.services.paper.printing import Printing
from issuer.services.paper.ship_documents import ShipDocuments
from issuer.services.phone.documents import Documents
from issuer.services.register.browsing import Browsing
from verifier.credential import carrier, qr
from verifier.decision import verify
from verifier.inspection import manning
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Headline, Verdict

MSM = "NO-MSM-0001"
FILE = b"""\
document_number: NO-MSM-0001
flag: NO
ship: {name: Hav\xc3\xb8rn, imo: "9074729", gt: 8500, kw: 6000, type: general-cargo, area: near-coastal,
       ums: true}
posts:
  - {capacity_code: master}
  - {capacity_code: officer-navigational-watch, also: [chief-mate]}
  - {capacity_code: rating-navigational-watch, count: 2, regulations: [VI/1]}
issue_date: 2026-08-13
expiry_date: 2029-08-12
remarks: The cook may not be counted.
"""


def enter(desk: Desk, file: bytes = FILE) -> str:
    return ShipDocuments(desk.database, desk.clock, desk.settings).enter(file, actor="test").document_number


def print_paper(desk: Desk, folder: Path, number: str = MSM) -> str:
    """The text of the printed code."""
    report = desk.printing.print(folder, [number])
    assert not report.refused, report.refused
    return (folder / f"{number}.txt").read_text("ascii")


def judge(desk: Desk, presented: str) -> Verdict:
    """On board, by the authority's own keys and the list that it signs now."""
    known = on_board(desk.settings, desk.clock())
    lists = [verify_list(token, directory=known) for token in tokens(desk)]
    book = StatusBook(lists)
    return verify(presented, directory=known, status=book, policy=Policy(), at=desk.clock())


def tokens(desk: Desk) -> list[str]:
    return [desk.publisher.current(number).token for number in desk.publisher.numbers()]


def test_document_of_a_file_is_signed_and_believed_on_board_until_it_is_revoked(
    desk: Desk, tmp_path: Path
) -> None:
    presented = print_paper(desk, tmp_path) if enter(desk) else ""
    verdict = judge(desk, presented)
    assert (verdict.headline, verdict.manning is not None) == (Headline.VALID_WITH_REMARK, True), verdict
    typed = manning.from_yaml(FILE)
    assert verdict.manning is not None
    assert (verdict.manning.vessel, verdict.manning.posts) == (typed.vessel, typed.posts)
    assert verdict.manning.issuing_authority == "Sjøfartsdirektoratet"
    assert desk.events(MSM) == ["ship-document-entered"]
    assert desk.credential_states() == ["released"]
    desk.clock.forward(minutes=5)
    desk.lifecycle.revoke(MSM, reason="sold", actor="test")
    assert judge(desk, presented).headline is Headline.REVOKED


def test_the_same_file_again_is_the_same_code_and_another_under_its_number_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    enter(desk)
    before = print_paper(desk, tmp_path / "one")
    desk.clock.forward(days=3)
    enter(desk)
    assert print_paper(desk, tmp_path / "two") == before
    with pytest.raises(Conflict, match="other contents") as refused:
        enter(desk, FILE.replace(b"count: 2", b"count: 1"))
    assert "--by" in refused.value.hint
    assert print_paper(desk, tmp_path / "three") == before


def test_without_a_day_of_issue_it_is_the_day_on_which_it_was_entered(desk: Desk, tmp_path: Path) -> None:
    undated = FILE.replace(b"issue_date: 2026-08-13\n", b"")
    enter(desk, undated)
    before = print_paper(desk, tmp_path / "one")
    desk.clock.forward(days=3)
    enter(desk, undated)
    assert print_paper(desk, tmp_path / "two") == before
    document = judge(desk, before).manning
    assert document is not None
    assert str(document.issue_date) == "2026-11-21"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "lines of `key: value`"),
        (b"\x00\x01", "not YAML"),
        (FILE.replace(b"flag: NO", b"flag: SE"), "this service is NO's"),
        (FILE.replace(b"NO-MSM-0001", b"NO MSM"), "no space"),
        (FILE.replace(b"master", b"captain"), "no post that is known"),
        (FILE.replace(b"9074729", b"9074728"), "imo"),
        (FILE.replace(b"2029-08-12", b"2026-08-12"), "before issue_date"),
        (FILE.replace(b"2029-08-12", b"2026-09-12"), "has passed"),
        (FILE.replace(b"The cook may not be counted.", b'"The\\0 cook"'), "remarks"),
        (FILE + b"captain: Hook\n", "captain"),
        (b"a: " * 200_000, "at most 65536"),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_is_entered(desk: Desk, file: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        enter(desk, file)
    assert refused.value.hint
    with desk.database.read() as connection:
        assert connection.execute(select(certificate)).all() == []


def test_signing_that_broke_off_is_finished_by_the_next_run(desk: Desk) -> None:
    enter(desk)
    desk.issuer._begin(desk.printing.requests([MSM]))
    assert desk.credential_states() == ["reserved"]
    assert desk.issuer.resume() == 1
    assert desk.credential_states() == ["released"]


def test_reader_that_checks_what_was_signed_knows_whose_it_must_be(desk: Desk) -> None:
    enter(desk)
    [issued] = desk.printing.sign(desk.printing.requests([MSM]))
    assert isinstance(issued, IssuedCredential)
    signed = Signed(issued.token, issued.kid, MSM, issued.idx)
    key = KEYS.public(issued.kid)
    assert objection(signed, key) is None
    other = "the signed text is of another certificate or status entry"
    assert objection(signed._replace(document_number="NO-MSM-0002"), key) == other
    assert objection(signed._replace(idx=issued.idx + 1), key) == other
    assert "names another key" in str(objection(signed._replace(kid="NO-1999"), key))


def test_number_of_a_seafarers_certificate_is_taken(desk: Desk) -> None:
    desk.enter()
    with pytest.raises(Conflict, match="other contents"):
        enter(desk, FILE.replace(b"NO-MSM-0001", NUMBER.encode()))


def test_ships_document_is_for_no_phone(desk: Desk) -> None:
    desk.enter()
    enter(desk)
    with pytest.raises(InvalidInput, match="for no phone"):
        desk.offering.create(None, [MSM])
    with pytest.raises(InvalidInput, match="different seafarers"):
        desk.offering.create(None, [MSM, NUMBER])
    with pytest.raises(InvalidInput, match="bound to no phone"):
        desk.issue(MSM, PHONE)
    assert desk.offering.create(SEAFARER).document_numbers == (NUMBER, "NO-MED-0001")
    assert desk.credential_states() == []


def test_suspended_it_is_not_printed(desk: Desk, tmp_path: Path) -> None:
    enter(desk)
    desk.lifecycle.suspend(MSM, reason="", actor="test")
    [refused] = desk.printing.print(tmp_path, [MSM]).refused
    assert isinstance(refused.error, NotInForce)


def test_new_document_takes_the_place_of_the_same_ships_old_one_alone(desk: Desk, tmp_path: Path) -> None:
    enter(desk)
    before = print_paper(desk, tmp_path)
    enter(desk, FILE.replace(b"0001", b"0002").replace(b"count: 2", b"count: 3"))
    enter(desk, FILE.replace(b"0001", b"0003").replace(b"9074729", b"9321483"))
    with pytest.raises(InvalidInput, match="not copied"):
        desk.lifecycle.replace(MSM, reason="", actor="test")
    with pytest.raises(InvalidInput, match="another ship"):
        desk.lifecycle.replace(MSM, by="NO-MSM-0003", reason="", actor="test")
    desk.clock.forward(minutes=5)
    assert desk.lifecycle.replace(MSM, by="NO-MSM-0002", reason="", actor="test").new == "NO-MSM-0002"
    assert judge(desk, before).headline is Headline.REPLACED


def test_export_holds_ships_documents_and_import_takes_them(desk: Desk) -> None:
    desk.enter()
    enter(desk)
    exported = desk.export()
    _, *rows = exported.splitlines()
    report = desk.load(*rows)
    assert (report.changed, report.rejected) == (0, []), report
    with desk.database.write() as connection:
        connection.execute(certificate.delete())
    assert desk.load(*rows).added == 3
    assert desk.export() == exported
    [ours] = [row for row in rows if MSM.encode() in row]
    for change, says in (
        (b'"seafarer_id":"7K3M9QXA","ship"', "seafarer_id"),
        (b'"crew":7,"ship"', "crew"),
    ):
        [refused] = desk.load(ours.replace(b'"ship"', change)).rejected
        assert says in refused.reason
    for was, change, says in (
        (b'"gt":8500', b'"gross":8500', "ship.gross"),
        (b'"count":2', b'"number":2', "posts.number"),
        (b'"9074729"', b'"9074728"', "imo"),
        (b'"9074729"', b'"IMO 9074729"', "imo"),
    ):
        [refused] = desk.load(ours.replace(was, change)).rejected
        assert says in refused.reason
    assert desk.load(ours.replace(b'"chief-mate"]', b'"chief-mate"],"count":1')).unchanged == 1
    [refused] = desk.load(ours.replace(b'"issuing_country":"NO"', b'"issuing_country":"SE"')).rejected
    assert "flag" in refused.reason


def test_operator_sees_whose_it_is_not(desk: Desk) -> None:
    enter(desk)
    full = Browsing(desk.database, desk.clock).one(MSM, actor="test")
    assert full.entry.seafarer_id is None
    assert full.claims["ship"] == {
        "name": "Havørn", "imo": "9074729", "gt": 8500, "kw": 6000, "type": "general-cargo",
        "area": "near-coastal", "ums": True,
    }  # fmt: skip


def test_page_says_ship_and_posts_and_carries_the_same_code(desk: Desk, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="typst is not installed: it comes with the issuer extra")
    enter(desk)
    documents = Documents(desk.database, desk.settings, desk.printing, Typesetting())
    report = desk.printing.print(tmp_path, [MSM], pdf=documents.pdf)
    page = Printed((tmp_path / report.papers[0].document).read_bytes())
    [code] = page.codes
    assert code == (tmp_path / f"{MSM}.txt").read_text("ascii")
    assert page.standards == ("2", "A", "1")
    words = " ".join(page.texts[0].split())
    for said in (
        "Minimum safe manning document", "Bemanningsoppgave", "Ship", "Havørn", "9074729", "8,500",
        "6,000 kW",
        "12 August 2029", "Master", "STCW VI/1", "The cook may not be counted.",
        "compare name and IMO number with the ship's own",
    ):  # fmt: skip
        assert said in words, said
    assert "Holder" not in words


def test_code_of_a_usual_ship_is_one_that_cameras_read(desk: Desk, tmp_path: Path) -> None:
    enter(desk)
    presented = print_paper(desk, tmp_path)
    assert qr.version(presented) <= 14
    assert len(carrier.from_qr_text(presented)) < 400


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def older_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A register of the version before ships' documents, with a credential of a certificate in it."""
    if request.param == "sqlite":
        yield _older(f"sqlite:///{tmp_path}/older.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.bare_database() as address:
        yield _older(address)


def _older(url: str) -> str:
    engine = create_engine(module._parse(url))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0005")
        who = {"seafarer_id": SEAFARER, "claims": "{}", "source_digest": ""}
        connection.execute(insert(seafarers).values(who))
        what = {"id": 7, "document_number": NUMBER, "seafarer_id": SEAFARER, "type": "competency"}
        connection.execute(insert(certificate).values(**what, state="in-force", claims="{}"))
        connection.execute(insert(status_list).values(number=1, uri="u", size=8))
        row = {"certificate_id": 7, "list_number": 1, "state": "released", "kid": "k", "issued_at": 0}
        own = {"id": 1, "serial": "s", "idempotency_key": "s", "idx": 1, "log_salt": ""}
        connection.execute(insert(credential).values(row | own))
    engine.dispose()
    return url


def test_older_register_keeps_all_it_has_and_gets_room_for_ships(older_url: str) -> None:
    database = Database.open(older_url, create=False)
    with database.write() as connection:
        rows = connection.execute(select(certificate.c.id, certificate.c.seafarer_id)).all()
        assert [tuple(row) for row in rows] == [(7, SEAFARER)]
        assert connection.execute(select(credential.c.certificate_id)).scalars().all() == [7]
        ship = {"document_number": MSM, "type": "safe-manning", "state": "in-force", "claims": "{}"}
        connection.execute(insert(certificate).values(ship))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(
            insert(certificate).values(**{**ship, "document_number": "X"}, seafarer_id="NOBODY00")
        )
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(certificate.delete().where(certificate.c.id == 7))
    database.close()


def test_older_register_that_refers_to_what_is_not_there_is_left_as_it_is(tmp_path: Path) -> None:
    url = _older(f"sqlite:///{tmp_path}/older.db")
    engine = create_engine(url)  # which enforces nothing
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM seafarer"))
    engine.dispose()
    with pytest.raises(DatabaseUnusable, match="table certificate refers to what is not in seafarer"):
        Database.open(url, create=False)
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0005"
    engine.dispose()


def test_crew_is_held_against_what_the_authority_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ombord-issuer manning`, its paper, `ombord-verify ship`: with the keys of the directory on board."""
    norway = Authority("NO")
    desk = Desk.open(Database.open(f"sqlite:///{tmp_path}/register.db"), base_url=norway.iss)
    keys = AuthorityKeys(
        signers=norway.signers, certificate_kid=norway.certificate_kid, status_kid=norway.status_kid
    )
    issuer = CredentialIssuer(desk.database, desk.clock, keys, desk.settings)
    enter(
        desk,
        FILE.partition(b"posts:")[0] + b"posts: [{capacity_code: master}, {capacity_code: chief-mate}]\n",
    )
    Printing(desk.database, desk.clock, desk.settings, issuer).print(tmp_path / "paper", [MSM])
    (tmp_path / "crew").mkdir()
    for number, capacity in enumerate(("chief-mate", "master")):
        holder = seafarer(number)
        papers = [
            norway.issue(one, phone_of(holder), at=NOW - DAY)
            for one in (holds(holder, capacity), fit_at_sea(holder))
        ]
        shown = [show(one, phone=phone_of(holder)) for one in papers]
        (tmp_path / "crew" / f"{number}.txt").write_text("\n".join(shown), encoding="utf-8")
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    shore = Shore(tmp_path / "shore", norway)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    paper = tmp_path / "paper" / f"{MSM}.txt"
    crew = ("--crew", tmp_path / "crew", "--at", NOW.isoformat(), "--json")
    run = ombord_verify("ship", "--manning", paper, *crew)
    assert (run.code, run.report["safe_manning"]["document_number"]) == (0, MSM), run.out
    assert {one["post"] for one in run.report["assignments"]} == {"master", "chief-mate"}
    desk.database.close()
