"""Tokens for machines: one signed assertion, once, for what is granted; all else is refused and said why."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from sqlalchemy import update
from support.issuer_app import BASE_URL, Office
from support.machine_client import SEA_SERVICE, MachineClient, public_jwk

from issuer.adapters.tables_organisations import organisation
from issuer.domain.client_keys import client_key
from issuer.domain.errors import InvalidInput
from issuer.domain.organisations import identified
from issuer.rules.facts import Reporter
from issuer.services.organisations.assertions import AssertionRefused
from issuer.services.organisations.tokens import MachineTokens

RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture(scope="module")
def company(module_office: Office) -> MachineClient:
    """For what leaves it as it is."""
    return MachineClient(module_office)


@pytest.fixture
def fresh(module_office: Office) -> MachineClient:
    """One of its own, for a test that changes it."""
    return MachineClient(module_office)


def refused(company: MachineClient, assertion: str, error: str = "invalid_grant", **form: str) -> str:
    answer = company.ask_token(assertion, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["error_description"])


def test_assertion_becomes_a_token_for_all_that_is_granted(office: Office) -> None:
    answer = MachineClient(office).ask_token()
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 600)
    assert f"{SEA_SERVICE}.write" in said["scope"].split()
    assert said["access_token"] not in office.everything_stored()
    assert "organisation-token" in office.audit_trail()


@pytest.mark.parametrize("way", ["parameter", "claim"])
def test_token_is_limited_to_the_scopes_asked_for(company: MachineClient, way: str) -> None:
    scope = f"{SEA_SERVICE}.read"
    answer = (
        company.ask_token(scope=scope)
        if way == "parameter"
        else company.ask_token(company.assertion(scope=scope))
    )
    assert answer.json()["scope"] == scope


def test_same_assertion_again_makes_no_second_token(office: Office) -> None:
    company = MachineClient(office)
    assertion = company.assertion()
    assert company.ask_token(assertion).status_code == 200
    assert "used before" in refused(company, assertion)
    assert office.audit_trail()[-1] == "organisation-token-refused"


def test_of_many_at_once_with_the_same_assertion_one_gets_a_token(office: Office) -> None:
    company = MachineClient(office)
    assertion = company.assertion()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: company.ask_token(assertion).status_code, range(8)))
    assert sorted(answers) == [200, *[400] * 7]


def test_spent_ids_are_kept_for_as_long_as_the_assertion_could_come_again(fresh: MachineClient) -> None:
    assertion = fresh.assertion(jti="one")
    assert fresh.ask_token(assertion).status_code == 200
    fresh.office.clock.forward(seconds=149)  # 120 to live, 30 for clocks that differ
    assert "used before" in refused(fresh, assertion)
    fresh.office.clock.forward(seconds=2)
    assert "expired" in refused(fresh, assertion)
    assert fresh.ask_token(fresh.assertion(jti="one")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": ["https://certificates.example", "https://other.example"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"sub": "NO-923609016"}, "sub"),
        ({"jti": None}, "jti"),
        ({"jti": "x" * 201}, "jti"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"nbf": 2_000_000_000_000}, "future"),
        ({"iss": None}, "iss"),
        ({"iss": "NO-923609016"}, "no key"),
        ({"scope": 1}, "scope"),
    ],
)
def test_claim_that_is_wrong_is_named(company: MachineClient, changes: dict[str, Any], word: str) -> None:
    error = "invalid_scope" if "scope" in changes else "invalid_grant"
    assert word in refused(company, company.assertion(**changes), error)


@pytest.mark.parametrize(
    ("issued", "expires", "accepted"),
    [
        (0, 120, True),
        (0, 121, False),  # lives too long
        (30, 150, True),  # a clock that is ahead by as much as is borne
        (31, 151, False),
        (-149, -29, True),  # and one that is behind
        (-150, -30, False),
        (0, 0, False),
    ],
)
def test_clocks_may_differ_by_half_a_minute(
    company: MachineClient, issued: int, expires: int, accepted: bool
) -> None:
    now = int(company.office.clock().timestamp())
    answer = company.ask_token(company.assertion(iat=now + issued, exp=now + expires))
    assert (answer.status_code == 200) is accepted, answer.text


KEYS = [
    ("ES256", ec.generate_private_key(ec.SECP256R1())),
    ("RS256", RSA_KEY),
    ("PS256", rsa.generate_private_key(public_exponent=65_537, key_size=3_072)),
    ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
]


@pytest.mark.parametrize(("algorithm", "key"), KEYS, ids=[name for name, _ in KEYS])
def test_each_algorithm_of_the_allow_list_works(company: MachineClient, algorithm: str, key: Any) -> None:
    public = client_key(public_jwk(key))
    company.organisations.add_key(company.client_id, public, actor="test")
    assertion = jwt.encode(company.claims(), key, algorithm=algorithm, headers={"kid": public.kid})
    assert company.ask_token(assertion).status_code == 200


def test_no_algorithm_beyond_the_list_and_the_keys_own(company: MachineClient) -> None:
    claims, kid = company.claims(), {"kid": company.kid}
    assert "alg is one of" in refused(company, jwt.encode(claims, None, algorithm="none", headers=kid))
    secret = b"x" * 64
    assert "alg is one of" in refused(company, jwt.encode(claims, secret, algorithm="HS256", headers=kid))
    assert "alg is one of" in refused(company, jwt.encode(claims, RSA_KEY, algorithm="RS384", headers=kid))
    assert "not for the key" in refused(company, jwt.encode(claims, RSA_KEY, algorithm="RS256", headers=kid))
    other = ec.generate_private_key(ec.SECP256R1())
    assert "signature" in refused(company, jwt.encode(claims, other, algorithm="ES256", headers=kid))


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"typ": "at+jwt"}, {"kid": "2025-9"}, {"kid": ""}])
def test_header_that_changes_the_meaning_is_refused(company: MachineClient, header: dict[str, Any]) -> None:
    refused(company, company.assertion(headers=header))


def test_claim_given_twice_is_refused(company: MachineClient) -> None:
    head, _, _ = company.assertion().split(".")
    claims = b'{"iss":"x","iss":"y"}'
    body = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    assert "twice" in refused(company, f"{head}.{body}.AA")


@pytest.mark.parametrize("assertion", ["x", "a.b.c", "..", "e30.e30.", "x" * 9_000])
def test_what_is_no_jwt_is_refused(company: MachineClient, assertion: str) -> None:
    refused(company, assertion)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"assertion": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "assertion": "x"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, "invalid_request"),
    ],
)
def test_request_that_is_none_is_answered_as_rfc_6749_has_it(
    company: MachineClient, form: dict[str, str], error: str
) -> None:
    answer = company.office.client.post("oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_scope_that_is_not_granted_is_refused_and_spends_the_assertion(company: MachineClient) -> None:
    assertion = company.assertion()
    said = refused(company, assertion, "invalid_scope", scope="ombord:qualifications/courses.write")
    assert "courses.write" in said
    assert "used before" in refused(company, assertion)


def test_suspended_organisation_gets_none_and_its_token_is_closed(fresh: MachineClient) -> None:
    fresh.admitted()
    assert fresh.ask_token(fresh.assertion()).status_code == 200
    fresh.organisations.suspend(fresh.client_id, reason="sold", actor="test")
    assert "suspended" in refused(fresh, fresh.assertion())
    fresh.organisations.reinstate(fresh.client_id, actor="test")
    assert fresh.ask_token().status_code == 200


def test_key_outside_its_window_makes_no_token(fresh: MachineClient) -> None:
    now, new = int(fresh.office.clock().timestamp()), ec.generate_private_key(ec.SECP256R1())
    key = client_key(public_jwk(new, "2026-2"))
    fresh.organisations.add_key(fresh.client_id, key, actor="test", not_before=now + 60, not_after=now + 120)
    fresh.key, fresh.kid = new, "2026-2"
    assert "no key" in refused(fresh, fresh.assertion())
    fresh.office.clock.forward(seconds=60)
    token = fresh.admitted().token
    tokens = MachineTokens(fresh.office.database, fresh.office.clock, fresh.office.settings)
    assert tokens.access(token) is not None
    fresh.office.clock.forward(seconds=60)
    assert "no key" in refused(fresh, fresh.assertion())
    assert tokens.access(token) is None  # it has 540 seconds left, and its key none


def test_development_organisation_gets_nothing_in_production(module_office: Office) -> None:
    office = module_office
    client = MachineClient(office)
    with office.database.write() as connection:
        mine = organisation.c.client_id == client.client_id
        connection.execute(update(organisation).where(mine).values(is_development=1))
    token = client.admitted().token
    tried, served = (
        MachineTokens(office.database, office.clock, office.settings.model_copy(update={"environment": one}))
        for one in ("test", "production")
    )
    assert tried.access(token) is not None
    assert served.access(token) is None
    with pytest.raises(AssertionRefused, match="development"):
        served.grant(client.assertion(), None)


def test_key_that_was_ended_makes_no_token(fresh: MachineClient) -> None:
    fresh.organisations.end_key(fresh.client_id, fresh.kid, actor="test")
    assert "no key" in refused(fresh, fresh.assertion())


@pytest.mark.parametrize(
    ("jwk", "word"),
    [
        ({**public_jwk(RSA_KEY), "d": "AQ"}, "private"),
        (public_jwk(rsa.generate_private_key(public_exponent=65_537, key_size=1_024)), "1024 bits"),  # noqa: S505
        (public_jwk(ec.generate_private_key(ec.SECP384R1())), "P-384"),
        ({"kty": "oct", "k": "AAAA"}, "private"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "no key"),
        ({"kty": "EC", "crv": "P-256", "x": "AA"}, "lacks"),
        ({**public_jwk(KEYS[0][1]), "alg": "ES512"}, "alg"),
        ({**public_jwk(KEYS[0][1]), "use": "enc"}, "use"),
        ({**public_jwk(KEYS[0][1]), "kid": "a b"}, "kid"),
        ({}, "kind"),
    ],
)
def test_key_that_is_no_good_public_key_is_not_registered(jwk: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        client_key(jwk)


@pytest.mark.parametrize(
    ("country", "number", "client_id"),
    [
        ("NO", "974 760 673", "NO-974760673"),
        ("SE", "556036-0793", "SE-5560360793"),
        ("DK", "DK 13585628", "DK-13585628"),
        ("GB", "213800KUD8LAJWSQ9D15", "LEI-213800KUD8LAJWSQ9D15"),
    ],
)
def test_organisation_is_named_by_its_registers_number(country: str, number: str, client_id: str) -> None:
    assert identified(country, number).client_id == client_id


@pytest.mark.parametrize(
    ("country", "number", "word"),
    [
        ("NO", "974760674", "checksum"),
        ("NO", "97476067", "length"),
        ("SE", "5560360794", "checksum"),
        ("SE", "121212-1212", "personal number"),
        ("DK", "13585629", "checksum"),
        ("GB", "00102498", "LEI"),
        ("NO", "", "format"),
        ("GB", "1", "LEI"),  # its check digits fit
        ("GB", "213800KUD8LAJWSQ9D15213800KUD8LAJWSQ9D15", "LEI"),
        ("XX", "213800KUD8LAJWSQ9D15", "country"),
    ],
)
def test_number_with_wrong_check_digits_is_refused(country: str, number: str, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        identified(country, number)


def test_registered_once(company: MachineClient) -> None:
    with pytest.raises(Exception, match="registered already"):
        company.organisations.new("NO", company.number, "Again", [Reporter.COMPANY], actor="test")


def test_assertion_for_an_authority_with_a_path_names_all_of_its_address(office: Office) -> None:
    company = MachineClient(office)
    assert company.ask_token(company.assertion(aud=BASE_URL)).status_code == 200
    assert "aud" in refused(company, company.assertion(aud="https://certificates.example"))
