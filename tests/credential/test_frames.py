"""Moving frames: any that suffice restore the wire, in any order; what is mixed or made up is refused."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.carried import presented

from verifier.credential import carrier, erasure, frames, qr
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.frames import Collector

WIRE = bytes((3, 1)) + Random(20260101).randbytes(1_474)
OTHER = bytes((3, 1)) + Random(20260102).randbytes(1_474)
LIVE = carrier.pack(presented())


def collect(*texts: str) -> bytes | None:
    collector = Collector()
    wire = None
    for text in texts:
        wire = collector.add(text).wire
    return wire


@given(st.data())
def test_any_frames_that_suffice_restore_the_wire(data: st.DataObject) -> None:
    wire = b"\x02" + data.draw(st.binary(min_size=1, max_size=900))
    moving = frames.split(wire, size=data.draw(st.integers(1, 400)))
    numbers = st.lists(
        st.integers(0, len(moving) - 1), min_size=moving.needed, max_size=moving.needed, unique=True
    )
    assert collect(*map(moving.text, data.draw(numbers))) == wire


@pytest.mark.parametrize("size", [2, 305, 306, 307, 1_476, 20_000, 39_168, 39_169, 80_000])
def test_wires_of_any_size_come_back(size: int) -> None:
    wire = bytes((1, 1)) + Random(size).randbytes(size - 2)
    moving = frames.split(wire)
    assert moving.needed == min(128, -(-size // 306))
    last = [moving.text(-number) for number in range(1, moving.needed + 1)]
    assert collect(*last) == wire


def test_the_first_frames_are_the_wire_itself() -> None:
    moving = frames.split(WIRE)
    whole = b"".join(carrier.from_qr_text(moving.text(n))[13:] for n in range(moving.needed))
    assert whole.startswith(WIRE)


def test_twelve_certificates_are_five_codes_as_large_as_a_live_one() -> None:
    moving = frames.split(WIRE)
    assert moving.needed == 5
    assert {qr.version(moving.text(n)) for n in (0, 1, 5, 255)} == {13}
    assert all(set(moving.text(n)) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") for n in range(9))


def test_the_loop_has_256_different_frames_and_no_end() -> None:
    moving = frames.split(WIRE)
    assert len(moving) == len(set(moving)) == 256
    assert moving.text(256) == moving.text(0)
    assert moving.text(1_000_003) == moving.text(1_000_003 % 256)


def test_a_wire_that_fits_one_frame_needs_one() -> None:
    moving = frames.split(LIVE, size=500)
    assert (moving.needed, len(moving)) == (1, 1)
    assert collect(moving.text(7)) == LIVE


def test_progress_counts_different_frames_alone() -> None:
    moving, collector = frames.split(WIRE), Collector()
    seen = [collector.add(moving.text(n)) for n in (3, 3, 9, 3, 200, 9, 0)]
    assert [one.received for one in seen] == [1, 1, 2, 2, 3, 3, 4]
    assert {one.needed for one in seen} == {5}
    assert collector.add(moving.text(77)) == (5, 5, WIRE)


def test_what_is_whole_stays_so_until_something_else_is_or_all_is_forgotten() -> None:
    moving, other, collector = frames.split(WIRE), frames.split(OTHER), Collector()
    for number in range(5):
        collector.add(moving.text(number))
    assert collector.add(moving.text(99)) == (5, 5, WIRE)
    assert collector.add(other.text(0)) == (1, 5, None)
    assert collector.add(moving.text(98)) == (5, 5, WIRE)
    collector.clear()
    assert collector.add(moving.text(98)) == (1, 5, None)


def test_two_phones_in_view_hinder_each_other_not() -> None:
    moving, other, collector = frames.split(WIRE), frames.split(OTHER), Collector()
    for number in range(4):
        assert collector.add(moving.text(number)).received == number + 1
        assert collector.add(other.text(number)).received == number + 1
    assert collector.add(moving.text(4)).wire == WIRE
    assert collector.add(other.text(4)).wire == OTHER


def test_a_renewed_proof_starts_a_new_content_and_the_old_one_waits() -> None:
    moving, renewed, collector = frames.split(WIRE), frames.split(OTHER), Collector()
    collector.add(moving.text(0))
    assert [collector.add(renewed.text(n)).received for n in (6, 7, 8, 9)] == [1, 2, 3, 4]
    assert collector.add(renewed.text(10)).wire == OTHER


@pytest.mark.parametrize("size", [1, 20, 1_000, 2_800])
def test_a_stream_of_strangers_frames_is_held_within_bounds(size: int) -> None:
    """Each of them claims another content."""
    collector = Collector()
    for number in range(600):
        wire = bytes((1, 1)) + Random(number).randbytes(min(30_000, 100 * size))
        collector.add(frames.split(wire, size=size).text(number))
    held = collector._shares  # memory has no other witness
    assert len(held) <= 64
    assert sum(one.held * content[3] for content, one in held.items()) <= 4 * frames.MAX_WIRE


def test_a_strangers_film_that_spoils_its_own_frames_is_held_within_bounds() -> None:
    collector = Collector()
    for number in range(400):
        share = number.to_bytes(2, "big") * 312
        with suppress(MalformedCarrier):
            collector.add(carrier.to_qr_text(b"\x04\0" + bytes(8) + bytes((20, number % 256, 0)) + share))
    assert sum(one.held * content[3] for content, one in collector._shares.items()) <= 4 * frames.MAX_WIRE


def spoilt(wire: bytes, index: int, seed: int = 0) -> str:
    """A frame that claims to belong to a wire and does not."""
    frame = carrier.from_qr_text(frames.split(wire).text(index))
    return carrier.to_qr_text(frame[:13] + Random(seed).randbytes(len(frame) - 13))


def test_a_mixture_is_refused_and_what_follows_is_read() -> None:
    moving, collector = frames.split(WIRE), Collector()
    for number in (0, 1, 2):
        collector.add(moving.text(number))
    assert collector.add(spoilt(WIRE, 3)).received == 4
    with pytest.raises(MalformedCarrier, match="do not belong together"):
        collector.add(moving.text(4))
    assert collector.add(moving.text(3)).wire == WIRE, "the right one in its place"


def frames_until_whole(wire: bytes, shown: Iterator[Sequence[str]]) -> int:
    """How many looks it takes; in each of them all of these codes are in view."""
    collector, looks = Collector(), 0
    for looks, texts in enumerate(shown, 1):
        for text in texts:
            with suppress(MalformedCarrier):
                if collector.add(text).wire == wire:
                    return looks
    raise AssertionError(f"not whole after {looks} looks")


@given(
    size=st.sampled_from((2, 30, 400, 1_474, 9_000)),
    start=st.integers(0, 255),
    missed=st.sets(st.integers(0, 600), max_size=200),
    indices=st.lists(st.integers(0, 255), min_size=1, max_size=3, unique=True),
    strangers=st.integers(0, 6),
)
def test_a_wrong_frame_in_view_costs_a_bounded_delay(
    size: int, start: int, missed: set[int], indices: list[int], strangers: int
) -> None:
    """Up to three codes on the wall that claim to belong to it and do not, and ever new ones of strangers."""
    wire = bytes((3, 1)) + Random(size).randbytes(size)
    moving, others = frames.split(wire), Random(start)
    wrong = [spoilt(wire, index, seed) for seed, index in enumerate(indices, 1)]

    def looks() -> Iterator[list[str]]:
        for number in range(600):
            seen = [] if number in missed else [moving.text(start + number)]
            foreign = [frames.split(bytes((1, 1)) + others.randbytes(700)).text(0) for _ in range(strangers)]
            yield [*wrong, *seen, *foreign]

    read = [number for number in range(600) if number not in missed]
    bound = read[2 * moving.needed + 1]
    assert frames_until_whole(wire, looks()) <= bound + 1


@pytest.mark.parametrize("index", [0, 3, 5, 77])
def test_a_wrong_frame_on_the_wall_costs_one_frame_or_two(index: int) -> None:
    moving = frames.split(WIRE)
    looks = ([spoilt(WIRE, index), moving.text(number)] for number in range(256))
    assert frames_until_whole(WIRE, looks) <= moving.needed + 2


def test_pictures_among_which_one_is_wrong_are_read_if_enough_are_right() -> None:
    """A folder that is gone through again, not a film with ever new frames."""
    moving = frames.split(WIRE)
    pictures = [spoilt(WIRE, 1), *(moving.text(number) for number in (0, 2, 3, 4, 9))]
    assert frames_until_whole(WIRE, ([one] for one in pictures * 3)) <= 3 * len(pictures)


def test_the_latest_of_two_shares_with_one_number_counts() -> None:
    moving, other, collector = frames.split(WIRE), frames.split(OTHER), Collector()
    stolen = carrier.from_qr_text(moving.text(3))[:13] + carrier.from_qr_text(other.text(3))[13:]
    for text in (carrier.to_qr_text(stolen), *(moving.text(n) for n in (0, 1, 2, 3))):
        collector.add(text)
    assert collector.add(moving.text(4)).wire == WIRE


def test_the_hardest_restoration_takes_no_long_time() -> None:
    """128 shares of 625 bytes, none of which is a row of the content."""
    moving = frames.split(bytes(80_000 - 1) + b"\x01")
    texts = [moving.text(number) for number in range(128, 256)]
    started = process_time()
    assert collect(*texts) is not None
    assert process_time() - started < 1  # 0.08 s where it was measured


@pytest.mark.parametrize(
    "wire", [b"", b"\x01", bytes(80_001), carrier.from_qr_text(frames.split(WIRE).text(0))]
)
def test_what_no_reader_would_put_together_is_not_split(wire: bytes) -> None:
    with pytest.raises(MalformedCarrier):
        frames.split(wire)


def test_a_frame_is_known_by_its_first_characters() -> None:
    assert all(frames.is_frame(text) for text in frames.split(WIRE))
    for text in (
        "",
        "OB1:",
        carrier.to_qr_text(LIVE),
        carrier.to_qr_text(WIRE),
        "https://example.org/OB1:YM0",
    ):
        assert not frames.is_frame(text)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_arbitrary_frames_are_refused_or_counted(tail: Any) -> None:
    text = carrier.to_qr_text(b"\x04\x00" + tail) if isinstance(tail, bytes) else f"OB1:YM0{tail}"
    try:
        progress = Collector().add(text)
    except MalformedCarrier:
        return
    assert 1 <= progress.received <= progress.needed <= 128


# The code itself


def product(a: int, b: int) -> int:
    """In the field, by the book."""
    result = 0
    while b:
        if b & 1:
            result ^= a
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return result


def test_shares_are_values_of_a_line_through_two_rows() -> None:
    for number in range(2, 256):
        slope = 0x53 ^ 0xCA  # y = a + (a + b) x, where a is the value at 0 and b at 1
        assert erasure.share([b"\x53", b"\xca"], number) == bytes((0x53 ^ product(slope, number),))


def test_the_examples_of_the_formats_page_hold() -> None:
    assert erasure.share([b"\x01", b"\x02"], 2) == b"\x07"
    assert erasure.share([b"\x01", b"\x02"], 255) == b"\x1d"
    assert erasure.share([b"\x01", b"\x02", b"\x04"], 200) == b"\x6f"
