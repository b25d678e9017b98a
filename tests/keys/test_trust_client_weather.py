"""Hostile files and wrong clocks: what a device makes of directory metadata (keys.trust.client; TUF § 5)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.formats import encode_canonical
from support.simulator import DAY, NOW, seeded_signer
from support.tuf_repository import Repository, entry
from tuf.api.metadata import Metadata, Targets

from keys.trust.allow_list import build
from keys.trust.client import RELEASED
from keys.trust.directory import CERTIFICATES, Environment, KeyState
from keys.trust.folder import write_folder
from keys.trust.metadata import MAX_FILE, UntrustedMetadata, file_name
from keys.trust.plan import key_id
from keys.trust.state import TrustState
from keys.trust.workflow import MAX_VERSION, Rollback

SKY = 2**31


@pytest.fixture
def repository() -> Repository:
    return Repository("NO", "DK")


def edited(repository: Repository, name: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A file with its members changed and nobody asked."""
    members = json.loads(repository.files[name])
    change(members)
    return json.dumps(members, separators=(",", ":"), sort_keys=True).encode()


def targets_of(repository: Repository, flag: str) -> Targets:
    metadata: Metadata[Targets] = Metadata.from_bytes(
        repository.files[file_name(flag, repository.versions[flag])]
    )
    return metadata.signed


# Thresholds


@pytest.mark.parametrize(("role", "needed"), [("root", 3), ("targets", 2), ("NO", 1)])
def test_a_threshold_minus_one_is_refused(repository: Repository, role: str, needed: int) -> None:
    if role == "root":  # the first is pinned; its successor has to prove itself
        repository.publish("root")
    name = f"{repository.versions[role]}.{role}.json"
    assert repository.verify()

    def one_less(members: dict[str, Any]) -> None:
        assert len(members["signatures"]) == needed
        members["signatures"].pop()

    with pytest.raises(UntrustedMetadata, match="signed by"):
        repository.verify(changed={name: edited(repository, name, one_less)})


def test_either_of_a_flags_two_keys_signs_alone(repository: Repository) -> None:
    current, following = repository.holders["NO"]
    for signer in (current, following):
        repository.sign("NO", targets_of(repository, "NO"), by=[signer])
        repository.publish("targets")
        assert repository.verify()


def test_a_flag_signing_for_another_flag_is_refused(repository: Repository) -> None:
    repository.sign("NO", targets_of(repository, "NO"), by=repository.holders["DK"])
    repository.publish("targets")
    with pytest.raises(UntrustedMetadata, match=r"2\.NO\.json: not signed by enough"):
        repository.verify()


def test_a_flag_that_lists_another_flags_keys_is_refused(repository: Repository) -> None:
    repository.sign("NO", targets_of(repository, "DK"))
    repository.publish("targets")
    with pytest.raises(UntrustedMetadata, match=r"NO\.json: a flag signs NO/keys\.json"):
        repository.verify()


def test_the_directory_alone_cannot_lead_devices_away_from_a_flags_status_lists(
    repository: Repository,
) -> None:
    seen, norway = repository.verify().state, repository.authorities["NO"]
    said = norway.entry.status_prefix
    norway.entry = replace(norway.entry, status_prefix="https://no.example/elsewhere/")
    repository.publish("targets")
    for device in (seen, None):
        with pytest.raises(
            UntrustedMetadata, match=f"NO: its status lists lie below {said}, as it says itself"
        ):
            repository.verify(device)
    repository.publish("NO")  # its own holders say so too
    assert repository.verify(seen).directory.authority_for_status("https://no.example/elsewhere/1")


def test_the_directory_alone_cannot_take_an_address_from_keys_that_are_listed_there(
    repository: Repository,
) -> None:
    norway = repository.authorities["NO"]
    norway.entry = replace(norway.entry, issuers=("https://other.no.example",))
    repository.publish("targets")
    with pytest.raises(UntrustedMetadata, match="is not an address of NO"):
        repository.verify()


def test_a_flag_cannot_vanish_from_the_directory(repository: Repository) -> None:
    seen = repository.verify().state
    gone = repository.authorities.pop("NO")
    repository.sign("targets", repository._directory())
    repository.authorities = {"NO": gone, **repository.authorities}
    repository.publish("snapshot")  # it still lists what NO has signed
    assert repository.verify().directory.authority(gone.iss) is None, "a new device cannot know"
    with pytest.raises(Rollback, match="NO has vanished from the directory"):
        repository.verify(seen)


def test_test_keys_are_never_good_in_production(repository: Repository) -> None:
    norway = repository.authorities["NO"]
    norway.change_key(environment=Environment.TEST)
    repository.publish()
    directory = repository.verify().directory
    key = directory.key(norway.iss, norway.certificate_kid)
    assert key is not None
    objection = key.objection("competency", at_signing=NOW, now=NOW, environment=directory.environment)
    assert str(objection) == f"{key.kid} is a test key, and this is production"


# Mix and match, rollback, freeze


def test_one_flags_metadata_replaced_by_last_months_is_refused(repository: Repository) -> None:
    last_month = dict(repository.files)
    repository.authorities["NO"].rotate_key()
    repository.publish(at=NOW + 30 * DAY)
    assert repository.verify()
    with pytest.raises(UntrustedMetadata, match=r"2\.NO\.json: says that it is version 1"):
        repository.verify(changed={"2.NO.json": last_month["1.NO.json"]})
    (keys,) = [name for name in last_month if name.startswith("targets/NO/")]
    (newer,) = [
        name for name in repository.files.keys() - last_month.keys() if name.startswith("targets/NO/")
    ]
    with pytest.raises(UntrustedMetadata, match=r"length|hash"):
        repository.verify(changed={newer: last_month[keys]})


def test_an_old_publication_after_a_new_one_is_refused_and_a_new_device_takes_it(
    repository: Repository,
) -> None:
    old = {**dict.fromkeys(repository.files), **repository.files}
    repository.publish(at=NOW + DAY)
    state = repository.verify().state
    with pytest.raises(Rollback, match=r"timestamp\.json: version 1, and this device has seen 2"):
        repository.verify(state, changed=old)
    assert repository.verify(changed=old).state.versions["timestamp"] == 1


def test_a_freeze_shows_as_age_and_as_expired_roles(repository: Repository) -> None:
    repository.lifetimes |= {"timestamp": 7 * DAY, "snapshot": 30 * DAY}
    repository.publish()
    state = repository.verify().state
    for days, expired in ((6, set()), (7, {"timestamp"}), (60, {"timestamp", "snapshot"})):
        frozen = repository.verify(state, at=NOW + days * DAY)
        assert frozen.directory.published_at == NOW
        assert set(frozen.state.expired) == expired
    assert set(repository.verify(at=NOW + 3_650 * DAY).state.expired) == {
        *("root", "targets", "snapshot", "timestamp", "NO", "DK")
    }


# Versions as high as the sky


@pytest.mark.parametrize("role", ["timestamp", "snapshot"])
def test_replaced_online_keys_end_a_thiefs_count_to_the_sky(repository: Repository, role: str) -> None:
    repository.versions[role] = SKY
    repository.publish()
    state = repository.verify().state
    assert state.versions[role] == SKY + 1
    repository.versions[role] = 1
    repository.publish()
    with pytest.raises(Rollback):
        repository.verify(state)
    repository.replace(role)
    repository.versions[role] = 1
    if role == "snapshot":  # a timestamp that named the snapshot of the sky binds nobody either
        repository.replace("timestamp")
    repository.publish("root", "targets", at=NOW + DAY)
    assert repository.verify(state).state.versions[role] == 2


def test_replaced_directory_keys_end_a_thiefs_count_to_the_sky(repository: Repository) -> None:
    repository.versions["targets"] = SKY
    repository.publish()
    state = repository.verify().state
    repository.versions["targets"] = 1
    repository.publish(at=NOW + DAY)
    with pytest.raises(Rollback, match=r"2\.targets\.json: version 2, and this device has seen 2147483649"):
        repository.verify(state)
    repository.replace("targets", threshold=2)
    repository.versions["targets"] = 1
    repository.publish("root", "targets", at=NOW + 2 * DAY)
    assert repository.verify(state).state.versions["targets"] == 2


def test_the_roots_word_ends_a_thiefs_count_to_the_sky_in_a_flags_name(repository: Repository) -> None:
    repository.versions["NO"] = SKY
    repository.publish()
    state = repository.verify().state
    repository.versions["NO"] = 1
    repository.publish(at=NOW + DAY)
    with pytest.raises(Rollback, match=r"2\.NO\.json"):
        repository.verify(state)
    old = repository.role_keys("NO")
    repository.replace("NO")
    repository.handovers["NO"] = [entry("NO", old, repository.role_keys("NO"), [])]
    repository.root_extension["roles"] = {"NO": repository.role_keys("NO").fingerprint}
    repository.versions["NO"] = 1
    repository.publish("root", "targets", "NO", at=NOW + 2 * DAY)
    after = repository.verify(state).state
    assert after.versions["NO"] == 2
    repository.hand_over("NO")
    repository.publish(at=NOW + 3 * DAY)
    repository.verify(state)  # asleep all the time: the root's word is on its way too
    repository.versions["NO"] = 0
    repository.publish("NO", at=NOW + 3 * DAY)
    with pytest.raises(Rollback, match=r"1\.NO\.json"):
        repository.verify(after)


def test_after_a_handover_what_a_remaining_key_signed_long_ago_stays_old(repository: Repository) -> None:
    """Current and next become next and the one after: the key that stays has signed lists before."""
    current, following = repository.holders["NO"]
    repository.replace("NO", [following, current])
    repository.publish("targets", "NO", at=NOW + DAY)
    old = repository.versions["NO"]
    repository.replace("NO", [current, following])
    repository.authorities["NO"].retire_key()
    repository.publish("targets", "NO", at=NOW + 2 * DAY)
    state = repository.verify().state
    assert state.versions["NO"] == old + 1
    repository.hand_over("NO", [following, *repository.new_keys(1)], by=[current])
    repository.versions["NO"] = old
    repository.publish("targets", at=NOW + 3 * DAY)
    with pytest.raises(Rollback, match=rf"{old}\.NO\.json"):
        repository.verify(state)
    repository.versions["NO"] = old + 1
    repository.publish("targets", "NO", at=NOW + 4 * DAY)
    assert repository.verify(state).state.versions["NO"] == old + 2


def test_a_new_key_beside_those_that_signed_forgets_nothing(repository: Repository) -> None:
    """As in python-tuf: what was seen binds for as long as its signers would still be enough."""
    old = repository.files["timestamp.json"]
    repository.publish(at=NOW + DAY)
    state = repository.verify().state
    repository.holders["timestamp"] += repository.new_keys(1)
    repository.publish("root", "targets", at=NOW + 2 * DAY)
    with pytest.raises(Rollback, match="version 1, and this device has seen 2"):
        repository.verify(state, changed={"timestamp.json": old})


def test_versions_beyond_the_sky_are_remembered_without_harm(repository: Repository) -> None:
    for version in (SKY - 1, SKY, 2**32, MAX_VERSION - 1):
        repository.versions["timestamp"] = version
        repository.publish()
        state = repository.verify().state
        assert TrustState.from_json(state.to_json()) == state
        assert repository.verify(state).state == state


def test_a_version_that_no_json_number_can_say_to_everybody_is_refused(repository: Repository) -> None:
    state = repository.verify().state
    for version in (MAX_VERSION, 2**64, 10**300):
        repository.versions["timestamp"] = version
        repository.publish()
        with pytest.raises(UntrustedMetadata, match=r"version|read"):
            repository.verify(state)


def test_a_root_of_version_2_31_is_not_looked_for(repository: Repository) -> None:
    root = edited(repository, "1.root.json", lambda members: members["signed"].update(version=SKY))
    assert repository.verify(changed={f"{SKY}.root.json": root}).state == repository.verify().state
    with pytest.raises(UntrustedMetadata, match=f"says that it is version {SKY}"):
        repository.verify(changed={"2.root.json": root})


# For ever


@pytest.mark.parametrize("state", [KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY])
def test_a_revocation_is_sticky_even_when_the_flag_itself_takes_it_back(
    repository: Repository, state: KeyState
) -> None:
    norway = repository.authorities["NO"]
    norway.retire_key(state=state, reason="stolen")
    repository.publish(at=NOW + DAY)
    seen = repository.verify().state
    norway.retire_key(state=KeyState.ACTIVE)
    repository.hand_over("NO")
    repository.publish(at=NOW + 2 * DAY)
    key = repository.verify(seen).directory.key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert (key.state, key.reason) == (state, "a revocation is never taken back")


def test_a_key_id_that_names_another_key_is_a_conflict_for_ever(repository: Repository) -> None:
    norway = repository.authorities["NO"]
    pair, first = (norway.iss, norway.certificate_kid), norway.keys[norway.certificate_kid]
    state = repository.verify().state
    for key in (seeded_signer("another").public_key, first.key):
        norway.change_key(key=key)
        repository.publish(at=repository.at + DAY)
        directory, state, _ = repository.verify(state)
        assert directory.conflicts == {pair}


# Allow lists


TRULY = [b"header.payload-1", b"header.payload-2"]


@pytest.fixture
def stolen(repository: Repository) -> str:
    """NO's key for certificates is stolen; what it truly signed is listed."""
    norway = repository.authorities["NO"]
    norway.retire_key(state=KeyState.ALLOW_LIST_ONLY, reason="stolen")
    repository.allow_lists["NO"] = {norway.certificate_kid: build(norway.certificate_kid, TRULY, bytes(16))}
    repository.publish(at=NOW + DAY)
    return norway.certificate_kid


def test_a_stolen_key_is_good_for_what_its_allow_list_holds_and_for_nothing_else(
    repository: Repository, stolen: str
) -> None:
    iss = repository.authorities["NO"].iss
    directory, _, files = repository.verify()
    listed, key = directory.allow_list(iss, stolen), directory.key(iss, stolen)
    assert listed is not None
    assert key is not None
    assert [listed.holds(one) for one in (*TRULY, b"header.forged")] == [True, True, False]
    asked = {"at_signing": NOW, "now": NOW, "environment": directory.environment}
    assert key.objection("competency", **asked, allowed=True) is None  # type: ignore[arg-type]
    assert "no allow-list names this" in str(key.objection("competency", **asked))  # type: ignore[arg-type]
    assert "may not sign status" in str(key.objection("status", **asked, allowed=True))  # type: ignore[arg-type]
    assert any(name.endswith(f".{stolen}.bin") for name in files)


def test_an_allow_list_is_for_a_compromised_key_alone(repository: Repository) -> None:
    directory = repository.verify().directory
    norway = repository.authorities["NO"]
    key = directory.key(norway.iss, norway.certificate_kid)
    assert key is not None
    revoked = replace(key, state=KeyState.REVOKED)
    late = {"at_signing": NOW + 9_999 * DAY, "now": NOW, "environment": directory.environment}
    assert "was not to sign" in str(key.objection("competency", **late, allowed=True))  # type: ignore[arg-type]
    assert "revoked" in str(revoked.objection("competency", **late, allowed=True))  # type: ignore[arg-type]


def test_an_allow_list_that_is_not_in_the_bag_allows_nothing_and_stops_nothing(
    repository: Repository, stolen: str
) -> None:
    (name,) = [name for name in repository.files if name.endswith(".bin")]
    directory, _, files = repository.verify(changed={name: None})
    assert directory.allow_list(repository.authorities["NO"].iss, stolen) is None
    assert name not in files


def test_an_allow_list_that_does_not_fit_its_hash_is_refused(repository: Repository, stolen: str) -> None:
    (name,) = [name for name in repository.files if name.endswith(".bin")]
    thiefs = build(stolen, [*TRULY, b"header.forged"], bytes(16))
    for data in (thiefs, repository.files[name][:-1], b""):
        with pytest.raises(UntrustedMetadata, match=f"{stolen}.bin"):
            repository.verify(changed={name: data})


def test_a_malformed_allow_list_is_refused_though_its_flag_signed_it(repository: Repository) -> None:
    kid = repository.authorities["NO"].certificate_kid
    repository.allow_lists["NO"] = {kid: build(kid, TRULY, bytes(16))[:29] + bytes(32)}
    repository.publish()
    with pytest.raises(UntrustedMetadata, match="out of order, or with an entry twice"):
        repository.verify()


@pytest.mark.parametrize("kid", ["NO-2026x", "../keys", "DK-2026a"])
def test_an_allow_list_is_for_one_of_the_flags_own_keys(repository: Repository, kid: str) -> None:
    repository.allow_lists["NO"] = {kid: build(kid, TRULY, bytes(16))}
    repository.publish()
    with pytest.raises(UntrustedMetadata, match="is no allow list of a certificate key of its own"):
        repository.verify()


def test_the_allow_list_of_another_key_is_refused_though_its_flag_signed_it(repository: Repository) -> None:
    kid = repository.authorities["NO"].certificate_kid
    repository.allow_lists["NO"] = {kid: build("NO-2025c", TRULY, bytes(16))}
    repository.publish()
    with pytest.raises(UntrustedMetadata, match=f"the allow list of another key than {kid}"):
        repository.verify()


@pytest.mark.parametrize("purpose", ["status", "pass"])
def test_a_key_that_signs_no_certificates_has_no_allow_list(repository: Repository, purpose: str) -> None:
    kid = repository.authorities["NO"].add_key(purpose)
    repository.allow_lists["NO"] = {kid: build(kid, TRULY, bytes(16))}
    repository.publish()
    with pytest.raises(UntrustedMetadata, match="is no allow list of a certificate key of its own"):
        repository.verify()


# The index of status lists


def test_the_timestamp_says_which_status_lists_are_newest(repository: Repository) -> None:
    repository.timestamp_extension["lists"] = {
        "NO": {"1": 12, "2026/q1": 7},
        "DK": {"1": SKY - 1},
        "SE": {"1": 1},
    }
    repository.publish()
    assert repository.verify().directory.list_numbers == {
        "https://no.example/status/1": 12,
        "https://no.example/status/2026/q1": 7,
        "https://dk.example/status/1": SKY - 1,
    }


@pytest.mark.parametrize(
    "lists",
    [
        {"NO": {"1": SKY}}, {"NO": {"1": 0}}, {"NO": {"1": -1}}, {"NO": {"1": True}}, {"NO": {"1": "12"}},
        {"NO": {"../1": 1}}, {"NO": {"": 1}}, {"NO": {"1\n": 1}}, {"NO": {"a/": 1}}, {"NO": []}, [],
        {"SE": {"": 1}},
    ],
)  # fmt: skip
def test_a_bent_index_of_status_lists_is_refused(repository: Repository, lists: object) -> None:
    repository.timestamp_extension["lists"] = lists
    repository.publish()
    with pytest.raises(UntrustedMetadata):
        repository.verify()


# Clocks


CLOCKS = {
    "1970": datetime(1970, 1, 1, tzinfo=UTC),
    "2038": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    "9999": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "an hour slow": NOW - timedelta(hours=1),
    "an hour fast": NOW + timedelta(hours=1),
    "400 days slow": NOW - 400 * DAY,
    "400 days fast": NOW + 400 * DAY,
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_no_clock_changes_what_the_directory_says_or_moves_the_floor(
    repository: Repository, clock: datetime
) -> None:
    right = repository.verify()
    wrong = repository.verify(at=clock)
    assert wrong.directory == right.directory
    assert wrong.state.time_floor == NOW
    assert replace(wrong.state, expired=()) == right.state
    assert repository.verify(wrong.state).state == right.state, (
        "a clock put right again is all that is needed"
    )


@pytest.mark.parametrize("clock", ["1970", "an hour slow", "400 days slow"])
def test_a_slow_clock_hides_no_expiry_that_the_floor_knows_of(repository: Repository, clock: str) -> None:
    repository.lifetimes["NO"] = 10 * DAY
    repository.publish("NO")
    repository.publish("targets", at=NOW + 30 * DAY)
    assert repository.verify(at=CLOCKS[clock]).state.expired == ("NO",)


def test_the_floor_is_this_release_until_something_is_verified(repository: Repository) -> None:
    assert RELEASED < NOW
    repository.publish(at=RELEASED - 30 * DAY)
    assert repository.verify().state.time_floor == RELEASED


def test_a_stolen_timestamp_key_can_push_the_floor_ahead_and_a_new_root_takes_it_back(
    repository: Repository,
) -> None:
    repository.timestamp_extension["signed_at"] = 7_000_000_000
    repository.publish()
    state = repository.verify().state
    assert state.time_floor.year == 2191
    repository.timestamp_extension.clear()
    repository.publish(at=NOW + DAY)
    assert repository.verify(state).state.time_floor.year == 2191, "an honest timestamp is not enough"
    repository.root_extension["time_floor"] = int(NOW.timestamp())
    repository.publish("root", "targets", at=NOW + 2 * DAY)
    state = repository.verify(state).state
    assert state.time_floor == NOW + 2 * DAY
    repository.publish(at=NOW + 9 * DAY)
    state = repository.verify(state).state
    assert repository.verify(state).state.time_floor == NOW + 9 * DAY, "it takes back once"


@pytest.mark.parametrize("wrong", [NOW + DAY, NOW + 40_000 * DAY])
def test_a_root_sets_no_floor_later_than_its_publication_and_a_later_root_mends_the_slip(
    repository: Repository, wrong: datetime
) -> None:
    state = repository.verify().state
    repository.root_extension["time_floor"] = int(wrong.timestamp())
    repository.publish("root", "targets")
    for seen in (state, None):
        with pytest.raises(UntrustedMetadata, match="the root's time floor"):
            repository.verify(seen)
    repository.root_extension["time_floor"] = int(NOW.timestamp())
    repository.publish("root", "targets")
    assert repository.verify(state).state.time_floor == NOW


def test_no_root_takes_the_floor_back_before_the_release(repository: Repository) -> None:
    state = repository.verify().state
    repository.root_extension["time_floor"] = 1_000_000_000
    repository.publish("root", "targets", at=RELEASED - DAY)
    assert repository.verify(state).state.time_floor == RELEASED


FROM_A_FOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from keys.trust import client
from keys.trust.folder import read_folder
files = read_folder(Path(sys.argv[1]))
found = client.verify(files, root=files["1.root.json"], at=datetime.now(UTC))
floor = int(found.state.time_floor.timestamp())
print(datetime.now(UTC).year, len(found.directory.keys), floor, *found.state.expired)
"""


@pytest.mark.skipif(shutil.which("faketime") is None, reason="the program faketime is needed")
@pytest.mark.parametrize(
    ("clock", "year", "expired"),
    [
        ("1970-01-02 00:00:00", 1970, False),
        ("2038-01-19 03:14:08", 2038, True),
        ("2261-12-31 00:00:00", 2261, True),  # from 2262 on Python has no clock at all
        ("2025-10-17 12:00:00", 2025, False),
        ("2027-12-27 12:00:00", 2027, True),
    ],
)
def test_a_machine_whose_clock_is_wrong_reads_the_same_directory(
    tmp_path: Path, repository: Repository, clock: str, year: int, expired: bool
) -> None:
    write_folder(tmp_path, repository.files)
    run = subprocess.run(
        ["faketime", "-f", clock, sys.executable, "-c", FROM_A_FOLDER, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    now, keys, floor, *roles = run.stdout.split()
    assert (int(now), int(keys), int(floor)) == (year, 6, int(NOW.timestamp()))
    assert bool(roles) is expired


# Size


def test_files_beyond_their_bounds_are_refused_before_they_are_parsed(repository: Repository) -> None:
    for name in ("timestamp.json", "1.snapshot.json", "1.targets.json", "1.NO.json", "2.root.json"):
        with pytest.raises(UntrustedMetadata, match=f"at most {MAX_FILE}"):
            repository.verify(changed={name: b"[" * (MAX_FILE + 1)})
        with pytest.raises(UntrustedMetadata, match=r"deeper|spelling|read"):
            repository.verify(changed={name: b"[" * MAX_FILE})


def test_a_key_with_every_purpose_still_signs_only_within_its_window(repository: Repository) -> None:
    norway = repository.authorities["NO"]
    directory = repository.verify().directory
    key = directory.key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert key.purposes == set(CERTIFICATES)
    for at, good in ((key.sign_from, True), (key.sign_until, False), (key.sign_from - DAY, False)):
        objection = key.objection("medical", at_signing=at, now=NOW, environment=directory.environment)
        assert (objection is None) is good
    late = key.objection("medical", at_signing=NOW, now=key.verify_until, environment=directory.environment)
    assert str(late) == f"key {key.kid} counts no more since {key.verify_until:%Y-%m-%d}"


# Whatever a rightful holder might sign by mistake, or a thief on purpose


def flown() -> Repository:
    """A directory with all that there can be in it."""
    repository = Repository("NO", "DK")
    norway = repository.authorities["NO"]
    norway.retire_key(state=KeyState.ALLOW_LIST_ONLY, reason="stolen")
    repository.allow_lists["NO"] = {norway.certificate_kid: build(norway.certificate_kid, TRULY, bytes(16))}
    repository.hand_over("NO")
    repository.root_extension |= {"roles": {"NO": "0" * 32}, "time_floor": int(NOW.timestamp())}
    repository.timestamp_extension["lists"] = {"NO": {"1": 12}}
    repository.publish("root", "targets", "NO", "DK")
    return repository


FLOWN = flown()
SEEN = FLOWN.verify().state
ROLES = {"timestamp.json": "timestamp", "2.snapshot.json": "snapshot", "2.targets.json": "targets"}
ROLES |= {"2.NO.json": "NO", "2.root.json": "root"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8) | st.just("é\\\"\x7f"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(sorted(ROLES)), st.data())
def test_anything_that_the_right_keys_sign_is_read_or_refused_and_never_a_crash(
    name: str, data: st.DataObject
) -> None:
    signed = json.loads(FLOWN.files[name])["signed"]
    place = signed
    while True:
        step = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[step], dict | list) or not place[step] or data.draw(st.booleans()):
            break
        place = place[step]
    place[step] = data.draw(JSON)
    holders = FLOWN.holders[ROLES[name]][: FLOWN.thresholds[ROLES[name]]]
    try:
        content = encode_canonical(signed).encode()
        signatures = [{"keyid": key_id(one.public_key), "sig": one.sign(content).hex()} for one in holders]
        members = {"signatures": signatures, "signed": signed}
        bent = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
        state = FLOWN.verify(SEEN if data.draw(st.booleans()) else None, changed={name: bent}).state
    except (UntrustedMetadata, UnicodeEncodeError):
        return
    assert TrustState.from_json(state.to_json()) == state


def test_every_flipped_byte_of_all_that_there_can_be_is_refused() -> None:
    random = Random(20261122)
    for name in FLOWN.verify().files:
        data = FLOWN.files[name]
        for position in random.sample(range(len(data)), min(40, len(data))):
            bent = bytearray(data)
            bent[position] ^= random.randrange(1, 256)
            if name == "1.root.json":  # the pinned root is whatever it is; a changed one is another pin
                continue
            with pytest.raises(UntrustedMetadata):
                FLOWN.verify(changed={name: bytes(bent)})
