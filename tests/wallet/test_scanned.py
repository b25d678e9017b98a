"""What a scanned text is, by its form: nothing is opened to find out, and nothing makes it fall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_app.core.scanned import MOST_SHOWN, Kind, what_is

CASES = [
    ("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fno.example%2Fo%2F1", Kind.OFFER),
    ("OPENID-CREDENTIAL-OFFER://?credential_offer=%7B%7D", Kind.OFFER),
    ("https://wallet.example/add?credential_offer_uri=https%3A%2F%2Fno.example", Kind.OFFER),
    ('{"credential_issuer":"https://no.example"}', Kind.OFFER),
    ("OMBORD-CHALLENGE:0011223344556677", Kind.CHALLENGE),
    ("OB1:ABCDEF", Kind.CERTIFICATE),
    ("eyJhbGciOiJFUzI1NiJ9.e30.c2ln~", Kind.CERTIFICATE),
    ("https://www.example.com/menu.pdf", Kind.WEB_ADDRESS),
    ("HTTP://EXAMPLE.COM", Kind.WEB_ADDRESS),
    ("www.example.com/a?b", Kind.WEB_ADDRESS),
    ("https://[::1", Kind.WEB_ADDRESS),
    ("WIFI:T:WPA;S:Crew;P:secret;;", Kind.WIFI),
    ("BEGIN:VCARD\nN:Doe", Kind.CONTACT),
    ("tel:+4712345678", Kind.ADDRESS),
    ("mailto:a@b.example", Kind.ADDRESS),
    ("BCD\n002\n1\nSCT", Kind.PAYMENT),
    ("HC1:6BFOXN", Kind.HEALTH),
    ("openid4vp://authorize?client_id=x", Kind.OTHER_WALLET),
    ("", Kind.NOTHING),
    ("  \n ", Kind.NOTHING),
    ("7312040017072", Kind.TEXT),
    ("Hello, sailor.", Kind.TEXT),
]


@pytest.mark.parametrize(("text", "kind"), CASES, ids=[text[:24] or "empty" for text, _ in CASES])
def test_a_text_is_known_by_its_form(text: str, kind: Kind) -> None:
    assert what_is(text).kind is kind


def test_a_web_address_is_named_by_its_host_alone() -> None:
    assert what_is("https://www.example.com/very/long?utm=1").shown == "www.example.com"
    assert what_is("https://no.example@evil.example/").shown == "evil.example"


@given(st.text())
def test_any_text_is_of_some_kind_and_fit_to_be_shown(text: str) -> None:
    found = what_is(text)
    assert len(found.shown) <= MOST_SHOWN
    assert found.shown.isprintable()


def test_a_text_of_a_megabyte_takes_no_time() -> None:
    assert what_is("a." * 500_000).kind is Kind.TEXT
