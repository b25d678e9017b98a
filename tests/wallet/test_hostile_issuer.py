"""An issuer that means harm: it deletes nothing, ends nothing, and cannot pass for another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.hostile_issuer import EVIL, OFFER, HostileIssuer
from support.scenario import competency
from support.simulator import NOW
from support.wallet import PhoneInHand, fill, wallet_of

from verifier.credential import carrier
from wallet_app.core import views
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.wallet import Wallet
from wallet_app.texts import Words


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
