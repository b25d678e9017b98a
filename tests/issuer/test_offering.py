"""Offers: two codes by two channels, few tries, one use, and no secret in the database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from support.desk import MEDICAL, NUMBER, SEAFARER, Desk
from support.scenario import INGRID, competency

from issuer.adapters.tables import offer as offer_table
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.phone.offering import code_of
from issuer.services.phone.redeeming import Grant, Redeeming, Refusal
from verifier.credential.model import Holder


def redeeming(desk: Desk) -> Redeeming:
    return Redeeming(desk.database, desk.clock, desk.settings)


def test_offer_covers_all_that_is_in_force_and_nothing_else(desk: Desk) -> None:
    gone = competency(document_number="NO-OLD", expiry_date=desk.settings.today(desk.clock.now))
    desk.enter(competency(), competency(document_number="NO-COC-0002"), gone)
    desk.lifecycle.suspend("NO-COC-0002", reason="", actor="clerk")
    desk.clock.forward(days=1)
    assert desk.offering.create(SEAFARER).document_numbers == (NUMBER,)


def test_codes_are_long_enough_and_never_repeat(desk: Desk) -> None:
    desk.enter()
    offers = [desk.offering.create(SEAFARER) for _ in range(5)]
    assert len({one.code for one in offers}) == len({one.handle for one in offers}) == 5
    assert all(len(one.code) == 43 for one in offers)  # 256 bits
    assert all(len(one.tx_code) == 6 and one.tx_code.isdecimal() for one in offers)


def test_link_names_the_address_and_the_address_serves_the_code(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(document_numbers=[MEDICAL])
    assert made.link.startswith("openid-credential-offer://?credential_offer_uri=https%3A%2F%2F")
    assert made.uri == f"{desk.settings.base_url}/oid4vci/offers/{made.handle}"
    served = desk.offering.open(made.handle)
    assert served is not None
    assert (served.code, served.document_numbers) == (made.code, (MEDICAL,))
    assert served.configuration_ids == ("medical",)
    assert desk.offering.open("x" * 43) is None


def test_database_holds_nothing_that_redeems(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    with desk.database.read() as connection:
        stored = repr(connection.execute(select(offer_table)).all())
        trail = repr(connection.execute(text("SELECT * FROM audit_event")).all())
    for secret in (made.code, made.handle, made.tx_code):
        assert secret not in stored.replace("attempts", "")
        assert secret not in trail
    assert made.code == code_of(made.handle)


def test_both_codes_give_one_token_once(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    grant = redeeming(desk).redeem(made.code, made.tx_code)
    assert isinstance(grant, Grant)
    assert redeeming(desk).redeem(made.code, made.tx_code) is Refusal.NOT_GOOD
    assert desk.offering.open(made.handle) is None


def test_sixth_try_fails_with_the_right_code_too(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    wrong = "000000" if made.tx_code != "000000" else "000001"
    tries = [redeeming(desk).redeem(made.code, wrong) for _ in range(5)]
    assert tries == [Refusal.WRONG_TX_CODE] * 5
    assert redeeming(desk).redeem(made.code, made.tx_code) is Refusal.NOT_GOOD
    assert desk.offering.open(made.handle) is None


def test_offer_ends_after_ten_minutes(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    desk.clock.forward(minutes=10)
    assert redeeming(desk).redeem(made.code, made.tx_code) is Refusal.NOT_GOOD
    assert desk.offering.open(made.handle) is None


def test_of_two_wallets_that_claim_one_code_one_wins(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: redeeming(desk).redeem(made.code, made.tx_code), range(8)))
    assert sum(isinstance(outcome, Grant) for outcome in outcomes) == 1


def test_guesses_at_once_are_counted_one_by_one(desk: Desk) -> None:
    desk.enter()
    made = desk.offering.create(SEAFARER)
    guesses = [f"{n:06}" for n in range(20) if f"{n:06}" != made.tx_code]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda guess: redeeming(desk).redeem(made.code, guess), guesses))
    assert outcomes.count(Refusal.WRONG_TX_CODE) == 5


def test_offer_of_what_is_not_in_force_or_not_there_names_it(desk: Desk) -> None:
    desk.enter()
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    with pytest.raises(Conflict, match=NUMBER):
        desk.offering.create(document_numbers=[NUMBER, MEDICAL])
    with pytest.raises(NotFound, match="NO-NONE"):
        desk.offering.create(document_numbers=["NO-NONE"])
    with pytest.raises(NotFound, match="00000000"):
        desk.offering.create("00000000")
    with pytest.raises(InvalidInput):
        desk.offering.create()
    desk.lifecycle.suspend(MEDICAL, reason="", actor="clerk")
    with pytest.raises(Conflict, match="no certificate in force"):
        desk.offering.create(SEAFARER)


def test_offer_is_one_persons(desk: Desk) -> None:
    other = Holder(seafarer_id="00000001", family_name="Li", birth_date=INGRID.birth_date)
    desk.enter(competency(), competency(document_number="NO-2", holder=other))
    with pytest.raises(InvalidInput, match="different seafarers"):
        desk.offering.create(document_numbers=[NUMBER, "NO-2"])
    with pytest.raises(InvalidInput, match="different seafarers"):
        desk.offering.create(SEAFARER, ["NO-2"])
