"""A stolen key: what its owner has listed stays good, what a thief signs never is (row C3, allow lists)."""

from dataclasses import replace
from datetime import datetime

import pytest
from support.scenario import PHONE, competency, show
from support.simulator import DAY, NOW, Authority, directory

from keys import jws
from keys.encoding import b64url_encode
from keys.trust.allow_list import AllowList, build
from keys.trust.directory import KeyState
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Headline, Rejected, Verdict

SALT = bytes(range(16))


@pytest.fixture
def norway() -> Authority:
    return Authority("NO")


@pytest.fixture
def honest(norway: Authority) -> str:
    """Signed before the theft."""
    return norway.issue(competency(), PHONE, at=NOW - 30 * DAY)


def judged(norway: Authority, text: str, truly: list[str] | None, at: datetime = NOW) -> Verdict:
    """The verdict when NO's key is on its allow list, which names these credentials; None for no list."""
    norway.retire_key(state=KeyState.ALLOW_LIST_ONLY, reason="stolen")
    known = directory(norway)
    if truly is not None:
        inputs = [jws.parse(one.split("~", 1)[0]).signing_input for one in truly]
        listed = {
            (norway.iss, norway.certificate_kid): AllowList.read(
                build(norway.certificate_kid, inputs, SALT), norway.certificate_kid
            )
        }
        known = replace(known, allow_lists=listed)
    book = StatusBook([verify_list(norway.status_list(), directory=known)], pack="test pack")
    return verify(show(text), directory=known, status=book, policy=Policy(), at=at)


def test_a_listed_credential_of_a_stolen_key_stays_valid(norway: Authority, honest: str) -> None:
    others = [norway.issue(competency(), PHONE) for _ in range(3)]
    assert judged(norway, honest, [*others, honest]).headline is Headline.VALID


def test_what_a_thief_signs_is_untrusted_however_old_it_says_it_is(norway: Authority, honest: str) -> None:
    for at in (NOW, NOW - 30 * DAY, NOW - 300 * DAY):
        forged = norway.issue(competency(document_number="NO-COC-6666"), PHONE, at=at)
        verdict = judged(norway, forged, [honest])
        assert isinstance(verdict, Rejected)
        assert verdict.headline is Headline.UNTRUSTED
        assert "compromised" in verdict.reason


@pytest.mark.parametrize("truly", [None, []], ids=["no list", "an empty list"])
def test_without_a_list_that_names_it_nothing_of_a_stolen_key_counts(
    norway: Authority, honest: str, truly: list[str] | None
) -> None:
    assert judged(norway, honest, truly).headline is Headline.UNTRUSTED


def test_a_listed_credential_can_still_be_revoked(norway: Authority, honest: str) -> None:
    norway.revoke(honest)
    assert judged(norway, honest, [honest]).headline is Headline.REVOKED


def test_another_signature_over_what_was_truly_signed_changes_nothing(norway: Authority, honest: str) -> None:
    """ES256 is malleable, and a thief can sign the same again: it says what the authority said."""
    text = honest.removesuffix("~")
    signing_input = jws.parse(text).signing_input
    again = norway.signers[norway.certificate_kid].sign(signing_input)
    forged = f"{signing_input.decode()}.{b64url_encode(again)}~"
    assert forged != honest
    assert judged(norway, forged, [honest]).headline is Headline.VALID


def test_an_allow_list_saves_no_revoked_key(norway: Authority, honest: str) -> None:
    norway.retire_key(state=KeyState.REVOKED)
    known = directory(norway)
    inputs = [jws.parse(honest.split("~", 1)[0]).signing_input]
    listed = {
        (norway.iss, norway.certificate_kid): AllowList.read(
            build(norway.certificate_kid, inputs, SALT), norway.certificate_kid
        )
    }
    known = replace(known, allow_lists=listed)
    book = StatusBook([verify_list(norway.status_list(), directory=known)], pack="test pack")
    verdict = verify(show(honest), directory=known, status=book, policy=Policy(), at=NOW)
    assert verdict.headline is Headline.UNTRUSTED
