"""The wallet and the authority's log: receipts are asked for once, kept, judged, and decide nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.log_keys import SIGNER, receipt_for
from support.scenario import competency, medical
from support.ship_store import Shore
from support.simulator import NOW, Authority, seeded_signer
from support.sync_office import ISSUER, SyncOffice, an_answer, problem
from support.wallet import wallet_of

from keys.algorithms import Algorithm
from keys.encoding import Json, json_dumps, json_object
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner
from keys.transparency.entry import MAX_RECEIPT, Receipt
from keys.trust.directory import LOG, KeyState
from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core import views
from wallet_app.core.contents import MOST_RECEIPTS, Contents
from wallet_app.core.held import Held
from wallet_app.core.log_receipts import Standing, judge
from wallet_app.core.sync_record import StoredReceipt
from wallet_app.core.transport import Response
from wallet_app.core.troubles import Trouble
from wallet_app.core.trust import Trust
from wallet_app.core.wallet import Wallet

KEYS = (SIGNER.public_key,)
OTHER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(1, 33))).public_key


class Asked(SyncOffice):
    """Remembers which receipts were asked for."""

    def send(self, method: str, url: str, **more: object) -> Response:  # type: ignore[override] # passed on
        if url.endswith("/api/v1/sync"):
            body = json_object(more["body"])  # type: ignore[arg-type] # a sync has one
            self.wanted.append(body.get("without_receipt"))
            if self.is_older and "without_receipt" in body:
                self.proofs.append(None)  # type: ignore[arg-type] # counted alone
                return problem(400, "invalid-proof")
        return super().send(method, url, **more)  # type: ignore[arg-type]

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[Json] = []
        self.is_older = False


@pytest.fixture
def office() -> Asked:
    return Asked()


@pytest.fixture
def wallet(tmp_path: Path, office: Asked) -> Iterator[Wallet]:
    opened = wallet_of(tmp_path, competency(), medical(), transport=office)
    yield opened
    opened.close()


def place(held: Held) -> dict[str, Json]:
    return {"uri": held.credential.status.uri, "idx": held.credential.status.idx}


def told(held: Held, receipt: Json) -> dict[str, Json]:
    return {**place(held), "status": "valid", "log_receipt": receipt}


def stored(text: str) -> StoredReceipt:
    return StoredReceipt("https://no.example/status/1", 0, int(NOW.timestamp()), text)


def as_text(receipt: Receipt) -> str:
    return receipt.to_json().decode()


def test_receipts_that_are_lacking_are_asked_for_kept_and_not_asked_for_again(
    wallet: Wallet, office: Asked
) -> None:
    first, second = wallet.held
    receipt = json_object(receipt_for(first.text).to_json())
    office.answer = an_answer(credentials=[told(first, receipt)])
    wallet.syncs.run(lambda _: None)
    wallet.syncs.run(lambda _: None)
    assert office.wanted == [[place(first), place(second)], [place(second)]]
    assert wallet.logged(second) is None
    found = wallet.logged(first)
    assert found is not None
    assert (found.standing, found.entry) == (Standing.UNCHECKED, 2)  # no directory is here
    contents = wallet.vault.contents
    assert Contents.from_json(json_object(json_dumps(contents.to_json()))) == contents
    before = {name: value for name, value in contents.to_json().items() if name != "receipts"}
    assert Contents.from_json(before) == replace(contents, receipts=())  # a store from before receipts


def test_of_receipts_the_newest_are_kept_and_none_takes_the_place_of_another() -> None:
    many = [StoredReceipt("https://no.example/status/1", idx, 0, "{}") for idx in range(MOST_RECEIPTS + 2)]
    kept = Contents().with_receipts(many)
    assert kept.receipts == tuple(many[2:])
    assert kept.with_receipts([many[-1]._replace(text='{"other": 1}')]) is kept


def test_an_authority_that_knows_no_receipts_is_asked_without(wallet: Wallet, office: Asked) -> None:
    office.answer, office.is_older = an_answer(), True
    assert wallet.syncs.run(lambda _: None).failures == ()
    assert [one is None for one in office.wanted] == [False, True]


def test_a_receipt_of_what_is_not_held_is_not_kept_and_one_too_long_refuses_the_answer(
    wallet: Wallet, office: Asked
) -> None:
    first = wallet.held[0]
    other = {"uri": "https://no.example/status/9", "idx": 7, "status": "valid", "log_receipt": {}}
    office.answer = an_answer(credentials=[other])
    wallet.syncs.run(lambda _: None)
    assert wallet.vault.contents.receipts == ()
    office.answer = an_answer(credentials=[told(first, "x" * MAX_RECEIPT)])
    [(_, error)] = wallet.syncs.run(lambda _: None).failures
    assert error.trouble is Trouble.NOT_UNDERSTOOD


def _changed(text: str, **members: Json) -> str:
    return json_dumps({**json_object(text.encode()), **members}).decode()


def test_a_receipt_is_worth_what_it_proves(wallet: Wallet) -> None:
    first, second = wallet.held
    good = as_text(receipt_for(first.text))
    note = json_object(good.encode())["checkpoint"]
    assert isinstance(note, str)
    signature = note.rindex(" ") + 9
    forged = f"{note[:signature]}{'A' if note[signature] != 'A' else 'B'}{note[signature + 1 :]}"
    table: list[tuple[Held, str, tuple[PublicKey, ...], Standing]] = [
        (first, good, KEYS, Standing.LOGGED),
        (first, good, (OTHER, *KEYS), Standing.LOGGED),
        (first, good, (), Standing.UNCHECKED),
        (first, good, (OTHER,), Standing.UNCHECKED),  # a key that follows may have signed it
        (second, good, KEYS, Standing.REFUTED),
        (second, good, (), Standing.REFUTED),  # that takes no key
        (first, _changed(good, index=3), KEYS, Standing.REFUTED),
        (first, _changed(good, salt="A" * 22), KEYS, Standing.REFUTED),
        (first, _changed(good, checkpoint=forged), KEYS, Standing.REFUTED),
        (first, as_text(receipt_for(first.text, origin="dk.example/log")), KEYS, Standing.REFUTED),
        (first, _changed(good, version=2), KEYS, Standing.REFUTED),
        (first, "{}", KEYS, Standing.REFUTED),
        (first, "null", KEYS, Standing.REFUTED),
        (first, "\ud800".encode("utf-8", "replace").decode(), KEYS, Standing.REFUTED),
    ]
    for held, text, keys, standing in table:
        assert judge(held, stored(text), keys).standing is standing, text


def test_the_directory_says_which_key_is_the_logs(tmp_path: Path, wallet: Wallet, office: Asked) -> None:
    norway = Authority("NO", at=NOW)
    kid = norway.add_key(LOG, signer=SIGNER)
    norway.add_key(LOG, signer=seeded_signer("stolen", Algorithm.ED25519))
    norway.change_key(list(norway.keys)[-1], state=KeyState.REVOKED)
    ashore = Shore(tmp_path / "ashore", norway)
    trust = Trust(tmp_path / "trust")
    trust.pin(trust.look_at_root(ashore.root.read_bytes()))
    trust.take_in_file(ashore.pack(), NOW)
    assert trust.log_keys(ISSUER) == (norway.signers[kid].public_key,) == KEYS
    assert trust.log_keys("https://dk.example") == ()
    first = wallet.held[0]
    office.answer = an_answer(credentials=[told(first, json_object(receipt_for(first.text).to_json()))])
    wallet.syncs.run(lambda _: None)
    wallet.trust = trust
    found = wallet.logged(first)
    assert found is not None
    assert found.standing is Standing.LOGGED


@pytest.mark.parametrize("fits", [True, False])
def test_a_receipt_is_one_calm_line_or_a_remark_and_never_the_certificates_standing(
    wallet: Wallet, *, fits: bool
) -> None:
    first, second = wallet.held
    say = Words()
    logged = judge(first, stored(as_text(receipt_for((first if fits else second).text))), KEYS)
    bare = views.certificate_state(first, at=NOW, say=say)
    state = views.certificate_state(first, at=NOW, logged=logged, say=say)
    assert state.status == bare.status
    if fits:
        assert state.notices == bare.notices
        *others, section = state.sections
        assert tuple(others) == bare.sections
        assert section.title == texts.PUBLIC_LOG
        assert [(line.label, line.value) for line in section.fields] == [
            ("Entry 2", f"checkpoint of {say.day(NOW.date())}")
        ]
    else:
        assert state.sections == bare.sections
        assert [one.text for one in state.notices[len(bare.notices) :]] == [texts.LOG_REFUTED]
