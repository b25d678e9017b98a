"""What the issuer really makes is what the signer reads: every certificate, pass and status list."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.custody import AT
from support.simulator import NOW, seeded_signer
from support.strategies import certificates, passes

from keys import jws
from keys.custody.approval import claims_hash
from keys.custody.pass_draft import unproved
from keys.custody.signing_draft import DraftError, read, text_below
from keys.encoding import Json, json_object
from verifier import status
from verifier.credential import vc
from verifier.credential.model import TYPE_OF_VCT, Certificate, Credential, StatusReference
from verifier.credential.sea_pass import Pass, PassMember
from verifier.credential.sea_pass_claims import pass_claims
from verifier.credential.validity import date_contradiction

SIGNER: Final = seeded_signer("NO-2026a")
ISSUER: Final = "https://no.example"


def signing_input(token: str) -> str:
    return jws.parse(token.rstrip("~")).signing_input.decode()


@settings(max_examples=50)
@given(certificates(), st.sampled_from(["Europe/Oslo", "Pacific/Kiritimati", "Etc/GMT+12"]), st.booleans())
def test_a_certificate_is_read_and_its_hash_is_known_before_there_is_a_credential(
    certificate: Certificate, zone: str, bound: bool
) -> None:
    not_before, expires = vc.issue_times(certificate, zone, NOW)
    credential = Credential(
        issuer=ISSUER,
        issued_at=NOW,
        not_before=not_before,
        expires=expires,
        holder_key=SIGNER.public_key if bound else None,
        status=StatusReference(f"{ISSUER}/status/1", 7),
        certificate=certificate,
    )
    if date_contradiction(credential) is not None or not_before.year < 1970:
        return  # the issuer's own rehearsal refuses it
    draft = read(signing_input(vc.sign(credential, SIGNER, "NO-2026a")))
    approved = {"iss": ISSUER, "vct": certificate.type.vct, **vc.certificate_claims(certificate)}
    assert draft.claims == claims_hash(approved)
    assert (draft.purpose, draft.issuer, draft.kid) == (certificate.type.value, ISSUER, "NO-2026a")
    assert draft.issued_at == int(NOW.timestamp())


@settings(max_examples=25)
@given(passes())
def test_a_pass_is_read_and_its_members_own_credentials_bear_it_out(made: Pass) -> None:
    made = replace(made, holder_key=SIGNER.public_key, holder=made.members[0].certificate.holder)
    text = vc.sign_payload(vc.encode(pass_claims(made)), SIGNER, "NO-pass-2026a")
    draft = read(signing_input(text))
    assert draft.purpose == "pass"
    assert draft.sea_pass is not None
    credentials = [_credential(made, member) for member in made.members]
    assert unproved(draft.sea_pass, credentials) is None
    assert unproved(draft.sea_pass, credentials[1:]) is not None
    assert unproved(draft.sea_pass, [*credentials, credentials[0]]) is not None


def _credential(sea_pass: Pass, member: PassMember) -> dict[str, Json]:
    """What was signed for the phone of this pass."""
    credential = Credential(
        issuer=sea_pass.issuer,
        issued_at=NOW,
        not_before=NOW,
        expires=None,
        holder_key=sea_pass.holder_key,
        status=member.status,
        certificate=member.certificate,
    )
    return json_object(vc.encode(vc.to_claims(credential)))


def test_a_status_list_of_full_size_is_read() -> None:
    states = bytes(range(256)) * 4_096
    token = status.encode(
        states, uri=f"{ISSUER}/status/1", iat=NOW, exp=NOW + timedelta(90), ttl=5, signer=SIGNER, kid="s"
    )
    draft = read(signing_input(token))
    assert (draft.purpose, draft.issuer, draft.claims) == ("status", f"{ISSUER}/status/1", None)
    assert draft.states is not None
    assert draft.states.states == states


def test_the_signer_knows_every_type_that_the_verifier_does() -> None:
    from keys.custody import signing_draft

    assert {vct: kind.value for vct, kind in TYPE_OF_VCT.items()} == signing_draft._PURPOSE_OF_VCT


STATEMENT = (
    '{"uri":"https://no.example/status/1","number":1,"iat":1795305600,"exp":null,"bits":2,"size":1024,'
    '"before":"AAAAAAAAAAAAAAAAAAAAAA","after":"U0HmsmRpeacOV2UwB6HzEBaUIeyb3Z8aVkj3Wt4AWvE"}'
)


def test_what_ships_read_of_a_list_is_a_draft_of_the_key_above_it() -> None:
    message = f"ombord-status-1\n{STATEMENT}"
    draft = read(text_below("NO-status-2026a", message))
    assert (draft.kid, draft.purpose, draft.text) == ("NO-status-2026a", "status", message.encode())
    assert (draft.issuer, draft.issued_at, draft.expires) == ("https://no.example/status/1", AT, None)
    assert text_below("NO-2026a", "header.payload") == "header.payload"


@pytest.mark.parametrize(
    "text",
    [
        f"ships \nombord-status-1\n{STATEMENT}",
        f"ships NO-1\nombord-status-2\n{STATEMENT}",
        f"ships NO-1\nombord-status-1\n{STATEMENT} ",
        f"ships NO-1\nombord-status-1\n{STATEMENT}\n",
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace('"number":1,', ""),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace('"number":1,', '"number":0,'),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace('"bits":2', '"bits":1'),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace("AAAAAAAAAAAAAAAAAAAAAA", "AAAA"),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace('"exp":null', '"exp":"never"'),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace("no.example", "ø.example"),
        "ships NO-1\nombord-status-1\n" + STATEMENT.replace("no.example", "n" * 2_048),
        "ships NO-1",
    ],
)
def test_a_statement_that_no_ship_could_read_is_no_draft(text: str) -> None:
    with pytest.raises(DraftError):
        read(text)
