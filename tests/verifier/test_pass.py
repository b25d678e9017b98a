"""The decision on a pass: the worst of itself and of its certificates, by the newest evidence on each."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.carried import disclosure
from support.passes import SIGNED, certificate, issue, members, sea_pass, twelve
from support.scenario import PHONE, TODAY, Inspection, competency, medical, show, tampered
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys.encoding import json_dumps, json_object
from keys.trust.directory import CERTIFICATES, Environment, KeyState
from verifier import report, report_json
from verifier.credential import carrier, validity, vc
from verifier.credential.model import CertificateType, StatusReference
from verifier.credential.sea_pass import LIFETIME, PassMember
from verifier.credential.sea_pass_claims import pass_claims
from verifier.decision import assess
from verifier.inspection.ship import Ship
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import (
    HEADLINE_OF,
    Headline,
    Outcome,
    Rejected,
    Standing,
    Undetermined,
    Valid,
    Verdict,
    deciding,
    standing,
    standing_of,
    worst,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verdict.schema.json").read_text(encoding="utf-8"))
VERDICT = Draft202012Validator(SCHEMA)  # made once: `jsonschema.validate` looks the schema over again
GMDSS, FIRST_PROFICIENCY = 1, 4  # places among the twelve, and in the status list
BEFORE, AFTER = SIGNED - timedelta(hours=1), SIGNED + timedelta(hours=1)


def headlines(verdict: Verdict) -> list[Headline]:
    return [member.headline for member in verdict.members]


def reasons(verdict: Verdict, row: str) -> list[str]:
    return [check.reason for check in verdict.checks if check.row == row]


def signed(inspection: Inspection, **changes: Any) -> str:
    """A pass whose claims a test has bent; None takes one away."""
    claims = json_object(json_dumps(pass_claims(sea_pass(inspection.norway)))) | changes
    payload = json_dumps({name: value for name, value in claims.items() if value is not None})
    kid = inspection.norway.pass_kid
    return vc.sign_payload(payload, inspection.norway.signers[kid], kid)


def with_member(inspection: Inspection, position: int, **changes: Any) -> str:
    claims = json_object(json_dumps(pass_claims(sea_pass(inspection.norway))))
    entries: Any = claims["certificates"]
    entries[position] |= changes
    return signed(inspection, certificates=entries)


def judged(inspection: Inspection, text: str | None = None, **how: Any) -> Verdict:
    return inspection.verdict(show(issue(inspection.norway) if text is None else text), **how)


# The whole pass


def test_a_fresh_pass_on_its_own_phone_is_valid_with_each_certificate_in_it(inspection: Inspection) -> None:
    verdict = judged(inspection)
    assert isinstance(verdict, Valid)
    assert verdict.headline is Headline.VALID
    assert verdict.reason == ""
    assert headlines(verdict) == [Headline.VALID] * 12
    assert verdict.sea_pass is not None
    assert verdict.credential is None
    named = [member.credential.certificate.certificate_id for member in verdict.members if member.credential]
    assert named == [one.certificate_id for one in twelve()]


def test_it_is_judged_the_same_from_its_qr_text(inspection: Inspection) -> None:
    presented = show(issue(inspection.norway))
    assert inspection.verdict(carrier.to_qr_text(carrier.pack(presented))) == inspection.verdict(presented)


def test_every_row_is_reported_for_the_pass_and_for_each_certificate(inspection: Inspection) -> None:
    verdict = judged(inspection)
    for one in (verdict, *verdict.members):
        assert [check.row for check in one.checks] == [row for row in HEADLINE_OF if row != "C14"]


def test_a_pass_on_paper_says_once_that_it_is_nobodys_phone(inspection: Inspection) -> None:
    verdict = inspection.verdict(issue(inspection.norway, sea_pass(inspection.norway, holder_key=None)))
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert headlines(verdict) == [Headline.VALID] * 12


WHOLE = {
    "a pass without its phone is unconfirmed, and so is all in it": (
        lambda i: i.verdict(issue(i.norway)), Headline.UNCONFIRMED, Headline.UNCONFIRMED,
    ),
    "another phone": (
        lambda i: i.verdict(show(issue(i.norway), phone=seeded_signer("another"))),
        Headline.WRONG_HOLDER, Headline.WRONG_HOLDER,
    ),
    "past its exp": (
        lambda i: judged(i, issue(i.norway, sea_pass(i.norway, at=NOW - LIFETIME))),
        Headline.EXPIRED, Headline.STATUS_UNKNOWN,
    ),
    "before its nbf": (
        lambda i: judged(i, issue(i.norway, sea_pass(i.norway, not_before=NOW + DAY))),
        Headline.NOT_YET_VALID, Headline.STATUS_UNKNOWN,
    ),
    "for more than thirty days": (
        lambda i: judged(i, signed(i, exp=int((SIGNED + LIFETIME).timestamp()) + 1)),
        Headline.NOT_READABLE, Headline.STATUS_UNKNOWN,
    ),
    "a clock before the directory": (
        lambda i: judged(i, issue(i.norway), at=NOW - DAY),
        Headline.CLOCK_UNTRUSTED, Headline.CLOCK_UNTRUSTED,
    ),
    "signed by a key for certificates": (
        lambda i: judged(i, issue(i.norway, kid=i.norway.certificate_kid)),
        Headline.UNTRUSTED, Headline.UNTRUSTED,
    ),
    "signed by a key for status": (
        lambda i: judged(i, issue(i.norway, kid=i.norway.status_kid)), Headline.UNTRUSTED, Headline.UNTRUSTED,
    ),
    "of another flag": (
        lambda i: judged(i, signed(i, issuing_country="DK")), Headline.UNTRUSTED, Headline.UNTRUSTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("story", "headline", "each"), WHOLE.values(), ids=WHOLE.keys())
def test_what_is_against_the_pass_is_against_all_of_it(
    inspection: Inspection, story: Any, headline: Headline, each: Headline
) -> None:
    verdict = story(inspection)
    assert verdict.headline is headline
    assert headlines(verdict) == [each] * 12
    assert not isinstance(verdict, Valid)
    own = deciding(verdict.checks)
    assert own is not None
    assert (HEADLINE_OF[own.row], verdict.reason) == (headline, own.reason)


NOTHING_SHOWN = {
    "tampered": (lambda i: i.verdict(tampered(issue(i.norway))), Headline.TAMPERED),
    "a stranger": (lambda i: i.verdict(signed(i, iss="https://evil.example")), Headline.UNKNOWN_ISSUER),
    "none in it": (lambda i: i.verdict(signed(i, certificates=[])), Headline.NOT_READABLE),
    "no end": (lambda i: i.verdict(signed(i, exp=None)), Headline.NOT_READABLE),
    "one twice": (
        lambda i: i.verdict(with_member(i, 1, document_number="NO-COC-0001")), Headline.NOT_READABLE,
    ),
    "two at one place": (lambda i: i.verdict(with_member(i, 1, idx=0)), Headline.NOT_READABLE),
    "a type of tomorrow": (lambda i: i.verdict(with_member(i, 1, type="yacht")), Headline.NOT_READABLE),
    "a pass in a pass": (lambda i: i.verdict(with_member(i, 1, type="pass")), Headline.NOT_READABLE),
    "a list that is not there": (lambda i: i.verdict(with_member(i, 1, list=1)), Headline.NOT_READABLE),
}  # fmt: skip


@pytest.mark.parametrize(("story", "headline"), NOTHING_SHOWN.values(), ids=NOTHING_SHOWN.keys())
def test_of_what_is_no_pass_nothing_is_shown(inspection: Inspection, story: Any, headline: Headline) -> None:
    verdict = story(inspection)
    assert verdict.headline is headline
    assert (verdict.members, verdict.sea_pass, verdict.credential) == ((), None, None)


def test_a_pass_of_33_is_not_readable(inspection: Inspection) -> None:
    entry: Any = pass_claims(sea_pass(inspection.norway))["certificates"]
    many = [entry[1] | {"document_number": f"NO-{n}", "idx": n} for n in range(33)]
    assert inspection.verdict(signed(inspection, certificates=many)).headline is Headline.NOT_READABLE
    assert len(judged(inspection, signed(inspection, certificates=many[:32])).members) == 32


def test_a_key_for_passes_signs_no_certificate(inspection: Inspection) -> None:
    norway = inspection.norway
    text = norway.sign(norway.credential(competency(), PHONE), kid=norway.pass_kid)
    verdict = judged(inspection, text)
    assert verdict.headline is Headline.UNTRUSTED
    assert "may not sign competency" in reasons(verdict, "C3")[0]


def test_a_revoked_pass_key_takes_its_passes_along(inspection: Inspection) -> None:
    text = issue(inspection.norway)
    inspection.norway.retire_key(inspection.norway.pass_kid, KeyState.REVOKED, "stolen")
    assert judged(inspection, text).headline is Headline.UNTRUSTED


# One certificate in it


def test_a_certificate_of_another_flag_is_untrusted_and_the_pass_is_rejected(inspection: Inspection) -> None:
    verdict = judged(inspection, with_member(inspection, 3, issuing_country="DK"))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.UNTRUSTED
    assert verdict.reason == "NO-TNK-0002: the authority of NO does not issue certificates of DK"
    assert headlines(verdict).count(Headline.VALID) == 11


def test_a_status_list_of_another_authority_says_nothing(inspection: Inspection) -> None:
    norway, denmark = inspection.norway, inspection.denmark
    first, second = members(norway, twelve()[:2])
    foreign = PassMember(second.certificate, StatusReference(denmark.status_uri, 5))
    denmark.states[5] = 0
    text = issue(norway, sea_pass(norway, members=(first, foreign)))
    book = StatusBook([verify_list(denmark.status_list(at=AFTER), directory=denmark.directory())])
    for held in (inspection.book(), book):
        verdict = judged(inspection, text, status=held)
        assert isinstance(verdict, Undetermined)
        assert verdict.headline is Headline.STATUS_UNKNOWN
        assert headlines(verdict) == [Headline.VALID, Headline.STATUS_UNKNOWN]
    assert verdict.reason == "NO-GMD-0001: its status list is not one of this authority's"


def test_a_certificate_past_its_last_day_is_expired_in_a_fresh_pass(inspection: Inspection) -> None:
    old = certificate(CertificateType.GMDSS, "NO-GMD-0009", "IV/2", expiry_date=TODAY - DAY)
    verdict = judged(inspection, issue(inspection.norway, sea_pass(inspection.norway, competency(), old)))
    assert isinstance(verdict, Rejected)
    assert verdict.headline is Headline.EXPIRED
    assert headlines(verdict) == [Headline.VALID, Headline.EXPIRED]
    assert verdict.reason == "NO-GMD-0009: its last day was 2026-11-20"
    assert verdict.outcome("C9") is Outcome.PASS  # the pass's own


def test_a_last_day_ends_in_the_authoritys_time_zone(inspection: Inspection) -> None:
    last = certificate(CertificateType.GMDSS, "NO-GMD-0009", "IV/2", expiry_date=TODAY)
    text = issue(inspection.norway, sea_pass(inspection.norway, last))
    midnight = datetime(2026, 11, 21, 23, tzinfo=NOW.tzinfo)  # in Oslo
    for at, headline in (
        (midnight - timedelta(seconds=1), Headline.VALID_WITH_REMARK),
        (midnight, Headline.EXPIRED),
    ):
        verdict = inspection.verdict(show(text, at=at), at=at)
        assert headlines(verdict) == [headline]


def test_without_the_time_zone_a_day_starts_last_and_ends_first() -> None:
    start, end = validity.member_times(competency(expiry_date=TODAY), "Nowhere/At_All")
    assert end == datetime(2026, 11, 21, 10, tzinfo=NOW.tzinfo)
    assert start == datetime.combine(competency().issue_date, datetime.min.time(), NOW.tzinfo) + DAY / 2
    assert validity.member_times(competency(expiry_date=None), "Nowhere/At_All")[1] is None


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"issue_date": (TODAY + DAY).isoformat()}, Headline.NOT_YET_VALID),
        ({"issue_date": "1980-01-01"}, Headline.NOT_READABLE),
        ({"expiry_date": "2020-01-01"}, Headline.NOT_READABLE),
    ],
    ids=["not begun", "issued before birth", "expired before it was issued"],
)
def test_a_certificates_own_days_are_judged(
    inspection: Inspection, changes: dict[str, str], headline: Headline
) -> None:
    verdict = judged(inspection, with_member(inspection, 1, **changes))
    assert verdict.headline is headline
    assert headlines(verdict)[1] is headline
    assert headlines(verdict).count(Headline.VALID) == 11


def test_a_remark_on_one_certificate_is_a_remark_on_the_pass(inspection: Inspection) -> None:
    noted = competency(remarks="with a pilot only")
    verdict = judged(inspection, issue(inspection.norway, sea_pass(inspection.norway, noted)))
    assert verdict.headline is Headline.VALID_WITH_REMARK
    assert verdict.reason == "NO-COC-0001: it says: with a pilot only"


# Status: the newest evidence wins, and what is final stays

VALID, REVOKED, SUSPENDED, REPLACED = range(4)
EVIDENCE = {
    "no list is held": (None, VALID, Headline.VALID),
    "an older list says valid": (BEFORE, VALID, Headline.VALID),
    "an older list says revoked, which is final": (BEFORE, REVOKED, Headline.REVOKED),
    "an older list says replaced, which is final": (BEFORE, REPLACED, Headline.REPLACED),
    "an older list says suspended, which was lifted": (BEFORE, SUSPENDED, Headline.VALID_WITH_REMARK),
    "a list of the same second says suspended": (SIGNED, SUSPENDED, Headline.SUSPENDED),
    "a newer list says valid": (AFTER, VALID, Headline.VALID),
    "a newer list says revoked": (AFTER, REVOKED, Headline.REVOKED),
    "a newer list says suspended": (AFTER, SUSPENDED, Headline.SUSPENDED),
    "a newer list says replaced": (AFTER, REPLACED, Headline.REPLACED),
    "a list of last year says revoked": (NOW - 365 * DAY, REVOKED, Headline.REVOKED),
    "a list of last year says suspended": (NOW - 365 * DAY, SUSPENDED, Headline.VALID_WITH_REMARK),
}


@pytest.mark.parametrize(("listed_at", "state", "headline"), EVIDENCE.values(), ids=EVIDENCE.keys())
def test_the_newest_evidence_wins(
    inspection: Inspection, listed_at: datetime | None, state: int, headline: Headline
) -> None:
    text = issue(inspection.norway)
    inspection.norway.revoke(GMDSS, state)
    inspection.listed_at, inspection.list_expires = listed_at, NOW + DAY
    verdict = judged(inspection, text)
    assert verdict.headline is headline
    assert headlines(verdict) == [headline if n == GMDSS else Headline.VALID for n in range(12)]


def test_a_suspension_that_a_pass_lifts_is_said(inspection: Inspection) -> None:
    text = issue(inspection.norway)
    inspection.norway.suspend(GMDSS)
    inspection.listed_at = NOW - 3 * DAY
    verdict = judged(inspection, text)
    assert verdict.reason == "NO-GMD-0001: suspended as of 2026-11-18; valid again by the pass of 2026-11-21"


@pytest.mark.parametrize(
    ("listed_at", "as_of"), [(None, SIGNED), (BEFORE, SIGNED), (AFTER, AFTER)], ids=["none", "older", "newer"]
)
def test_a_verdict_names_the_evidence_that_counted(
    inspection: Inspection, listed_at: datetime | None, as_of: datetime
) -> None:
    inspection.listed_at = listed_at
    verdict = judged(inspection)
    assert {member.relied_on.status_as_of for member in verdict.members} == {as_of}
    assert {member.relied_on.status_uri for member in verdict.members} == {inspection.norway.status_uri}
    assert (verdict.relied_on.status_as_of, verdict.relied_on.status_uri) == (as_of, None)


@pytest.mark.parametrize(
    ("age", "policy", "headline"),
    [
        (7 * DAY, Policy(), Headline.VALID),
        (8 * DAY, Policy(), Headline.VALID_WITH_REMARK),
        (29 * DAY, Policy(), Headline.VALID_WITH_REMARK),
        (3 * DAY, Policy(age_green=DAY, age_limit=2 * DAY), Headline.STATUS_UNKNOWN),
        (29 * DAY, Policy(age_green=30 * DAY), Headline.VALID),
    ],
    ids=str,
)
def test_the_ages_of_the_policy_hold_for_the_newest_evidence(
    inspection: Inspection, age: timedelta, policy: Policy, headline: Headline
) -> None:
    inspection.policy = policy
    text = issue(inspection.norway, sea_pass(inspection.norway, at=NOW - age))
    for older in (None, NOW - age - DAY):
        inspection.listed_at, inspection.list_expires = older, NOW + DAY
        assert headlines(judged(inspection, text)) == [headline] * 12
    inspection.listed_at = NOW - timedelta(hours=1)
    assert headlines(judged(inspection, text)) == [Headline.VALID] * 12


def test_a_list_known_to_be_newer_than_the_pass_is_remarked_on(inspection: Inspection) -> None:
    """The index of lists, signed after the pass, names a number that the device does not hold."""
    inspection.listed_at = NOW - 3 * DAY
    held = StatusBook([replace(inspection.status_list(), number=3, behind=True)])
    assert headlines(judged(inspection, status=held)) == [Headline.VALID_WITH_REMARK] * 12
    inspection.published_at = BEFORE
    assert headlines(judged(inspection, status=held)) == [Headline.VALID] * 12


def test_an_older_list_never_makes_a_pass_older(inspection: Inspection) -> None:
    inspection.listed_at, inspection.list_expires = NOW - 300 * DAY, NOW - 100 * DAY
    assert judged(inspection).headline is Headline.VALID


@pytest.mark.parametrize("listed_at", [BEFORE, AFTER], ids=["older", "newer"])
def test_a_place_outside_the_list_is_unknown_whichever_is_newer(
    inspection: Inspection, listed_at: datetime
) -> None:
    text = with_member(inspection, GMDSS, idx=1_024)
    inspection.listed_at = listed_at
    verdict = judged(inspection, text)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert "outside the status list" in verdict.reason


def test_a_pass_signed_in_the_future_states_nothing_yet(inspection: Inspection) -> None:
    inspection.listed_at = None
    text = issue(inspection.norway, sea_pass(inspection.norway, at=NOW + 3 * DAY, not_before=NOW))
    verdict = judged(inspection, text)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert "ahead of the clock" in reasons(verdict.members[0], "C12")[0]


def test_a_revocation_counts_in_an_expired_pass_too(inspection: Inspection) -> None:
    text = issue(inspection.norway, sea_pass(inspection.norway, at=NOW - LIFETIME))
    inspection.norway.revoke(GMDSS)
    verdict = judged(inspection, text)
    assert headlines(verdict)[GMDSS] is Headline.REVOKED
    assert headlines(verdict).count(Headline.STATUS_UNKNOWN) == 11
    assert isinstance(verdict, Rejected)


def test_nothing_of_a_member_hides(inspection: Inspection) -> None:
    """Any state at any place, with or without a proof: the pass is as bad as the worst of all."""
    text = issue(inspection.norway)
    inspection.listed_at = NOW
    for place in range(12):
        for state in (REVOKED, SUSPENDED, REPLACED):
            inspection.norway.revoke(place, state)
            for presented in (text, show(text)):
                verdict = inspection.verdict(presented)
                assert isinstance(verdict, Rejected)
                assert standing(verdict) is worst(map(standing, verdict.members))
                assert twelve()[place].document_number in verdict.reason
        inspection.norway.reinstate(place)


# The portrait


def test_the_portrait_is_ignored_shown_or_kept_back(inspection: Inspection) -> None:
    portrait, digest = disclosure("portrait", "UklGRg" * 100)
    text = signed(inspection, _sd=[digest], _sd_alg="sha-256")
    for one in (text, f"{text}{portrait}~"):
        assert judged(inspection, one).headline is Headline.VALID
    assert judged(inspection, signed(inspection, portrait="UklGRg")).headline is Headline.VALID


def test_anything_else_kept_back_or_too_large_is_not_readable(inspection: Inspection) -> None:
    hidden, digest = disclosure("remarks", "only in daylight")
    large, of_large = disclosure("portrait", "A" * 8_001)
    entry, of_entry = disclosure({"type": "gmdss"})
    certificates: Any = json_object(json_dumps(pass_claims(sea_pass(inspection.norway))))["certificates"]
    for text in (
        signed(inspection, _sd=[digest]) + hidden + "~",
        signed(inspection, _sd=[digest, of_large]),
        signed(inspection, _sd=[of_large]) + large + "~",
        signed(inspection, certificates=[*certificates, {"...": of_entry}]),
        signed(inspection, certificates=[*certificates, {"...": of_entry}]) + entry + "~",
    ):
        verdict = inspection.verdict(text)
        assert verdict.headline is Headline.NOT_READABLE
        assert verdict.members == ()


def test_a_certificate_may_not_keep_its_portrait_back(inspection: Inspection) -> None:
    _, digest = disclosure("portrait", "UklGRg")
    norway = inspection.norway
    claims = vc.to_claims(norway.credential(competency(), PHONE)) | {"_sd": [digest]}
    kid = norway.certificate_kid
    text = vc.sign_payload(json_dumps(claims), norway.signers[kid], kid)
    assert judged(inspection, text).headline is Headline.NOT_READABLE


# The person: rows P


def test_a_medical_certificate_in_a_pass_is_held(inspection: Inspection) -> None:
    person = assess([judged(inspection)], ship=Ship(), at=NOW)
    assert person.overall is Standing.VALID
    assert [check.outcome for check in person.checks if check.row == "P4"] == [Outcome.PASS]


def test_a_pass_without_its_phone_leaves_the_person_undetermined(inspection: Inspection) -> None:
    person = assess([inspection.verdict(issue(inspection.norway))], ship=Ship(), at=NOW)
    assert person.overall is Standing.UNDETERMINED
    assert person.headline is Headline.UNCONFIRMED


def expired_medical(inspection: Inspection, **changes: Any) -> Verdict:
    made = sea_pass(inspection.norway, competency(), medical(TODAY - 20 * DAY), **changes)
    return judged(inspection, issue(inspection.norway, made))


VOYAGE = Ship(voyage_start=TODAY - 60 * DAY, last_port_with_practitioner=TODAY - 40 * DAY)


def test_grace_lifts_the_last_day_of_a_medical_certificate_in_a_pass(inspection: Inspection) -> None:
    verdict = expired_medical(inspection)
    assert verdict.headline is Headline.EXPIRED
    person = assess([verdict], ship=VOYAGE, at=NOW)
    assert (person.headline, person.overall) == (Headline.GRACE, Standing.VALID)


def test_grace_lifts_nothing_else_of_a_pass(inspection: Inspection) -> None:
    verdict = expired_medical(inspection, at=NOW - LIFETIME)
    assert assess([verdict], ship=VOYAGE, at=NOW).overall is Standing.REJECTED


def test_a_pass_and_anothers_certificate_are_not_one_persons(inspection: Inspection) -> None:
    other = replace(competency().holder, seafarer_id="00000000", family_name="Somebody")
    alone = judged(inspection, inspection.issue(competency(holder=other)))
    person = assess([judged(inspection), alone], ship=Ship(), at=NOW)
    assert person.headline is Headline.NOT_THE_SAME_PERSON


# Reports


def stories(inspection: Inspection) -> list[Verdict]:
    """A good pass, one with two bad certificates, one that expired, and one that cannot be read."""
    text = issue(inspection.norway)
    found = [judged(inspection, text), judged(inspection, signed(inspection, certificates=[]))]
    inspection.norway.revoke(FIRST_PROFICIENCY)
    inspection.norway.suspend(FIRST_PROFICIENCY + 1)
    inspection.listed_at = NOW
    found.append(judged(inspection, text))
    late = NOW + 40 * DAY
    return [*found, inspection.verdict(show(text, at=late), at=late)]


def text_of(*verdicts: Verdict) -> str:
    return report.as_text(verdicts, None, environment=Environment.PRODUCTION, colour=False)


def test_an_inspector_sees_at_once_which_certificate_is_bad(inspection: Inspection) -> None:
    good, _, bad, expired = stories(inspection)
    lines = text_of(bad).splitlines()
    assert lines[0] == "REVOKED: NO-PRO-0001 of 12 certificates in this pass"
    assert "  certificates  12 in all: 2 NOT good, 10 good" in lines
    named = [line.split(" ")[2:] for line in lines if line.startswith(("  no", "  ok", "   ?", "   !"))]
    assert [words[1:3] for words in named[:3]] == [
        ["REVOKED:", "NO-PRO-0001"], ["SUSPENDED:", "NO-PRO-0002"], ["VALID:", "NO-COC-0001"],
    ]  # fmt: skip
    assert text_of(good).splitlines()[0] == "VALID: pass with 12 certificates"
    assert "in all: 12 good" in text_of(good)
    assert text_of(expired).count("what states its status does not hold") == 1


def test_a_pass_that_expired_says_so_in_its_first_line(inspection: Inspection) -> None:
    expired = judged(inspection, issue(inspection.norway, sea_pass(inspection.norway, at=NOW - LIFETIME)))
    lines = text_of(expired).splitlines()
    assert lines[0] == "EXPIRED: the whole pass"
    assert lines[-1].startswith("  next          it counts no more; ask for a fresh pass")


def test_grace_is_said_where_the_certificate_stands(inspection: Inspection) -> None:
    verdict = expired_medical(inspection)
    person = assess([verdict], ship=VOYAGE, at=NOW)
    shown = report.as_text([verdict], person, environment=Environment.PRODUCTION, colour=False)
    first, last = shown.split("\n\n")
    assert "        next: it still counts on this ship for now: see row P4 below" in first.splitlines()
    assert first.endswith("next          compare the holder with the identity document")
    assert last.startswith("PERSON ON THIS SHIP: GRACE")


def test_every_limit_of_each_certificate_is_shown(inspection: Inspection) -> None:
    shown = text_of(judged(inspection))
    assert "capacity chief-mate, limited: at most 3000 GT" in shown
    assert "recognises DK DK-COC-0815" in shown
    assert "fit for look-out" in shown


def test_several_that_are_as_bad_are_counted_in_the_first_line(inspection: Inspection) -> None:
    text = issue(inspection.norway)
    for place in (4, 5, 6):
        inspection.norway.revoke(place)
    inspection.listed_at = NOW
    first = text_of(judged(inspection, text)).splitlines()[0]
    assert first == "REVOKED: NO-PRO-0001 and 2 more of 12 certificates in this pass"


def test_the_json_report_has_each_certificate_and_follows_its_schema(inspection: Inspection) -> None:
    for verdict in stories(inspection):
        said = report_json.as_json([verdict], None, standing(verdict), Environment.TEST)
        found = json.loads(said)
        VERDICT.validate(found)
        one = found["credentials"][0]
        assert len(one.get("members", [])) == len(verdict.members)
        assert ("members" in one) is (verdict.sea_pass is not None)
        if verdict.members:
            assert one["certificate"]["type"] == "pass"
            assert [each["headline"] for each in one["members"]] == [h.value for h in headlines(verdict)]
            assert one["members"][0]["certificate"]["document_number"] == "NO-COC-0001"


def test_a_certificate_alone_has_no_members(inspection: Inspection) -> None:
    verdict = judged(inspection, inspection.issue())
    assert verdict.members == ()
    assert '"members"' not in report_json.as_json([verdict], None, standing(verdict), Environment.TEST)


def test_a_pass_of_two_authorities_does_not_mix(inspection: Inspection) -> None:
    """Denmark's key under Norway's name, and Norway's under Denmark's."""
    made = sea_pass(inspection.norway)
    kid = inspection.denmark.pass_kid
    foreign = vc.sign_payload(json_dumps(pass_claims(made)), inspection.denmark.signers[kid], kid)
    assert judged(inspection, foreign).headline is Headline.UNKNOWN_ISSUER
    claimed = replace(made, issuer=inspection.denmark.iss)
    text = vc.sign_payload(json_dumps(pass_claims(claimed)), inspection.denmark.signers[kid], kid)
    assert judged(inspection, text).headline is Headline.UNTRUSTED


def test_a_key_for_everything_is_no_key_for_passes(inspection: Inspection) -> None:
    kid = Authority("NO").certificate_kid
    assert inspection.norway.keys[kid].purposes == frozenset(CERTIFICATES)
    assert judged(inspection, issue(inspection.norway, kid=kid)).headline is Headline.UNTRUSTED


# Everything together


@given(
    state=st.sampled_from((VALID, REVOKED, SUSPENDED, REPLACED)),
    place=st.integers(0, 11),
    listed_at=st.sampled_from((None, NOW - 300 * DAY, BEFORE, SIGNED, AFTER)),
    signed_at=st.sampled_from((SIGNED, NOW - 10 * DAY, NOW - LIFETIME, NOW + 2 * DAY)),
    last_day=st.sampled_from((TODAY + 400 * DAY, TODAY - DAY, None)),
    proof=st.booleans(),
    at=st.sampled_from((NOW, NOW - DAY, NOW + 500 * DAY)),
)
@settings(max_examples=150, deadline=None)
def test_no_faults_together_hide_one_another(
    state: int,
    place: int,
    listed_at: datetime | None,
    signed_at: datetime,
    last_day: date | None,
    proof: bool,
    at: datetime,
) -> None:
    inspection = Inspection(listed_at=listed_at, list_expires=NOW + DAY, at=at)
    held = [replace(one, expiry_date=last_day) if n == 1 else one for n, one in enumerate(twelve())]
    text = issue(inspection.norway, sea_pass(inspection.norway, *held, at=signed_at, not_before=NOW - DAY))
    inspection.norway.revoke(place, state)
    verdict = inspection.verdict(show(text, at=at) if proof else text)
    alone = standing_of(verdict.checks)
    assert standing(verdict) is worst([alone, *map(standing, verdict.members)])
    assert all(not isinstance(one, Valid) for one in verdict.members) or alone is Standing.VALID
    if listed_at is not None and state in (REVOKED, REPLACED):
        assert isinstance(verdict.members[place], Rejected)
    if listed_at is not None and state == SUSPENDED and listed_at >= signed_at:
        assert isinstance(verdict.members[place], Rejected)
    if listed_at is not None and state == SUSPENDED:
        assert verdict.members[place].headline is not Headline.VALID
    if last_day is not None and last_day < TODAY:
        assert isinstance(verdict.members[1], Rejected)
    assert bool(verdict.reason) is (verdict.headline is not Headline.VALID)
    report.as_text([verdict], None, environment=Environment.TEST, colour=True)
