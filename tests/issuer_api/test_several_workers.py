"""What guards a secret is counted in the database: several workers allow no more than one does."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from support.crowd import CROWD, at_once
from support.in_process import client_of
from support.issuer_app import BASE_URL, KEYS, OPERATOR_TOKEN, SEAFARER, Office
from support.pickup_wallet import PickUpWallet

from issuer.app import build
from issuer.composition import compose

WORKERS = 3


@pytest.fixture
def workers(office: Office, database_url: str) -> Iterator[list[httpx.Client]]:
    """As many services as processes would be, each with its own connections, over the office's register."""
    settings = office.settings.model_copy(update={"database_url": database_url})
    with ExitStack() as stack:
        services = [compose(settings, keys=KEYS, clock=office.clock) for _ in range(WORKERS)]
        clients = [stack.enter_context(client_of(build(one), BASE_URL)) for one in services]
        for client in clients:  # the framework reads its routes at the first request, and only then
            client.get(f"{BASE_URL}/api/v1/openapi.json").raise_for_status()
        yield clients


def test_guesses_of_a_transaction_code_are_counted_over_all_workers(
    office: Office, workers: list[httpx.Client]
) -> None:
    offer = office.offer()
    wallets = [PickUpWallet(worker, office.clock, "phone") for worker in workers]
    for wallet in wallets:
        wallet.read(offer.link)
    at_once(lambda number: wallets[number % WORKERS].exchange(f"wrong {number}"), 2 * CROWD)
    assert office.audit_trail().count("offer-refused") == office.settings.offer_attempts
    assert wallets[0].exchange(offer.tx_code).json()["error"] == "invalid_grant"


def test_nonce_of_one_worker_is_spent_once_with_any(office: Office, workers: list[httpx.Client]) -> None:
    wallet = office.admitted_wallet()
    proof = wallet.proof(wallet.nonce())
    wallets = [PickUpWallet(worker, office.clock, "phone") for worker in workers]
    for other in wallets:
        other.issuer, other.token = wallet.issuer, wallet.token
    answers = at_once(lambda number: wallets[number % WORKERS].request("NO-COC-0001", proof))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}


def test_key_of_a_change_is_used_once_with_any_worker(office: Office, workers: list[httpx.Client]) -> None:
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}", "Idempotency-Key": "one-intention"}

    def ask(number: int) -> httpx.Response:
        worker = workers[number % WORKERS]
        return worker.post(f"{BASE_URL}/api/v1/offers", json={"seafarer_id": SEAFARER}, headers=headers)

    answers = at_once(ask)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 409} <= {"1"}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert office.audit_trail().count("offer-created") == 1
    assert len({ask(number).content for number in range(WORKERS)}) == 1
