"""What a pack brings to a device: of each list the newest evidence, and nothing old, mixed or of nobody."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from support.sea import DAY, HOUR, Sea

from keys.trust import allow_list, client
from keys.trust.directory import KeyState
from verifier import intake, pack, ship_status, ship_status_writing, status
from verifier.intake import Held, RefusedPack, WholePackNeeded
from verifier.pack import PackError
from verifier.status import StatusList


@pytest.fixture
def sea() -> Sea:
    return Sea()


def token(sea: Sea, *, states: bytes | None = None, after: timedelta = timedelta(0)) -> bytes:
    """The first flag's list as `statuslist+jwt`, signed so long after its newest statement."""
    flag = sea.flag
    text = status.encode(
        flag.states if states is None else states,
        uri=sea.uri,
        iat=flag.statements[-1].iat + after,
        exp=None,
        ttl=None,
        signer=flag.signers[flag.status_kid],
        kid=flag.status_kid,
    )
    return text.encode("ascii")


def held(sea: Sea) -> StatusList:
    return sea.held.lists[sea.uri]


# Numbered lists and tokens


def test_snapshots_come_in_with_their_numbers(sea: Sea) -> None:
    sea.take_in(sea.pack())
    assert [(one.number, one.behind) for one in sea.held.lists.values()] == [(1, False), (1, False)]
    assert held(sea).states == sea.flag.states


def test_a_delta_makes_the_list_what_the_authority_signed(sea: Sea) -> None:
    sea.take_in(sea.pack())
    sea.fleet.next_day(3)
    taken = sea.take_in(sea.pack(sea.fleet.deltas()))
    assert held(sea).number == 2
    assert held(sea).states == sea.flag.states
    assert any("number 2" in change and "3 changed" in change for change in taken.changes)


def test_a_chain_of_deltas_is_walked_in_one_pack(sea: Sea) -> None:
    sea.take_in(sea.pack())
    chain = []
    for _ in range(3):
        sea.fleet.next_day(2)
        chain.append(sea.flag.delta())
    sea.take_in(sea.pack(chain))
    assert (held(sea).number, held(sea).states) == (4, sea.flag.states)


def test_a_chain_may_start_at_a_snapshot_in_the_same_pack(sea: Sea) -> None:
    chain = [sea.flag.snapshot()]
    for _ in range(2):
        sea.fleet.next_day(2)
        chain.append(sea.flag.delta())
    sea.take_in(sea.pack(chain))
    assert (held(sea).number, held(sea).states) == (3, sea.flag.states)


def test_of_a_chain_only_the_links_that_are_news_are_needed(sea: Sea) -> None:
    chain = [sea.flag.snapshot()]
    sea.take_in(sea.pack())
    for day in range(3):
        sea.fleet.next_day(2)
        chain.append(sea.flag.delta())
        if day == 1:
            sea.take_in(sea.pack())
    assert held(sea).number == 3
    sea.take_in(sea.pack(chain))
    assert (held(sea).number, held(sea).states) == (4, sea.flag.states)


def test_a_delta_without_its_base_is_refused_and_a_whole_pack_asked_for(sea: Sea) -> None:
    sea.fleet.next_day(2)
    with pytest.raises(WholePackNeeded, match="no list is held"):
        sea.take_in(sea.pack([sea.flag.delta()]))
    sea.take_in(sea.pack())
    sea.fleet.next_day(2)
    sea.fleet.next_day(2)
    with pytest.raises(WholePackNeeded):
        sea.take_in(sea.pack([sea.flag.delta()]))
    assert held(sea).number == 2


def test_a_delta_that_is_known_already_is_passed_over(sea: Sea) -> None:
    sea.take_in(sea.pack())
    sea.fleet.next_day(2)
    delta = sea.pack([sea.flag.delta()])
    sea.take_in(delta)
    assert not [change for change in sea.take_in(delta).changes if sea.uri in change]


def test_an_older_snapshot_is_passed_over(sea: Sea) -> None:
    old = sea.flag.snapshot()
    sea.fleet.next_day(2)
    sea.take_in(sea.pack())
    taken = sea.take_in(sea.pack([old]))
    assert held(sea).number == 2
    assert any("kept what is held" in change for change in taken.changes)


def test_a_newer_token_wins_over_a_snapshot_and_a_newer_snapshot_over_a_token(sea: Sea) -> None:
    sea.take_in(sea.pack())
    sea.take_in(sea.pack([token(sea, states=bytes(len(sea.flag.states)), after=HOUR)]))
    assert held(sea).number is None
    assert not any(held(sea).states)
    sea.fleet.next_day(2)
    sea.take_in(sea.pack())
    assert (held(sea).number, held(sea).states) == (2, sea.flag.states)
    assert sea.uri not in sea.held.tokens


def test_of_one_content_the_numbered_encoding_is_kept(sea: Sea) -> None:
    """A delta builds on it; a token of the same second says the same."""
    sea.take_in(sea.pack([token(sea)]))
    assert held(sea).number is None
    sea.take_in(sea.pack())
    assert held(sea).number == 1
    sea.take_in(sea.pack([token(sea)]))
    assert held(sea).number == 1
    assert sea.held.tokens == {}


def test_a_delta_builds_on_a_token_of_the_same_states(sea: Sea) -> None:
    sea.take_in(sea.pack([token(sea)]))
    sea.fleet.next_day(2)
    sea.take_in(sea.pack([sea.flag.delta()]))
    assert (held(sea).number, held(sea).states) == (2, sea.flag.states)


def test_a_delta_that_is_no_newer_than_a_held_token_is_passed_over(sea: Sea) -> None:
    """A token has no number: whoever fetched one at noon can still import the update of the morning."""
    old = sea.built()
    sea.take_in(old.data)
    sea.fleet.next_day(2)
    update, delta = sea.update(old), sea.flag.delta()
    for after in (timedelta(0), HOUR):
        newest = token(sea, states=bytes(len(sea.flag.states)), after=after)
        sea.held = intake.take_in(old.data, Held(root=sea.fleet.root), at=sea.at).held()
        sea.take_in(sea.addition(newest))
        taken = sea.take_in(update)
        assert taken.tokens[sea.uri] == newest
        assert sea.held.pack == taken.pack
        assert sea.take_in(sea.addition(delta)).lists == taken.lists


def test_a_delta_that_is_newer_than_a_held_token_of_other_states_asks_for_a_whole_pack(sea: Sea) -> None:
    old = sea.built()
    sea.take_in(old.data)
    sea.take_in(sea.addition(token(sea, states=bytes(len(sea.flag.states)), after=HOUR)))
    sea.fleet.next_day(2)
    with pytest.raises(WholePackNeeded):
        sea.take_in(sea.update(old))


def test_a_chain_from_a_snapshot_is_walked_past_a_held_token(sea: Sea) -> None:
    chain = [sea.flag.snapshot()]
    sea.fleet.next_day(2)
    chain.append(sea.flag.delta())
    between = token(sea, after=HOUR)
    sea.fleet.next_day(2)
    chain.append(sea.flag.delta())
    sea.take_in(sea.pack([between]))
    sea.take_in(sea.pack(chain))
    assert (held(sea).number, held(sea).states) == (3, sea.flag.states)


def test_many_small_lists_that_claim_huge_sizes_are_refused_before_they_are_decoded(
    sea: Sea, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ship_status, "MAX_STATES", 2 * len(sea.flag.states) - 1)
    with pytest.raises(RefusedPack, match="entries together"):
        sea.take_in(sea.pack())
    with pytest.raises(RefusedPack, match="entries together"):
        sea.take_in(sea.pack([token(sea), *(flag.snapshot() for flag in sea.fleet.flags[1:])]))
    assert sea.held.pack is None
    monkeypatch.setattr(ship_status, "MAX_STATES", len(sea.flag.states) - 1)
    with pytest.raises(RefusedPack, match="entries together"):
        sea.take_in(sea.pack([token(sea)]))


def test_two_contents_of_one_number_are_passed_over_and_reported(sea: Sea) -> None:
    sea.take_in(sea.pack())
    other = Sea()
    other.flag.statements.clear()
    other.flag.history.clear()
    other.flag.change(5, other.fleet.random)
    other.flag.sign(other.fleet.at)
    taken = sea.take_in(sea.pack([other.flag.snapshot()]))
    assert any("may be stolen; kept what is held" in one for one in taken.changes)
    assert held(sea).states == sea.flag.states


def test_a_list_twice_refuses_the_pack(sea: Sea) -> None:
    with pytest.raises(RefusedPack, match="twice"):
        sea.take_in(sea.pack([sea.flag.snapshot(), sea.flag.snapshot()]))


# The signed index of all lists


def test_a_withheld_list_is_said(sea: Sea) -> None:
    taken = sea.take_in(sea.pack([sea.flag.snapshot()]))
    other = sea.fleet.flags[1].authority.status_prefix
    assert any(change == f"{other}1: exists, and no list of it is held" for change in taken.changes)


def test_a_list_that_is_behind_the_index_says_so(sea: Sea) -> None:
    sea.take_in(sea.pack())
    sea.fleet.next_day(2)
    taken = sea.take_in(sea.pack([]))
    assert held(sea).behind
    assert any("number 2 exists" in change for change in taken.changes)
    sea.take_in(sea.pack())
    assert not held(sea).behind


def test_a_list_newer_than_the_index_is_no_fault(sea: Sea) -> None:
    """The index is a floor: a revocation must not wait for the directory's operator."""
    files = sea.files()
    sea.fleet.next_day(2)
    data = pack.build(files, sea.fleet.snapshots())
    taken = sea.take_in(data)
    assert (held(sea).number, held(sea).behind) == (2, False)
    assert not any("exists" in change for change in taken.changes)


# Updates and additions


def test_an_update_leads_to_what_the_whole_pack_holds(sea: Sea) -> None:
    old = sea.built()
    sea.take_in(old.data)
    sea.fleet.next_day(2)
    update, whole = sea.update(old), sea.built()
    taken = sea.take_in(update)
    assert len(update) < len(whole.data) / 2
    assert (taken.pack, taken.lists, taken.files) == (
        whole.taken.pack, whole.taken.lists, whole.taken.files,
    )  # fmt: skip


def test_updates_follow_each_other(sea: Sea) -> None:
    for _ in range(4):
        old = sea.built()
        if sea.held.pack is None:
            sea.take_in(old.data)
        sea.fleet.next_day(2)
        sea.take_in(sea.update(old))
    assert sea.held.lists == sea.built().taken.lists


def test_an_update_for_another_base_is_refused(sea: Sea) -> None:
    first = sea.built()
    sea.fleet.next_day(2)
    second = sea.built()
    sea.fleet.next_day(2)
    update = sea.update(second)
    with pytest.raises(WholePackNeeded, match="no pack that it could add to"):
        sea.take_in(update)
    sea.take_in(first.data)
    with pytest.raises(WholePackNeeded, match="this device holds"):
        sea.take_in(update)


@pytest.mark.parametrize("said", ["2026-11-21-aaaaaaaaaaaa", "2027-01-01-000000000000", None])
def test_an_update_is_named_by_what_it_leads_to_whatever_it_says(sea: Sea, said: str | None) -> None:
    old = sea.built()
    held_before = sea.take_in(old.data)
    assert sea.take_in(pack.build({}, [], base=sea.held.pack, completes=said)).pack == held_before.pack
    sea.fleet.next_day(2)
    honest = pack.read(sea.update(old))
    lie = pack.build(honest.files, honest.lists, base=sea.held.pack, completes=said)
    assert sea.take_in(lie).pack == sea.built().taken.pack


def test_a_part_of_an_update_does_not_pass_for_the_whole(sea: Sea) -> None:
    old = sea.built()
    sea.take_in(old.data)
    sea.fleet.next_day(2)
    honest = pack.read(sea.update(old))
    part = pack.build(honest.files, honest.lists[:1], base=old.taken.pack, completes=honest.completes)
    assert sea.take_in(part).pack != honest.completes


def test_what_came_alone_changes_no_packs_id(sea: Sea) -> None:
    """Else a ship that was sent one delta would have to fetch whole packs."""
    old = sea.built()
    sea.take_in(old.data)
    sea.fleet.next_day(2)
    sea.take_in(sea.addition(sea.flag.delta()))
    assert sea.held.pack == old.taken.pack
    assert sea.take_in(sea.update(old)).pack == sea.built().taken.pack


def test_a_pack_has_its_id_whatever_else_the_device_holds(sea: Sea) -> None:
    whole = sea.built()
    assert sea.take_in(pack.build(sea.files(), [sea.flag.snapshot()])).pack != whole.taken.pack
    sea.fleet.next_day(2)
    sea.take_in(sea.addition(sea.flag.snapshot()))
    assert sea.take_in(whole.data).pack == whole.taken.pack


def test_of_a_delta_and_a_snapshot_the_smaller_travels(sea: Sea) -> None:
    old = sea.built()
    quiet, loud = sea.fleet.flags
    sea.fleet.next_day(1, flags=[quiet.flag])
    loud.states = bytes(len(loud.states))  # all of them reinstated: next to nothing to say
    loud.sign(sea.at)
    kinds = [ship_status.peek(blob).kind.name for blob in pack.read(sea.update(old)).lists]
    assert sorted(kinds) == ["DELTA", "SNAPSHOT"]


def test_a_single_delta_may_travel_alone(sea: Sea) -> None:
    """As one message of a modem that sends 1,890 bytes at a time."""
    sea.take_in(sea.pack())
    named = sea.held.pack
    sea.fleet.next_day(2)
    alone = sea.addition(sea.flag.delta())
    assert len(alone) < 300
    assert sea.take_in(alone).pack == named
    assert (held(sea).number, held(sea).states) == (2, sea.flag.states)


def test_an_update_onto_a_list_that_has_moved_on_asks_for_a_whole_pack(sea: Sea) -> None:
    old = sea.built()
    sea.take_in(old.data)
    sea.fleet.next_day(2)
    sea.take_in(sea.addition(sea.flag.delta()))
    sea.fleet.next_day(2)
    with pytest.raises(WholePackNeeded):
        sea.take_in(sea.update(old))
    sea.take_in(sea.pack())
    assert (held(sea).number, held(sea).states) == (3, sea.flag.states)


# Keys


def stolen(sea: Sea, state: KeyState) -> None:
    """The first flag gives its status key another state, in a publication a day later."""
    flag = sea.flag
    flag.keys = tuple(replace(key, state=state) if key.kid == flag.status_kid else key for key in flag.keys)
    plans = [
        replace(one, keys=flag.keys) if one.authority == flag.authority else one
        for one in sea.fleet.plan.flags
    ]
    sea.fleet.plan = replace(sea.fleet.plan, flags=tuple(plans))
    sea.fleet.next_day(0, flags=[])


def test_a_list_whose_key_was_revoked_is_dropped_and_an_older_one_stays_out(sea: Sea) -> None:
    sea.take_in(sea.pack())
    stolen(sea, KeyState.REVOKED)
    taken = sea.take_in(sea.pack([]))
    assert sea.uri not in taken.lists
    assert any("dropped" in change for change in taken.changes)
    with pytest.raises(RefusedPack, match="revoked"):
        sea.take_in(sea.pack())


def test_one_flags_list_does_not_pass_as_anothers(sea: Sea) -> None:
    one, other = sea.fleet.flags
    blob = ship_status_writing.to_snapshot(one.statements[-1], one.states, flag=one.flag, name="1")
    renamed = blob[:1] + other.flag.encode("ascii") + blob[3:]
    with pytest.raises(RefusedPack):
        sea.take_in(sea.pack([renamed]))


# Old, mixed and hostile metadata


def test_an_old_pack_after_a_new_one_is_refused(sea: Sea) -> None:
    old = sea.pack()
    sea.fleet.next_day(2)
    sea.take_in(sea.pack())
    with pytest.raises(RefusedPack, match="this device has seen"):
        sea.take_in(old)


def test_one_flags_metadata_of_last_month_in_a_new_pack_is_refused(sea: Sea) -> None:
    before = sea.files()
    stolen(sea, KeyState.RETIRED)
    after = sea.files()
    name = f"{sea.flag.flag}.json"
    (old,) = (file for file in before if file.endswith(f".{name}"))
    (new,) = (file for file in after if file.endswith(f".{name}"))
    assert old != new
    for mixed in (
        {**after, new: before[old]},
        {**{k: v for k, v in after.items() if k != new}, old: before[old]},
    ):
        with pytest.raises(RefusedPack):
            sea.take_in(pack.build(mixed, []))
    assert sea.held.pack is None


def test_a_pack_without_one_of_its_files_is_refused_by_name(sea: Sea) -> None:
    files = sea.files()
    for name in files:
        if name == "1.root.json":  # it is pinned: a device has it
            continue
        with pytest.raises(RefusedPack, match=re.escape(name)):
            sea.take_in(pack.build({file: data for file, data in files.items() if file != name}, []))


def test_a_number_beyond_the_last_is_refused(sea: Sea) -> None:
    """2^31 is no number of a list: seven bits a byte, the lowest first, where number 1 stood."""
    blob = sea.flag.snapshot()
    at = 1 + 2 + 1 + len("1")
    beyond = blob[:at] + b"\x80\x80\x80\x80\x08" + blob[at + 1 :]
    with pytest.raises(RefusedPack, match="out of range"):
        sea.take_in(sea.pack([beyond]))


def test_an_allow_list_travels_alone_and_stays_when_a_pack_lacks_it(sea: Sea) -> None:
    truly = [b"eyJhbGciOiJFUzI1NiJ9.e30", b"eyJhbGciOiJFUzI1NiJ9.e31"]
    kid = sea.flag.keys[0].kid
    flag = replace(
        sea.fleet.plan.flags[0],
        keys=tuple(
            replace(key, state=KeyState.ALLOW_LIST_ONLY) if key.kid == kid else key for key in sea.flag.keys
        ),
        allow_lists={kid: allow_list.build(kid, truly, bytes(16))},
    )
    sea.fleet.plan = replace(sea.fleet.plan, flags=(flag, *sea.fleet.plan.flags[1:]))
    sea.fleet.next_day(1)
    allowed = {name: data for name, data in sea.files().items() if "/allow/" in name}
    bare = {name: data for name, data in sea.files().items() if "/allow/" not in name}
    assert len(allowed) == 1
    key = sea.flag.keys[0]
    assert sea.take_in(pack.build(bare, [])).directory.allow_list(key.issuer, kid) is None
    for data in (pack.build(allowed, [], base=pack.ANY), pack.build(bare, [])):
        listed = sea.take_in(data).directory.allow_list(key.issuer, kid)
        assert listed is not None
        assert listed.holds(truly[0])
        assert not listed.holds(b"eyJhbGciOiJFUzI1NiJ9.e32")


# Damage


@pytest.fixture(scope="module")
def small() -> tuple[Sea, bytes]:
    one = Sea(flags=1, certificates=80)
    return one, one.pack()


def test_every_flipped_byte_and_every_cut_is_refused_with_a_reason(small: tuple[Sea, bytes]) -> None:
    _, data = small
    for at in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            damaged = bytearray(data)
            damaged[at] ^= mask
            with pytest.raises(PackError, match="sea pack"):
                pack.read(bytes(damaged))
        with pytest.raises(PackError, match="sea pack"):
            pack.read(data[:at])


def test_every_flipped_byte_under_a_digest_made_to_fit_is_refused_or_changes_nothing(
    small: tuple[Sea, bytes],
) -> None:
    from hashlib import sha256

    one, data = small
    honest = intake.take_in(data, one.held, at=one.at)
    unchanged = 0
    for at in range(len(data) - pack.DIGEST_SIZE):
        body = bytearray(data[: -pack.DIGEST_SIZE])
        body[at] ^= 1 << at % 8
        try:
            taken = intake.take_in(bytes(body) + sha256(body).digest(), one.held, at=one.at)
        except (PackError, RefusedPack):
            continue
        assert taken == honest
        unchanged += 1
    assert unchanged < 10, "only bits that deflate does not read"


def test_what_is_verified_is_what_is_kept(sea: Sea) -> None:
    taken = sea.take_in(sea.pack())
    assert set(taken.files) == set(client.needed(sea.fleet.files, root=sea.fleet.root, at=sea.at))
    assert taken.held() == Held(
        root=sea.fleet.root, trust=taken.trust, pack=taken.pack, parts=taken.parts, files=taken.files,
        lists=taken.lists, tokens={}, seen={uri: one.iat for uri, one in taken.lists.items()},
    )  # fmt: skip


@pytest.mark.parametrize("days", [0, 400, 4_000])
def test_a_list_dated_ahead_of_clock_and_directory_is_refused(sea: Sea, days: int) -> None:
    flag = sea.flag
    flag.change(1, sea.fleet.random)
    flag.sign(sea.at + timedelta(days=days + 2))
    with pytest.raises(RefusedPack, match="still to come"):
        sea.take_in(sea.pack([flag.snapshot()]), at=sea.at + days * DAY)
