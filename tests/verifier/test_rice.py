"""Golomb-Rice: near the bound, lossless for any states, and bounded and strict for any bytes."""

import time
import tracemalloc
from math import lgamma, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ship_lists import changed, random_states

from verifier import rice
from verifier.rice import MAX_SIZE, RiceError


def bound(states: bytes) -> float:
    """Bytes that tell apart all arrays with these numbers of each state: a multinomial coefficient."""
    counts = [
        sum((byte >> place & 3) == state for byte in states for place in (0, 2, 4, 6)) for state in range(4)
    ]
    return (lgamma(sum(counts) + 1) - sum(lgamma(count + 1) for count in counts)) / log(256)


arrays = st.integers(1, 60).flatmap(lambda eighths: st.binary(min_size=2 * eighths, max_size=2 * eighths))
sparse = st.builds(
    lambda eighths, entries: changed(
        bytes(2 * eighths), {idx % (8 * eighths): state for idx, state in entries.items()}
    ),
    st.integers(1, 5_000),
    st.dictionaries(st.integers(0, 39_999), st.integers(1, 3), max_size=12),
)


@given(arrays | sparse)
def test_any_states_come_back(states: bytes) -> None:
    code = rice.encode(states)
    assert rice.decode(code, len(states) * 4) == states
    assert len(code) <= len(states)


@given(arrays, st.randoms(use_true_random=False))
def test_any_changes_come_back(before: bytes, random: Random) -> None:
    after = bytes(byte if random.random() < 0.7 else random.randrange(256) for byte in before)
    assert rice.apply_changes(before, rice.encode_changes(before, after)) == after


@pytest.mark.parametrize("size", [8, 100_000, 1_000_000, MAX_SIZE])
def test_a_list_that_is_all_valid_is_one_byte(size: int) -> None:
    code = rice.encode(bytes(size // 4))
    assert len(code) == 1
    assert rice.decode(code, size) == bytes(size // 4)


@pytest.mark.parametrize("state", [1, 2, 3])
@pytest.mark.parametrize("idx", [0, 1, 7, 99_999, 999_999])
def test_one_entry_anywhere_comes_back(state: int, idx: int) -> None:
    states = changed(bytes(250_000), {idx: state})
    code = rice.encode(states)
    assert len(code) <= 5
    assert rice.decode(code, 1_000_000) == states


@pytest.mark.parametrize(
    ("share", "mix", "at_most"),
    [
        (0.01, (60, 15, 25), 1.02),
        (0.01, (1, 0, 0), 1.02),
        (0.01, (1, 1, 1), 1.02),
        (0.01, (98, 1, 1), 1.02),
        (0.001, (60, 15, 25), 1.02),
        (0.05, (60, 15, 25), 1.03),
        (0.3, (10, 5, 85), 1.05),
    ],
)
def test_random_places_take_little_more_than_the_bound(
    share: float, mix: tuple[int, int, int], at_most: float
) -> None:
    states = random_states(400_000, round(400_000 * share), mix=mix)
    code = rice.encode(states)
    assert rice.decode(code, 400_000) == states
    assert len(code) <= at_most * bound(states)


def test_places_in_a_row_take_no_more_than_they_need() -> None:
    """Where entries are not at random, the parameter is named."""
    states = changed(bytes(250_000), dict.fromkeys(range(0, 20_000, 2), 1))
    assert len(rice.encode(states)) <= 3 * 10_000 / 8 + 8


@pytest.mark.parametrize("states", [b"", b"\0", bytes(3), bytes(MAX_SIZE // 4 + 2)])
def test_an_array_that_is_no_list_is_not_coded(states: bytes) -> None:
    with pytest.raises(ValueError, match="bytes"):
        rice.encode(states)


def test_only_arrays_of_one_size_differ() -> None:
    with pytest.raises(ValueError, match="one size"):
        rice.encode_changes(bytes(2), bytes(4))


# Hostile codes

STATES = random_states(2_000, 40)
CODE = rice.encode(STATES)


def bits(text: str) -> bytes:
    text = text.replace(" ", "")
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


# 64 entries: the usual parameter of one place is 5.
HOSTILE = {
    "nothing at all": (b"", 64),
    "only zeros": (bytes(8), 64),
    "zeros without an end": (bytes(60), 256),
    "longer than the states": (bytes(17), 64),
    "a size that is no multiple of 8": (CODE, 2_001),
    "a size of 0": (b"\xe0", 0),
    "a size below 0": (b"\xe0", -8),
    "2^31 entries": (b"\xe0", 1 << 31),
    "one entry too many": (b"\xe0", MAX_SIZE + 8),
    "more places than entries": (bits("0000001000010 0"), 64),
    "2^24 places and no gaps": (bits("0" * 24 + "1" * 25 + "0"), MAX_SIZE),
    "a number of places of 60 digits": (bits("0" * 60 + "1" * 60), 1 << 20),
    "cut off in a number of places": (bits("1 1 000001"), 64),
    "cut off before the parameter": (bits("1 1 00000010"), 256),
    "cut off in the remainders": (bits("010 0 1 1 101"), 64),
    "cut off in the quotients": (bits("010 0 1 1 10101 0"), 64),
    "a place outside the list": (bits("010 0 1 1 00000 001"), 64),
    "a place far outside the list": (bits("010 0 1 1 00000" + "0" * 90 + "1"), 512),
    "one entry with two states": (bits("010 0 010 0 1 00101 00101 1 1"), 64),
    "the usual parameter named": (bits("010 1 00101 1 1 00101 1"), 64),
    "a parameter of 25": (bits("010 1 11001 1 1" + "0" * 25 + "1"), 256),
    "one more quotient": (bits("010 0 1 1 00101 1 1"), 64),
    "a byte of padding": (bits("010 0 1 1 00101 1") + b"\0", 64),
    "a bit set in the padding": (bits("010 0 1 1 00101 1 000001"), 64),
    "a byte after an empty list": (b"\xe0\0", 64),
    "a bit after an empty list": (b"\xe1", 64),
}


@pytest.mark.parametrize(("code", "size"), HOSTILE.values(), ids=HOSTILE.keys())
def test_bytes_that_code_no_list_of_this_size_are_refused(code: bytes, size: int) -> None:
    with pytest.raises(RiceError):
        rice.decode(code, size)


def test_the_hostile_codes_are_hostile_by_what_their_name_says() -> None:
    """The same code without the fault is read."""
    assert rice.decode(bits("010 0 1 1 00101 1"), 64) == changed(bytes(16), {5: 1})
    assert rice.decode(bits("010 1 00100 1 1 0101 1"), 64) == changed(bytes(16), {5: 1})
    assert rice.decode(bits("010 0 010 0 1 00101 00110 1 1"), 64) == changed(bytes(16), {5: 1, 6: 2})


@given(st.binary(max_size=600), st.sampled_from([8, 64, 2_000, 100_000, MAX_SIZE]))
def test_any_bytes_are_refused_or_are_the_code_of_what_they_say(code: bytes, size: int) -> None:
    try:
        states = rice.decode(code, size)
    except RiceError:
        return
    assert len(states) == size // 4
    assert rice.decode(rice.encode(states), size) == states


def test_every_truncation_is_refused() -> None:
    for length in range(len(CODE)):
        with pytest.raises(RiceError):
            rice.decode(CODE[:length], 2_000)


def test_one_flipped_bit_never_yields_the_same_states() -> None:
    for place in range(len(CODE) * 8):
        flipped = bytearray(CODE)
        flipped[place >> 3] ^= 0x80 >> (place & 7)
        try:
            assert rice.decode(bytes(flipped), 2_000) != STATES
        except RiceError:
            continue


def peak(code: bytes, size: int) -> tuple[int, int]:
    """Bytes at the highest while decoding, and bytes kept."""
    tracemalloc.start()
    try:
        states = rice.decode(code, size)
        kept, highest = tracemalloc.get_traced_memory()
        assert states
    except RiceError:
        kept, highest = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return highest, kept


def test_a_million_entries_take_less_than_four_megabytes() -> None:
    highest, kept = peak(rice.encode(random_states(1_000_000, 10_000)), 1_000_000)
    assert highest <= 4_000_000
    assert kept <= 300_000


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_dense_lists_take_little_memory_too(share: float) -> None:
    highest, _ = peak(rice.encode(random_states(200_000, round(share * 200_000))), 200_000)
    assert highest <= 2_400_000


MANY = 1 << 19
COUNT = f"{MANY + 1:b}"  # every place, in gamma code
DEAREST = {
    "all valid, in the longest list": (b"\xe0", MAX_SIZE),
    "all revoked": (bits("0" * 19 + COUNT + "0 1 1" + "1" * MANY), MANY),
    "no end of zeros": (bits("010 0 1 1" + "0" * 2 * MANY), MANY),
    "all places in one state and then in another": (
        bits("0" * 19 + COUNT + "0" + "0" * 19 + COUNT + "0 1" + "1" * 2 * (MANY - 64)), MANY,
    ),
    "one gap as long as the code": (bits("010 0 1 1" + "0" * 2 * (MANY - 64) + "1"), MANY),
    "places as wide as can be": (
        bits("0" * 16 + f"{1 << 16:b}" + "1 11000 1 1" + "01" * 25 * (1 << 15)), MANY,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "size"), DEAREST.values(), ids=DEAREST.keys())
def test_the_dearest_codes_are_bounded_in_time_and_memory(code: bytes, size: int) -> None:
    started = time.process_time()
    highest, _ = peak(code, size)
    assert highest <= 10 << 20
    assert time.process_time() - started < 20
