"""Status lists: read strictly, signed by who owns their address, never replaced by an older or bad one."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulator import DAY, NOW, Authority, directory, seeded_signer

from keys import jws
from keys.encoding import Json, b64url_encode, json_dumps, json_object
from keys.trust.directory import KeyState
from verifier import status
from verifier.status import Status, StatusBook, StatusList, StatusListError, pack_states, verify_list

NORWAY = Authority("NO")
DENMARK = Authority("DK")
BOTH = directory(NORWAY, DENMARK)


def read(token: str) -> StatusList:
    return verify_list(token, directory=BOTH)


def test_a_list_says_who_signed_it_and_when() -> None:
    found = read(NORWAY.status_list(exp=NOW + 60 * DAY))
    assert (found.uri, found.issuer) == (NORWAY.status_uri, NORWAY.iss)
    assert (found.iat, found.exp, found.bits) == (NOW, NOW + 60 * DAY, 2)
    assert len(found) == NORWAY.list_size


@pytest.mark.parametrize(
    ("bits", "states", "values"),
    [
        (1, [0b10111001, 0b10100011], [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        (2, [0xC9, 0x44, 0xF9], [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
        (4, [0x21, 0x03], [1, 2, 3, 0]),
        (8, [0, 1, 2, 3], [0, 1, 2, 3]),
    ],
)
def test_the_lowest_bits_come_first(bits: int, states: list[int], values: list[int]) -> None:
    found = StatusList(uri="", issuer="", iat=NOW, exp=None, bits=bits, states=bytes(states))
    assert [found.get(idx) for idx in range(len(found))] == [Status(value) for value in values]


@pytest.mark.parametrize("value", [4, 15])
def test_a_value_without_meaning_is_none_and_never_valid(value: int) -> None:
    found = StatusList(uri="", issuer="", iat=NOW, exp=None, bits=4, states=bytes([value]))
    assert found.get(0) is None


@pytest.mark.parametrize("idx", [-1, -4, 12, 2**31])
def test_an_index_outside_the_list_is_an_error_and_never_valid(idx: int) -> None:
    found = StatusList(uri="", issuer="", iat=NOW, exp=None, bits=2, states=bytes(3))
    with pytest.raises(IndexError):
        found.get(idx)


@given(st.dictionaries(st.integers(0, 127), st.sampled_from(Status)), st.sampled_from([2, 4, 8]))
def test_what_is_packed_and_signed_is_what_is_read(states: dict[int, Status], bits: int) -> None:
    token = status.encode(
        pack_states(states, 128, bits=bits), uri=NORWAY.status_uri, iat=NOW, exp=None, ttl=None,
        signer=NORWAY.signers[NORWAY.status_kid], kid=NORWAY.status_kid, bits=bits,
    )  # fmt: skip
    found = read(token)
    assert [found.get(idx) for idx in range(128)] == [states.get(idx, Status.VALID) for idx in range(128)]


@pytest.mark.parametrize(
    ("states", "size", "bits"), [({}, 7, 2), ({}, 0, 2), ({}, 8, 3), ({8: 1}, 8, 2), ({0: 2}, 8, 1)]
)
def test_a_list_that_nobody_could_read_is_not_made(states: dict[int, int], size: int, bits: int) -> None:
    with pytest.raises(ValueError, match=r"list|bits"):
        pack_states({idx: Status(value) for idx, value in states.items()}, size, bits=bits)


# Ways to be wrong


def bent(
    change: Callable[[dict[str, Json]], object],
    *,
    typ: str = status.TYP,
    header: dict[str, Json] | None = None,
) -> str:
    """Norway's list with other claims, signed by Norway's status key all the same."""
    claims = json_object(jws.parse(NORWAY.status_list()).payload)
    change(claims)
    kid = NORWAY.status_kid
    return jws.sign(json_dumps(claims), NORWAY.signers[kid], typ=typ, kid=kid, header=header)


def with_lst(lst: object, bits: object = 2) -> str:
    return bent(lambda claims: claims.update(status_list={"bits": bits, "lst": lst}))  # type: ignore[dict-item]


def deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


WRONG = {
    "no token": "statuslist",
    "another type": bent(lambda _: None, typ="jwt"),
    "a credential's type": bent(lambda _: None, typ="dc+sd-jwt"),
    "critical header": bent(lambda _: None, header={"crit": ["x"]}),
    "header that is not ours": bent(lambda _: None, header={"x5c": []}),
    "no sub": bent(lambda claims: claims.pop("sub")),
    "sub is a number": bent(lambda claims: claims.update(sub=1)),
    "empty sub": bent(lambda claims: claims.update(sub="")),
    "sub with a line break": bent(lambda claims: claims.update(sub=NORWAY.status_uri + "\n")),
    "sub of another authority": bent(lambda claims: claims.update(sub=DENMARK.status_uri)),
    "sub of nobody": bent(lambda claims: claims.update(sub="https://evil.example/status/1")),
    "sub that only looks alike": bent(lambda claims: claims.update(sub="https://no.example.evil/status/1")),
    "no iat": bent(lambda claims: claims.pop("iat")),
    "iat is text": bent(lambda claims: claims.update(iat="1")),
    "iat is true": bent(lambda claims: claims.update(iat=True)),
    "iat is negative": bent(lambda claims: claims.update(iat=-1)),
    "iat after 2199": bent(lambda claims: claims.update(iat=7_258_118_400)),
    "iat before the key": bent(lambda claims: claims.update(iat=int((NOW - 900 * DAY).timestamp()))),
    "exp is null": bent(lambda claims: claims.update(exp=None)),
    "no status_list": bent(lambda claims: claims.pop("status_list")),
    "status_list is an array": bent(lambda claims: claims.update(status_list=[])),
    "3 bits": with_lst(b64url_encode(deflated(bytes(8))), 3),
    "bits are text": with_lst(b64url_encode(deflated(bytes(8))), "2"),
    "bits are true": with_lst(b64url_encode(deflated(bytes(8))), True),
    "no lst": with_lst(None),
    "lst is padded": with_lst(b64url_encode(deflated(bytes(9))) + "="),
    "lst is not zlib": with_lst(b64url_encode(b"no zlib")),
    "lst is raw deflate": with_lst(b64url_encode(deflated(bytes(8))[2:-4])),
    "lst is cut off": with_lst(b64url_encode(deflated(bytes(8))[:-1])),
    "lst has a tail": with_lst(b64url_encode(deflated(bytes(8)) + b"x")),
    "lst has a wrong checksum": with_lst(b64url_encode(deflated(bytes(8))[:-1] + b"x")),
    "lst is empty": with_lst(b64url_encode(deflated(b""))),
    "lst is a bomb": with_lst(b64url_encode(deflated(bytes(status.MAX_ARRAY + 1)))),
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG.keys())
def test_a_list_that_is_wrong_in_any_way_is_refused(token: str) -> None:
    with pytest.raises(StatusListError):
        read(token)


def test_a_list_of_fifty_megabytes_is_refused() -> None:
    with pytest.raises(StatusListError):
        read("eyJ" + "A" * 50_000_000)


def test_a_bomb_inflates_no_further_than_its_bound() -> None:
    bomb = zlib.compressobj(9)
    data = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(200)) + bomb.flush()
    with pytest.raises(StatusListError, match="more than"):
        status.inflate(data)


def test_the_largest_list_is_read() -> None:
    assert len(status.inflate(deflated(bytes(status.MAX_ARRAY)))) == status.MAX_ARRAY


def test_a_certificate_key_signs_no_lists() -> None:
    with pytest.raises(StatusListError, match="may not sign status"):
        read(NORWAY.status_list(kid=NORWAY.certificate_kid))


def test_another_authoritys_key_signs_no_list_here() -> None:
    kid = DENMARK.status_kid
    token = jws.parse(NORWAY.status_list())
    forged = jws.sign(token.payload, DENMARK.signers[kid], typ=status.TYP, kid=kid)
    with pytest.raises(StatusListError, match="no key of"):
        read(forged)


def test_a_list_without_a_key_id_is_refused() -> None:
    token = jws.parse(NORWAY.status_list())
    with pytest.raises(StatusListError, match="no key of"):
        read(jws.sign(token.payload, NORWAY.signers[NORWAY.status_kid], typ=status.TYP))


def test_a_forged_signature_is_refused() -> None:
    token = jws.parse(NORWAY.status_list())
    thief = seeded_signer("thief")
    with pytest.raises(StatusListError, match="not signed by"):
        read(jws.sign(token.payload, thief, typ=status.TYP, kid=NORWAY.status_kid))


@pytest.mark.parametrize("state", [KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY])
def test_a_compromised_status_key_signs_nothing_any_more(state: KeyState) -> None:
    norway = Authority("NO")
    token = norway.status_list()
    norway.retire_key(norway.status_kid, state)
    with pytest.raises(StatusListError):
        verify_list(token, directory=norway.directory())


def test_a_list_dated_ahead_of_the_clock_does_not_come_in() -> None:
    token = NORWAY.status_list(at=NOW + 2 * DAY)
    assert verify_list(token, directory=BOTH).iat == NOW + 2 * DAY
    with pytest.raises(StatusListError, match="still to come"):
        verify_list(token, directory=BOTH, at=NOW)
    assert verify_list(token, directory=BOTH, at=NOW + DAY)


def test_an_old_and_expired_list_is_still_read_since_it_can_show_a_revocation() -> None:
    assert verify_list(NORWAY.status_list(at=NOW - 300 * DAY, exp=NOW - 200 * DAY), directory=BOTH, at=NOW)


# The newest wins


@given(st.permutations([0, 1, 5, 30]))
def test_the_newest_list_wins_in_any_order(days: list[int]) -> None:
    lists = [read(NORWAY.status_list(at=NOW - age * DAY)) for age in days]
    assert StatusBook(lists)[NORWAY.status_uri].iat == NOW
    book = StatusBook(pack="first")
    for one in lists:
        book = book.merged([one])
    assert book[NORWAY.status_uri].iat == NOW
    assert book.pack == "first"


def test_of_two_lists_of_one_second_the_one_that_is_held_stays() -> None:
    first = read(NORWAY.status_list())
    second = replace(first, states=bytes(len(first.states)))
    assert StatusBook([first]).merged([second])[first.uri] is first
    assert StatusBook([second, replace(first, iat=NOW - timedelta(seconds=1))])[first.uri] is second


def test_a_book_is_a_mapping_of_addresses() -> None:
    book = StatusBook([read(NORWAY.status_list()), read(DENMARK.status_list())])
    assert sorted(book) == [DENMARK.status_uri, NORWAY.status_uri]
    assert len(book) == 2
    assert book.get("https://nobody.example") is None
