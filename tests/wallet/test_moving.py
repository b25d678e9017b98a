"""All certificates as moving frames: what is in them, what an inspector's collector reads out again."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from support.carried import disclosure
from support.scenario import TODAY, competency, medical
from support.simulator import DAY, NOW, Authority, seeded_signer
from support.sync_office import PASS_KID, a_pass
from support.wallet import wallet_of

from keys import jws
from keys.encoding import json_dumps, json_object
from verifier.credential import muster, presentation, sd_jwt, vc
from verifier.credential.frames import Collector, Frames
from verifier.credential.model import Certificate, CertificateType
from verifier.credential.sea_pass import MAX_PORTRAIT
from wallet_app.core import held, held_pass
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.moving import Muster, Photo, moving_code, muster_of
from wallet_app.core.records import StoredCredential
from wallet_app.core.standing import judge


def proficiency(number: int, **changes: object) -> Certificate:
    return competency(
        type=CertificateType.PROFICIENCY,
        document_number=f"NO-COP-{number}",
        stcw_code=("VI/1",),
        capacities=(),
        functions=(),
        **changes,
    )


def collected(frames: Frames, *, lost: int = 0) -> bytes:
    """What a collector puts together that misses each `lost`-th frame."""
    collector = Collector()
    for number in count():
        if lost and number % lost == 0:
            continue
        wire = collector.add(frames.text(number)).wire
        if wire is not None:
            return wire
    raise AssertionError


def test_twelve_certificates_come_out_as_they_were_signed(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, medical(), *map(proficiency, range(10)), competency())
    shown = wallet.muster
    assert shown is not None
    code = wallet.moving_code(shown)
    first, *others = muster.unpack(collected(code.frames, lost=5))
    wallet.close()
    assert [first[: len(shown.members[0].text)], *others] == [one.text for one in shown.members]
    assert shown.members[0].certificate.document_number == "NO-COC-0001", "one for a post comes first"
    assert presentation.read(sd_jwt.parse(first)).iat == int(NOW.timestamp())
    assert code.fresh_until == NOW + timedelta(seconds=15)


def test_what_is_no_good_is_left_out_but_for_a_medical_certificate(tmp_path: Path) -> None:
    wallet = wallet_of(
        tmp_path,
        competency(),
        medical(TODAY - 5 * DAY),
        proficiency(1, expiry_date=TODAY - DAY),
        proficiency(2),
    )
    shown = wallet.muster
    wallet.close()
    assert shown is not None
    numbers = [one.certificate.document_number for one in shown.members]
    assert numbers == ["NO-COC-0001", "NO-MED-0001", "NO-COP-2"]


def test_what_is_bound_to_another_phone_is_no_part_of_it() -> None:
    text = Authority("NO", at=NOW).issue(competency(), seeded_signer("phone").public_key)
    found = held.read(StoredCredential(text, 0), seeded_signer("another phone").public_key)
    assert muster_of([judge(found, NOW)]) is None


def test_five_hundred_certificates_are_shown_as_far_as_they_go(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, competency(), *map(proficiency, range(499)))
    shown = wallet.muster
    assert shown is not None
    code = wallet.moving_code(shown)
    texts = muster.unpack(collected(code.frames))
    wallet.close()
    assert len(texts) + shown.left_out == 500
    assert len(texts) >= 30


def test_one_certificate_alone_is_a_muster_of_one(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, competency())
    shown = wallet.muster
    assert shown == Muster(wallet.held)
    assert len(muster.unpack(collected(wallet.moving_code(shown).frames))) == 1
    wallet.close()


def pass_with_portrait(characters: int) -> HeldPass:
    """A pass whose photograph can be disclosed apart (RFC 9901 § 4.2)."""
    phone, signer = seeded_signer("phone").public_key, seeded_signer(PASS_KID)
    claims = json_object(sd_jwt.parse(a_pass(phone)).jws.payload)
    shown, digest = disclosure("portrait", "A" * characters)
    signed = jws.sign(json_dumps({**claims, "_sd": [digest]}), signer, typ=vc.TYP, kid=PASS_KID)
    return held_pass.read(f"{signed}~{shown}~", phone)


@pytest.mark.parametrize("characters", [720, MAX_PORTRAIT])
def test_the_photograph_travels_only_where_it_is_asked_for(characters: int) -> None:
    found = pass_with_portrait(characters)
    assert sd_jwt.parse(found.text).disclosures == (), "the code for all keeps it back"
    code = moving_code(Photo(found), seeded_signer("phone"), NOW)
    [text] = muster.unpack(collected(code.frames, lost=4))
    parsed = sd_jwt.parse(text)
    assert sd_jwt.claims(parsed, parsed.jws.payload)["portrait"] == "A" * characters


def test_a_pass_without_a_photograph_has_none_to_show() -> None:
    phone = seeded_signer("phone")
    assert held_pass.read(a_pass(phone.public_key), phone.public_key).with_portrait is None
