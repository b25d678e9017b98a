"""What tired eyes need: contrast on real pixels, nothing clipped at larger text, targets for cold fingers.

The gallery holds the same screens to contrast and targets in the dark at the largest text: here is the rest.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain

import pytest
from kivy.core.text import LabelBase
from kivy.metrics import Metrics
from support.looks import luminance, require_contrast, require_targets, require_whole_words
from support.phone import Phone
from support.scenario import TODAY, competency, medical
from support.simulator import DAY
from support.sync_office import ISSUER, SyncOffice, a_pass, an_answer
from support.wallet import PhoneInHand, fill

from keys.encoding import Json, json_object
from verifier.credential import sd_jwt, vc
from verifier.credential.model import Acceptance, Certificate, CertificateType, Holder
from verifier.ui import fonts, icons
from verifier.ui.theme import DARK, LIGHT
from wallet_app.core.transport import Response

pytestmark = pytest.mark.screen

LONG = Holder(
    seafarer_id="7K3M9QXA",
    family_name="Wolfeschlegelsteinhausenbergerdorff-Østergård",
    given_name="María del Carmen Guadalupe Þorgerður",
    native_name="李",
    birth_date=date(1988, 4, 12),
)
MIXED = (
    competency(holder=LONG, acceptance=Acceptance(flags=("NO", "DK", "SE"))),
    medical(TODAY + 27 * DAY),
    competency(document_number="NO-2", expiry_date=TODAY - DAY),
    competency(
        type=CertificateType.TANKER,
        document_number="NO-TANKER-ENDORSEMENT-2026-000001",
        stcw_code=("V/1-1-1", "V/1-2-1"),
        capacities=(),
        issuing_authority="Finnish Transport and Communications Agency, Maritime Department",
    ),
)


def screens(eyes: Phone) -> Iterator[str]:
    """Stop at each screen in turn."""
    yield "list"
    eyes.tap("Medical certificate")
    yield "certificate"
    eyes.tap("Show code")
    yield "code"
    eyes.press_back().press_back().tap("Add certificates")
    yield "add"


def synced(phone: PhoneInHand) -> Phone:
    """The same after a sync: something revoked, something ready, and a code for all; then a vain one."""
    key = phone.keys.holder().public_key
    places = [read(text) for text in fill(phone.home / "vault", phone.keys, MIXED)]
    ready: Json = {"offer": f"{ISSUER}/o/1", "tx_code": "493536", "document_number": "NO-9"}
    told: list[Json] = [
        {"uri": uri, "idx": idx, "status": status}
        for (uri, idx), status in zip(places, ("valid", "suspended", "revoked", "replaced"), strict=True)
    ]
    office = SyncOffice(
        an_answer(
            **{"pass": a_pass(key, *MIXED[:2]), "left_out": ["NO-9"], "credentials": told, "offers": [ready]}
        )
    )
    eyes = phone.open_wallet(transport=office).wait(0.5)
    office.answer = Response(503, "text/html", b"")
    return eyes.tap("Sync").wait(0.5)


def read(text: str) -> tuple[str, int]:
    """Where the status of a credential stands."""
    reference = vc.from_claims(json_object(sd_jwt.parse(text).jws.payload)).status
    return reference.uri, reference.idx


def synced_screens(eyes: Phone) -> Iterator[str]:
    """Stop at each screen that a sync changes."""
    yield "list"
    eyes.tap("Show all certificates in one code")
    yield "code for all"
    eyes.press_back()


@pytest.fixture
def large_text() -> Iterator[None]:
    Metrics.fontscale = 1.5
    yield
    Metrics.fontscale = 1.0


def test_all_words_stand_out_from_their_ground(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(*MIXED)
    for screen in screens(eyes):
        require_contrast(eyes, screen)


def test_all_words_of_a_sync_stand_out_from_their_ground(phone: PhoneInHand) -> None:
    eyes = synced(phone)
    assert eyes.sees("Not synced with no.example."), eyes.texts()
    for screen in synced_screens(eyes):
        require_contrast(eyes, screen)


@pytest.mark.usefixtures("large_text")
@pytest.mark.parametrize("certificates", [MIXED, ()], ids=["certificates", "empty"])
def test_no_words_are_clipped_or_covered_at_one_and_a_half_size(
    phone: PhoneInHand, certificates: tuple[Certificate, ...]
) -> None:
    eyes = phone.open_wallet(*certificates)
    for screen in screens(eyes) if certificates else ["empty"]:
        require_whole_words(eyes, screen)


@pytest.mark.usefixtures("large_text")
def test_no_words_of_a_sync_are_clipped_or_covered_at_one_and_a_half_size(phone: PhoneInHand) -> None:
    eyes = synced(phone)
    for screen in synced_screens(eyes):
        require_whole_words(eyes, screen)


def test_everything_that_can_be_tapped_is_large_enough_and_has_a_name(phone: PhoneInHand) -> None:
    eyes = synced(phone)
    for screen in chain(synced_screens(eyes), screens(eyes)):
        require_targets(eyes, screen)


def test_dark_is_a_setting_that_stays(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(*MIXED)
    bright = eyes.screenshot().getpixel((2, 2))
    eyes.tap("More").tap("Settings").tap("Dark").press_back().press_back()
    dark = eyes.screenshot().getpixel((2, 2))
    assert sum(bright) > 600 > 150 > sum(dark)  # type: ignore[arg-type] # RGB
    eyes.tap("Medical certificate")
    assert eyes.screenshot().getpixel((2, 2)) == dark


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_palette_holds_on_every_ground(palette: dict[str, str]) -> None:
    grounds = ("ground", "surface")
    pairs = [(ink, ground) for ink in ("text", "muted", "primary") for ground in (*grounds, "primary_soft")]
    pairs += [(tone, f"{tone}_soft") for tone in ("good", "caution", "bad", "plain")]
    pairs += [(tone, "surface") for tone in ("good", "caution", "bad")]
    pairs += [("primary_text", "primary"), ("primary_text", "primary_pressed"), ("muted", "plain_soft")]
    for ink, ground in pairs:
        lighter, darker = sorted((_of(palette[ink]), _of(palette[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, ground)


def _of(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return luminance((red, green, blue))


def test_without_built_fonts_kivys_own_stand_in_and_are_named(tmp_path: object) -> None:
    before = dict(LabelBase._fonts)
    try:
        assert set(fonts.register(str(tmp_path))) == set(fonts.ROLES.values())
        assert fonts.codepoints(str(tmp_path)) == {}
    finally:
        LabelBase._fonts.clear()
        LabelBase._fonts.update(before)


def test_every_icon_that_a_rule_names_exists() -> None:
    import re
    from pathlib import Path

    root = Path(__file__).parents[2]
    rules = [*root.glob("wallet_app/ui/*.kv"), *root.glob("verifier/ui/*.kv")]
    named = {name for file in rules for name in re.findall(r"icon: '([a-z0-9-]+)'", file.read_text())}
    assert {"plus", "qr-code", "x"} <= named
    for name in named:
        assert icons.icon(name)


def test_markup_in_a_name_is_shown_and_not_obeyed(phone: PhoneInHand) -> None:
    sly = Holder(
        seafarer_id="7K3M9QXA", family_name="[b]Li[/b]", native_name="[ref=x]李", birth_date=date(1988, 4, 12)
    )
    eyes = phone.open_wallet(competency(holder=sly))
    assert eyes.sees("[b]Li[/b]")
    eyes.tap("Master")
    assert eyes.scroll_to("[ref=x]李").text.startswith("&bl;ref=x&br;")
