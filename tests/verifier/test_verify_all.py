"""Several credentials shown at once: one verdict each, and one phone's proof for all that are bound to it."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest
from support import passes
from support.carried import disclosure
from support.scenario import NONCE, PHONE, Inspection, competency, medical, show, tampered
from support.simulator import DAY, NOW, directory, seeded_signer

from keys import jws
from keys.encoding import b64url_encode, json_dumps
from verifier import decision
from verifier.credential import carrier, frames, muster, presentation
from verifier.credential.presentation import Audience
from verifier.verdict import Headline, Outcome, Valid, Verdict

OTHER_PHONE = seeded_signer("another phone")


def verdicts(inspection: Inspection, presented: str | bytes, **how: object) -> tuple[Verdict, ...]:
    return decision.verify_all(
        presented,
        directory=directory(inspection.norway, inspection.denmark),
        status=inspection.book(),
        policy=inspection.policy,
        at=inspection.at,
        **how,  # type: ignore[arg-type] # as the test says
    )


def three(inspection: Inspection) -> list[str]:
    codes = (("NO-GMD-0001", "IV/2"), ("NO-TNK-0001", "V/1-1"))
    others = [
        inspection.issue(competency(document_number=n, stcw_code=(code,)), idx=idx)
        for idx, (n, code) in enumerate(codes, 11)
    ]
    return [inspection.issue(idx=10), *others]


def headlines(found: tuple[Verdict, ...]) -> list[Headline]:
    return [one.headline for one in found]


def test_each_credential_of_a_muster_gets_its_verdict_in_its_order() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    wire = muster.pack(show(first), others)
    found = verdicts(inspection, wire)
    assert headlines(found) == [Headline.VALID] * 3
    assert [one.credential and one.credential.certificate.document_number for one in found] == [
        "NO-COC-0001",
        "NO-GMD-0001",
        "NO-TNK-0001",
    ]
    assert verdicts(inspection, carrier.to_qr_text(wire)) == found


def test_what_holds_one_credential_gets_the_verdict_that_verify_gives() -> None:
    inspection = Inspection()
    live = show(inspection.issue())
    for presented in (live, inspection.issue(), carrier.to_qr_text(carrier.pack(live)), "nonsense", "OB1:x"):
        assert verdicts(inspection, presented) == (inspection.verdict(presented),)
    assert headlines(verdicts(inspection, carrier.pack(live))) == [Headline.VALID]


def test_a_pass_among_them_is_held_by_the_same_phone() -> None:
    inspection = Inspection()
    sea_pass = passes.issue(inspection.norway)
    found = verdicts(inspection, muster.pack(show(inspection.issue(idx=40)), [sea_pass]))
    assert headlines(found) == [Headline.VALID] * 2
    assert len(found[1].members) == 12
    turned = verdicts(inspection, muster.pack(show(sea_pass), [inspection.issue(idx=40)]))
    assert headlines(turned) == [Headline.VALID] * 2


def test_a_pass_with_its_portrait_travels_by_moving_frames() -> None:
    inspection = Inspection()
    shown, digest = disclosure("portrait", b64url_encode(Random(1).randbytes(540)))
    payload = json.loads(jws.parse(passes.issue(inspection.norway).rstrip("~")).payload)
    signer, kid = inspection.norway.signers[inspection.norway.pass_kid], inspection.norway.pass_kid
    signed = jws.sign(json_dumps({**payload, "_sd": [digest]}), signer, typ="dc+sd-jwt", kid=kid)
    moving, collector = frames.split(carrier.pack(show(f"{signed}~{shown}~"))), frames.Collector()
    assert moving.needed in (4, 5)
    for number in range(90, 90 + moving.needed):
        wire = collector.add(moving.text(number)).wire
    assert wire is not None
    (found,) = verdicts(inspection, wire)
    assert found.headline is Headline.VALID
    assert found.sea_pass is not None
    assert len(found.members) == 12


def test_a_credential_bound_to_another_phone_is_not_confirmed_by_this_ones_proof() -> None:
    inspection = Inspection()
    borrowed = inspection.issue(medical(), holder_key=OTHER_PHONE, idx=20)
    found = verdicts(inspection, muster.pack(show(inspection.issue(idx=10)), [borrowed]))
    assert headlines(found) == [Headline.VALID, Headline.UNCONFIRMED]
    assert "that phone has not proved itself" in found[1].reason


def test_a_credential_on_paper_needs_no_phone() -> None:
    inspection = Inspection()
    paper = inspection.issue(medical(), holder_key=None, idx=20)
    found = verdicts(inspection, muster.pack(show(inspection.issue(idx=10)), [paper]))
    assert isinstance(found[1], Valid)
    assert found[1].outcome("C5") is Outcome.NOT_ASSESSED


@pytest.mark.parametrize(
    ("first", "headline"),
    [
        (lambda i: show(tampered(i.issue(idx=10))), Headline.TAMPERED),
        (lambda i: show(i.issue(idx=10), phone=OTHER_PHONE), Headline.WRONG_HOLDER),
        (lambda i: show(i.issue(holder_key=None, idx=10)), Headline.WRONG_HOLDER),
        (lambda i: show(i.issue(competency(issuing_country="DK"), idx=10)), Headline.UNTRUSTED),
    ],
    ids=["tampered", "another phone's proof", "bound to no phone", "in another's name"],
)
def test_a_proof_counts_for_the_others_only_where_it_holds_for_the_first(
    first: object, headline: Headline
) -> None:
    inspection = Inspection()
    _, *others = three(inspection)
    found = verdicts(inspection, muster.pack(first(inspection), others))  # type: ignore[operator] # a table's
    assert found[0].headline is headline
    proved = headline is Headline.UNTRUSTED  # its signature holds, and so does its phone's proof
    assert headlines(found[1:]) == [Headline.VALID if proved else Headline.UNCONFIRMED] * 2


def test_an_old_proof_confirms_none_of_them() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    wire = muster.pack(show(first, at=NOW - timedelta(minutes=6)), others)
    assert headlines(verdicts(inspection, wire)) == [Headline.UNCONFIRMED] * 3


def test_one_answer_to_the_challenge_confirms_all_of_them() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    answer = presentation.make(first, PHONE, at=NOW - 9 * DAY, nonce=NONCE, audience=Audience.CHALLENGE)
    wire = muster.pack(answer, others)
    assert headlines(verdicts(inspection, wire, challenge=NONCE)) == [Headline.VALID] * 3
    assert headlines(verdicts(inspection, wire, challenge=bytes(8))) == [
        Headline.WRONG_HOLDER,
        Headline.UNCONFIRMED,
        Headline.UNCONFIRMED,
    ]
    assert headlines(verdicts(inspection, wire)) == [Headline.UNCONFIRMED] * 3


def test_one_that_is_revoked_or_unreadable_leaves_the_others_judged() -> None:
    inspection = Inspection()
    first, second, third = three(inspection)
    inspection.norway.states[11] = 1
    strange = second.replace(second.split(".")[1][:4], "AAAA", 1)
    found = verdicts(inspection, muster.pack(show(first), [strange, second, third]))
    assert headlines(found) == [
        Headline.VALID,
        Headline.NOT_READABLE,
        Headline.REVOKED,
        Headline.VALID,
    ]


def test_a_muster_that_is_damaged_is_one_thing_that_cannot_be_read() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    wire = muster.pack(show(first), others)
    for damaged in (wire[:-1], wire[:40], b"\x03", b"", b"\x03\x01", wire + b"\0"):
        assert headlines(verdicts(inspection, damaged)) == [Headline.NOT_READABLE]


def test_one_moving_frame_alone_says_how_many_there_are() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    moving = frames.split(muster.pack(show(first), others), size=100)
    (found,) = verdicts(inspection, moving.text(0))
    assert found.headline is Headline.NOT_READABLE
    assert found.reason == f"one of {moving.needed} moving frames: keep the camera on the code"
    assert "moving frames" in inspection.verdict(moving.text(0)).reason
    assert "several credentials" in inspection.verdict(carrier.to_qr_text(b"\x03\x01")).reason


def test_a_whole_crew_at_once_gets_the_verdicts_that_each_code_gets_alone() -> None:
    inspection = Inspection()
    first, *others = three(inspection)
    stranger = seeded_signer("nobody known")
    shown = [
        first,
        show(first),
        tampered(others[0]),
        jws.sign(b"{}", stranger, typ="dc+sd-jwt", kid="x") + "~",
        "nonsense",
        carrier.to_qr_text(carrier.pack(show(others[1]))),
        muster.pack(show(first), others),
        muster.pack(show(first, phone=OTHER_PHONE), others),
        passes.issue(inspection.norway),
    ]
    basis = {
        "directory": directory(inspection.norway, inspection.denmark),
        "status": inspection.book(),
        "policy": inspection.policy,
        "at": inspection.at,
    }
    at_once = decision.verify_each(shown * 3, **basis)  # enough for threads
    assert at_once == [verdicts(inspection, one) for one in shown] * 3
    assert decision.verify_each([], **basis) == []
