"""What happens at once happens once: wallets, guesses, nonces and repeated requests."""

import secrets
from collections import Counter
from collections.abc import Callable

import pytest
from support.crowd import CROWD, at_once
from support.issuer_app import Office
from support.sync_wallet import SyncWallet

from issuer.services.operating.repeating import Answer, Asked, NoAnswer, Repeating

ASKED = Asked("POST /offers", b"{}", "operator")


def test_of_many_wallets_with_the_same_codes_one_wins(office: Office) -> None:
    offer = office.offer()
    wallets = [office.wallet(offer, f"phone {number}") for number in range(CROWD)]
    answers = at_once(lambda number: wallets[number].exchange(offer.tx_code))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}
    assert {answer.json()["error"] for answer in answers if not answer.is_success} == {"invalid_grant"}


def test_many_guesses_at_once_get_no_more_than_five_tries(office: Office) -> None:
    offer = office.offer()
    wallet = office.wallet(offer)
    at_once(lambda number: wallet.exchange(f"wrong {number}"))
    assert wallet.exchange(offer.tx_code).json()["error"] == "invalid_grant"
    assert office.audit_trail().count("offer-refused") == 5


def test_of_many_uses_of_one_nonce_one_succeeds(office: Office) -> None:
    wallet = office.admitted_wallet()
    proof = wallet.proof(wallet.nonce())
    answers = at_once(lambda _: wallet.request("NO-COC-0001", proof))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}
    assert {answer.json()["error"] for answer in answers if not answer.is_success} == {"invalid_nonce"}


def test_impatient_wallet_gets_one_credential_however_often_it_asks(office: Office) -> None:
    wallet = office.admitted_wallet()
    proofs = [wallet.proof(wallet.nonce()) for _ in range(CROWD)]
    answers = at_once(lambda number: wallet.request("NO-COC-0001", proofs[number]))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert office.audit_trail().count("credential-logged") == 1


def test_of_two_phones_with_one_token_one_is_served(office: Office) -> None:
    wallet = office.admitted_wallet()
    phones = [office.wallet(office.offer(), f"phone {number}").signer for number in range(CROWD)]
    proofs = [wallet.proof(wallet.nonce(), phone) for phone in phones]
    answers = at_once(lambda number: wallet.request("NO-COC-0001", proofs[number]))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}


def test_notifications_at_once_are_one_event(office: Office) -> None:
    wallet = office.admitted_wallet()
    identifier = wallet.request("NO-COC-0001").json()["notification_id"]
    told = {"notification_id": identifier, "event": "credential_accepted"}
    assert {answer.status_code for answer in at_once(lambda _: wallet.notify(told))} == {204}
    assert office.audit_trail().count("credential-accepted") == 1


def test_syncs_at_once_leave_offers_for_their_phone_alone_and_each_gets_a_pass(office: Office) -> None:
    phone = SyncWallet(office).pick_up("NO-COC-0001")
    proofs = [phone.proof() for _ in range(CROWD)]
    answers = [answer.json() for answer in at_once(lambda number: phone.ask(proofs[number]))]
    assert all(answer["pass"] for answer in answers)
    uris = {answer["offers"][0]["offer"] for answer in answers}
    still_open = [uri for uri in uris if office.client.get(uri).is_success]
    assert len(uris) == CROWD
    assert len(still_open) == 1


def test_of_many_uses_of_one_sync_proof_one_succeeds(office: Office) -> None:
    phone = SyncWallet(office).pick_up("NO-COC-0001")
    proof = phone.proof()
    answers = at_once(lambda _: phone.ask(proof))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}


@pytest.mark.parametrize("run", [Repeating.once, Repeating.once_in_steps])
def test_idempotency_key_runs_once_at_once(office: Office, run: Callable[..., Answer | NoAnswer]) -> None:
    repeating, runs = Repeating(office.database, office.clock, b"secret"), []

    def act() -> Answer:
        runs.append(1)
        return Answer(201, secrets.token_bytes(8))

    found = at_once(lambda _: run(repeating, "key-0001", ASKED, act))
    answers = {one for one in found if isinstance(one, Answer)}
    assert len(runs) == len(answers) == 1
    assert set(found) - answers <= {NoAnswer.IN_PROGRESS}
    assert set(at_once(lambda _: run(repeating, "key-0001", ASKED, act))) == answers
