"""Status lists for ships: only what a flag's own status key has signed, every byte of it, or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ship_lists import Series, changed, random_states
from support.simulator import DAY, NOW, Authority, directory, seeded_signer

from keys.algorithms import Algorithm
from keys.trust.directory import STATUS, Environment, KeyState
from keys.trust.list_header import MAX_NUMBER
from verifier import rice, ship_status, ship_status_writing, status
from verifier.rice import MAX_SIZE
from verifier.ship_status import ForkedList, Kind, WrongBase, apply_delta, peek, reverify, verify_snapshot
from verifier.statement import Statement, sign
from verifier.status import Status, StatusList, StatusListError

NORWAY = Authority("NO")
DENMARK = Authority("DK")
BOTH = directory(NORWAY, DENMARK)
FIRST = random_states(2_000, 40)
SECOND = changed(FIRST, {3: 1, 1_700: 2, 1_999: 3})
THIRD = changed(SECOND, {3: 0, 4: 1})
SERIES = Series(NORWAY, FIRST, SECOND, THIRD)


def held(number: int = 1, series: Series = SERIES) -> StatusList:
    return verify_snapshot(series.snapshot(number), directory=BOTH)


# What is good


def test_a_snapshot_says_who_signed_which_number_and_when() -> None:
    found = verify_snapshot(SERIES.snapshot(2), directory=BOTH, at=NOW)
    statement = SERIES.statements[1]
    assert (found.uri, found.issuer, found.number) == (NORWAY.status_uri, NORWAY.iss, 2)
    assert (found.iat, found.exp, found.bits) == (statement.iat, statement.exp, 2)
    assert (found.states, found.statement, found.behind) == (SECOND, statement, False)


@given(st.dictionaries(st.integers(0, 511), st.sampled_from(Status)), st.booleans())
def test_all_four_states_come_back(states: dict[int, Status], expires: bool) -> None:
    series = Series(NORWAY)
    statement = series.publish(status.pack_states(states, 512), expires=expires)
    found = verify_snapshot(series.snapshot(), directory=BOTH)
    assert [found.get(idx) for idx in range(512)] == [states.get(idx, Status.VALID) for idx in range(512)]
    assert found.exp == statement.exp


@pytest.mark.parametrize(("since", "number"), [(1, 2), (2, 3), (1, 3)])
def test_a_delta_leads_from_any_earlier_number_to_the_same_list_as_the_snapshot(
    since: int, number: int
) -> None:
    after = apply_delta(held(since), SERIES.delta(since, number), directory=BOTH, at=NOW)
    assert after == held(number)


def test_deltas_chain() -> None:
    second = apply_delta(held(1), SERIES.delta(1, 2), directory=BOTH)
    assert apply_delta(second, SERIES.delta(2, 3), directory=BOTH) == held(3)


def test_a_delta_without_changes_renews_the_date() -> None:
    series = Series(NORWAY, FIRST, FIRST)
    after = apply_delta(held(1, series), series.delta(), directory=BOTH)
    assert (after.states, after.iat) == (FIRST, series.statements[1].iat)
    assert len(series.delta()) <= 82


def test_a_delta_builds_on_a_list_that_came_as_a_token_of_the_same_states() -> None:
    token = NORWAY.status_list(FIRST, at=SERIES.statements[0].iat)
    from_token = status.verify_list(token, directory=BOTH)
    assert from_token.number is None
    assert apply_delta(from_token, SERIES.delta(1, 2), directory=BOTH) == held(2)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_status_keys_sign_with_either_algorithm(algorithm: Algorithm) -> None:
    norway = Authority("NO")
    signer = seeded_signer("lists", algorithm)
    norway.add_key(STATUS, signer=signer)
    series = Series(norway, FIRST, signer=signer)
    assert verify_snapshot(series.snapshot(), directory=norway.directory()).states == FIRST


def test_of_two_status_keys_either_may_have_signed_even_with_one_hint() -> None:
    norway = Authority("NO")
    hint = SERIES.statements[0].key_hint
    twin = next(
        signer
        for number in range(5_000)
        if _hint(signer := seeded_signer(f"twin {number}", Algorithm.ED25519)) == hint
    )
    norway.add_key(STATUS, signer=twin)
    for signer in (norway.signers[norway.status_kid], twin):
        series = Series(norway, FIRST, SECOND, signer=signer)
        first = verify_snapshot(series.snapshot(), directory=norway.directory())
        assert apply_delta(first, series.delta(), directory=norway.directory()).states == SECOND


def _hint(signer: object) -> int:
    from verifier.statement import key_hint

    return key_hint(signer.public_key)  # type: ignore[attr-defined]


def test_a_list_of_the_last_number_is_read() -> None:
    statement = _statement(number=MAX_NUMBER)
    blob = ship_status_writing.to_snapshot(statement, SECOND, flag="NO", name="1")
    assert verify_snapshot(blob, directory=BOTH).number == MAX_NUMBER
    delta = ship_status_writing.to_delta(statement, SECOND, since=1, before_states=FIRST, flag="NO", name="1")
    assert apply_delta(held(1), delta, directory=BOTH).number == MAX_NUMBER


def test_a_header_is_read_without_any_key() -> None:
    assert peek(SERIES.snapshot(2)) == (Kind.SNAPSHOT, "NO", "1", 2, None, SERIES.statements[1].iat)
    assert peek(SERIES.delta(1, 3)) == (Kind.DELTA, "NO", "1", 3, 1, SERIES.statements[2].iat)


def test_the_smaller_of_delta_and_snapshot_is_offered() -> None:
    series = Series(NORWAY, FIRST, SECOND, random_states(2_000, 40, seed=7), random_states(4_000, 40))

    def offered(since: int, number: int) -> Kind:
        blob = ship_status_writing.smaller(
            series.statements[number - 1], series.states[number - 1],
            since=since, before_states=series.states[since - 1], flag="NO", name="1",
        )  # fmt: skip
        return peek(blob).kind

    assert offered(1, 2) is Kind.DELTA
    assert offered(1, 3) is Kind.SNAPSHOT  # so much has changed
    assert offered(3, 4) is Kind.SNAPSHOT  # the list has grown


# The flag's own status key, in its time


def test_a_status_key_of_one_flag_signs_no_list_of_another() -> None:
    series = Series(NORWAY, FIRST, SECOND, signer=DENMARK.signers[DENMARK.status_kid])
    with pytest.raises(StatusListError, match="no key of Sjøfartsdirektoratet"):
        verify_snapshot(series.snapshot(), directory=BOTH)
    with pytest.raises(StatusListError, match="no key of Sjøfartsdirektoratet"):
        apply_delta(held(1), Series(NORWAY, FIRST, SECOND, signer=series.signer).delta(), directory=BOTH)


def test_a_list_signed_for_one_flag_is_none_of_anothers_though_the_header_says_so() -> None:
    for blob in (SERIES.snapshot(), SERIES.delta()):
        moved = blob.replace(b"NO", b"DK", 1)
        with pytest.raises(StatusListError):
            verify_snapshot(moved, directory=BOTH)


def test_a_certificate_key_signs_no_lists() -> None:
    series = Series(NORWAY, FIRST, signer=NORWAY.signers[NORWAY.certificate_kid])
    with pytest.raises(StatusListError, match="may not sign status"):
        verify_snapshot(series.snapshot(), directory=BOTH)


def test_a_thiefs_key_signs_nothing() -> None:
    series = Series(NORWAY, FIRST, signer=seeded_signer("thief"))
    with pytest.raises(StatusListError, match="no key of"):
        verify_snapshot(series.snapshot(), directory=BOTH)
    hint = SERIES.statements[0].key_hint
    posing = replace(series.statements[0], key_hint=hint)
    blob = ship_status_writing.to_snapshot(posing, FIRST, flag="NO", name="1")
    with pytest.raises(StatusListError, match=f"not signed by {NORWAY.status_kid}"):
        verify_snapshot(blob, directory=BOTH)


BAD_KEYS: dict[str, tuple[Callable[[Authority], object], str]] = {
    "revoked": (lambda no: no.retire_key(no.status_kid, KeyState.REVOKED), "is revoked"),
    "compromised": (lambda no: no.retire_key(no.status_kid, KeyState.ALLOW_LIST_ONLY), "is compromised"),
    "not yet in its window": (lambda no: no.change_key(no.status_kid, sign_from=NOW), "was not to sign at"),
    "past its window": (lambda no: no.change_key(no.status_kid, sign_until=NOW - 2 * DAY), "was not to sign"),
    "of another purpose": (
        lambda no: no.change_key(no.status_kid, purposes=frozenset({"competency"})), "may not sign status",
    ),
    "of the other environment": (
        lambda no: no.change_key(no.status_kid, environment=Environment.PRODUCTION), "production key",
    ),
    "two under one name": (lambda no: no.change_key(no.status_kid, conflicting=True), "two different keys"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "why"), BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_key_that_is_not_good_for_it_signs_no_list_and_undoes_those_held(
    spoil: Callable[[Authority], object], why: str
) -> None:
    norway = Authority("NO")
    series = Series(norway, FIRST, SECOND)
    kept = verify_snapshot(series.snapshot(), directory=norway.directory())
    spoil(norway)
    for judge in (
        lambda: verify_snapshot(series.snapshot(), directory=norway.directory()),
        lambda: apply_delta(kept, series.delta(), directory=norway.directory()),
        lambda: reverify(kept, directory=norway.directory()),
    ):
        with pytest.raises(StatusListError, match=why):
            judge()


def test_what_a_retired_key_signed_in_its_time_stays_good() -> None:
    norway = Authority("NO")
    series = Series(norway, FIRST)
    kept = verify_snapshot(series.snapshot(), directory=norway.directory())
    norway.retire_key(norway.status_kid)
    norway.add_key(STATUS)
    assert reverify(kept, directory=norway.directory()) == kept


def test_an_authority_that_left_the_directory_has_no_lists() -> None:
    alone = directory(DENMARK)
    for judge in (
        lambda: verify_snapshot(SERIES.snapshot(), directory=alone),
        lambda: apply_delta(held(), SERIES.delta(), directory=alone),
        lambda: reverify(held(), directory=alone),
    ):
        with pytest.raises(StatusListError, match="no authority"):
            judge()


def test_a_key_of_the_flag_under_another_of_its_issuer_addresses_counts() -> None:
    norway = Authority("NO")
    norway.entry = replace(norway.entry, issuers=("https://first.example", norway.iss))
    assert verify_snapshot(SERIES.snapshot(), directory=norway.directory()).issuer == norway.iss


# What is held, judged anew


@pytest.mark.parametrize(
    "changes",
    [
        {"states": SECOND},
        {"uri": DENMARK.status_uri},
        {"statement": SERIES.statements[1]},
        {"statement": None},
    ],
)
def test_a_list_that_is_held_is_judged_by_its_own_signature(changes: dict[str, object]) -> None:
    assert reverify(held(), directory=BOTH) == held()
    with pytest.raises(StatusListError):
        reverify(replace(held(), **changes), directory=BOTH)  # type: ignore[arg-type]


# A delta fits one list and no other


def test_a_delta_whose_before_hash_does_not_fit_is_refused_and_says_so() -> None:
    other = Series(NORWAY, random_states(2_000, 40, seed=3))
    with pytest.raises(
        WrongBase, match=r"number 2: the delta builds on other states of number 1 than those held"
    ):
        apply_delta(held(1, other), SERIES.delta(), directory=BOTH)


def test_a_delta_from_another_number_is_refused_and_says_so() -> None:
    with pytest.raises(WrongBase, match="builds on number 2, and number 1 is held"):
        apply_delta(held(1), SERIES.delta(2, 3), directory=BOTH)


def test_a_delta_whose_check_bytes_happen_to_fit_is_refused_by_the_signature() -> None:
    wanted = sha256(FIRST).digest()[:2]
    other = next(
        states
        for seed in range(1_000_000)
        if sha256(states := seed.to_bytes(4, "big") + FIRST[4:]).digest()[:2] == wanted and states != FIRST
    )
    with pytest.raises(StatusListError, match="built on other states"):
        apply_delta(held(1, Series(NORWAY, other)), SERIES.delta(), directory=BOTH)


def test_a_delta_on_another_list_is_refused() -> None:
    danish = Series(DENMARK, FIRST, SECOND)
    with pytest.raises(StatusListError, match="a delta to another list"):
        apply_delta(held(1, danish), SERIES.delta(), directory=BOTH)


def test_a_delta_on_a_list_of_one_bit_is_refused() -> None:
    with pytest.raises(WrongBase):
        apply_delta(replace(held(), bits=1, number=None), SERIES.delta(), directory=BOTH)


def test_a_delta_signed_before_what_it_builds_on_is_refused() -> None:
    late = replace(held(), iat=NOW)
    with pytest.raises(StatusListError, match="signed before the list that it builds on"):
        apply_delta(late, SERIES.delta(), directory=BOTH)


def test_each_kind_is_read_as_what_it_is() -> None:
    with pytest.raises(StatusListError, match="a delta, where a snapshot is needed"):
        verify_snapshot(SERIES.delta(), directory=BOTH)
    with pytest.raises(StatusListError, match="a snapshot, where a delta is needed"):
        apply_delta(held(), SERIES.snapshot(2), directory=BOTH)


# Forks


def _statement(states: bytes = SECOND, **changes: object) -> Statement:
    claims: dict[str, object] = {
        "uri": NORWAY.status_uri, "number": 2, "iat": SERIES.statements[1].iat, "exp": None,
        "before": FIRST, "signer": NORWAY.signers[NORWAY.status_kid],
    }  # fmt: skip
    return sign(states, **(claims | changes))  # type: ignore[arg-type]


def listed(statement: Statement, states: bytes = SECOND) -> StatusList:
    return verify_snapshot(
        ship_status_writing.to_snapshot(statement, states, flag="NO", name="1"), directory=BOTH
    )


FORKS = {
    "same number, other states": (listed(_statement(THIRD), THIRD), "two different lists were signed"),
    "same number, other time": (listed(_statement(iat=NOW)), "two different lists"),
    "same number, other end": (listed(_statement(exp=SERIES.statements[1].iat + DAY)), "two different lists"),
    "same number, other past": (listed(_statement(before=THIRD)), "two different lists"),
    "later number, no later": (listed(_statement(number=7)), "number 7 was signed no later than number 2"),
    "later number, earlier": (
        listed(_statement(number=7, iat=NOW - 30 * DAY)), "number 7 was signed no later than number 2",
    ),
    "earlier number, later": (
        listed(_statement(FIRST, number=1, before=None, iat=NOW), FIRST), "number 2 was signed no later than",
    ),
    "next number on another past": (
        listed(_statement(THIRD, number=3, before=FIRST, iat=NOW), THIRD), "builds on another number 2",
    ),
    "number before with another future": (
        listed(_statement(THIRD, number=1, before=None, iat=NOW - 20 * DAY), THIRD),
        "builds on another number 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("offered", "why"), FORKS.values(), ids=FORKS.keys())
def test_a_fork_is_refused_and_is_to_be_reported(offered: StatusList, why: str) -> None:
    with pytest.raises(ForkedList, match=rf"{why}.*report this to the authority"):
        ship_status.refuse_fork(held(2), offered)
    with pytest.raises(ForkedList, match=why):
        ship_status.refuse_fork(offered, held(2))


def test_lists_that_agree_are_no_fork() -> None:
    again = listed(_statement(exp=SERIES.statements[1].exp))  # signed once more: another signature
    assert again.statement != held(2).statement
    token = status.verify_list(NORWAY.status_list(THIRD), directory=BOTH)
    for offered in (held(1), held(2), held(3), again, token):
        ship_status.refuse_fork(held(2), offered)
        ship_status.refuse_fork(offered, held(2))
    ship_status.refuse_fork(None, held(2))


# Time


def test_a_list_dated_ahead_of_the_clock_does_not_come_in() -> None:
    ahead = _statement(iat=NOW + 2 * DAY)
    snapshot = ship_status_writing.to_snapshot(ahead, SECOND, flag="NO", name="1")
    delta = ship_status_writing.to_delta(ahead, SECOND, since=1, before_states=FIRST, flag="NO", name="1")
    assert verify_snapshot(snapshot, directory=BOTH).iat == NOW + 2 * DAY
    for judge in (
        lambda: verify_snapshot(snapshot, directory=BOTH, at=NOW),
        lambda: apply_delta(held(), delta, directory=BOTH, at=NOW),
    ):
        with pytest.raises(StatusListError, match="still to come"):
            judge()
    assert verify_snapshot(snapshot, directory=BOTH, at=NOW + DAY)


def test_an_old_and_expired_list_is_still_read_since_it_can_show_a_revocation() -> None:
    old = _statement(iat=NOW - 300 * DAY, exp=NOW - 200 * DAY)
    assert listed(old).exp == NOW - 200 * DAY


@pytest.mark.parametrize("iat", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2155, 12, 31, tzinfo=UTC)])
def test_times_at_the_ends_of_the_wire_come_back(iat: datetime) -> None:
    norway = Authority("NO")
    norway.change_key(norway.status_kid, sign_from=iat - DAY, sign_until=iat + DAY, verify_until=iat + DAY)
    blob = ship_status_writing.to_snapshot(_statement(iat=iat, exp=iat + DAY), SECOND, flag="NO", name="1")
    found = verify_snapshot(blob, directory=norway.directory())
    assert (found.iat, found.exp) == (iat, iat + timedelta(days=1))


# Every byte


def test_every_one_byte_flip_of_a_snapshot_is_refused_or_says_the_same() -> None:
    _every_flip(SERIES.snapshot(2), lambda blob: verify_snapshot(blob, directory=BOTH))


def test_every_one_byte_flip_of_a_delta_is_refused_or_says_the_same() -> None:
    _every_flip(SERIES.delta(1, 2), lambda blob: apply_delta(held(1), blob, directory=BOTH))
    _every_flip(SERIES.delta(1, 3), lambda blob: apply_delta(held(1), blob, directory=BOTH))


@given(
    st.dictionaries(st.integers(0, 511), st.sampled_from(Status), max_size=40),
    st.dictionaries(st.integers(0, 511), st.sampled_from(Status), max_size=8),
    st.integers(0, 10_000),
    st.integers(1, 255),
)
def test_a_flip_in_any_list_and_any_delta_is_refused_or_says_the_same(
    states: dict[int, Status], changes: dict[int, Status], place: int, flip: int
) -> None:
    series = Series(NORWAY, status.pack_states(states, 512), status.pack_states(states | changes, 512))
    first = held(1, series)
    for blob, good in ((series.snapshot(1), first), (series.delta(1, 2), held(2, series))):
        flipped = bytearray(blob)
        flipped[place % len(blob)] ^= flip
        read = verify_snapshot if good is first else partial(apply_delta, first)
        try:
            assert read(bytes(flipped), directory=BOTH) == good
        except StatusListError:
            continue


def _every_flip(blob: bytes, read: Callable[[bytes], StatusList]) -> None:
    good = read(blob)
    random = Random(20261122)
    for place in range(len(blob)):
        for flip in {1, 0x80, 0xFF, 1 << random.randrange(8), random.randrange(1, 256)}:
            flipped = bytearray(blob)
            flipped[place] ^= flip
            try:
                found = read(bytes(flipped))
            except StatusListError:
                continue
            assert found == good, (place, flip)


def test_every_truncation_and_every_tail_is_refused() -> None:
    first = held(1)
    for blob in (SERIES.snapshot(2), SERIES.delta(1, 2), SERIES.delta(1, 3)):
        for bad in (
            *(blob[:length] for length in range(len(blob))),
            blob + b"\0",
            blob + b"\x80",
            blob + blob,
        ):
            with pytest.raises(StatusListError):
                verify_snapshot(bad, directory=BOTH)
            with pytest.raises(StatusListError):
                apply_delta(first, bad, directory=BOTH)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x01NO\x011", b"\x02NO\x011"]))
def test_any_bytes_are_refused_by_name(data: bytes, start: bytes) -> None:
    blob = start + data
    for judge in (
        lambda: verify_snapshot(blob, directory=BOTH),
        lambda: apply_delta(held(1), blob, directory=BOTH),
    ):
        with pytest.raises(StatusListError):
            judge()


def header(
    kind: int = 1, flag: bytes = b"NO", name: bytes = b"\x011", number: bytes = b"\x02", days: bytes = b"\x3c"
) -> bytes:
    return bytes([kind]) + flag + name + number + bytes(4) + days + b"\0"


TAIL = b"p" * 16 + bytes(64) + rice.encode(FIRST)
HOSTILE = {
    "of no kind": header(kind=0) + b"\xfa\x01" + TAIL,
    "of kind 3": header(kind=3) + b"\xfa\x01" + TAIL,
    "flag in small letters": header(flag=b"no") + b"\xfa\x01" + TAIL,
    "flag that is none": header(flag=b"\xff\xfe") + b"\xfa\x01" + TAIL,
    "flag of nobody": header(flag=b"ZZ") + b"\xfa\x01" + TAIL,
    "no name": header(name=b"\0") + b"\xfa\x01" + TAIL,
    "name with a space": header(name=b"\x031 1") + b"\xfa\x01" + TAIL,
    "name with a line break": header(name=b"\x021\n") + b"\xfa\x01" + TAIL,
    "name of 65 characters": header(name=b"\x41" + b"1" * 65) + b"\xfa\x01" + TAIL,
    "number 0": header(number=b"\0") + b"\xfa\x01" + TAIL,
    "number 2^31": header(number=b"\x80\x80\x80\x80\x08") + b"\xfa\x01" + TAIL,
    "number of 6 bytes": header(number=b"\xff\xff\xff\xff\xff\x01") + b"\xfa\x01" + TAIL,
    "number spelled too long": header(number=b"\x82\x00") + b"\xfa\x01" + TAIL,
    "end in 2^31 days": header(days=b"\xff\xff\xff\xff\x07") + b"\xfa\x01" + TAIL,
    "end after 2199": header(days=b"\xa0\x8d\x06") + b"\xfa\x01" + TAIL,
    "no entries": header() + b"\x00" + TAIL,
    "2^31 entries": header() + b"\x80\x80\x80\x80\x01" + TAIL,
    "2^38 entries": header() + b"\xff\xff\xff\xff\x7f" + TAIL,
    "one entry too many": header() + b"\x81\x80\x80\x01" + TAIL,
    "2^24 entries": header() + b"\x80\x80\x80\x01" + TAIL,
    "8 MB": header() + b"\xfa\x01" + TAIL + bytes(8 << 20),
    "first number with a past": header(number=b"\x01") + b"\xfa\x01" + TAIL,
    "delta from itself": header(kind=2) + b"\x00" + TAIL,
    "delta from number 0": header(kind=2) + b"\x02" + TAIL,
    "delta from a number below 0": header(kind=2) + b"\x7f" + TAIL,
    "delta over 2^31 numbers": header(kind=2) + b"\x80\x80\x80\x80\x08" + TAIL,
}


@pytest.mark.parametrize("blob", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_header_is_refused(blob: bytes) -> None:
    with pytest.raises(StatusListError):
        verify_snapshot(blob, directory=BOTH)
    with pytest.raises(StatusListError):
        apply_delta(held(1), blob, directory=BOTH)


def test_the_hostile_headers_are_hostile_by_what_their_name_says() -> None:
    """The same bytes without the fault are taken apart, and only the signature is wrong."""
    with pytest.raises(StatusListError, match="no key of"):
        verify_snapshot(header() + b"\xfa\x01" + TAIL, directory=BOTH)


def test_a_million_entries_come_in_and_so_does_their_delta() -> None:
    big = random_states(1_000_000, 10_000)
    changes = dict.fromkeys(Random(5).sample(range(1_000_000), 20))
    series = Series(NORWAY, big, changed(big, changes))
    first = verify_snapshot(series.snapshot(), directory=BOTH)
    assert apply_delta(first, series.delta(), directory=BOTH).states == series.states[1]
    assert len(series.delta()) <= 135
    assert len(series.snapshot()) <= 12_100


def test_the_longest_list_is_read() -> None:
    series = Series(NORWAY, bytes(MAX_SIZE // 4))
    assert len(verify_snapshot(series.snapshot(), directory=BOTH)) == MAX_SIZE


# Making them


def test_what_is_not_true_is_not_put_together() -> None:
    statement = SERIES.statements[1]
    for flag, name in (("no", "1"), ("NO", "2"), ("NO", ""), ("NOR", "1"), ("NO", "1\n"), ("NO", "1" * 65)):
        with pytest.raises(ValueError, match="do not name the list"):
            ship_status_writing.to_snapshot(statement, SECOND, flag=flag, name=name)
    with pytest.raises(ValueError, match="signed for other states"):
        ship_status_writing.to_snapshot(statement, FIRST, flag="NO", name="1")
    with pytest.raises(ValueError, match="not the states of number 1"):
        ship_status_writing.to_delta(statement, SECOND, since=1, before_states=THIRD, flag="NO", name="1")
    for since in (0, 2, 3):
        with pytest.raises(ValueError, match="cannot build on"):
            ship_status_writing.to_delta(
                statement, SECOND, since=since, before_states=FIRST, flag="NO", name="1"
            )
