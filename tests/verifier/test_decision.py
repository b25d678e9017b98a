"""Rows C of the table in the design: each fault by itself gets its own headline."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from support.scenario import NONCE, TODAY, Inspection, competency, medical, show, tampered
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys import jws
from keys.encoding import b64url_encode, json_dumps, json_object
from keys.trust.directory import Environment, KeyState
from verifier.credential import carrier
from verifier.credential.model import CapacityGrant, CertificateType, Limitations, StatusReference
from verifier.credential.presentation import Audience
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import HEADLINE_OF, Check, Headline, Outcome, Rejected, Undetermined, Valid, Verdict

MINUTE = timedelta(minutes=1)
OTHER = seeded_signer("another phone")


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    return {check.row: check.outcome for check in verdict.checks}


def reasons(verdict: Verdict, row: str) -> list[str]:
    return [check.reason for check in verdict.checks if check.row == row]


# C15 and C14


def test_a_good_certificate_on_its_own_phone_is_valid(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue()))
    assert isinstance(verdict, Valid)
    assert verdict.headline is Headline.VALID
    assert set(outcomes(verdict).values()) == {Outcome.PASS}
    assert verdict.credential is not None
    assert verdict.credential.certificate == competency()


def test_the_same_certificate_is_valid_from_its_qr_text(inspection: Inspection) -> None:
    presented = show(inspection.issue())
    verdict = inspection.verdict(carrier.to_qr_text(carrier.pack(presented)))
    assert verdict == inspection.verdict(presented)


def test_every_row_is_reported_in_the_order_of_the_table(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue()))
    assert [check.row for check in verdict.checks] == [row for row in HEADLINE_OF if row != "C14"]


def test_a_verdict_says_what_it_relied_on(inspection: Inspection) -> None:
    relied_on = inspection.verdict(show(inspection.issue())).relied_on
    assert relied_on.pack == "test pack"
    assert relied_on.policy == "default"
    assert relied_on.directory_published_at == inspection.published_at
    assert relied_on.status_as_of == inspection.listed_at
    assert relied_on.status_uri == inspection.norway.status_uri
    assert relied_on.time == NOW


def test_paper_is_valid_with_the_remark_that_it_is_nobodys_phone(inspection: Inspection) -> None:
    verdict = inspection.verdict(inspection.issue(holder_key=None))
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert reasons(verdict, "C14") == ["nobody's phone: compare with the identity document"]


@pytest.mark.parametrize(
    ("age", "headline"),
    [
        (timedelta(0), Headline.VALID),
        (7 * DAY, Headline.VALID),
        (8 * DAY, Headline.VALID_WITH_REMARK),
        (45 * DAY, Headline.VALID_WITH_REMARK),
        (45 * DAY + MINUTE, Headline.STATUS_UNKNOWN),
        (300 * DAY, Headline.STATUS_UNKNOWN),
    ],
    ids=str,
)
def test_status_ages_from_green_over_amber_to_unknown(
    inspection: Inspection, age: timedelta, headline: Headline
) -> None:
    inspection.listed_at, inspection.list_expires = NOW - age, NOW + DAY
    assert inspection.verdict(show(inspection.issue())).headline is headline


def test_a_remark_on_old_status_says_as_of_when(inspection: Inspection) -> None:
    inspection.listed_at = NOW - 10 * DAY
    verdict = inspection.verdict(show(inspection.issue()))
    assert reasons(verdict, "C14") == ["its status is 10 days old, as of 2026-11-11"]


@pytest.mark.parametrize(
    ("certificate", "remark"),
    [
        (competency(expiry_date=TODAY + 60 * DAY), "expires soon: its last day is 2027-01-20"),
        (
            competency(capacities=(CapacityGrant("master", Limitations(text="with a pilot only")),)),
            "limitation of master: with a pilot only",
        ),
        (competency(remarks="issued in place of a lost one"), "it says: issued in place of a lost one"),
        (medical(restrictions="glasses to be worn"), "medical restriction: glasses to be worn"),
        (
            medical(colour_test_date=TODAY.replace(year=2020) - DAY),
            "colour vision was tested on 2020-11-20, more than 6 years ago",
        ),
    ],
    ids=["expires soon", "limitation", "remarks", "restriction", "colour test"],
)
def test_what_must_be_seen_is_a_remark(inspection: Inspection, certificate: object, remark: str) -> None:
    verdict = inspection.verdict(show(inspection.issue(certificate)))  # type: ignore[arg-type]
    assert isinstance(verdict, Valid)
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert reasons(verdict, "C14") == [remark]


def test_a_colour_test_of_six_years_to_the_day_still_counts(inspection: Inspection) -> None:
    certificate = medical(colour_test_date=TODAY.replace(year=2020))
    assert inspection.verdict(show(inspection.issue(certificate))).headline is Headline.VALID


def test_structured_limitations_alone_are_no_remark(inspection: Inspection) -> None:
    certificate = competency(capacities=(CapacityGrant("master", Limitations(max_gt=500)),))
    assert inspection.verdict(show(inspection.issue(certificate))).headline is Headline.VALID


# C1


NOT_CREDENTIALS = {
    "nothing": "",
    "prose": "certificate of competency no. 1",
    "a web address": "https://sdir.example/verify?id=1",
    "half a token": "eyJhbGciOiJFUzI1NiJ9.eyJ",
    "binary": "\x00\x01\x02",
    "letters of other scripts": "證書.證書.證書~",
    "QR text that is no base45": "OB1:lower case",
    "QR text of nothing": "OB1:",
    "a vaccination certificate": "HC1:6BFOXN*TS0BI$ZD",
}


@pytest.mark.parametrize("text", NOT_CREDENTIALS.values(), ids=NOT_CREDENTIALS.keys())
def test_text_that_is_no_credential_is_not_readable(inspection: Inspection, text: str) -> None:
    verdict = inspection.verdict(text)
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.NOT_READABLE
    assert verdict.credential is None
    assert outcomes(verdict)["C10"] is Outcome.PASS, "the clock can be judged all the same"


def test_fifty_megabytes_are_not_readable_and_not_read(inspection: Inspection) -> None:
    assert inspection.verdict("eyJ" + "A" * 50_000_000).headline is Headline.NOT_READABLE


@pytest.mark.parametrize(("byte", "name"), [(0, "kind 77"), (1, "dictionary 77")])
def test_unknown_kinds_and_dictionaries_are_named(inspection: Inspection, byte: int, name: str) -> None:
    wire = bytearray(carrier.pack(inspection.issue()))
    wire[byte] = 77
    verdict = inspection.verdict(carrier.to_qr_text(bytes(wire)))
    assert verdict.headline is Headline.NOT_READABLE
    assert name in verdict.reason


def signed_claims(inspection: Inspection, header: dict[str, Any] | None = None, **claims: object) -> str:
    """What the authority would have signed with these claims and header parameters."""
    original = jws.parse(inspection.issue().split("~")[0])
    payload = {**json_object(original.payload), **claims}
    kid = inspection.norway.certificate_kid
    token = jws.sign(
        json_dumps({name: value for name, value in payload.items() if value is not None}),
        inspection.norway.signers[kid],
        typ="dc+sd-jwt",
        kid=kid,
        header=header,
    )
    return token + "~"


@pytest.mark.parametrize(
    "claims",
    [
        {"vct": "urn:ombord:competency:2"},
        {"vct": "https://example.com/passport"},
        {"vct": None},
        {"iss": None},
        {"iat": None},
        {"iat": "2026-11-21"},
        {"iat": -1},
        {"iat": 7_258_118_400},
        {"nbf": None},
        {"exp": True},
        {"document_number": None},
        {"status": None},
        {"seafarer_id": "not one"},
        {"family_name": "Øster\u202egård"},
        {"cnf": {"jwk": {"kty": "oct", "k": "AA"}}},
    ],
    ids=str,
)
def test_a_signed_text_of_another_schema_is_not_readable(
    inspection: Inspection, claims: dict[str, Any]
) -> None:
    verdict = inspection.verdict(signed_claims(inspection, **claims))
    assert verdict.headline is Headline.NOT_READABLE
    assert verdict.credential is None


@pytest.mark.parametrize(
    "header",
    [{"crit": ["b64"]}, {"b64": False}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"},
     {"jwk": {}}, {"x5c": []}, {"cty": "json"}],
    ids=str,
)  # fmt: skip
def test_header_parameters_beyond_the_three_are_not_readable(
    inspection: Inspection, header: dict[str, Any]
) -> None:
    assert inspection.verdict(signed_claims(inspection, header)).headline is Headline.NOT_READABLE


def test_a_claim_that_is_kept_back_makes_a_certificate_not_readable(inspection: Inspection) -> None:
    remark = b64url_encode(json_dumps(["salt", "remarks", "only in daylight"]))
    digest = b64url_encode(sha256(remark.encode()).digest())
    whole = signed_claims(inspection, {}, _sd=[digest])
    assert inspection.verdict(whole).headline is Headline.NOT_READABLE
    assert "kept back" in reasons(inspection.verdict(whole), "C1")[0]
    assert inspection.verdict(whole + remark + "~").headline is Headline.UNCONFIRMED  # whole, and not proved


def test_what_nobody_has_signed_cannot_imitate_a_line_of_a_verdict(inspection: Inspection) -> None:
    stranger = "https://evil.example" + " " * 60 + "ok C15 nothing is against it"
    reason = reasons(inspection.verdict(signed_claims(inspection, {}, iss=stranger)), "C2")[0]
    assert "  " not in reason
    assert "ok C15 " not in reason


# C2


def test_an_authority_that_is_not_in_the_directory_is_unknown(inspection: Inspection) -> None:
    stranger = Authority("XX")
    verdict = inspection.verdict(show(stranger.issue(competency(issuing_country="XX"))))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.UNKNOWN_ISSUER
    assert "https://xx.example" in verdict.reason
    assert verdict.credential is None


def test_a_key_that_is_not_in_the_directory_is_unknown(inspection: Inspection) -> None:
    text = inspection.issue(kid=inspection.norway.add_key("competency", kid="NO-2031"))
    del inspection.norway.keys["NO-2031"]
    verdict = inspection.verdict(show(text))
    assert verdict.headline is Headline.UNKNOWN_ISSUER
    assert "NO-2031" in verdict.reason


def test_a_thief_who_takes_an_authoritys_name_is_unknown_or_tampered(inspection: Inspection) -> None:
    thief = Authority("NO")
    thief.signers[thief.certificate_kid] = seeded_signer("thief")
    verdict = inspection.verdict(show(thief.issue(competency())))
    assert verdict.headline is Headline.TAMPERED


# C3


UNTRUSTED_KEYS = {
    "another type": {"purposes": frozenset({"medical"})},
    "status alone": {"purposes": frozenset({"status"})},
    "not yet": {"sign_from": NOW + DAY},
    "no longer": {"sign_until": NOW - DAY},
    "verified no more": {"verify_until": NOW},
    "test key in production": {"environment": Environment.PRODUCTION},
    "revoked": {"state": KeyState.REVOKED},
    "allow-list only": {"state": KeyState.ALLOW_LIST_ONLY},
}


@pytest.mark.parametrize("changes", UNTRUSTED_KEYS.values(), ids=UNTRUSTED_KEYS.keys())
def test_a_key_that_is_not_good_for_this_is_untrusted_and_never_tampered(
    inspection: Inspection, changes: dict[str, Any]
) -> None:
    text = inspection.issue()
    if "environment" in changes:
        inspection.policy = Policy(environment=Environment.PRODUCTION)
        changes = {}
    inspection.norway.change_key(**changes)
    verdict = inspection.verdict(show(text))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.UNTRUSTED
    assert outcomes(verdict)["C4"] is Outcome.PASS


def test_what_a_retired_key_signed_in_its_time_stays_good(inspection: Inspection) -> None:
    text = inspection.issue(at=NOW - 30 * DAY)
    inspection.norway.rotate_key()
    assert inspection.verdict(show(text)).headline is Headline.VALID


def test_two_keys_under_one_id_are_untrusted_and_hide_the_claims(inspection: Inspection) -> None:
    text = inspection.issue()
    inspection.norway.change_key(conflicting=True)
    verdict = inspection.verdict(show(text))
    assert verdict.headline is Headline.UNTRUSTED
    assert verdict.credential is None


def test_an_authority_cannot_issue_in_the_name_of_another_flag(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue(competency(issuing_country="DK"))))
    assert verdict.headline is Headline.UNTRUSTED
    assert "DK" in verdict.reason


# C4, C4b


def test_a_flipped_bit_of_the_signature_is_tampering_and_hides_the_claims(inspection: Inspection) -> None:
    verdict = inspection.verdict(tampered(inspection.issue()))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.TAMPERED
    assert verdict.credential is None


def test_a_changed_claim_is_tampering(inspection: Inspection) -> None:
    token = jws.parse(inspection.issue().split("~")[0])
    header, _, signature = token.token.split(".")
    payload = b64url_encode(token.payload.replace(b"master", b"mastor"))
    assert inspection.verdict(f"{header}.{payload}.{signature}~").headline is Headline.TAMPERED


def test_another_algorithm_in_the_header_is_tampering(inspection: Inspection) -> None:
    token = jws.parse(inspection.issue().split("~")[0])
    header = b64url_encode(json_dumps({**token.header, "alg": "Ed25519"}))
    _, payload, signature = token.token.split(".")
    assert inspection.verdict(f"{header}.{payload}.{signature}~").headline is Headline.TAMPERED


def test_dates_that_contradict_each_other_are_not_readable(inspection: Inspection) -> None:
    credential = inspection.norway.credential(competency())
    assert credential.expires is not None
    bent = replace(credential, expires=credential.expires + 30 * DAY)
    verdict = inspection.verdict(inspection.norway.sign(bent))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.NOT_READABLE
    assert outcomes(verdict)["C4b"] is Outcome.UNKNOWN
    assert outcomes(verdict)["C4"] is Outcome.PASS


# C5 and C13: whose phone, and is it here and now?


def test_a_proof_by_another_phone_is_the_wrong_holder(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue(), phone=OTHER))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.WRONG_HOLDER


def test_a_proof_made_for_another_certificate_is_the_wrong_holder(inspection: Inspection) -> None:
    proof = show(inspection.issue(medical())).rpartition("~")[2]
    assert inspection.verdict(inspection.issue() + proof).headline is Headline.WRONG_HOLDER


def test_a_proof_for_a_certificate_that_no_phone_holds_is_the_wrong_holder(inspection: Inspection) -> None:
    assert inspection.verdict(show(inspection.issue(holder_key=None))).headline is Headline.WRONG_HOLDER


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_screenshot_shown_ten_minutes_later_is_unconfirmed_and_never_the_wrong_holder(
    inspection: Inspection, minutes: int
) -> None:
    verdict = inspection.verdict(show(inspection.issue(), at=NOW - minutes * MINUTE))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.UNCONFIRMED
    assert outcomes(verdict)["C5"] is Outcome.PASS


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_proof_counts_five_minutes_before_and_after(inspection: Inspection, minutes: int) -> None:
    assert inspection.verdict(show(inspection.issue(), at=NOW - minutes * MINUTE)).headline is Headline.VALID


def test_a_certificate_of_a_phone_without_proof_is_unconfirmed(inspection: Inspection) -> None:
    assert inspection.verdict(inspection.issue()).headline is Headline.UNCONFIRMED


def test_without_demand_for_a_proof_its_absence_is_a_remark(inspection: Inspection) -> None:
    inspection.policy = Policy(name="lenient", require_holder_proof=False)
    verdict = inspection.verdict(inspection.issue())
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert verdict.reason.startswith("holder unconfirmed")


def test_no_policy_excuses_the_wrong_holder(inspection: Inspection) -> None:
    inspection.policy = Policy(require_holder_proof=False)
    assert inspection.verdict(show(inspection.issue(), phone=OTHER)).headline is Headline.WRONG_HOLDER


def test_an_answered_challenge_confirms_the_holder_at_any_time(inspection: Inspection) -> None:
    shown = show(inspection.issue(), at=NOW - 100 * DAY, audience=Audience.CHALLENGE)
    assert inspection.verdict(shown, challenge=NONCE).headline is Headline.VALID


def test_an_answer_to_another_challenge_is_the_wrong_holder(inspection: Inspection) -> None:
    shown = show(inspection.issue(), audience=Audience.CHALLENGE)
    assert inspection.verdict(shown, challenge=bytes(8)).headline is Headline.WRONG_HOLDER


@pytest.mark.parametrize("demanded", [True, False])
def test_a_proof_of_time_does_not_answer_a_challenge(inspection: Inspection, demanded: bool) -> None:
    inspection.policy = Policy(require_holder_proof=demanded)
    assert inspection.verdict(show(inspection.issue()), challenge=NONCE).headline is Headline.UNCONFIRMED


def test_an_answer_to_a_challenge_that_was_not_set_confirms_nothing(inspection: Inspection) -> None:
    shown = show(inspection.issue(), audience=Audience.CHALLENGE)
    assert inspection.verdict(shown).headline is Headline.UNCONFIRMED


def test_a_proof_that_is_none_confirms_nobody_and_hides_nothing(inspection: Inspection) -> None:
    garbled = inspection.issue() + "eyJhbGciOiJub25lIn0.e30."
    verdict = inspection.verdict(garbled)
    assert verdict.headline is Headline.UNCONFIRMED
    assert verdict.credential is not None
    inspection.norway.revoke(verdict.credential.status.idx)
    assert inspection.verdict(garbled).headline is Headline.REVOKED


# C6, C7, C8, C12


STATES = {1: Headline.REVOKED, 2: Headline.SUSPENDED, 3: Headline.REPLACED}
AGES = {"fresh": timedelta(0), "stale": 60 * DAY, "expired": 300 * DAY, "ahead": -5 * DAY}


@pytest.mark.parametrize("age", AGES.values(), ids=AGES.keys())
@pytest.mark.parametrize(("state", "headline"), STATES.items())
def test_a_state_against_it_rejects_however_old_the_list_is(
    inspection: Inspection, state: int, headline: Headline, age: timedelta
) -> None:
    text = inspection.issue()
    inspection.norway.revoke(text, state)
    inspection.listed_at = NOW - age
    verdict = inspection.verdict(show(text))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is headline
    assert f"as of {inspection.listed_at:%Y-%m-%d}" in verdict.reason


def test_a_suspension_that_was_lifted_is_over(inspection: Inspection) -> None:
    text = inspection.issue()
    inspection.norway.suspend(text)
    inspection.norway.reinstate(text)
    assert inspection.verdict(show(text)).headline is Headline.VALID


def test_without_a_list_the_status_is_unknown_and_never_valid(inspection: Inspection) -> None:
    inspection.listed_at = None
    verdict = inspection.verdict(show(inspection.issue()))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert outcomes(verdict)["C6"] is Outcome.NOT_ASSESSED


def test_an_expired_list_can_only_worsen_a_verdict(inspection: Inspection) -> None:
    inspection.listed_at, inspection.list_expires = NOW - 3 * DAY, NOW - DAY
    assert inspection.verdict(show(inspection.issue())).headline is Headline.STATUS_UNKNOWN


def test_a_list_dated_ahead_of_the_clock_is_not_taken_for_fresh(inspection: Inspection) -> None:
    inspection.listed_at = NOW + 2 * DAY
    assert inspection.verdict(show(inspection.issue())).headline is Headline.STATUS_UNKNOWN


def test_a_place_outside_the_list_is_unknown(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue(idx=Authority.list_size)))
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert "outside" in verdict.reason


def test_a_value_without_meaning_is_unknown(inspection: Inspection) -> None:
    text = inspection.issue(idx=3)
    wide = replace(inspection.status_list(), bits=8, states=bytes([0, 0, 0, 9, 0, 0, 0, 0]))
    verdict = inspection.verdict(show(text), status=StatusBook([wide]))
    assert verdict.headline is Headline.STATUS_UNKNOWN


def test_another_authoritys_list_says_nothing(inspection: Inspection) -> None:
    credential = inspection.norway.credential(competency())
    elsewhere = replace(credential, status=StatusReference(inspection.denmark.status_uri, 5))
    danish = verify_list(inspection.denmark.status_list(), directory=inspection.denmark.directory())
    verdict = inspection.verdict(inspection.norway.sign(elsewhere), status=StatusBook([danish]))
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert "another authority" in verdict.reason


def test_policy_tightens_and_loosens_the_age_of_status(inspection: Inspection) -> None:
    inspection.listed_at = NOW - 5 * DAY
    shown = show(inspection.issue())
    inspection.policy = Policy(age_green=DAY, age_limit=3 * DAY)
    assert inspection.verdict(shown).headline is Headline.STATUS_UNKNOWN
    inspection.policy = Policy(age_green=DAY)
    assert inspection.verdict(shown).headline is Headline.VALID_WITH_REMARK


# C9, C10, C11: time


def test_a_certificate_is_good_through_the_whole_of_its_last_day_at_home(inspection: Inspection) -> None:
    text = inspection.issue(competency(expiry_date=TODAY))
    end = NOW.replace(hour=23, minute=0)  # midnight in Oslo
    before = end - MINUTE
    assert inspection.verdict(show(text, at=before), at=before).headline is Headline.VALID_WITH_REMARK
    verdict = inspection.verdict(show(text, at=end), at=end)
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.EXPIRED
    assert verdict.reason == "its last day was 2026-11-21"


def test_a_certificate_until_further_notice_does_not_expire(inspection: Inspection) -> None:
    certificate = competency(type=CertificateType.PROFICIENCY, capacities=(), expiry_date=None)
    assert inspection.verdict(show(inspection.issue(certificate))).headline is Headline.VALID


def test_before_its_first_day_it_is_not_yet_valid(inspection: Inspection) -> None:
    text = inspection.issue(competency(issue_date=TODAY + 2 * DAY))
    verdict = inspection.verdict(show(text))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.NOT_YET_VALID


@pytest.mark.parametrize(
    "at", [NOW - timedelta(seconds=1), NOW - 3650 * DAY, NOW + 400 * DAY + MINUTE], ids=str
)
def test_a_clock_before_the_time_floor_or_long_after_it_is_not_trusted(
    inspection: Inspection, at: object
) -> None:
    inspection.norway.change_key(verify_until=NOW + 9999 * DAY)
    text = inspection.issue(competency(expiry_date=TODAY + 1500 * DAY))
    verdict = inspection.verdict(show(text), at=at)
    assert outcomes(verdict)["C10"] is Outcome.UNKNOWN
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.CLOCK_UNTRUSTED


def test_a_clock_set_back_revives_nothing(inspection: Inspection) -> None:
    text = inspection.issue(competency(expiry_date=TODAY - DAY), at=NOW - 30 * DAY)
    verdict = inspection.verdict(show(text), at=NOW - 30 * DAY)
    assert verdict.headline is Headline.EXPIRED
    assert verdict.relied_on.time == NOW


def test_a_clock_that_jumped_more_than_a_year_is_not_trusted(inspection: Inspection) -> None:
    verdict = inspection.verdict(show(inspection.issue()), last_clock=NOW - 366 * DAY)
    assert verdict.headline is Headline.CLOCK_UNTRUSTED
    verdict = inspection.verdict(show(inspection.issue()), last_clock=NOW - 300 * DAY)
    assert verdict.headline is Headline.VALID


def test_a_naive_time_is_a_mistake_of_the_caller(inspection: Inspection) -> None:
    with pytest.raises(TypeError):
        inspection.verdict(show(inspection.issue()), at=NOW.replace(tzinfo=None))


def test_reasons_are_filled_only_when_they_are_shown() -> None:
    assert Check("C9", Outcome.FAIL, "its last day was {}", (TODAY,)).reason == "its last day was 2026-11-21"
    assert Check("C1", Outcome.UNKNOWN, "{}", ("braces {0} {} stay",)).reason == "braces {0} {} stay"
