"""The pass's form: written in one order, read strictly, never with a certificate twice or of someone else."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import strategies
from support.carried import disclosure, signed
from support.passes import SIGNED, certificate, issue, members, sea_pass, twelve
from support.scenario import INGRID, competency
from support.simulator import Authority

from keys.encoding import json_dumps, json_object
from verifier.credential import carrier, sd_jwt
from verifier.credential.claims import MalformedCredential
from verifier.credential.model import (
    Acceptance,
    Certificate,
    CertificateType,
    InvalidCertificate,
    Reference,
    StatusReference,
)
from verifier.credential.sea_pass import LIFETIME, Pass, PassMember
from verifier.credential.sea_pass_claims import from_claims, pass_claims, refuse_kept_back

NORWAY = Authority("NO")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
IN_ORDER = [
    *("iss", "vct", "iat", "nbf", "exp", "cnf", "lists", "issuing_country", "issuing_authority"),
    *("seafarer_id", "family_name", "given_name", "birth_date", "certificates"),
]


def claims(**changes: Any) -> dict[str, Any]:
    return json_object(json_dumps(pass_claims(sea_pass(NORWAY)))) | changes


def with_member(position: int, **changes: Any) -> dict[str, Any]:
    """The claims with members of one certificate changed; None takes one away."""
    found = claims()
    member = found["certificates"][position] | changes
    found["certificates"][position] = {name: value for name, value in member.items() if value is not None}
    return found


LEFT_OUT = ("issue_place", "official", "endorsement_number", "revalidation_date", "replaces")


def summed_up(one: Certificate) -> Certificate:
    """What a pass says of a certificate."""
    return replace(one, **dict.fromkeys(LEFT_OUT))  # type: ignore[arg-type] # each may be None


def test_a_pass_reads_back_as_it_was_written() -> None:
    written = sea_pass(NORWAY)
    read = from_claims(claims())
    assert (read.issuer, read.issuing_country) == (NORWAY.iss, "NO")
    assert [one.status for one in read.members] == [one.status for one in written.members]
    assert [one.certificate for one in read.members] == [summed_up(one) for one in twelve()]
    assert (read.issued_at, read.not_before, read.expires) == (SIGNED, SIGNED, SIGNED + LIFETIME)
    assert (read.holder, read.holder_key) == (INGRID, written.holder_key)


@settings(max_examples=30)
@given(strategies.passes())
def test_any_pass_reads_back_with_what_it_sums_up(written: Pass) -> None:
    read = from_claims(json_object(json_dumps(pass_claims(written))))
    assert read == replace(
        written,
        members=tuple(PassMember(summed_up(one.certificate), one.status) for one in written.members),
    )


@settings(max_examples=30)
@given(strategies.passes(), st.data())
def test_a_pass_with_anything_anywhere_is_read_or_refused_by_name(written: Pass, data: st.DataObject) -> None:
    found: Any = json_object(json_dumps(pass_claims(written)))
    place, name = found, data.draw(st.sampled_from(sorted(found)))
    while isinstance(place[name], dict | list) and place[name] and data.draw(st.booleans()):
        place = place[name]
        names = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        name = data.draw(st.sampled_from(names))
    place[name] = data.draw(ANYTHING)
    with suppress(MalformedCredential):
        from_claims(found)


def test_claims_stand_in_the_order_of_the_dictionary() -> None:
    found = claims()
    assert list(found) == IN_ORDER
    assert list(found["certificates"][0])[:2] == ["type", "document_number"]
    assert list(found["certificates"][0])[-1] == "idx"


def test_a_pass_has_no_status_of_its_own() -> None:
    assert "status" not in claims()


def test_each_list_is_named_once_and_the_first_by_nobody() -> None:
    other = f"{NORWAY.iss}/status/2"
    first, second, third = members(NORWAY, twelve()[:3])
    second = PassMember(second.certificate, StatusReference(other, 7))
    found = pass_claims(sea_pass(NORWAY, members=(first, second, third)))
    assert found["lists"] == [NORWAY.status_uri, other]
    assert [one.get("list") for one in found["certificates"]] == [None, 1, None]  # type: ignore[union-attr]
    assert from_claims(found).members[1].status == StatusReference(other, 7)


def test_no_limit_is_left_out_of_a_pass() -> None:
    accepted = Acceptance(flags=("NO",), areas=("near-coastal",))
    limited = competency(acceptance=accepted, remarks="with a pilot only", rests_on=Reference("NO", "NO-1"))
    read = from_claims(pass_claims(sea_pass(NORWAY, limited))).members[0].certificate
    assert (read.acceptance, read.remarks, read.rests_on) == (accepted, "with a pilot only", limited.rests_on)


def test_an_authority_that_was_called_otherwise_then_keeps_its_name() -> None:
    older = competency(issuing_authority="Skipskontrollen")
    read = from_claims(pass_claims(sea_pass(NORWAY, older, certificate(CertificateType.GMDSS, "2", "IV/2"))))
    names = [one.certificate.issuing_authority for one in read.members]
    assert names == ["Skipskontrollen", "Sjøfartsdirektoratet"]


def test_a_pass_travels_as_qr_text_and_back() -> None:
    text = issue(NORWAY)
    assert carrier.unpack(carrier.pack(text)) == text


@pytest.mark.parametrize("count", [0, 33])
def test_a_pass_of_none_or_of_more_than_32_is_refused(count: int) -> None:
    many = tuple(certificate(CertificateType.PROFICIENCY, f"NO-{n}", "VI/1") for n in range(count))
    with pytest.raises(InvalidCertificate, match="1 to 32"):
        replace(sea_pass(NORWAY), members=members(NORWAY, many))
    found = claims()
    entry = found["certificates"][1]
    found["certificates"] = [entry | {"document_number": f"NO-{n}", "idx": n} for n in range(count)]
    with pytest.raises(MalformedCredential, match="1 to 32"):
        from_claims(found)


def test_a_pass_of_32_is_read() -> None:
    many = tuple(certificate(CertificateType.PROFICIENCY, f"NO-{n}", "VI/1") for n in range(32))
    assert len(from_claims(pass_claims(sea_pass(NORWAY, *many))).members) == 32


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (with_member(1, document_number="NO-COC-0001"), "two certificates are one: NO NO-COC-0001"),
        (with_member(1, idx=0), "two places of status are one"),
        (with_member(1, type="pass"), "no pass belongs in a pass"),
        (with_member(1, type="safe-manning"), "no safe-manning belongs in a pass"),
        (with_member(1, type="yacht"), r"certificates\[1\].type: a document type that this version"),
        (with_member(1, type=None), r"certificates\[1\].type: is missing"),
        (with_member(1, idx=None), r"certificates\[1\].idx"),
        (with_member(1, idx=-1), r"certificates\[1\].idx"),
        (with_member(1, list=1), r"certificates\[1\].list: a whole number from 0 to 0"),
        (with_member(1, list=True), r"certificates\[1\].list"),
        (with_member(1, document_number=None), r"certificates\[1\].document_number: is missing"),
        (with_member(1, stcw_code=None), r"certificates\[1\].stcw_code: a document of type gmdss needs it"),
        (with_member(11, medical=None), r"certificates\[11\].medical: a document of type medical needs it"),
        (with_member(11, expiry_date=None), r"certificates\[11\].expiry_date: .* always expires"),
        (with_member(0, issue_date="2026-1-1"), r"certificates\[0\].issue_date"),
        (claims(certificates=["NO-1"]), r"certificates\[0\]: an object"),
        (claims(certificates={}), "1 to 32"),
        (claims(lists=[]), "lists"),
        (claims(lists=[NORWAY.status_uri] * 2), "different addresses"),
        (claims(lists=["ftp://no.example/status/1"]), "lists: a URL"),
        (claims(lists="https://no.example/status/1"), "lists"),
        (claims(exp=None), "exp"),
        (claims(vct="urn:ombord:competency:1"), "not a pass"),
        (claims(cnf={"jwk": {"kty": "OKP"}}), "cnf.jwk"),
        (claims(seafarer_id="1"), "seafarer_id"),
        (claims(portrait="A" * 8_001), "portrait: more than 8000"),
        (claims(portrait=7), "portrait: a text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_pass_is_refused_with_the_claim(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(MalformedCredential, match=problem):
        from_claims(changed)


def test_a_pass_without_an_end_is_none() -> None:
    found = claims()
    del found["exp"]
    with pytest.raises(MalformedCredential, match="exp"):
        from_claims(found)


def test_a_member_cannot_say_who_its_holder_is() -> None:
    read = from_claims(with_member(0, family_name="Somebody", seafarer_id="00000000"))
    assert read.members[0].certificate.holder == INGRID


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (sea_pass(NORWAY, competency(issuing_country="DK")), "another flag"),
        (sea_pass(NORWAY, competency(holder=replace(INGRID, seafarer_id="00000000"))), "another seafarer"),
        (sea_pass(NORWAY, expires=SIGNED + LIFETIME + timedelta(seconds=1)), "more than 30 days"),
        (sea_pass(NORWAY, expires=SIGNED), "nbf is not before exp"),
        (sea_pass(NORWAY, not_before=SIGNED - 2 * LIFETIME, expires=SIGNED), "iat is not before exp"),
    ],
    ids=["flag", "seafarer", "too long", "empty", "ended"],
)
def test_what_nobody_would_accept_is_not_signed(made: Pass, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        issue(NORWAY, made)


# Selective disclosure


PORTRAIT, DIGEST = disclosure("portrait", "UklGRg")
OTHER, OTHER_DIGEST = disclosure("remarks", "with a pilot only")
ELEMENT, ELEMENT_DIGEST = disclosure({"type": "gmdss"})


def hidden(place: str) -> dict[str, Any]:
    """A pass that can keep something back, at one place."""
    found = claims()
    if place == "an element":
        found["certificates"].append({"...": ELEMENT_DIGEST})
    elif place == "inside":
        found["certificates"][0]["_sd"] = [DIGEST]
    else:
        found["_sd"] = [DIGEST, OTHER_DIGEST]
    return found


def test_the_portrait_may_be_kept_back_or_shown() -> None:
    for shown in ((), (PORTRAIT,)):
        refuse_kept_back(sd_jwt.parse(signed(claims(_sd=[DIGEST], _sd_alg="sha-256"), *shown)))


@pytest.mark.parametrize(
    "text",
    [
        signed(claims(_sd=[OTHER_DIGEST]), OTHER),
        signed(hidden("two")),
        signed(hidden("two"), PORTRAIT),
        signed(hidden("an element")),
        signed(hidden("inside")),
        signed(claims(_sd=DIGEST)),
    ],
    ids=["another claim", "two kept back", "one of two", "an element", "inside", "no array"],
)
def test_nothing_but_the_portrait_may_be_kept_back(text: str) -> None:
    with pytest.raises((MalformedCredential, sd_jwt.MalformedSdJwt)):
        refuse_kept_back(sd_jwt.parse(text))


def test_claims_of_later_versions_are_tolerated() -> None:
    assert from_claims(claims(season="winter")) == from_claims(claims())
