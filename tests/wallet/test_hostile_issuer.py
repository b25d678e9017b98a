"""An issuer that means harm: it deletes nothing, ends nothing, and cannot pass for another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support.hostile_issuer import EVIL, OFFER, STRANGER, HostileIssuer
from support.issuer_app import HandClock
from support.scenario import INGRID, competency
from support.simulator import NOW, seeded_signer
from support.wallet import PhoneInHand, fill, wallet_of

from keys.signer import Signer
from verifier.credential import carrier
from verifier.credential.model import Holder
from verifier.ui.words import Words
from wallet_app.core import views
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.wallet import Wallet


@pytest.fixture
def keys() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def evil(keys: MemoryKeyStore) -> HostileIssuer:
    return HostileIssuer(holder_key=keys.holder().public_key)


@pytest.fixture
def wallet(tmp_path: Path, keys: MemoryKeyStore, evil: HostileIssuer) -> Iterator[Wallet]:
    """It holds Ingrid's genuine certificate, and its network leads to the hostile issuer."""
    opened = wallet_of(tmp_path / "phone", competency(), transport=evil, keys=keys)
    yield opened
    opened.close()


def pick_up(wallet: Wallet) -> None:
    wallet.pick_ups.agree(wallet.pick_ups.look_at(OFFER), None)
    wallet.pick_ups.fetch(lambda _: None)


def test_certificate_of_the_same_number_by_another_issuer_replaces_nothing(wallet: Wallet) -> None:
    (genuine,) = wallet.held
    pick_up(wallet)
    assert {one.credential.issuer for one in wallet.held} == {"https://no.example", EVIL}
    assert wallet.find(genuine.key) == genuine


def test_list_names_the_hosts_where_two_issuers_sign_for_one_country(wallet: Wallet) -> None:
    alone = views.list_state(wallet.held, at=NOW, say=Words())
    assert [card.issued for card in alone.cards] == ["Sjøfartsdirektoratet  ·  NO-COC-0001"]
    pick_up(wallet)
    both = views.list_state(wallet.held, at=NOW, say=Words())
    assert {card.issued for card in both.cards} == {
        "Sjøfartsdirektoratet  ·  NO-COC-0001  ·  no.example",
        "Sjøfartsdirektoratet  ·  NO-COC-0001  ·  evil.example",
    }
    assert len({card.key for card in both.cards}) == 2


@pytest.mark.screen
def test_host_of_the_issuer_stands_on_the_certificate(phone: PhoneInHand) -> None:
    forged = HostileIssuer(holder_key=phone.keys.holder().public_key).forge(competency())
    fill(phone.home / "vault", phone.keys, [competency()], others=[forged])
    eyes = phone.open_wallet()
    eyes.tap("Sjøfartsdirektoratet  ·  NO-COC-0001  ·  evil.example")
    assert eyes.sees("At evil.example"), eyes.texts()


def test_certificate_that_no_code_holds_is_not_stored(wallet: Wallet, evil: HostileIssuer) -> None:
    evil.certificates = (competency(document_number="NO-2", remarks="x" * carrier.MAX_CHARACTERS),)
    with pytest.raises(PickUpError) as refused:
        pick_up(wallet)
    assert refused.value.trouble is Trouble.WRONG_CREDENTIAL
    assert len(wallet.held) == 1


def test_pick_up_that_is_not_finished_outlives_another_offer(wallet: Wallet, evil: HostileIssuer) -> None:
    wallet.pick_ups.agree(wallet.pick_ups.look_at(OFFER), None)
    first, spent = wallet.pick_ups.unfinished, evil.sent.count(f"{EVIL}/token")
    with pytest.raises(PickUpError) as refused:
        wallet.pick_ups.agree(wallet.pick_ups.look_at(OFFER), None)
    assert refused.value.trouble is Trouble.UNFINISHED
    assert wallet.pick_ups.unfinished == first
    assert evil.sent.count(f"{EVIL}/token") == spent, "the second offer can still be used"
    wallet.pick_ups.give_up()
    pick_up(wallet)


def test_pick_up_that_can_no_longer_be_finished_makes_way(
    tmp_path: Path, keys: MemoryKeyStore, evil: HostileIssuer
) -> None:
    clock = HandClock()
    wallet = wallet_of(tmp_path / "phone", transport=evil, keys=keys, clock=clock)
    wallet.pick_ups.agree(wallet.pick_ups.look_at(OFFER), None)
    clock.forward(seconds=301)
    pick_up(wallet)
    assert len(wallet.held) == 1
    wallet.close()


@pytest.mark.screen
def test_unfinished_pick_up_is_said_with_what_to_do(phone: PhoneInHand) -> None:
    evil = HostileIssuer(holder_key=phone.keys.holder().public_key)
    eyes = phone.open_wallet(competency(), transport=evil)
    pick_ups = phone.app.wallet.pick_ups
    pick_ups.agree(pick_ups.look_at(OFFER), None)
    phone.app.add(OFFER)
    eyes.wait(1)
    eyes.tap(eyes.scroll_to("Pick up"))
    assert eyes.sees("Another pick-up is not finished")
    assert eyes.sees("Forget this pick-up")
    eyes.tap("Finish the first one")
    assert eyes.sees("1 certificate added"), eyes.texts()


MARRIED = replace(INGRID, family_name="Åsnes")
SPELLED = replace(INGRID, seafarer_id="PA770000", family_name="Oestergaard")


@pytest.mark.parametrize(
    ("holder", "country", "is_same"),
    [
        (INGRID, "NO", True),
        (MARRIED, "NO", True),
        (SPELLED, "PA", True),
        (replace(MARRIED, seafarer_id="PA770000"), "PA", False),
        (MARRIED, "PA", False),
        (replace(INGRID, birth_date=date(1988, 4, 13)), "NO", False),
        (STRANGER, "NO", False),
    ],
)
def test_wallet_is_one_persons(
    wallet: Wallet, evil: HostileIssuer, holder: Holder, country: str, is_same: bool
) -> None:
    evil.certificates = (competency(holder=holder, issuing_country=country, document_number="X-1"),)
    if is_same:
        pick_up(wallet)
    else:
        with pytest.raises(PickUpError) as refused:
            pick_up(wallet)
        assert refused.value.trouble is Trouble.OTHER_PERSON
    assert len(wallet.held) == 1 + is_same


def test_empty_wallet_takes_anybodys(tmp_path: Path, keys: MemoryKeyStore, evil: HostileIssuer) -> None:
    wallet = wallet_of(tmp_path / "phone", transport=evil, keys=keys)
    evil.certificates = (competency(holder=STRANGER),)
    pick_up(wallet)
    assert len(wallet.held) == 1
    wallet.close()


OTHER = seeded_signer("another")


@pytest.mark.parametrize(
    ("published", "document", "trouble"),
    [
        ({"evil-1": OTHER}, {}, Trouble.UNVERIFIED),
        ({"evil-2": seeded_signer("evil")}, {}, Trouble.UNVERIFIED),
        ({}, {}, Trouble.UNVERIFIED),
        (None, {"jwks": "none"}, Trouble.UNVERIFIED),
        (None, {"jwks": {"keys": [{"kid": "evil-1", "kty": "oct"}, 7]}}, Trouble.UNVERIFIED),
        (None, {"issuer": f"{EVIL}/"}, Trouble.NOT_ITSELF),
    ],
)
def test_certificate_that_its_issuers_published_keys_did_not_sign_is_not_stored(
    wallet: Wallet,
    evil: HostileIssuer,
    published: dict[str, Signer] | None,
    document: dict[str, object],
    trouble: Trouble,
) -> None:
    evil.published, evil.changes = published, {"jwt-vc-issuer": document}
    with pytest.raises(PickUpError) as refused:
        pick_up(wallet)
    assert refused.value.trouble is trouble
    assert len(wallet.held) == 1


@pytest.mark.parametrize("signed_by_the_first", [True, False])
def test_key_id_that_two_keys_claim_is_nobodys(
    wallet: Wallet, evil: HostileIssuer, signed_by_the_first: bool
) -> None:
    claimants = (evil.signer, OTHER) if signed_by_the_first else (OTHER, evil.signer)
    twice = [{**one.public_key.to_jwk(), "kid": "evil-1"} for one in claimants]
    evil.changes = {"jwt-vc-issuer": {"jwks": {"keys": twice}}}
    with pytest.raises(PickUpError) as refused:
        pick_up(wallet)
    assert refused.value.trouble is Trouble.UNVERIFIED
