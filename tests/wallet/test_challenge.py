"""An inspector's challenge in the wallet: taken up as a code or typed, answered once, for two minutes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.scenario import competency
from support.simulator import NOW, Authority, directory
from support.wallet import wallet_of

from verifier.credential import carrier, presentation, sd_jwt
from verifier.credential.presentation import Audience, NoChallenge
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Headline
from wallet_app.core.challenge import GOOD_FOR, ChallengeAnswered, take_up
from wallet_app.core.history import Reader, Way
from wallet_app.core.keystore import MemoryKeyStore

NONCE = bytes(range(8))
TEXT = presentation.challenge_text(NONCE)


def test_a_scanned_challenge_is_taken_up_for_two_minutes() -> None:
    taken = take_up(TEXT, (), NOW)
    assert (taken.nonce, taken.until) == (NONCE, NOW + timedelta(minutes=2))


@pytest.mark.parametrize("typed", ["K7M2QX", "k7m2qx", "K7M-2QX", " k7m 2qx "])
def test_six_typed_characters_are_a_challenge(typed: str) -> None:
    taken = take_up(typed, (), NOW)
    assert taken.nonce == b"\0\0K7M2QX"
    assert taken.words == "K7M2QX", "both sides can tell that they mean the same one"


@pytest.mark.parametrize("text", ["", "K7M2Q", "K7M2QXX", "K7M2Q0", "OMBORD-CHALLENGE:00", "x" * 1_000_000])
def test_what_is_no_challenge_is_refused(text: str) -> None:
    with pytest.raises(NoChallenge):
        take_up(text, (), NOW)


def test_an_answer_is_a_proof_over_the_nonce_that_the_verifier_accepts(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, competency())
    taken = wallet.take_up(TEXT)
    code = wallet.live_code(wallet.held[0], taken)
    wallet.close()
    assert code.fresh_until == NOW + GOOD_FOR
    norway = Authority("NO", at=NOW)
    known = directory(norway, at=NOW)
    verdict = verify(
        code.qr_text,
        directory=known,
        status=StatusBook([verify_list(norway.status_list(), directory=known)], pack="test"),
        policy=Policy(),
        at=NOW,
        challenge=NONCE,
    )
    assert verdict.headline is Headline.VALID


def test_a_challenge_is_answered_once_also_after_the_app_was_closed(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    wallet = wallet_of(tmp_path, competency(), keys=keys)
    taken = wallet.take_up(TEXT)
    wallet.remember(Way.CODE, Reader.CHALLENGER, wallet.held, taken)
    with pytest.raises(ChallengeAnswered):
        wallet.take_up(TEXT)
    wallet.close()
    wallet = wallet_of(tmp_path, keys=keys)
    assert wallet.history[-1].challenge == NONCE.hex()
    wallet.close()


@pytest.mark.parametrize(
    "at", [datetime(1969, 12, 31, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)], ids=str
)
def test_a_challenge_is_answered_with_a_clock_that_no_proof_could_state(tmp_path: Path, at: datetime) -> None:
    wallet = wallet_of(tmp_path, competency(), clock=lambda: at)
    code = wallet.live_code(wallet.held[0], wallet.take_up(TEXT))
    wallet.close()
    proof = presentation.read(sd_jwt.parse(carrier.unpack(carrier.from_qr_text(code.qr_text))))
    assert (proof.audience, proof.nonce) == (Audience.CHALLENGE, NONCE)
