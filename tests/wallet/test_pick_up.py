"""Picking up from the real issuer in this process: to the end, through a network that drops, and refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.wallet import ToClient, wallet_of

from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.pickup import Progress
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.wallet import Wallet

if TYPE_CHECKING:
    from support.issuer_app import Office


Opening = Callable[..., tuple[Wallet, ToClient]]


@pytest.fixture
def at_the_office(office: "Office", tmp_path: Path) -> Iterator[Opening]:
    """Opens a wallet whose network is the office, in a folder of its own or in one named."""
    opened: list[Wallet] = []

    def open_one(folder: str = "phone", keys: MemoryKeyStore | None = None) -> tuple[Wallet, ToClient]:
        network = ToClient(office.client)
        opened.append(wallet_of(tmp_path / folder, transport=network, clock=office.clock, keys=keys))
        return opened[-1], network

    yield open_one
    for wallet in opened:
        wallet.close()


def ignore(_: Progress) -> None:
    """Nobody watches."""


def test_all_certificates_are_picked_up_and_bound_to_this_phone(
    office: "Office", at_the_office: Opening
) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    proposal = wallet.pick_ups.look_at(offer.link)
    assert proposal.authority.name == "Sjøfartsdirektoratet"
    assert set(proposal.offer.configurations) == {"competency", "medical"}
    assert wallet.pick_ups.agree(proposal, offer.tx_code) == Progress(0, 2)
    told: list[Progress] = []
    assert wallet.pick_ups.fetch(told.append) == Progress(2, 2)
    assert told == [Progress(1, 2), Progress(2, 2)]
    assert {one.certificate.document_number for one in wallet.held} == {"NO-COC-0001", "NO-MED-0001"}
    assert all(one.is_ours for one in wallet.held)
    assert wallet.pick_ups.unfinished is None


def test_issuer_hears_that_they_were_accepted(office: "Office", at_the_office: Opening) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    wallet.pick_ups.fetch(ignore)
    assert "credential_accepted" in office.everything_stored()


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_network_that_drops_after_any_request_loses_and_doubles_nothing(
    office: "Office", at_the_office: Opening, lost: str
) -> None:
    """1 to 3 are offer and metadata, 4 is the token, 5 the keys, then nonce and credential in turn."""
    for number in range(5, 10):
        wallet, network = at_the_office(f"{lost}-{number}")
        offer = office.offer()
        wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
        network.lose = lambda count, number=number: lost if count == number else ""
        with pytest.raises(PickUpError) as stopped:
            wallet.pick_ups.fetch(ignore)
        assert stopped.value.trouble is Trouble.OFFLINE
        assert wallet.pick_ups.fetch(ignore) == Progress(2, 2)
        texts = [one.text for one in wallet.held]
        assert len(set(texts)) == 2
        wallet.close()


def test_pick_up_goes_on_after_the_app_was_closed(office: "Office", at_the_office: Opening) -> None:
    keys = MemoryKeyStore()
    wallet, network = at_the_office(keys=keys)
    offer = office.offer()
    wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    network.lose = lambda count: "request" if count >= 8 else ""
    with pytest.raises(PickUpError):
        wallet.pick_ups.fetch(ignore)
    wallet.close()
    later, _ = at_the_office(keys=keys)
    assert len(later.held) == 1
    assert later.pick_ups.fetch(ignore) == Progress(2, 2)
    assert len(later.held) == 2


def test_receipts_that_cannot_be_delivered_undo_nothing(office: "Office", at_the_office: Opening) -> None:
    wallet, network = at_the_office()
    offer = office.offer()
    wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    network.lose = lambda count: "request" if count >= 10 else ""
    assert wallet.pick_ups.fetch(ignore) == Progress(2, 2)
    assert wallet.pick_ups.unfinished is None


def test_wrong_pick_up_code_is_refused_and_the_right_one_still_works(
    office: "Office", at_the_office: Opening
) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    proposal = wallet.pick_ups.look_at(offer.link)
    wrong = "000000" if offer.tx_code != "000000" else "000001"
    with pytest.raises(PickUpError) as refused:
        wallet.pick_ups.agree(proposal, wrong)
    assert refused.value.trouble is Trouble.CODE_REFUSED
    assert wallet.pick_ups.agree(proposal, offer.tx_code) == Progress(0, 2)


def test_offer_that_was_used_is_gone(office: "Office", at_the_office: Opening) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    proposal = wallet.pick_ups.look_at(offer.link)
    wallet.pick_ups.agree(proposal, offer.tx_code)
    wallet.pick_ups.fetch(ignore)
    with pytest.raises(PickUpError) as refused:
        wallet.pick_ups.agree(proposal, offer.tx_code)
    assert refused.value.trouble is Trouble.CODE_REFUSED


def test_offer_that_ran_out_is_gone(office: "Office", at_the_office: Opening) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    office.clock.forward(hours=2)
    with pytest.raises(PickUpError) as gone:
        wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    assert gone.value.trouble in {Trouble.OFFER_GONE, Trouble.CODE_REFUSED}


def test_access_that_ran_out_keeps_what_was_received(office: "Office", at_the_office: Opening) -> None:
    wallet, network = at_the_office()
    offer = office.offer()
    wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    network.lose = lambda count: "request" if count == 8 else ""
    with pytest.raises(PickUpError):
        wallet.pick_ups.fetch(ignore)
    office.clock.forward(days=2)
    with pytest.raises(PickUpError) as ended:
        wallet.pick_ups.fetch(ignore)
    assert ended.value.trouble is Trouble.ACCESS_ENDED
    assert len(wallet.held) == 1
    wallet.pick_ups.give_up()
    assert len(wallet.held) == 1


def test_certificate_suspended_meanwhile_does_not_hold_up_the_others(
    office: "Office", at_the_office: Opening
) -> None:
    wallet, _ = at_the_office()
    offer = office.offer()
    wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
    office.suspend("NO-COC-0001")
    with pytest.raises(PickUpError) as refused:
        wallet.pick_ups.fetch(ignore)
    assert refused.value.trouble is Trouble.REFUSED
    assert [one.certificate.document_number for one in wallet.held] == ["NO-MED-0001"]


def test_picking_up_again_replaces_and_never_doubles(office: "Office", at_the_office: Opening) -> None:
    wallet, _ = at_the_office()
    for _ in range(2):
        offer = office.offer()
        wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
        wallet.pick_ups.fetch(ignore)
    assert len(wallet.held) == 2
