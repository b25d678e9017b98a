"""What a status key signs for ships: exact bytes, and nothing that a ship could not read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from support.ship_lists import Series, changed
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys.algorithms import Algorithm, SignatureMismatch
from keys.encoding import b64url_encode, json_dumps, json_object
from keys.trust.list_header import MAX_NUMBER
from keys.trust.record import Record, RecordError
from verifier import statement
from verifier.statement import Statement, from_json, sign, to_json

NORWAY = Authority("NO")
EMPTY = bytes(256)
LATER = changed(EMPTY, {5: 1, 800: 2})


def signed(states: bytes = LATER, **changes: object) -> Statement:
    claims: dict[str, object] = {
        "uri": NORWAY.status_uri,
        "number": 2,
        "iat": NOW,
        "exp": NOW + 60 * DAY,
        "before": EMPTY,
        "signer": NORWAY.signers[NORWAY.status_kid],
    }
    return sign(states, **(claims | changes))  # type: ignore[arg-type] # wrong ones are the test


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    assert signed().message == (
        b"ombord-status-1\n"
        b'{"uri":"https://no.example/status/1","number":2,"iat":1795262400,"exp":1800446400,"bits":2,'
        b'"size":1024,"before":"%b","after":"%b"}'
    ) % (
        b64url_encode(sha256(EMPTY).digest()[:16]).encode(),
        b64url_encode(sha256(LATER).digest()).encode(),
    )


def test_the_first_number_has_no_states_before_it_and_a_list_may_have_no_end() -> None:
    first = signed(EMPTY, number=1, before=None, exp=None)
    assert first.before == bytes(16)
    assert b'"exp":null' in first.message


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_signature_is_the_keys_over_the_message(algorithm: Algorithm) -> None:
    signer = seeded_signer("status", algorithm)
    one = signed(signer=signer)
    signer.public_key.verify(one.message, one.signature)
    with pytest.raises(SignatureMismatch):
        signer.public_key.verify(replace(one, number=3).message, one.signature)


def test_it_is_no_status_list_token_and_no_other_thing_that_the_key_signs() -> None:
    """Its first line keeps it apart from every JWS signing input, which has no line break."""
    assert signed().message.startswith(b"ombord-status-1\n")


def test_the_last_number_is_2_to_the_31_less_one() -> None:
    assert signed(number=MAX_NUMBER).number == 2_147_483_647


NEVER = {
    "number 0": {"number": 0},
    "number 2^31": {"number": 1 << 31},
    "a first number with states before it": {"number": 1},
    "a later number with none": {"before": None},
    "a list of no multiple of 8": {"states": bytes(3)},
    "an empty list": {"states": b""},
    "more than 2^24 entries": {"states": bytes((1 << 22) + 2)},
    "half a second": {"iat": NOW + timedelta(milliseconds=500)},
    "before 2020": {"iat": datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC), "exp": None},
    "after 2155": {"iat": datetime(2160, 1, 1, tzinfo=UTC), "exp": None},
    "an end that is not whole days later": {"exp": NOW + timedelta(days=60, seconds=1)},
    "an end that is at once": {"exp": NOW},
    "an end before it was signed": {"exp": NOW - DAY},
    "an end after 2199": {"exp": NOW + 80_000 * DAY},
    "an address that is none": {"uri": "status/1"},
    "an address that JSON would escape": {"uri": 'https://no.example/"1'},
    "an address that is not ASCII": {"uri": "https://sjøfart.example/1"},
    "an address with a line break": {"uri": "https://no.example/1\n"},
    "an address of 2,000 characters": {"uri": "https://no.example/" + "1" * 2_000},
}


@pytest.mark.parametrize("changes", NEVER.values(), ids=NEVER.keys())
def test_what_no_ship_could_read_is_not_signed(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"number|entries|time|expires|address"):
        signed(**changes)


def test_what_a_device_keeps_is_the_statement() -> None:
    series = Series(NORWAY, EMPTY, LATER)
    for one in (*series.statements, signed(exp=None)):
        assert from_json(Record(json_object(json_dumps(to_json(one))), "statement")) == one


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 0},
        {"size": 4},
        {"key_hint": 256},
        {"iat": -1},
        {"exp": "x"},
        {"before": "="},
        {"signature": 1},
    ],
)
def test_what_is_kept_is_read_strictly(changes: dict[str, object]) -> None:
    kept = json_object(json_dumps(to_json(signed()) | changes))
    with pytest.raises(ValueError, match=r"statement|base64url"):
        from_json(Record(kept, "statement"))
    assert issubclass(RecordError, ValueError)


def test_the_key_hint_is_the_first_byte_of_the_thumbprint() -> None:
    key = NORWAY.signers[NORWAY.status_kid].public_key
    assert b64url_encode(bytes([statement.key_hint(key)]))[0] == key.thumbprint()[0]
    assert signed().key_hint == statement.key_hint(key)
