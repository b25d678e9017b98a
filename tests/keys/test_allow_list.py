"""The signed list of what a compromised key truly signed (keys.trust.allow_list)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.trust import allow_list
from keys.trust.allow_list import MAGIC, AllowList, AllowListError, build

SALT = bytes(range(16))
KID = "NO-2026a"
FOR_KID = sha256(b"NO-2026a").digest()[:8]
INPUTS = [f"header.payload-{number}".encode() for number in range(200)]


def test_a_list_holds_what_it_was_built_from_and_nothing_else() -> None:
    listed = AllowList.read(build(KID, INPUTS, SALT), KID)
    assert len(listed) == len(INPUTS)
    assert all(map(listed.holds, INPUTS))
    assert not any(listed.holds(one + b"x") for one in INPUTS)
    assert not listed.holds(b"")


def test_the_format_is_magic_key_salt_and_sorted_half_digests() -> None:
    data = build(KID, [b"b", b"a", b"b"], SALT)
    entries = sorted(sha256(SALT + one).digest()[:16] for one in (b"a", b"b"))
    assert data == b"OBAL\x02" + FOR_KID + SALT + b"".join(entries)
    assert len(build(KID, INPUTS, SALT)) == 29 + 16 * len(INPUTS)


def test_an_empty_list_allows_nothing() -> None:
    listed = AllowList.read(build(KID, [], SALT), KID)
    assert len(listed) == 0
    assert not listed.holds(b"a")


def test_two_salts_share_no_entry() -> None:
    one, other = build(KID, INPUTS, SALT), build(KID, INPUTS, bytes(16))
    assert not {one[at : at + 16] for at in range(29, len(one), 16)} & {
        other[at : at + 16] for at in range(29, len(other), 16)
    }


@given(st.sets(st.binary(max_size=40), max_size=40), st.binary(max_size=40))
def test_membership_is_that_of_a_set(inputs: set[bytes], asked: bytes) -> None:
    listed = AllowList.read(build(KID, inputs, SALT), KID)
    assert listed.holds(asked) is (asked in inputs)
    assert all(map(listed.holds, inputs))


BAD = {
    "empty": b"",
    "another version": b"OBAL\x01" + FOR_KID + SALT,
    "another magic": b"OBAX\x02" + FOR_KID + SALT,
    "no whole salt": MAGIC + FOR_KID + SALT[:15],
    "half an entry": build(KID, [b"a"], SALT)[:-1],
    "a byte too many": build(KID, [b"a"], SALT) + b"\0",
    "an entry twice": build(KID, [b"a"], SALT) + build(KID, [b"a"], SALT)[29:],
    "out of order": MAGIC + FOR_KID + SALT + b"\2" * 16 + b"\1" * 16,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_malformed_list_is_refused(data: bytes) -> None:
    with pytest.raises(AllowListError):
        AllowList.read(data, KID)


@pytest.mark.parametrize("kid", ["NO-2026b", "no-2026a", "NO-2026a ", ""])
def test_the_list_of_one_key_is_not_taken_for_anothers(kid: str) -> None:
    with pytest.raises(AllowListError, match="the allow list of another key"):
        AllowList.read(build(KID, INPUTS, SALT), kid)


def test_a_list_of_more_entries_than_are_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = build(KID, INPUTS, SALT)
    monkeypatch.setattr(allow_list, "MAX_ENTRIES", len(INPUTS) - 1)
    with pytest.raises(AllowListError, match="at most 199"):
        AllowList.read(data, KID)
    with pytest.raises(AllowListError, match="holds 199"):
        build(KID, INPUTS, SALT)


def test_a_salt_has_16_bytes() -> None:
    with pytest.raises(AllowListError, match="a salt of 15 bytes"):
        build(KID, INPUTS, SALT[:15])
