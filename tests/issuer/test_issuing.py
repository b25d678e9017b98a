"""Issuing: exactly one credential and one log entry, whatever dies when and whoever asks at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from sqlalchemy import Connection, func, select, update
from support.desk import MEDICAL, NEW_PHONE, NUMBER, PHONE, Desk, read_credential
from support.issuer_app import KEYS
from support.scenario import competency
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential, credential_payload, credential_token, status_list
from issuer.domain.errors import (
    IdempotencyConflict,
    KeysUnusable,
    NotFound,
    NotInForce,
    SelfVerificationFailed,
)
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing import reserving
from issuer.services.issuing.issuer import (
    CredentialIssuer,
    IssuedCredential,
    IssueRequest,
    Refusal,
    batches_of,
)
from keys.algorithms import Algorithm
from keys.jwk import PublicKey
from verifier.status import Status

TRANSACTIONS = ("reserve", "persist", "sign", "verify", "log", "release")


class Crash(Exception):
    """The process dies here."""


class DyingDatabase(Database):
    """Dies in its n-th transaction, just before or just after that commits."""

    def __init__(self, living: Database, transaction: int, when: str) -> None:
        super().__init__(living.engine)
        self._writer = living._writer
        self._left = transaction
        self._when = when

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[Connection]:
        self._left -= 1
        with super().write(wait=wait) as connection:
            yield connection
            if self._left < 0 and self._when == "before":
                raise Crash
        if self._left < 0:
            raise Crash


def test_credential_says_what_the_register_says(desk: Desk) -> None:
    desk.enter()
    issued = desk.issue()
    said = read_credential(issued.token)
    assert said.certificate == competency()
    assert (said.issuer, said.holder_key) == (desk.settings.issuer, PHONE)
    assert (said.status.uri, said.status.idx) == (issued.list_uri, issued.idx)
    assert said.issued_at == desk.clock.now.replace(microsecond=0)
    assert said.expires == datetime(2028, 11, 20, 23, tzinfo=UTC) or said.expires is not None


def test_expiry_is_midnight_after_the_last_day_in_the_authoritys_time_zone(desk: Desk) -> None:
    desk.enter(competency(expiry_date=(desk.clock.now + timedelta(days=30)).date()))
    expires = read_credential(desk.issue().token).expires
    assert expires is not None
    assert (expires.minute, expires.hour) in ((0, 23), (0, 22))  # 00:00 in Oslo


def test_paper_credential_has_no_holder_key(desk: Desk) -> None:
    desk.enter()
    assert read_credential(desk.issue(holder=None).token).holder_key is None


def test_pyjwt_accepts_what_we_sign(desk: Desk) -> None:
    desk.enter()
    issued = desk.issue()
    key = jwt.PyJWK(KEYS.public(issued.kid).to_jwk(), algorithm="ES256")
    token = issued.token.removesuffix("~")
    claims = jwt.decode(token, key, algorithms=["ES256"], options={"verify_exp": False, "verify_nbf": False,
                                                                   "verify_iat": False})  # fmt: skip
    assert claims["document_number"] == NUMBER
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "NO-2026a", "typ": "dc+sd-jwt"}


def test_same_idempotency_key_gives_the_same_bytes(desk: Desk) -> None:
    desk.enter()
    first = desk.issue(key="a key")
    desk.clock.forward(days=3)
    assert desk.issue(key="a key") == first
    assert desk.credential_states() == ["released"]


def test_same_key_twice_in_one_batch_is_one_credential(desk: Desk) -> None:
    desk.enter()
    request = IssueRequest(document_number=NUMBER, holder_key=PHONE, idempotency_key="a key")
    first, second = desk.issuer.issue_many([request, request])
    assert first == second
    assert isinstance(first, IssuedCredential)


@pytest.mark.parametrize(
    ("number", "holder"), [(MEDICAL, PHONE), (NUMBER, NEW_PHONE), (NUMBER, None)], ids=["other certificate",
    "other phone", "paper"])  # fmt: skip
def test_idempotency_key_of_another_request_is_refused(
    desk: Desk, number: str, holder: PublicKey | None
) -> None:
    desk.enter()
    desk.issue(key="a key")
    with pytest.raises(IdempotencyConflict):
        desk.issue(number, holder, key="a key")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("crash", range(len(TRANSACTIONS)), ids=TRANSACTIONS)
def test_crash_between_any_two_steps_is_resumed_to_one_credential_and_one_log_entry(
    desk: Desk, crash: int, when: str
) -> None:
    desk.enter()
    dying = CredentialIssuer(DyingDatabase(desk.database, crash, when), desk.clock, KEYS, desk.settings)
    with pytest.raises(Crash):
        dying.issue(NUMBER, PHONE, "a key")
    desk.issuer.resume()
    issued = desk.issue(key="a key")
    assert desk.credential_states() == ["released"]
    assert desk.events(issued.serial) == ["credential-logged"]
    assert desk.issue(key="a key") == issued


def test_signature_that_was_stored_before_a_crash_is_the_one_that_is_released(desk: Desk) -> None:
    desk.enter()
    dying = CredentialIssuer(DyingDatabase(desk.database, 2, "after"), desk.clock, KEYS, desk.settings)
    with pytest.raises(Crash):
        dying.issue(NUMBER, PHONE, "a key")
    with desk.database.read() as connection:
        stored = connection.execute(select(credential_token.c.token)).scalar_one()
    desk.clock.forward(days=1)
    assert desk.issue(key="a key").token == stored


def test_unfinished_credential_of_a_lost_key_says_which_key(desk: Desk) -> None:
    desk.enter()
    dying = CredentialIssuer(DyingDatabase(desk.database, 1, "after"), desk.clock, KEYS, desk.settings)
    with pytest.raises(Crash):
        dying.issue(NUMBER, PHONE, "a key")
    others = AuthorityKeys(
        signers={"NO-2027a": seeded_signer("x")}, certificate_kid="NO-2027a", status_kid="NO-2027a"
    )
    with pytest.raises(KeysUnusable, match="NO-2026a"):
        CredentialIssuer(desk.database, desk.clock, others, desk.settings).resume()


def test_resume_with_nothing_left_does_nothing(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    assert desk.issuer.resume() == 0


class OtherSigner:
    """A signer whose signatures are another key's: a broken token, or a swapped slot."""

    algorithm = Algorithm.ES256
    public_key = KEYS.public("NO-2026a")

    def sign(self, message: bytes) -> bytes:
        return seeded_signer("somebody else").sign(message)


def test_credential_that_our_own_verifier_refuses_is_never_released(desk: Desk) -> None:
    desk.enter()
    broken = replace(KEYS, signers={**KEYS.signers, "NO-2026a": OtherSigner()})
    with pytest.raises(SelfVerificationFailed):
        CredentialIssuer(desk.database, desk.clock, broken, desk.settings).issue(NUMBER, PHONE, "a key")
    assert desk.credential_states() == ["void"]
    assert "credential-logged" not in desk.events()
    assert desk.issue(key="a key").document_number == NUMBER  # the key is free again


def test_contradiction_in_the_register_is_found_before_anything_is_signed(desk: Desk) -> None:
    desk.enter()
    with desk.database.write() as connection:
        claims = connection.execute(select(certificate.c.claims)).scalars().first()
        assert claims is not None
        spoilt = claims.replace('"issue_date":"', '"issue_date":"9')
        connection.execute(
            update(certificate).where(certificate.c.document_number == NUMBER).values(claims=spoilt)
        )
    with pytest.raises(SelfVerificationFailed, match=NUMBER):
        desk.issue()
    with desk.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(credential_payload)).scalar() == 0


def test_refusal_of_one_stops_no_other_in_the_batch(desk: Desk) -> None:
    numbers = desk.enter_many(3)
    desk.lifecycle.suspend(numbers[1], reason="", actor="test")
    wanted = [*numbers, "NO-NONE"]
    outcomes = desk.issuer.issue_many(
        [IssueRequest(document_number=n, holder_key=None, idempotency_key=n) for n in wanted]
    )
    refused = {o.document_number: type(o.error) for o in outcomes if isinstance(o, Refusal)}
    assert refused == {numbers[1]: NotInForce, "NO-NONE": NotFound}


@pytest.mark.parametrize("state", ["suspended", "revoked", "cancelled", "lost"])
def test_only_certificates_in_force_are_signed(desk: Desk, state: str) -> None:
    desk.enter()
    if state == "suspended":
        desk.lifecycle.suspend(NUMBER, reason="", actor="test")
    else:
        desk.lifecycle.revoke(NUMBER, ending=state, reason="", actor="test")
    with pytest.raises(NotInForce, match=state):
        desk.issue()
    assert desk.credential_states() == []


def test_expired_certificate_is_not_signed_on_the_day_after_its_last(desk: Desk) -> None:
    last_day = desk.settings.today(desk.clock.now)
    desk.enter(competency(expiry_date=last_day))
    desk.issue(key="on its last day")
    desk.clock.forward(days=1)
    with pytest.raises(NotInForce, match="expired"):
        desk.issue(key="a day later")


def test_certificate_suspended_while_it_is_signed_is_not_released(desk: Desk) -> None:
    desk.enter()
    dying = CredentialIssuer(DyingDatabase(desk.database, 3, "after"), desk.clock, KEYS, desk.settings)
    with pytest.raises(Crash):
        dying.issue(NUMBER, PHONE, "a key")
    desk.lifecycle.suspend(NUMBER, reason="", actor="test")
    desk.issuer.resume()
    assert desk.credential_states() == ["void"]
    desk.lifecycle.reinstate(NUMBER, reason="", actor="test")
    with desk.database.read() as connection:  # nobody holds it, and nobody ever shall
        assert connection.execute(select(credential.c.status)).scalar_one() == Status.REVOKED


def test_second_phone_takes_over_from_the_first(desk: Desk) -> None:
    desk.enter()
    old, new = desk.issue(key="old"), desk.issue(holder=NEW_PHONE, key="new")
    assert (desk.status(old), desk.status(new)) == (Status.REPLACED, Status.VALID)


def test_paper_and_phone_stand_side_by_side(desk: Desk) -> None:
    desk.enter()
    phone, paper = desk.issue(key="phone"), desk.issue(holder=None, key="paper")
    assert (desk.status(phone), desk.status(paper)) == (Status.VALID, Status.VALID)


def test_indices_are_unique_random_and_move_to_a_new_list_when_half_is_taken(database: Database) -> None:
    desk = Desk.open(database, list_size=16)
    numbers = desk.enter_many(20)
    issued = [desk.issue(number, key=number) for number in numbers]
    places = [(one.list_uri, one.idx) for one in issued]
    assert len(set(places)) == len(places)
    assert len({uri for uri, _ in places}) == 3  # 8 in each
    with database.read() as connection:
        taken = connection.execute(select(status_list.c.taken).order_by(status_list.c.number)).scalars().all()
    assert taken == [8, 8, 4]
    assert [idx for _, idx in places] != sorted(idx for _, idx in places)


def test_index_that_is_drawn_twice_is_drawn_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = desk.enter_many(2)
    draws = iter([[7], [7], [7], [9]])
    monkeypatch.setattr(reserving, "_draw", lambda size, count: next(draws))
    assert [desk.issue(number, key=number).idx for number in numbers] == [7, 9]


def test_two_wallets_with_the_same_request_get_the_same_credential(desk: Desk) -> None:
    desk.enter()
    with ThreadPoolExecutor(8) as pool:
        tokens = {one.token for one in pool.map(lambda _: desk.issue(key="a key"), range(16))}
    assert len(tokens) == 1
    assert desk.credential_states() == ["released"]
    assert desk.events().count("credential-logged") == 1


def test_issuers_that_reserve_at_once_never_share_an_index(database: Database) -> None:
    desk = Desk.open(database, list_size=64)
    numbers = desk.enter_many(24)
    with ThreadPoolExecutor(6) as pool:
        issued = list(pool.map(lambda number: desk.issuer.issue(number, None, number), numbers))
    assert len({(one.list_uri, one.idx) for one in issued}) == len(numbers)
    assert desk.events().count("credential-logged") == len(numbers)


def test_two_processes_that_resume_the_same_work_do_it_once(desk: Desk) -> None:
    numbers = desk.enter_many(6)
    dying = CredentialIssuer(DyingDatabase(desk.database, 1, "after"), desk.clock, KEYS, desk.settings)
    requests = [IssueRequest(document_number=n, holder_key=None, idempotency_key=n) for n in numbers]
    with pytest.raises(Crash):
        dying.issue_many(requests)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: desk.issuer.resume(), range(4)))
    assert desk.credential_states() == ["released"] * 6
    assert desk.events().count("credential-logged") == 6


def test_bulk_in_several_batches_keeps_the_order_of_requests(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.services.issuing.issuer.BATCH", 7)
    numbers = desk.enter_many(30)
    requests = [IssueRequest(document_number=n, holder_key=None, idempotency_key=n) for n in numbers]
    outcomes = desk.issuer.issue_many(requests)
    assert [outcome.document_number for outcome in outcomes] == numbers
    assert desk.credential_states() == ["released"] * 30
    assert desk.issuer.issue_many(requests) == outcomes


@pytest.mark.parametrize(
    ("requests", "lengths"),
    [
        (0, []),
        (1, [1]),
        (1_000, [1_000]),
        (2_000, [1_000, 1_000]),
        (2_101, [701, 701, 699]),
        (8_000, [2_000] * 4),
    ],
)
def test_bulk_is_cut_into_batches_of_about_one_length(requests: int, lengths: list[int]) -> None:
    one = IssueRequest(document_number="NO-1", holder_key=None, idempotency_key="1")
    assert [len(batch) for batch in batches_of([one] * requests)] == lengths


def test_many_tokens_differ_in_signature_and_serial(desk: Desk) -> None:
    desk.enter()
    issued = [desk.issue(holder=None, key=f"key {n}") for n in range(5)]
    assert len({one.token for one in issued}) == 5
    assert len({one.serial for one in issued}) == 5
    assert all(one.kid == "NO-2026a" for one in issued)
