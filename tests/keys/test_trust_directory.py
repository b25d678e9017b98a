"""The directory as values: why a key is not good for something, and the small trust files."""

import contextlib
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulator import DAY, NOW, Authority, directory

from keys.said import Said
from keys.trust.allow_list import AllowList, build
from keys.trust.directory import (
    CERTIFICATES,
    LOG,
    PASS,
    PURPOSES,
    STATUS,
    DirectoryError,
    Environment,
    KeyState,
    TrustedKey,
    from_json,
    join,
    to_json,
)

TEST, PRODUCTION = Environment.TEST, Environment.PRODUCTION


def _key(**changes: Any) -> TrustedKey:
    authority = Authority("NO")
    authority.change_key(**changes)
    return authority.keys[authority.certificate_kid]


def _objection(key: TrustedKey, purpose: str = "competency", **moments: object) -> Said | None:
    settings = {"at_signing": NOW, "now": NOW, "environment": TEST, **moments}
    return key.objection(purpose, **settings)  # type: ignore[arg-type] # a table's values


@pytest.mark.parametrize("purpose", CERTIFICATES)
def test_a_key_in_its_window_is_good_for_each_of_its_purposes(purpose: str) -> None:
    assert _objection(_key(), purpose) is None


@pytest.mark.parametrize(
    ("changes", "asked", "reason"),
    [
        ({}, {"purpose": STATUS}, "may not sign status"),
        ({}, {"purpose": PASS}, "may not sign pass"),
        ({"purposes": frozenset({"medical"})}, {}, "may not sign competency"),
        ({"purposes": frozenset({LOG})}, {}, "may not sign competency"),
        ({"purposes": frozenset({LOG})}, {"purpose": PASS}, "may not sign pass"),
        ({"purposes": frozenset({LOG})}, {"purpose": STATUS}, "may not sign status"),
        ({}, {"at_signing": NOW - 366 * DAY}, "was not to sign"),
        ({}, {"at_signing": NOW + 366 * DAY}, "was not to sign"),
        ({}, {"now": NOW + 7 * 365 * DAY}, "counts no more"),
        ({}, {"environment": PRODUCTION}, "is a test key, and this is production"),
        ({"environment": PRODUCTION}, {}, "is a production key, and this is test"),
        ({"state": KeyState.REVOKED, "reason": "stolen"}, {}, "revoked: stolen"),
        ({"state": KeyState.ALLOW_LIST_ONLY}, {}, "compromised"),
        ({"conflicting": True}, {}, "two different keys"),
    ],
)
def test_a_key_is_refused_for_what_it_is_not_good_for(
    changes: dict[str, object], asked: dict[str, object], reason: str
) -> None:
    objection = _objection(_key(**changes), **asked)  # type: ignore[arg-type] # a table's values
    assert objection is not None
    assert reason in str(objection)


@pytest.mark.parametrize(
    ("moment", "good"),
    [("sign_from", True), ("sign_until", False)],
)
def test_the_signing_window_is_half_open(moment: str, good: bool) -> None:
    key = _key()
    assert (_objection(key, at_signing=getattr(key, moment)) is None) is good


def test_verify_until_is_the_first_moment_at_which_a_key_counts_no_more() -> None:
    key = _key()
    assert _objection(key, now=key.verify_until - timedelta(seconds=1)) is None
    assert _objection(key, now=key.verify_until) is not None


def test_a_retired_key_still_stands_behind_what_it_signed_in_its_window() -> None:
    authority = Authority("NO")
    old = authority.certificate_kid
    new = authority.rotate_key()
    assert _objection(authority.keys[old], at_signing=NOW - DAY) is None
    assert _objection(authority.keys[old], at_signing=NOW + DAY) is not None
    assert _objection(authority.keys[new], at_signing=NOW + DAY) is None


def test_back_dating_does_not_help_a_revoked_key() -> None:
    assert _objection(_key(state=KeyState.REVOKED), at_signing=NOW - 300 * DAY) is not None


def test_unknown_issuers_and_keys_are_unknown_and_not_errors() -> None:
    norway = Authority("NO")
    known = norway.directory()
    assert known.key(norway.iss, "NO-1999z") is None
    assert known.key("https://dk.example", norway.certificate_kid) is None
    assert known.authority("https://dk.example") is None
    assert known.authority(norway.iss) == norway.entry


def test_a_status_list_belongs_to_the_authority_that_pins_its_prefix() -> None:
    norway, denmark = Authority("NO"), Authority("DK")
    both = directory(norway, denmark)
    assert both.authority_for_status(denmark.status_uri) == denmark.entry
    assert both.authority_for_status("https://dk.example.evil.example/status/1") is None
    assert both.authority_for_status("https://dk.example/status") is None


def test_purposes_are_the_certificate_types_by_name() -> None:
    from verifier.credential.model import CertificateType

    assert {*PURPOSES} == {*CertificateType, STATUS, LOG}
    assert {*CERTIFICATES} == {*CertificateType} - {PASS}


# Trust files


def _rich_directory() -> tuple[Authority, Authority]:
    norway, denmark = Authority("NO"), Authority("DK")
    norway.retire_key(state=KeyState.REVOKED, reason="lost on the quay")
    denmark.change_key(conflicting=True)
    return norway, denmark


def test_a_directory_survives_its_trust_file() -> None:
    whole = directory(*_rich_directory(), time_floor=NOW - DAY)
    assert from_json(to_json(whole)) == whole
    assert len(whole.conflicts) == 1


def test_a_trust_file_holds_one_issuer_and_together_they_are_the_directory() -> None:
    norway, denmark = _rich_directory()
    whole = directory(norway, denmark)
    parts = [from_json(to_json(whole, iss)) for iss in (norway.iss, denmark.iss)]
    assert {key.issuer for key in parts[0].keys.values()} == {norway.iss}
    assert join(parts) == whole


def test_the_trust_file_of_an_unknown_issuer_holds_time_and_environment_alone() -> None:
    whole = Authority("NO").directory()
    nobody = from_json(to_json(whole, "https://nowhere.example"))
    assert nobody == replace(whole, authorities={}, keys={})


def test_trust_files_of_test_and_production_are_not_mixed() -> None:
    parts = [Authority("NO", environment=environment).directory() for environment in Environment]
    with pytest.raises(DirectoryError, match="cannot be mixed"):
        join(parts)


def test_joining_keeps_allow_lists_and_list_numbers_apart() -> None:
    parts = []
    for flag, number in (("NO", 7), ("DK", 12)):
        authority = Authority(flag)
        pair = (authority.iss, authority.certificate_kid)
        listed = AllowList.read(build("1", [flag.encode()], bytes(16)), "1")
        parts.append(
            replace(
                authority.directory(),
                allow_lists={pair: listed},
                list_numbers={authority.status_uri: number},
            )
        )
    joined = join(parts)
    assert joined.list_numbers == {"https://no.example/status/1": 7, "https://dk.example/status/1": 12}
    for part in parts:
        ((pair, listed),) = part.allow_lists.items()
        assert joined.allow_list(*pair) == listed
    assert joined.allow_list("https://no.example", "NO-2031") is None


def test_joining_keeps_the_latest_time() -> None:
    norway, denmark = Authority("NO"), Authority("DK")
    joined = join([norway.directory(NOW - DAY), denmark.directory(NOW)])
    assert (joined.time_floor, joined.published_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version":1', b'"version":2'),
        (b'"format":"ombord-trust"', b'"format":"other"'),
        (b'"environment":"test"', b'"environment":"rehearsal"'),
        (b'"time_floor":', b'"time_floor":-'),
        (b'"time_floor":', b'"time_floor":9'),
        (b'"state":"active"', b'"state":"fine"'),
        (b'"purposes":["', b'"purposes":["competency","'),
        (b'"issuers":["https://no.example"]', b'"issuers":[]'),
        (b'"crv":"P-256"', b'"crv":"P-384"'),
        (b'"name":"', b'"name":"\\u202e'),
        (b'"kid":', b'"kid":7,"id":'),
        (b'"keys":[', b'"keys":{'),
        (b"{", b"\xef\xbb\xbf{"),
    ],
)
def test_a_trust_file_that_was_tampered_with_is_refused_by_name(old: bytes, new: bytes) -> None:
    data = to_json(Authority("NO").directory())
    assert old in data
    with pytest.raises(DirectoryError):
        from_json(data.replace(old, new, 1))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_trust_file(data: bytes) -> None:
    with pytest.raises(DirectoryError):
        from_json(data)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_of_a_trust_file_never_crashes(position: int, bit: int) -> None:
    data = bytearray(to_json(Authority("NO").directory()))
    data[position % len(data)] ^= 1 << bit
    with contextlib.suppress(DirectoryError):
        from_json(bytes(data))


def test_instants_need_a_time_zone() -> None:
    naive = replace(Authority("NO").directory(), published_at=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        to_json(naive)


def test_the_directory_is_opened_without_what_makes_a_check_slow() -> None:
    slow = ["tuf", "securesystemslib", "logging", "pathlib", "tempfile", "zoneinfo"]
    code = f"import keys.trust.directory, sys; print([name for name in {slow} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
