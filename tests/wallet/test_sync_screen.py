"""Sync as a person sees it, with the real authority in this process, and far from it at sea."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from support.phone import NotOnScreen, Phone
from support.scenario import competency
from support.simulator import NOW, Authority
from support.sync_office import SyncOffice, a_pass, an_answer
from support.wallet import NoNetwork, PhoneInHand, ToClient, fill

from keys.jwk import PublicKey
from verifier.credential import carrier, presentation, sd_jwt, sea_pass_claims
from verifier.credential.model import Certificate, CertificateType
from wallet_app.core.transport import Response

if TYPE_CHECKING:
    from support.issuer_app import Office

    from issuer.services.register.lifecycle import Lifecycle

pytestmark = pytest.mark.screen

COC, FIT = "NO-COC-0001", "NO-MED-0001"


class Voyage:
    """A phone with Ingrid's two certificates, ashore until it is taken to sea."""

    def __init__(self, office: "Office", phone: PhoneInHand) -> None:
        self.office, self.phone = office, phone
        self.network = ToClient(office.client)
        offer = office.offer()
        self.eyes: Phone = phone.open_wallet(transport=self.network)
        phone.app.add(offer.link, offer.tx_code)
        self.eyes.wait(1).tap("Pick up").wait(1)
        self.eyes.tap("Show my certificates").wait(0.5)

    def go_to_sea(self) -> None:
        self.network.lose = lambda _: "request"

    def sync(self) -> Phone:
        self.office.clock.now = self.eyes.now()
        return self.eyes.tap("Sync").wait(1)

    def issue(self, number: str = "NO-COP-1") -> None:
        from support.issuer_app import register

        more = proficiency(number)
        register(self.office.database, self.office.clock, self.office.settings, more)

    def decide(self) -> "Lifecycle":
        from issuer.services.register.lifecycle import Lifecycle

        return Lifecycle(self.office.database, self.office.clock, self.office.settings)


def proficiency(number: str, **changes: object) -> Certificate:
    return competency(
        type=CertificateType.PROFICIENCY,
        document_number=number,
        stcw_code=("VI/1",),
        capacities=(),
        functions=(),
        **changes,
    )


@pytest.fixture
def voyage(office: "Office", phone: PhoneInHand) -> Voyage:
    return Voyage(office, phone)


def test_code_for_all_is_there_right_after_the_first_pick_up(voyage: Voyage) -> None:
    eyes = voyage.eyes
    assert eyes.sees("Synced 21 Nov 2026")
    eyes.tap("Show all certificates in one code")
    for words in ("All certificates", "As of 21 Nov 2026", "this code until 21 Dec 2026", "2 certificates"):
        assert eyes.sees(words), eyes.texts()
    assert eyes.sees("Ingrid Østergård")
    assert eyes.sees("certificates.example")
    eyes.press_back()
    assert eyes.sees("Search certificates")


def test_code_for_all_is_read_from_the_screen_as_a_fresh_presentation_of_the_pass(voyage: Voyage) -> None:
    eyes = voyage.eyes
    eyes.tap("Show all certificates in one code").wait(0.5)
    [code] = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    parsed = sd_jwt.parse(carrier.unpack(carrier.from_qr_text(code.text)))
    sea_pass = sea_pass_claims.from_claims(sd_jwt.claims(parsed, parsed.jws.payload))
    assert [member.certificate.document_number for member in sea_pass.members] == [COC, FIT]
    proof = presentation.read(parsed)
    assert proof is not None
    before = code.text
    eyes.wait(16)
    [code] = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text != before, "each code is good for 15 seconds"


def test_revoked_suspended_and_replaced_stand_in_words_with_their_date(voyage: Voyage) -> None:
    decide = voyage.decide()
    decide.revoke(FIT, reason="test", actor="test")
    decide.suspend(COC, reason="test", actor="test")
    eyes = voyage.sync()
    for words in ("Revoked", "Suspended", "as of 21 Nov 2026"):
        assert eyes.sees(words), eyes.texts()
    assert [text for text in eyes.texts() if text in {"Revoked", "Suspended"}] == ["Revoked", "Suspended"]
    eyes.tap("Not valid").wait(0.3)
    eyes.tap("Medical certificate").wait(0.5)
    assert eyes.sees("Revoked")
    eyes.tap("Show code").wait(0.5)
    assert eyes.sees("Revoked"), "the code's own screen says it too"


def test_what_is_good_no_longer_leaves_the_code_for_all(voyage: Voyage) -> None:
    voyage.decide().suspend(COC, reason="test", actor="test")
    eyes = voyage.sync().tap("Show all certificates in one code").wait(0.5)
    assert eyes.sees("1 certificate"), eyes.texts()


def test_sync_without_changes_says_so(voyage: Voyage) -> None:
    assert voyage.sync().sees("nothing new")


def test_new_certificates_are_announced_and_picked_up_without_a_code_to_type(voyage: Voyage) -> None:
    for number in ("NO-COP-1", "NO-COP-2"):
        voyage.issue(number)
    eyes = voyage.sync()
    assert eyes.sees("2 new certificates are ready.")
    eyes = voyage.sync()
    assert eyes.sees("2 new certificates are ready.")
    assert not eyes.sees("nothing new"), "the second sync learned nothing; there is something to get"
    eyes.tap("Pick up").wait(1)
    assert eyes.sees("Sjøfartsdirektoratet offers you")
    assert not eyes.sees("Pick-up code")
    eyes.tap("Pick up").wait(1.5)
    assert eyes.sees("2 certificates added"), eyes.texts()
    eyes.tap("Show my certificates").wait(1)
    assert not eyes.sees("ready")
    eyes.tap("Show all certificates in one code").wait(0.5)
    assert eyes.sees("4 certificates"), "the code for all holds them already"


def test_replacement_takes_its_place_beside_the_old_one(voyage: Voyage) -> None:
    voyage.decide().replace(COC, by="NO-COC-0002", reason="test", actor="test")
    eyes = voyage.sync()
    assert eyes.sees("1 new certificate is ready.")
    assert eyes.sees("Replaced")
    eyes.tap("Pick up").wait(1).tap("Pick up").wait(1.5)
    eyes.tap("Show my certificates").wait(1)
    assert eyes.sees("Sjøfartsdirektoratet  ·  NO-COC-0002"), eyes.texts()


def test_offer_that_was_read_yesterday_is_asked_for_anew(voyage: Voyage) -> None:
    voyage.issue()
    eyes = voyage.sync()
    eyes.wait(86_400)
    voyage.office.clock.now = eyes.now()
    eyes.tap("Pick up").wait(1).tap("Pick up").wait(1.5)
    assert eyes.sees("1 certificate added"), eyes.texts()


def test_offer_that_ran_out_while_it_was_looked_at_is_renewed(voyage: Voyage) -> None:
    voyage.issue()
    eyes = voyage.sync().tap("Pick up").wait(1)
    eyes.wait(1_200)
    voyage.office.clock.now = eyes.now()
    eyes.tap("Pick up").wait(1.5)
    assert eyes.sees("Sjøfartsdirektoratet offers you"), eyes.texts()
    eyes.tap("Pick up").wait(1.5)
    assert eyes.sees("1 certificate added"), eyes.texts()


def test_sync_at_sea_says_that_nothing_is_lost_and_changes_nothing(voyage: Voyage) -> None:
    voyage.go_to_sea()
    eyes = voyage.sync()
    assert eyes.sees("Not synced with certificates.example. There is no connection.")
    assert eyes.sees("Synced 21 Nov 2026")
    eyes.tap("Show all certificates in one code").wait(0.5)
    assert eyes.sees("As of 21 Nov 2026")


def test_code_for_all_runs_out_after_30_days_at_sea_and_each_certificates_own_stays(voyage: Voyage) -> None:
    voyage.go_to_sea()
    eyes = voyage.eyes
    eyes.wait(29 * 86_400)
    voyage.phone.app.refresh_list()
    assert eyes.wait(0.3).sees("Last synced 21 Nov 2026")
    eyes.tap("Show all certificates in one code").wait(0.5)
    assert eyes.sees("As of 21 Nov 2026")
    eyes.press_back().wait(2 * 86_400)
    voyage.phone.app.refresh_list()
    assert eyes.wait(0.3).sees("The code for all ran out 21 Dec 2026. Sync for a new one.")
    with pytest.raises(NotOnScreen):
        eyes.find("Show all certificates in one code")
    eyes.tap("Show the code of Master").wait(0.5)
    assert eyes.sees("New code in")


def test_certificate_that_expired_since_is_said_on_the_code_for_all(
    office: "Office", phone: PhoneInHand
) -> None:
    from support.issuer_app import register

    short = proficiency("NO-COP-1", expiry_date=NOW.date() + timedelta(days=10))
    register(office.database, office.clock, office.settings, short)
    voyage = Voyage(office, phone)
    voyage.eyes.wait(12 * 86_400).tap("Show all certificates in one code").wait(0.5)
    assert voyage.eyes.sees("1 has expired since"), voyage.eyes.texts()


def test_phone_that_is_no_longer_bound_is_told_what_to_do(voyage: Voyage) -> None:
    voyage.office.rebind()
    assert voyage.sync().sees("This phone is no longer bound"), voyage.eyes.texts()


def test_phone_that_is_no_longer_bound_is_told_on_opening_too(voyage: Voyage) -> None:
    voyage.office.rebind()
    voyage.phone.close()
    voyage.eyes.set_clock(NOW + timedelta(days=1))
    voyage.office.clock.now = voyage.eyes.now()
    eyes = voyage.phone.open_wallet(transport=voyage.network).wait(0.5)
    assert eyes.sees("This phone is no longer bound"), eyes.texts()


def test_clock_far_off_is_named_as_the_reason(voyage: Voyage) -> None:
    voyage.eyes.set_clock(NOW + timedelta(hours=5))
    eyes = voyage.eyes.tap("Sync").wait(1)
    assert eyes.sees("Check the phone's date and time."), eyes.texts()


def test_wallet_that_never_synced_says_so_and_offers_it(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    assert eyes.sees("Not synced yet. Sync when you have a connection.")
    assert not eyes.sees("no connection."), "what was not asked for is not complained about"
    eyes.tap("Sync").wait(0.5)
    assert eyes.sees("Not synced with no.example. There is no connection.")


def test_empty_wallet_has_nothing_to_sync(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(transport=NoNetwork())
    with pytest.raises(NotOnScreen):
        eyes.find("Sync")


def test_wallet_syncs_on_opening_where_the_last_one_is_a_day_old(voyage: Voyage) -> None:
    voyage.decide().suspend(COC, reason="test", actor="test")
    for hours, is_told in ((1, False), (24, True)):
        voyage.phone.close()
        voyage.eyes.set_clock(NOW + timedelta(hours=hours))
        voyage.office.clock.now = voyage.eyes.now()
        eyes = voyage.phone.open_wallet(transport=voyage.network).wait(0.5)
        assert eyes.sees("Suspended") is is_told, hours


class BothAuthorities:
    """Each at its own address."""

    def __init__(self, key: PublicKey, danish: Certificate) -> None:
        self.norway = SyncOffice(an_answer(**{"pass": a_pass(key)}))
        denmark = a_pass(key, danish, issuer="https://dk.example")
        self.denmark = SyncOffice(an_answer(**{"pass": denmark}), issuer="https://dk.example")

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        asked = self.denmark if url.startswith("https://dk.example") else self.norway
        return asked.send(method, url, headers=headers, body=body)


def test_two_authorities_each_have_their_code(phone: PhoneInHand) -> None:
    key = phone.keys.holder().public_key
    danish = proficiency("DK-1", issuing_country="DK", issuing_authority="Søfartsstyrelsen")
    fill(phone.home / "vault", phone.keys, [competency()], others=[Authority("DK").issue(danish, key)])
    eyes = phone.open_wallet(transport=BothAuthorities(key, danish)).wait(1)
    eyes.tap("Show all certificates in one code").wait(0.5)
    assert eyes.sees("2 certificates")
    eyes.tap(eyes.scroll_to("Next: Søfartsstyrelsen")).wait(0.5)
    assert eyes.sees("1 certificate"), eyes.texts()
    assert eyes.sees("dk.example")
