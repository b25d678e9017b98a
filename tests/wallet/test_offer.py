"""Offers as text: links by reference and by value, and everything that is none."""

import json
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_app.core.offer import PRE_AUTHORIZED, Offer, TransactionCode, parse, reference_or_offer
from wallet_app.core.troubles import PickUpError, Trouble

OFFER = {
    "credential_issuer": "https://no.example/path",
    "credential_configuration_ids": ["competency"],
    "grants": {
        PRE_AUTHORIZED: {"pre-authorized_code": "c", "tx_code": {"input_mode": "numeric", "length": 6}}
    },
}
READ = Offer("https://no.example/path", ("competency",), "c", TransactionCode(True, 6, ""))


@pytest.mark.parametrize("start", ["openid-credential-offer://?", "https://wallet.example/add?"])
def test_offer_by_value_and_by_reference(start: str) -> None:
    assert reference_or_offer(f"{start}credential_offer={quote(json.dumps(OFFER))}") == READ
    found = reference_or_offer(f" {start}credential_offer_uri={quote('https://no.example/o/1')}\n")
    assert found == "https://no.example/o/1"


def test_plain_address_is_a_reference() -> None:
    assert reference_or_offer("https://no.example/o/1") == "https://no.example/o/1"


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", Trouble.NOT_AN_OFFER),
        ("hello", Trouble.NOT_AN_OFFER),
        ("openid-credential-offer://", Trouble.NOT_AN_OFFER),
        ("openid-credential-offer://?credential_offer=%7B%7D", Trouble.NOT_AN_OFFER),
        ("openid-credential-offer://?credential_offer=a&credential_offer_uri=b", Trouble.NOT_AN_OFFER),
        ("openid-credential-offer://?credential_offer_uri=http://no.example/", Trouble.NOT_SECURE),
        ("openid-credential-offer://?credential_offer_uri=https://u:p@no.example/", Trouble.NOT_SECURE),
        ("openid-credential-offer://?credential_offer_uri=file:///etc/passwd", Trouble.NOT_AN_OFFER),
        ("https://" + "a" * 9_000, Trouble.NOT_AN_OFFER),
        ("https://[::1", Trouble.NOT_AN_OFFER),
        ("https://no.example:99999/", Trouble.NOT_AN_OFFER),
        ("javascript:alert(1)", Trouble.NOT_AN_OFFER),
        ("OB1:ABC", Trouble.NOT_AN_OFFER),
    ],
)
def test_what_is_no_offer_is_refused(text: str, trouble: Trouble) -> None:
    with pytest.raises(PickUpError) as refused:
        reference_or_offer(text)
    assert refused.value.trouble is trouble


@pytest.mark.parametrize(
    "change",
    [
        {"credential_issuer": 1},
        {"credential_issuer": "ftp://no.example"},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": [1]},
        {"credential_configuration_ids": ["x"] * 65},
        {"grants": {}},
        {"grants": {"authorization_code": {}}},
        {"grants": {PRE_AUTHORIZED: {"pre-authorized_code": ""}}},
        {"grants": {PRE_AUTHORIZED: {"pre-authorized_code": "c", "tx_code": 1}}},
    ],
)
def test_offer_of_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(PickUpError):
        parse(json.dumps({**OFFER, **change}).encode())


def test_offer_without_transaction_code_is_read_as_such() -> None:
    grants = {PRE_AUTHORIZED: {"pre-authorized_code": "c"}}
    assert parse(json.dumps({**OFFER, "grants": grants}).encode()).transaction_code is None


@given(st.text())
def test_any_text_is_an_offer_or_a_typed_refusal(text: str) -> None:
    for candidate in (text, f"openid-credential-offer://?credential_offer={text}", f"https://{text}"):
        with suppress(PickUpError):
            assert reference_or_offer(candidate)


@given(st.binary())
def test_any_bytes_are_an_offer_or_a_typed_refusal(data: bytes) -> None:
    with pytest.raises(PickUpError):
        parse(data)
