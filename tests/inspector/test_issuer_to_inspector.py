"""From the authority's register to the inspector's eyes, through the apps as they are."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from support.crew_in_hand import MANNING, Inspector
from support.in_process import client_of
from support.inspector import DeviceInHand
from support.issuer_app import HandClock, issuer_settings, register, two_certificates
from support.phone import Phone
from support.scenario import INGRID
from support.simulator import NOW, Authority
from support.wallet import PhoneInHand, ToClient, fill

from demo.faces import jpeg
from issuer.adapters.picture import normalised
from issuer.app import build
from issuer.composition import Services, compose
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.paper.printing import Printing
from issuer.services.paper.ship_documents import ShipDocuments
from issuer.services.register.portraits import Portraits
from verifier.credential.frames import Collector
from verifier.inspector.core.portrait import portrait

pytestmark = pytest.mark.screen


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """The simulated Norway as a true issuer, with the keys that her directory lists."""
    norway = Authority("NO")
    keys = AuthorityKeys(
        signers=norway.signers,
        certificate_kid=norway.certificate_kid,
        status_kid=norway.status_kid,
        pass_kid=norway.pass_kid,
    )
    settings = issuer_settings(f"sqlite:///{tmp_path}/register.db", base_url=norway.iss)
    services = compose(settings, keys=keys, clock=HandClock(NOW))
    register(services.database, HandClock(NOW), settings, *two_certificates())
    yield services
    services.database.close()


def shown_on_the_phone(services: Services, folder: Path) -> bytes:
    """The moving frames of a phone that has synced, and whose owner taps "Show with photo", put together."""
    in_hand = PhoneInHand(folder, Phone(NOW))
    key = in_hand.keys.holder().public_key
    tokens = [services.issuer.issue(number, key, number).token for number in ("NO-COC-0001", "NO-MED-0001")]
    fill(in_hand.home / "vault", in_hand.keys, (), others=tokens)
    with client_of(build(services), services.settings.base_url) as client:
        eyes = in_hand.open_wallet(transport=ToClient(client)).wait(1)
        eyes.tap("Show all certificates in one code")
        eyes.tap(eyes.scroll_to("Show with photo"))
        assert eyes.sees("With your photo, codes in turn"), eyes.texts()
        collector, wire = Collector(), None
        while wire is None:
            (code,) = zxingcpp.read_barcodes(eyes.screenshot(), formats=zxingcpp.BarcodeFormat.QRCode)
            wire = collector.add(code.text).wire
            eyes.wait(0.125)
    in_hand.close()
    return wire


def test_the_photograph_in_the_register_is_what_the_inspector_compares(
    services: Services, tmp_path: Path
) -> None:
    Portraits(services.database, services.clock).put(INGRID.seafarer_id, jpeg("Ingrid"), actor="test")
    wire = shown_on_the_phone(services, tmp_path / "phone")
    device = DeviceInHand(tmp_path / "ship", Phone(NOW))
    try:
        eyes = device.open()
        assert portrait(device.app.session.judge(wire)) == normalised(jpeg("Ingrid"))
        device.app.take(wire)
        eyes.wait(0.4).tap("Compare with document").tap("Passport")
        screen = device.app.screen("compare")
        assert screen.photo.size == (120, 160)
        screen.ids.scroll.scroll_y = 0.2
        taken = Image.open(io.BytesIO(normalised(jpeg("Ingrid")))).convert("RGB")
        coat = taken.getpixel((60, 150))
        assert isinstance(coat, tuple)
        colours = eyes.wait(0.2).screenshot().convert("RGB").getcolors(1 << 20) or []
        alike = [
            count
            for count, colour in colours
            if isinstance(colour, tuple) and all(abs(a - b) < 8 for a, b in zip(colour, coat, strict=True))
        ]
        assert sum(alike) > 2_000, "large, and as it was taken"
    finally:
        device.close()


def test_a_safe_manning_document_that_the_authority_printed_is_the_ship_that_the_inspector_sees(
    services: Services, tmp_path: Path
) -> None:
    documents = ShipDocuments(services.database, services.clock, services.settings)
    number = documents.enter(MANNING.encode(), actor="test").document_number
    Printing(services.database, services.clock, services.settings, services.issuer).print(tmp_path, [number])
    device = DeviceInHand(tmp_path / "ship", Phone(NOW))
    try:
        inspector = Inspector(device)
        inspector.scans((tmp_path / f"{number}.txt").read_text("ascii"))
        assert inspector.eyes.sees(f"Posts and ship are taken from {number}."), inspector.eyes.texts()
        inspector.eyes.press_back()
        assert inspector.eyes.sees("signed by Sjøfartsdirektoratet")
        assert inspector.eyes.sees("Nordlys")
    finally:
        device.close()
