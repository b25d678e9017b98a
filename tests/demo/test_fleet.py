"""The invented flags of benchmarks and demo publish what the real client accepts."""

from collections import Counter

from benchmarks.countries import COUNTRIES
from benchmarks.fleet import AT, fleet
from keys.trust import client
from verifier.ship_status import apply_delta, verify_snapshot


def test_what_a_fleet_publishes_is_accepted_day_after_day() -> None:
    ships = fleet(flags=5, certificates=4_000)
    directory, state = client.load(ships.files, root=ships.root, at=AT)
    assert len(directory.authorities) == 5
    assert len(directory.keys) == 5 * 4
    held = [verify_snapshot(one, directory=directory, at=AT) for one in ships.snapshots()]
    ships.next_day(changes=3)
    directory, state = client.load(ships.files, root=ships.root, at=ships.at, previous=state)
    newer = [
        apply_delta(old, one, directory=directory, at=ships.at)
        for old, one in zip(held, ships.deltas(), strict=True)
    ]
    assert [one.number for one in newer] == [2] * 5
    assert directory.list_numbers == {one.uri: 2 for one in newer}


def test_the_share_that_is_not_valid_is_as_asked() -> None:
    (flag,) = fleet(flags=1, certificates=20_000, not_valid=0.01).flags
    states = Counter(flag.states[at >> 2] >> (at & 3) * 2 & 3 for at in range(20_000))
    assert states[0] == 19_800
    assert states[1] > states[2] > states[3] > 0


def test_the_same_seed_makes_the_same_keys_and_states() -> None:
    one, other = (fleet(flags=2, certificates=400) for _ in range(2))
    assert one.plan == other.plan
    assert [flag.states for flag in one.flags] == [flag.states for flag in other.flags]


def test_a_quiet_flag_signs_nothing_new() -> None:
    ships = fleet(flags=2, certificates=400)
    ships.next_day(flags=["NO"])
    assert ships.lists == {"NO": {"1": 2}, "DK": {"1": 1}}


def test_there_are_flags_enough_and_each_once() -> None:
    assert len(COUNTRIES) >= 62
    assert len(set(COUNTRIES.values())) == len(COUNTRIES)
