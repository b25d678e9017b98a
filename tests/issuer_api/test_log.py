"""The transparency log over HTTP: checkpoints and proofs for anybody, receipts for their own phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.in_process import client_of
from support.issuer_app import KEYS, HandClock, Office, issuer_settings, register, two_certificates
from support.log_keys import LOG_KEY, with_log
from support.sync_wallet import SyncWallet
from support.wallet import ToClient, wallet_of

from issuer.app import build
from issuer.composition import compose
from issuer.services.log import transparency
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.log.transparency import NewEntry
from keys.encoding import json_dumps
from keys.transparency import consistency
from keys.transparency.checkpoint import parse, verify
from keys.transparency.entry import Receipt, check
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.log_receipts import Standing, judge
from wallet_app.core.wallet import Wallet

COC, FIT = "NO-COC-0001", "NO-MED-0001"
PATH = "/api/v1/log"


@pytest.fixture
def logged(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    """An authority that has a key of the log."""
    settings = issuer_settings(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'register.db')}")
    clock = HandClock()
    services = compose(settings, keys=with_log(KEYS), clock=clock)
    register(services.database, clock, settings, *two_certificates())
    with client_of(build(services), settings.base_url) as client:
        yield Office(settings, services.database, clock, client)


def checkpoints(office: Office) -> Checkpoints:
    return Checkpoints(office.database, office.clock, with_log(KEYS), office.settings)


def grow(office: Office, start: int, stop: int) -> None:
    with office.database.write() as connection:
        new = [NewEntry(f"{n:032x}", bytes(15) + bytes([n]), b"h.p%d" % n) for n in range(start, stop)]
        transparency.append(connection, new)
    checkpoints(office).make()


def test_an_auditor_follows_the_log_without_anybodys_leave(logged: Office) -> None:
    assert logged.client.get(f"{PATH}/checkpoint").status_code == 404
    grow(logged, 0, 3)
    old = logged.client.get(f"{PATH}/checkpoint")
    grow(logged, 3, 7)
    new = logged.client.get(f"{PATH}/checkpoint")
    proof = logged.client.get(f"{PATH}/consistency?old=3&new=7")
    for answer in (old, new, proof):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert answer.headers["cache-control"].startswith("public, max-age=")
        assert answer.headers["access-control-allow-origin"] == "*"
    read = [verify(one.content, [LOG_KEY], origin=LOG_KEY.name) for one in (old, new)]
    consistency.check(*read, consistency.from_text(proof.content))
    tag = {"If-None-Match": new.headers["etag"]}
    assert logged.client.get(f"{PATH}/checkpoint", headers=tag).status_code == 304


@pytest.mark.parametrize(
    "query",
    ["", "?old=1", "?old=1&new=9", "?old=3&new=2", "?old=01&new=3", "?old=-1&new=3", "?old=1&old=1&new=3",
     "?old=1&new=9999999999999999999999", "?old=x&new=3", "?old=%D9%A1&new=3"],
)  # fmt: skip
def test_sizes_that_cannot_be_proven_are_a_problem_of_whoever_asks(logged: Office, query: str) -> None:
    grow(logged, 0, 3)
    answer = logged.client.get(f"{PATH}/consistency{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def places(phone: SyncWallet) -> list[dict[str, object]]:
    return [{"uri": one["uri"], "idx": one["idx"]} for one in phone.sync()["credentials"]]


def test_a_phone_gets_the_receipts_that_it_lacks_and_no_others(logged: Office) -> None:
    phone, stranger = SyncWallet(logged).hold(COC, FIT), SyncWallet(logged, "stranger").hold()
    assert all("log_receipt" not in one for one in phone.sync()["credentials"])
    mine = places(phone)
    answer = phone.send({"proof": phone.proof(), "without_receipt": mine[:1]}).json()
    with_it, without = sorted(answer["credentials"], key=lambda one: "log_receipt" not in one)
    assert {name: with_it[name] for name in ("uri", "idx")} == mine[0]
    assert "log_receipt" not in without
    receipt = Receipt.from_json(json_dumps(with_it["log_receipt"]))
    assert parse(receipt.checkpoint.encode()).checkpoint.size == 2  # made for this phone
    text = _signing_input(logged, mine[0])
    assert check(receipt, text, LOG_KEY).size == 2
    assert stranger.send({"proof": stranger.proof(), "without_receipt": mine}).status_code == 401


def _signing_input(office: Office, place: dict[str, object]) -> bytes:
    from sqlalchemy import select

    from issuer.adapters.tables import credential, credential_token
    from issuer.services.log.signed_texts import signing_input

    joined = select(credential_token.c.token).join(
        credential, credential.c.id == credential_token.c.credential_id
    )
    with office.database.read() as connection:
        token = connection.execute(joined.where(credential.c.idx == place["idx"])).scalar_one()
    found = signing_input(token)
    return found if isinstance(found, bytes) else found.encode()


@pytest.mark.parametrize(
    "wanted",
    [None, {}, "x", [1], [{}], [{"uri": "x"}], [{"uri": "x", "idx": "1"}], [{"uri": "x", "idx": True}],
     [{"uri": "x", "idx": 1, "more": 1}], [{"uri": "x", "idx": 1}] * 257],
)  # fmt: skip
def test_what_is_no_list_of_credentials_is_refused_and_costs_no_nonce(logged: Office, wanted: object) -> None:
    phone = SyncWallet(logged).hold(COC)
    proof = phone.proof()
    assert phone.send({"proof": proof, "without_receipt": wanted}).status_code == 400
    assert phone.send({"proof": proof, "without_receipt": []}).status_code == 200


def test_an_authority_without_a_key_of_the_log_syncs_as_ever(office: Office) -> None:
    phone = SyncWallet(office).hold(COC)
    answer = phone.send({"proof": phone.proof(), "without_receipt": places(phone)})
    assert answer.status_code == 429 or "log_receipt" not in answer.text


def test_a_wallet_has_its_receipts_after_the_sync_that_follows_a_pick_up_or_with_the_same_again(
    logged: Office, tmp_path: Path
) -> None:
    keys = MemoryKeyStore()

    def open_wallet(folder: str) -> Wallet:
        network = ToClient(logged.client)
        wallet = wallet_of(tmp_path / folder, transport=network, clock=logged.clock, keys=keys)
        offer = logged.offer()
        wallet.pick_ups.agree(wallet.pick_ups.look_at(offer.link), offer.tx_code)
        wallet.pick_ups.fetch(lambda _: None)
        return wallet

    first = open_wallet("first")
    assert first.vault.contents.receipts == ()
    assert first.syncs.run(lambda _: None).failures == ()
    second = open_wallet("second")  # the store was lost, the key was not
    assert {one.text for one in second.held} == {one.text for one in first.held}
    for wallet in (first, second):
        assert len(wallet.vault.contents.receipts) == 2
        for held in wallet.held:
            place = held.credential.status
            receipt = wallet.vault.contents.receipt(place.uri, place.idx)
            assert receipt is not None
            assert judge(held, receipt, [LOG_KEY.key]).standing is Standing.LOGGED
        wallet.close()
