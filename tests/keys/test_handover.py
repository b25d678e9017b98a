"""How a flag's role gets other keys on a device that remembers the old ones (keys.trust.handover)."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulator import DAY, NOW, seeded_signer
from support.tuf_repository import Repository, entry, role_keys

from keys.algorithms import Algorithm
from keys.trust import handover
from keys.trust.directory import Environment
from keys.trust.handover import RoleKeys, fingerprint, message, walk
from keys.trust.metadata import UntrustedMetadata
from keys.trust.record import Record, RecordError
from keys.trust.state import TrustState
from keys.trust.workflow import Rollback

REPLACED = "NO: its keys were replaced without its old keys or the root's holders"


def signers(*names: str) -> list[Any]:
    return [seeded_signer(name, Algorithm.ED25519) for name in names]


A, B, C, D = (signers(f"{letter}1", f"{letter}2") for letter in "abcd")
TWO_OF_TWO = signers("e1", "e2")


def step(old: list[Any], new: list[Any], by: list[Any] | None = None, **changes: Any) -> Record:
    flag = changes.pop("flag", "NO")
    members = entry(flag, role_keys(old), role_keys(new), by if by is not None else old[:1])
    return Record({**members, **changes}, "handover")


def stands(known: list[Any], current: list[Any], *entries: Record, root_allows: str | None = None) -> bool:
    try:
        walk(role_keys(known), role_keys(current), entries, flag="NO", root_allows=root_allows)
    except UntrustedMetadata as error:
        assert str(error) == REPLACED  # noqa: PT017 - a helper that says yes or no
        return False
    return True


# Forms


def test_the_fingerprint_names_keys_in_any_order_and_their_threshold() -> None:
    one, other = role_keys(A).keys
    spelled = json.dumps({"keys": [one, other], "threshold": 1}, separators=(",", ":")).encode()
    assert fingerprint([other, one], 1) == sha256(spelled).hexdigest()[:32]
    assert role_keys(A).fingerprint == fingerprint((one, other), 1)
    assert len({fingerprint([one, other], 2), fingerprint([one], 1), fingerprint([one, other], 1)}) == 3


def test_what_old_keys_sign_is_compact_json_for_one_flag_and_one_pair_of_roles() -> None:
    signed = message("NO", "f" * 32, ["bb", "aa"], 1)
    assert signed == (
        b'{"_type":"ombord-handover","flag":"NO","from":"ffffffffffffffffffffffffffffffff",'
        b'"keys":["aa","bb"],"threshold":1}'
    )


# The walk


def test_the_same_keys_need_no_handover() -> None:
    assert stands(A, A)


def test_new_keys_without_a_word_from_the_old_ones_are_refused() -> None:
    assert not stands(A, B)


def test_either_old_key_can_hand_over_alone_where_the_threshold_is_one() -> None:
    assert stands(A, B, step(A, B))
    assert stands(A, B, step(A, B, by=A[1:]))


def test_a_device_that_slept_through_several_handovers_walks_them_all_in_any_order() -> None:
    chain = [step(C, D), step(A, B), step(B, C)]
    assert stands(A, D, *chain)
    assert stands(C, D, *chain)
    assert not stands(A, D, *chain[:2])


def test_a_chain_that_starts_elsewhere_or_ends_elsewhere_is_none() -> None:
    assert not stands(A, C, step(B, C))
    assert not stands(A, C, step(A, B))
    assert not stands(B, A, step(A, B)), "a handover leads one way"


def test_handovers_in_a_circle_come_to_an_end() -> None:
    assert not stands(A, D, step(A, B), step(B, C), step(C, A))


@pytest.mark.parametrize(
    "forged",
    [
        step(A, B, by=C[:1]),
        step(A, B, by=B[:1]),
        step(A, B, by=[]),
        step(A, B, flag="DK"),
        step(A, C, keys=list(role_keys(B).keys)),
        step(A, B, threshold=2),
    ],
    ids=["stranger", "the new key itself", "nobody", "another flag", "other keys", "another threshold"],
)
def test_a_handover_that_the_old_keys_did_not_sign_is_none(forged: Record) -> None:
    assert not stands(A, B, forged)


def test_an_old_threshold_of_two_needs_both_old_keys() -> None:
    old, new = role_keys(TWO_OF_TWO, 2), role_keys(B)
    for by, good in ((TWO_OF_TWO, True), (TWO_OF_TWO[:1], False), ([TWO_OF_TWO[0]] * 2, False)):
        given_ = Record(entry("NO", old, new, by), "handover")
        if good:
            walk(old, new, [given_], flag="NO")
        else:
            with pytest.raises(UntrustedMetadata, match=REPLACED):
                walk(old, new, [given_], flag="NO")


def test_the_roots_holders_can_replace_keys_that_are_lost() -> None:
    assert stands(A, B, root_allows=role_keys(B).fingerprint)
    assert not stands(A, C, root_allows=role_keys(B).fingerprint)


def test_a_bad_entry_beside_a_good_chain_changes_nothing() -> None:
    assert stands(A, B, step(A, C, by=D[:1]), step(A, B))


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": ["AB" * 32]},
        {"keys": list(reversed(role_keys(B).keys))},
        {"keys": []},
        {"keys": [f"{number:064x}" for number in range(17)]},
        {"threshold": 0},
        {"threshold": 3},
        {"threshold": True},
        {"from": 7},
        {"signatures": {}},
        {"signatures": [{"keyid": "00000000", "sig": "0"}]},
        {"signatures": [{"keyid": "00000000"}]},
    ],
)
def test_a_malformed_handover_is_refused_by_name(changes: dict[str, Any]) -> None:
    with pytest.raises((UntrustedMetadata, RecordError)):
        walk(role_keys(A), role_keys(C), [step(A, B, **changes)], flag="NO")


def test_more_handovers_than_anybody_makes_are_not_walked() -> None:
    many = [step(A, B)] * (handover.MAX_ENTRIES + 1)
    with pytest.raises(UntrustedMetadata, match="more than 64 handovers"):
        walk(role_keys(A), role_keys(B), many, flag="NO")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_keys_stand_when_and_only_when_a_chain_leads_to_them(steps: list[tuple[int, int]]) -> None:
    roles = [A, B, C, D]
    reached = {0}
    for _ in steps:
        reached |= {to for from_, to in steps if from_ in reached}
    entries = [step(roles[from_], roles[to]) for from_, to in steps]
    for number, role in enumerate(roles):
        assert stands(A, role, *entries) is (number in reached)


# In the directory


@pytest.fixture
def repository() -> Repository:
    return Repository("NO", "DK")


def test_a_flag_that_hands_over_is_followed_and_remembered(repository: Repository) -> None:
    seen = repository.verify().state
    repository.hand_over("NO")
    repository.publish(at=NOW + DAY)
    state = repository.verify(seen).state
    assert state.roles["NO"] == repository.role_keys("NO") != seen.roles["NO"]
    assert state.roles["DK"] == seen.roles["DK"]


def test_the_directory_role_alone_cannot_replace_a_flags_keys(repository: Repository) -> None:
    seen = repository.verify().state
    repository.replace("NO")
    repository.publish(at=NOW + DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(seen)
    assert repository.verify().directory.keys, "a device that remembers nothing takes the directory's word"


def test_a_thief_of_the_directory_role_cannot_lower_a_flags_threshold(repository: Repository) -> None:
    repository.hand_over("NO", repository.holders["NO"], 2)
    repository.publish(at=NOW + DAY)
    seen = repository.verify().state
    repository.replace("NO", repository.holders["NO"], 1)
    repository.publish(at=NOW + 2 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(seen)


def test_the_root_threshold_replaces_keys_when_a_flag_has_lost_them(repository: Repository) -> None:
    seen = repository.verify().state
    repository.replace("NO")
    repository.root_extension["roles"] = {"NO": repository.role_keys("NO").fingerprint}
    repository.publish("root", "targets", "NO", at=NOW + DAY)
    state = repository.verify(seen).state
    assert state.roles["NO"] == repository.role_keys("NO")
    repository.replace("NO")
    repository.publish(at=NOW + 2 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(state)


def test_the_roots_word_leads_on_and_never_back_to_keys_that_were_left(repository: Repository) -> None:
    """It stands in the root for good: a thief of the keys it once named must not be able to use it again."""
    asleep = repository.verify().state
    repository.replace("NO")
    named = repository.holders["NO"]
    repository.root_extension["roles"] = {"NO": repository.role_keys("NO").fingerprint}
    repository.publish("root", "targets", "NO", at=NOW + DAY)
    awake = repository.verify(asleep).state
    repository.hand_over("NO")
    repository.handovers["NO"].insert(0, entry("NO", role_keys(A), role_keys(named), []))
    repository.publish(at=NOW + 2 * DAY)
    states = [repository.verify(state).state for state in (asleep, awake)]
    assert [state.roles["NO"] for state in states] == [repository.role_keys("NO")] * 2
    assert all(role_keys(named).fingerprint in state.left["NO"] for state in states)
    assert TrustState.from_json(states[0].to_json()) == states[0]
    repository.replace("NO", named)
    repository.publish(at=NOW + 3 * DAY)
    for state in states:
        with pytest.raises(UntrustedMetadata, match=REPLACED):
            repository.verify(state)


@pytest.mark.parametrize("meets", ["for the first time", "again, knowing no more than its keys"])
def test_the_roots_old_word_is_nothing_to_a_device_that_met_the_flag_after_it(
    repository: Repository, meets: str
) -> None:
    asleep = repository.verify().state
    old = repository.role_keys("NO")
    repository.replace("NO")
    named = repository.holders["NO"]
    repository.root_extension["roles"] = {"NO": repository.role_keys("NO").fingerprint}
    repository.handovers["NO"] = [entry("NO", old, role_keys(named), [])]
    repository.publish("root", "targets", "NO", at=NOW + DAY)
    repository.hand_over("NO")
    repository.publish(at=NOW + 2 * DAY)
    state = repository.verify().state
    assert state.left["NO"] == (role_keys(named).fingerprint,)
    if meets.startswith("again"):
        state = repository.verify(replace(state, left={})).state
    assert set(state.left["NO"]) <= set(repository.verify(asleep).state.left["NO"])
    repository.replace("NO", named)
    repository.versions["NO"] = 50
    repository.publish(at=NOW + 3 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(state)


def test_the_roots_word_that_the_directory_has_yet_to_follow_is_not_left_behind(
    repository: Repository,
) -> None:
    old, after = repository.holders["NO"], repository.new_keys()
    repository.root_extension["roles"] = {"NO": role_keys(after).fingerprint}
    repository.publish("root", at=NOW + DAY)
    state = repository.verify().state
    assert "NO" not in state.left
    repository.handovers["NO"] = [entry("NO", role_keys(after), role_keys(old), old[:1])]
    repository.publish(at=NOW + 2 * DAY)
    state = repository.verify(state).state
    assert "NO" not in state.left, "only keys themselves can say that others follow them"
    repository.replace("NO", after)
    del repository.handovers["NO"]
    repository.publish(at=NOW + 3 * DAY)
    assert repository.verify(state).state.roles["NO"] == role_keys(after)


def test_keys_may_come_back_when_their_successors_say_so(repository: Repository) -> None:
    first = repository.holders["NO"]
    state = repository.verify().state
    for holders in (None, first):
        repository.hand_over("NO", holders)
        repository.publish(at=repository.at + DAY)
        state = repository.verify(state).state
    assert state.roles["NO"] == role_keys(first)
    assert role_keys(first).fingerprint not in state.left["NO"]


def test_what_the_root_allows_one_flag_serves_no_other(repository: Repository) -> None:
    seen = repository.verify().state
    repository.replace("NO")
    repository.root_extension["roles"] = {"DK": repository.role_keys("NO").fingerprint}
    repository.publish("root", "targets", "NO", at=NOW + DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(seen)


def test_two_handovers_while_a_ship_was_away_are_both_walked(repository: Repository) -> None:
    seen = repository.verify().state
    for days in (1, 2):
        repository.hand_over("NO")
        repository.publish(at=NOW + days * DAY)
    assert repository.verify(seen).state.roles["NO"] == repository.role_keys("NO")
    del repository.handovers["NO"][0]
    repository.publish(at=NOW + 3 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(seen)


def test_a_stolen_old_key_is_worth_nothing_once_a_device_has_seen_its_successor(
    repository: Repository,
) -> None:
    stolen = repository.holders["NO"]
    repository.hand_over("NO")
    repository.publish(at=NOW + DAY)
    seen = repository.verify().state
    repository.hand_over("NO", by=stolen)
    repository.publish(at=NOW + 2 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(seen)


def test_a_flag_that_went_away_is_missed_and_comes_back_with_its_own_keys_or_not_at_all(
    repository: Repository,
) -> None:
    state = repository.verify().state
    norway = repository.authorities.pop("NO")
    repository.publish(at=NOW + DAY)
    never_listed = {role: seen for role, seen in state.seen.items() if role != "NO"}
    for gone in (state, replace(state, seen=never_listed)):
        with pytest.raises(Rollback, match="has vanished from the"):
            repository.verify(gone)
    repository.authorities["NO"] = norway
    repository.publish(at=NOW + 2 * DAY)
    assert repository.verify(gone).state.roles == state.roles
    repository.replace("NO")
    repository.publish(at=NOW + 3 * DAY)
    with pytest.raises(UntrustedMetadata, match=REPLACED):
        repository.verify(gone)


@pytest.fixture
def moving(repository: Repository) -> Repository:
    """NO leaves its addresses for others; its keys come later."""
    norway = repository.authorities["NO"]
    norway.keys.clear()
    norway.entry = replace(
        norway.entry, issuers=("https://new.example",), status_prefix="https://new.example/s/"
    )
    return repository


def test_an_iss_that_was_one_flags_is_never_anothers(moving: Repository) -> None:
    """Else a thief of the directory role gives it to keys of their own under a new name."""
    seen = moving.verify().state
    denmark = moving.authorities["DK"]
    denmark.entry = replace(denmark.entry, issuers=(*denmark.entry.issuers, "https://no.example"))
    moving.publish(at=NOW + DAY)
    with pytest.raises(UntrustedMetadata, match=r"https://no\.example belongs to NO, and DK now claims it"):
        moving.verify(seen)
    assert moving.verify().directory.authority("https://no.example") == denmark.entry


@pytest.mark.parametrize("prefix", ["https://no.example/status/1/", "https://no.example/"])
def test_status_lists_that_were_one_flags_are_never_anothers(moving: Repository, prefix: str) -> None:
    seen = moving.verify().state
    denmark = moving.authorities["DK"]
    denmark.entry = replace(denmark.entry, status_prefix=prefix)
    moving.publish(at=NOW + DAY)
    with pytest.raises(UntrustedMetadata, match=r"status lists of (DK lie below those of NO|NO lie below)"):
        moving.verify(seen)


def test_an_authority_may_move_to_addresses_of_its_own(repository: Repository) -> None:
    seen = repository.verify().state
    norway = repository.authorities["NO"]
    norway.entry = replace(
        norway.entry,
        issuers=(*norway.entry.issuers, "https://sjofart.example"),
        status_prefix="https://sjofart.example/status/",
    )
    repository.publish(at=NOW + DAY)
    state = repository.verify(seen).state
    assert state.addresses["https://sjofart.example/status/"] == "NO"
    assert state.addresses["https://no.example/status/"] == "NO", "the old one stays taken"


# Two keys


def test_in_production_a_flag_has_a_current_and_a_next_key(repository: Repository) -> None:
    repository.hand_over("NO", repository.new_keys(1))
    repository.publish(at=NOW + DAY)
    with pytest.raises(UntrustedMetadata, match="NO: has one key to sign with; a flag has two"):
        repository.verify()


def test_a_rehearsal_makes_do_with_one_key_a_flag() -> None:
    rehearsal = Repository("NO", environment=Environment.TEST, NO=(1, 1))
    assert len(rehearsal.verify().state.roles["NO"].keys) == 1


# On disk


def test_what_a_device_remembers_of_roles_survives_its_disk(repository: Repository) -> None:
    state = repository.verify().state
    assert TrustState.from_json(state.to_json()) == state


def test_an_older_state_file_without_roles_is_read_and_learns_them(repository: Repository) -> None:
    members = json.loads(repository.verify().state.to_json())
    for name in ("roles", "left", "addresses"):
        del members[name]
    for seen in members["seen"]:
        del seen["signers"]
    old = TrustState.from_json(json.dumps(members).encode())
    assert (old.roles, old.addresses) == ({}, {})
    assert repository.verify(old).state == repository.verify().state


@pytest.mark.parametrize("bad", [[{"flag": "NO"}], [{"flag": "NO", "keys": [], "threshold": 1}], {}, [7]])
def test_a_state_file_with_bent_roles_is_refused(repository: Repository, bad: Any) -> None:
    members = json.loads(repository.verify().state.to_json())
    with pytest.raises(RecordError):
        TrustState.from_json(json.dumps({**members, "roles": bad}).encode())


def test_role_keys_are_a_value() -> None:
    assert RoleKeys(("a", "b"), 1) == RoleKeys(("a", "b"), 1) != RoleKeys(("a", "b"), 2)
