"""The directory of authorities in the wallet: imported, pinned, looked up; what the consent says of it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.scenario import competency
from support.ship_store import Shore
from support.simulator import DAY, NOW, Authority
from support.wallet import NoNetwork, PhoneInHand, ToClient

from verifier.ui.words import Words
from wallet_app.core.offer_views import check_state
from wallet_app.core.trust import Check, Known, Trust, TrustError, TrustTrouble
from wallet_app.core.viewstate import Tone

if TYPE_CHECKING:
    from support.issuer_app import Office


def shore(folder: Path) -> Shore:
    return Shore(folder, Authority("NO", at=NOW), Authority("DK", at=NOW))


def with_root(folder: Path, ashore: Shore) -> Trust:
    trust = Trust(folder / "trust")
    trust.pin(trust.look_at_root(ashore.root.read_bytes()))
    return trust


def test_a_phone_without_a_directory_says_that_it_has_none(tmp_path: Path) -> None:
    trust = Trust(tmp_path)
    assert trust.holding is None
    assert not trust.has_root
    assert trust.look_up("https://no.example") == Known(Check.NO_DIRECTORY)
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_an_imported_pack_names_authorities(tmp_path: Path) -> None:
    ashore = shore(tmp_path)
    trust = with_root(tmp_path, ashore)
    holding = trust.take_in_file(ashore.pack(), NOW)
    assert (holding.flags, holding.environment) == (("DK", "NO"), "test")
    known = trust.look_up("https://no.example")
    assert (known.check, known.name, known.flag) == (Check.LISTED, "Sjøfartsdirektoratet", "NO")
    assert trust.look_up("https://evil.example").check is Check.NOT_LISTED
    again = Trust(tmp_path / "trust")
    assert again.look_up("https://dk.example").check is Check.LISTED, "also after the app was closed"


def test_a_pack_is_believed_from_a_pinned_root_alone(tmp_path: Path) -> None:
    ashore = shore(tmp_path)
    pack = ashore.pack()
    with pytest.raises(TrustError) as refused:
        Trust(tmp_path / "trust").take_in_file(pack, NOW)
    assert refused.value.reason is TrustTrouble.NO_ROOT
    foreign = with_root(tmp_path / "b", Shore(tmp_path / "other", Authority("NO", at=NOW)))
    with pytest.raises(TrustError) as refused:
        foreign.take_in_file(pack, NOW)
    assert refused.value.reason is TrustTrouble.REFUSED
    assert foreign.holding is None


def test_a_root_is_pinned_once(tmp_path: Path) -> None:
    ashore = shore(tmp_path)
    trust = with_root(tmp_path, ashore)
    with pytest.raises(TrustError) as refused:
        trust.pin(trust.look_at_root(ashore.root.read_bytes()))
    assert refused.value.reason is TrustTrouble.OTHER_ROOT


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"signed":{}}', b'{"signed":{"_type":"root"}}', b"x" * 2_000_000, b"\xff"]
)
def test_what_is_no_root_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(TrustError) as refused:
        Trust(tmp_path).look_at_root(data)
    assert refused.value.reason is TrustTrouble.NOT_A_ROOT


@pytest.mark.parametrize("at", range(0, 4_000, 397))
def test_a_pack_with_a_flipped_byte_changes_nothing(tmp_path: Path, at: int) -> None:
    ashore = shore(tmp_path)
    trust = with_root(tmp_path, ashore)
    pack = bytearray(ashore.pack().read_bytes())
    before = trust.take_in(bytes(pack), NOW)
    pack[at % len(pack)] ^= 1
    with pytest.raises(TrustError):
        trust.take_in(bytes(pack), NOW)
    assert trust.holding == before


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    trust = with_root(tmp_path, shore(tmp_path))
    with pytest.raises(TrustError) as refused:
        trust.take_in_file(tmp_path / "nowhere.pack", NOW)
    assert refused.value.reason is TrustTrouble.UNREADABLE


def test_a_site_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    trust = with_root(tmp_path, shore(tmp_path))
    with pytest.raises(TrustError) as refused:
        trust.fetch("http://ships.example", NOW)
    assert refused.value.reason is TrustTrouble.OFFLINE, "http is for this machine alone"


LISTED = Known(Check.LISTED, "Sjøfartsdirektoratet", "NO", NOW)


@pytest.mark.parametrize(
    ("known", "tone", "words"),
    [
        (LISTED, Tone.GOOD, "Listed for Norway (NO) in the directory of authorities of 21 Nov 2026."),
        (Known(Check.NOT_LISTED, as_of=NOW), Tone.BAD, "not in the directory of authorities"),
        (Known(Check.NO_DIRECTORY), Tone.CAUTION, "Its name is unchecked"),
    ],
)
def test_consent_says_whether_the_issuer_is_listed(known: Known, tone: Tone, words: str) -> None:
    state = check_state(known, "Sjøfartsdirektoratet", Words())
    assert state.tone is tone
    assert words in state.text


def test_an_issuer_that_calls_itself_something_else_is_quoted() -> None:
    assert "It calls itself “Kystverket”." in check_state(LISTED, "Kystverket", Words()).text


def test_a_rehearsals_directory_vouches_for_nothing_real() -> None:
    state = check_state(replace(LISTED, is_rehearsal=True), "Sjøfartsdirektoratet", Words())
    assert state.tone is Tone.CAUTION
    assert "not real certificates" in state.text


# On the screen


@pytest.mark.screen
def test_a_root_is_compared_and_a_pack_imported(phone: PhoneInHand, tmp_path: Path) -> None:
    ashore = shore(tmp_path / "shore")
    eyes = phone.open_wallet(competency(), transport=NoNetwork())
    eyes.tap("More").tap("Directory of authorities")
    assert eyes.sees("This phone holds no directory of authorities")
    phone.app.drop(ashore.pack())
    assert eyes.wait(0.3).sees("First give the root file")
    phone.app.drop(ashore.root)
    assert eyes.wait(0.3).sees("Trust this root?")
    eyes.tap("It is the same")
    assert eyes.sees("This root is trusted now."), eyes.texts()
    eyes.tap("Address, or file").type(str(ashore.pack()))
    eyes.tap("Import").wait(0.5)
    assert eyes.sees("Directory of 21 Nov 2026"), eyes.texts()
    assert eyes.sees("Flag states: DK, NO")
    phone.app.drop(ashore.folder / "nothing")
    assert eyes.wait(0.3).sees("That file cannot be read.")
    assert eyes.sees("Directory of 21 Nov 2026"), "what was held stays"


@pytest.mark.screen
def test_consent_without_a_directory_says_unchecked_and_leads_to_one(
    phone: PhoneInHand, office: "Office"
) -> None:
    eyes = phone.open_wallet(transport=ToClient(office.client), offer=office.offer().link).wait(0.5)
    assert eyes.sees("Its name is unchecked: this phone holds no directory of authorities.")
    eyes.tap("Get one")
    assert eyes.sees("Directory of authorities")
    eyes.press_back()
    assert eyes.sees("Sjøfartsdirektoratet offers you"), "and back to the offer"


@pytest.mark.screen
def test_an_unlisted_issuer_takes_a_second_thought(
    phone: PhoneInHand, office: "Office", tmp_path: Path
) -> None:
    ashore = shore(tmp_path / "shore")
    eyes = phone.open_wallet(transport=ToClient(office.client)).wait(0.5)
    trust = phone.app.wallet.trust
    trust.pin(trust.look_at_root(ashore.root.read_bytes()))
    trust.take_in_file(ashore.pack(), NOW + DAY)
    phone.app.add(office.offer().link)
    eyes.wait(1)
    assert eyes.sees("This issuer is not in the directory of authorities of 21 Nov 2026.")
    assert eyes.scroll_to("Pick up all the same")
