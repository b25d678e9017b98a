"""History, deletion, and files that leave the wallet: what is noted, what is lost, what is in them."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from support.scenario import TODAY, competency, medical
from support.simulator import DAY, NOW
from support.wallet import NoNetwork, PhoneInHand, wallet_of

from keys.encoding import json_dumps, json_object
from verifier.credential import carrier
from verifier.credential.model import Certificate, CertificateType
from verifier.ui.words import Words
from wallet_app.core import history_views, office_folder
from wallet_app.core.contents import Contents
from wallet_app.core.history import MOST, Event, Reader, Way, added
from wallet_app.core.records import StoredCredential
from wallet_app.core.shapes import RecordError
from wallet_app.core.vault import VaultError

SECONDS = int(NOW.timestamp())


def event(number: int = 0, **changes: object) -> Event:
    return Event(SECONDS + number * 3600, Way.CODE, Reader.SCANNER, ("https://no.example NO/NO-1",))._replace(
        **changes  # type: ignore[arg-type] # any member, as the test says
    )


# The history as a value


def test_history_keeps_the_newest_and_is_bounded() -> None:
    events: tuple[Event, ...] = ()
    for number in range(MOST + 10):
        events = added(events, event(number))
    assert len(events) == MOST
    assert events[-1] == event(MOST + 9)


def test_a_code_that_is_closed_and_opened_again_is_one_showing() -> None:
    first = event()
    assert added((first,), first._replace(at=first.at + 59)) == (first,)
    assert len(added((first,), first._replace(at=first.at + 60))) == 2
    assert len(added((first,), first._replace(at=first.at - 1))) == 2, "the clock was set back"
    assert len(added((first,), first._replace(challenge="00"))) == 2


def test_contents_with_history_and_reminders_read_back() -> None:
    contents = Contents((StoredCredential("a~", 1),), shown=(event(),), reminded=(("k", 90),))
    written = json_object(json_dumps(contents.to_json()))
    assert Contents.from_json(written) == contents


def test_a_store_from_before_the_history_opens_as_it_is() -> None:
    written = Contents((StoredCredential("a~", 1),)).to_json()
    del written["shown"], written["reminded"]
    assert Contents.from_json(written).shown == ()


def test_events_of_a_newer_app_are_kept_and_shown_without_their_words() -> None:
    later = Event(SECONDS, "beamed", "satellite", ())
    assert Event.from_json(later.to_json()) == later
    state = history_views.history_state([later], lambda _: None, at=NOW, say=Words())
    assert state.days[0].lines[0].title == "All certificates"


@pytest.mark.parametrize(
    "shown", [[1], [[]], [["x", "y", "z", [], ""]], [[1, "code", "scanner", [1], ""]], {}]
)
def test_a_history_of_another_shape_is_refused(shown: object) -> None:
    with pytest.raises(RecordError):
        Contents.from_json({**Contents().to_json(), "shown": shown})  # type: ignore[dict-item]


# The history as it is seen


@pytest.mark.screen
def test_what_was_shown_is_noted_with_time_and_kind_of_reader(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Show the code of Master").press_back()
    eyes.wait(120).tap("Show all certificates as a moving code").press_back()
    eyes.tap("More").tap("What was shown")
    for words in ("Today", "Master  ·  NO-COC-0001", "All certificates", "to whoever scanned the screen"):
        assert eyes.sees(words), eyes.texts()


@pytest.mark.screen
def test_each_certificate_has_its_own_history(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Show the code of Master").press_back().tap("Medical certificate")
    eyes.scroll_to("When, and to which kind of reader")
    eyes.swipe(200).tap("What was shown")
    assert eyes.sees("Nothing was shown yet"), eyes.texts()
    eyes.press_back()
    assert eyes.sees("Medical certificate"), "back to the certificate"


@pytest.mark.screen
def test_days_are_named_and_older_lines_are_asked_for(phone: PhoneInHand) -> None:
    wallet = wallet_of(phone.home / "vault", competency(), keys=phone.keys)
    for hours in range(40):
        wallet.clock = lambda hours=hours: NOW - timedelta(hours=hours)
        wallet.remember(Way.CODE, Reader.SCANNER, wallet.held)
    wallet.close()
    eyes = phone.open_wallet()
    eyes.tap("More").tap("What was shown")
    assert eyes.sees("Today")
    assert not eyes.sees("Show newer ones")
    eyes.tap(eyes.scroll_to("Show older ones"))
    assert eyes.sees("Yesterday"), "from the top"
    eyes.tap(eyes.scroll_to("Show newer ones"))
    assert eyes.sees("Today")
    eyes.tap(eyes.scroll_to("Empty this list"))
    assert eyes.sees("Nothing was shown yet")


@pytest.mark.screen
def test_a_full_phone_shows_codes_all_the_same(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> None:
    eyes = phone.open_wallet(competency())

    def full(*_: object) -> None:
        raise VaultError("the store cannot be written: No space left on device")

    monkeypatch.setattr(phone.app.wallet._vault, "update", full)
    eyes.tap("Show the code of Master")
    assert eyes.sees("New code in")


# Deleting


@pytest.mark.screen
def test_a_certificate_is_deleted_after_a_second_look_and_the_history_remembers(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("Medical certificate")
    eyes.tap(eyes.scroll_to("Delete from this phone"))
    assert eyes.sees("Delete Medical certificate from this phone?")
    assert eyes.sees("NO-MED-0001")
    eyes.tap("Keep it")
    assert eyes.sees("Certificate")
    eyes.tap(eyes.scroll_to("Delete from this phone")).tap("Delete from this phone")
    assert not eyes.sees("Medical certificate"), eyes.texts()
    assert eyes.sees("Master")
    phone.close()
    eyes = phone.open_wallet()
    assert not eyes.sees("NO-MED-0001")
    eyes.tap("More").tap("What was shown")
    assert eyes.sees("NO-MED-0001")
    assert eyes.sees("deleted from this phone")


@pytest.mark.screen
def test_what_cannot_be_deleted_stays_and_is_said(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = phone.open_wallet(competency())

    def full(*_: object) -> None:
        raise VaultError("the store cannot be written: No space left on device")

    eyes.tap("Master")
    monkeypatch.setattr(phone.app.wallet._vault, "update", full)
    eyes.tap(eyes.scroll_to("Delete from this phone")).tap("Delete from this phone")
    assert eyes.sees("It could not be deleted.")
    assert len(phone.app.wallet.held) == 1


# Files


@pytest.mark.screen
def test_the_page_to_print_is_shared_and_noted(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    held = phone.app.wallet.held[0]
    phone.app.open_certificate(held.key)
    eyes.wait(0.5).scroll_to("The authority's page comes with the next sync")
    keep_page(phone, b"%PDF-1.7 page")
    phone.app.open_certificate(held.key)
    eyes.wait(0.5).scroll_to("PDF with the same number and a code for paper")
    eyes.tap("Page to print").wait(0.3)
    assert phone.share.shared == [("NO-COC-0001.pdf", b"%PDF-1.7 page", "application/pdf")]
    assert eyes.sees("Handed over")
    assert phone.app.wallet.history[-1].way == Way.DOCUMENT


@pytest.mark.screen
def test_a_page_that_cannot_be_shared_is_said(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    keep_page(phone, b"%PDF-1.7 page")
    phone.share.refuse = "no room"
    phone.app.open_certificate(phone.app.wallet.held[0].key)
    eyes.wait(0.5).scroll_to("PDF with the same number and a code for paper")
    eyes.tap("Page to print").wait(0.3)
    assert eyes.sees("It could not be saved."), eyes.texts()
    assert phone.app.wallet.history == ()


def keep_page(phone: PhoneInHand, page: bytes) -> None:
    from wallet_app.core.documents import identity

    wallet = phone.app.wallet
    wallet.documents._store.write(identity(wallet.held[0]), page)


@pytest.mark.screen
def test_the_office_gets_one_file_with_all(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical(), transport=NoNetwork())
    eyes.tap("More").tap("Folder for the ship's office").wait(0.3)
    [(name, data, media_type)] = phone.share.shared
    assert (name, media_type) == ("certificates-Ingrid-sterg-rd-2026-11-21.zip", "application/zip")
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert eyes.sees("Handed over")


def folder_of(tmp_path: Path, *certificates: Certificate) -> dict[str, bytes]:
    wallet = wallet_of(tmp_path, *certificates)
    _, data = office_folder.build(wallet.held, lambda _: None, NOW, Words())
    again = office_folder.build(wallet.held, lambda _: None, NOW, Words())[1]
    wallet.close()
    assert again == data, "the same bytes for the same certificates"
    folder = zipfile.ZipFile(io.BytesIO(data))
    return {name: folder.read(name) for name in folder.namelist()}


def test_the_folder_has_a_list_and_codes_that_unpack(tmp_path: Path) -> None:
    files = folder_of(tmp_path, competency(), medical())
    assert set(files) == {"README.txt", "certificates.csv", "NO_NO-COC-0001.txt", "NO_NO-MED-0001.txt"}
    rows = list(csv.DictReader(io.StringIO(files["certificates.csv"].decode("utf-8-sig"))))
    assert [row["document_number"] for row in rows] == ["NO-COC-0001", "NO-MED-0001"] or len(rows) == 2
    code = files["NO_NO-COC-0001.txt"].decode("ascii")
    assert carrier.unpack(carrier.from_qr_text(code)).endswith("~"), "a copy: no holder's proof in it"
    assert b"proves that the certificate was issued" in files["README.txt"]


def test_nothing_runs_in_the_offices_spreadsheet_or_leaves_the_folder(
    tmp_path: Path,
) -> None:
    files = folder_of(
        tmp_path,
        competency(document_number="=HYPERLINK(1)", issuing_authority="@SUM(A1)"),
        competency(document_number="../../etc/passwd"),
        competency(document_number=".. ..etc/passwd", type=CertificateType.COURSE),
    )
    assert not any("/" in name or name.startswith(".") for name in files)
    assert len(files) == 5, "none takes another's place"
    for row in csv.reader(io.StringIO(files["certificates.csv"].decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row), row


def test_the_passes_of_a_wallet_do_not_change_by_its_history(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, competency(), medical(TODAY + 20 * DAY))
    held, passes = wallet.held, wallet.passes
    wallet.remember(Way.CODE, Reader.SCANNER, held[:1])
    assert wallet.held is held, "500 certificates are not read again for a line of history"
    assert wallet.passes is passes
    wallet.close()
