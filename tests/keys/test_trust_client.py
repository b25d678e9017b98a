"""What a device takes from the signed directory, and all that it refuses (docs/security.md; TUF § 5)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.simulator import DAY, NOW, Authority, Publication, directory, seeded_signer
from tuf.api.metadata import Metadata, Targets

from keys.trust import client
from keys.trust.client import Rollback, load, needed
from keys.trust.directory import Directory, Environment, KeyState
from keys.trust.metadata import RoleSigner, UntrustedMetadata, encode
from keys.trust.plan import key_id
from keys.trust.publisher import PublishError, publish
from keys.trust.record import RecordError
from keys.trust.state import TrustState, remember


@pytest.fixture
def norway() -> Authority:
    return Authority("NO")


@pytest.fixture
def published(norway: Authority) -> Publication:
    return Publication(norway, Authority("DK"))


def open_(
    publication: Publication,
    previous: TrustState | None = None,
    *,
    changed: Mapping[str, bytes | None] | None = None,
) -> tuple[Directory, TrustState]:
    """Load a publication with some files changed, or left out where None."""
    both = {**publication.files, **(changed or {})}
    files = {name: data for name, data in both.items() if data is not None}
    return load(files, root=publication.root, at=publication.at, previous=previous)


def signed_again(
    publication: Publication, name: str, change: Callable[[dict[str, Any]], object], *signers: str
) -> bytes:
    """A metadata file changed by whoever holds these roles' keys."""
    members = json.loads(publication.files[name])
    change(members["signed"])
    metadata: Metadata[Targets] = Metadata.from_bytes(json.dumps(members).encode())
    metadata.signatures.clear()
    for role in signers:
        metadata.sign(RoleSigner(publication.role_signer(role)), append=True)
    return encode(metadata)


# What is accepted


def test_the_directory_that_was_published_is_the_one_that_is_read(published: Publication) -> None:
    read, _ = open_(published)
    assert read == directory(*published.authorities)


def test_other_files_in_the_bag_are_passed_over(published: Publication) -> None:
    assert open_(published, changed={"README": b"hello", "../../etc/passwd": b"x", "9.NO.json": b"{"})


def test_a_pack_needs_the_newest_files_and_every_root(published: Publication, norway: Authority) -> None:
    norway.rotate_key()
    published.publish(NOW + DAY)
    small = needed(published.files, root=published.root, at=NOW + DAY)
    assert set(small) < set(published.files)
    assert {"1.root.json", "timestamp.json", "2.NO.json", "1.DK.json"} < set(small)
    assert "1.NO.json" not in small
    assert load(small, root=published.root, at=NOW + DAY) == open_(published)


def test_expiry_is_reported_and_stops_nothing(published: Publication) -> None:
    late = NOW + 3 * 365 * DAY
    read, state = load(published.files, root=published.root, at=late)
    assert read.published_at == NOW
    assert set(state.expired) == {"root", "timestamp", "snapshot", "targets", "NO", "DK"}
    assert open_(published)[1].expired == ()


def test_what_a_device_remembers_survives_its_disk(published: Publication) -> None:
    _, state = open_(published)
    assert TrustState.from_json(state.to_json()) == state
    assert state.versions == {"timestamp": 1, "snapshot": 1, "targets": 1, "NO": 1, "DK": 1}
    with pytest.raises(RecordError):
        TrustState.from_json(state.to_json()[:-1])
    with pytest.raises(RecordError):
        TrustState.from_json(state.to_json().replace(b'"version":1', b'"version":2', 1))


def test_loading_the_same_files_again_changes_nothing(published: Publication) -> None:
    read, state = open_(published)
    assert open_(published, state) == (read, state)


# Thresholds


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_a_role_needs_its_threshold_of_different_keys(norway: Authority, role: str) -> None:
    sizes: Any = {role: (5, 3)}
    published = Publication(norway, **sizes)
    assert open_(published)[0].authority(norway.iss)
    name = "timestamp.json" if role == "timestamp" else f"1.{role}.json"
    members = json.loads(published.files[name])
    for kept, good in ((3, True), (2, False), (0, False)):
        fewer = {**members, "signatures": members["signatures"][:kept]}
        files = {**published.files, name: json.dumps(fewer, separators=(",", ":"), sort_keys=True).encode()}
        root = files["1.root.json"]
        if good:
            load(files, root=root, at=NOW)
        else:
            with pytest.raises(UntrustedMetadata, match="signed by"):
                load(files, root=root, at=NOW)


def test_publishing_without_enough_keys_at_hand_is_refused(norway: Authority) -> None:
    published = Publication(norway, targets=(3, 2))
    for keyid in published.plan().roles["targets"].ids[1:]:
        published.signers.pop(keyid)
    norway.entry = replace(norway.entry, name="Norwegian Maritime Authority")
    plan, signers = published.plan(), dict(published.signers)
    for keyid in plan.roles["targets"].ids[1:]:
        signers.pop(keyid)
    with pytest.raises(PublishError, match="directory needs 2 signatures, and 1 keys are here"):
        publish(plan, signers=signers, at=NOW, before=published.files)


def test_one_key_under_two_ids_does_not_fill_a_threshold_of_two(norway: Authority) -> None:
    published = Publication(norway, targets=(2, 2))
    members = json.loads(published.root)
    first, second = members["signed"]["roles"]["targets"]["keyids"]
    members["signed"]["keys"][second] = members["signed"]["keys"][first]
    root = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(UntrustedMetadata, match="one key under two key ids"):
        load({**published.files, "1.root.json": root}, root=root, at=NOW)


def test_a_signature_that_proves_nothing_is_not_carried_along(published: Publication) -> None:
    members = json.loads(published.files["timestamp.json"])
    members["signatures"].append({"keyid": "00000000", "sig": "0" * 128})
    data = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(UntrustedMetadata, match="signature that does not verify"):
        open_(published, changed={"timestamp.json": data})


def test_a_flag_cannot_sign_for_another(published: Publication) -> None:
    forged = signed_again(published, "1.NO.json", lambda signed: signed, "DK")
    with pytest.raises(UntrustedMetadata, match="not signed by enough"):
        open_(published, changed={"1.NO.json": forged})


def test_the_online_keys_cannot_change_the_directory_or_a_flag(published: Publication) -> None:
    for name in ("1.targets.json", "1.NO.json"):
        forged = signed_again(published, name, lambda signed: signed, "timestamp", "snapshot")
        with pytest.raises(UntrustedMetadata, match="not signed by enough"):
            open_(published, changed={name: forged})


# The root chain


def test_new_root_keys_need_the_old_ones(published: Publication, norway: Authority) -> None:
    _, before = open_(published)
    published.generation["root"] += 1
    published.publish(NOW + DAY)
    assert "2.root.json" in published.files
    members = json.loads(published.files["2.root.json"])
    assert len(members["signatures"]) == 2
    assert open_(published, before)[0].authority(norway.iss)
    for kept in (0, 1):
        half = {**members, "signatures": [members["signatures"][kept]]}
        data = json.dumps(half, separators=(",", ":"), sort_keys=True).encode()
        with pytest.raises(UntrustedMetadata, match=r"2\.root\.json: not signed by enough"):
            open_(published, changed={"2.root.json": data})


def test_the_whole_chain_is_walked_from_the_pinned_root(published: Publication) -> None:
    for days in range(1, 4):
        published.generation["root"] += 1
        published.generation["timestamp"] += 1
        published.publish(NOW + days * DAY)
    _, state = open_(published)
    assert state.root == published.files["4.root.json"]
    with pytest.raises(UntrustedMetadata):
        open_(published, changed={"3.root.json": None})


def test_a_device_that_knows_a_newer_root_needs_no_older_ones(published: Publication) -> None:
    published.generation["root"] += 1
    published.publish(NOW + DAY)
    _, state = open_(published)
    assert open_(published, state, changed={"2.root.json": None})[1].root == published.files["2.root.json"]


def test_a_root_that_another_ceremony_made_is_not_ours(published: Publication) -> None:
    stranger = Publication(Authority("NO"))
    with pytest.raises(UntrustedMetadata, match="not signed by enough"):
        load(published.files, root=stranger.root, at=NOW)
    _, state = open_(published)
    with pytest.raises(UntrustedMetadata, match="another root"):
        load(stranger.files, root=stranger.root, at=NOW, previous=state)


def test_a_pinned_root_must_be_signed_by_itself(published: Publication) -> None:
    root = signed_again(published, "1.root.json", lambda signed: signed, "targets")
    with pytest.raises(UntrustedMetadata, match="not signed by itself"):
        load(published.files, root=root, at=NOW)


def test_a_root_never_changes_from_test_to_production(published: Publication) -> None:
    _, state = open_(published)

    def into_production(signed: dict[str, Any]) -> None:
        signed.update(version=2, ombord={"environment": "production"})

    forged = signed_again(published, "1.root.json", into_production, "root")
    with pytest.raises(UntrustedMetadata, match="different roots"):
        open_(published, state, changed={"2.root.json": forged})


# Rollback, mix and match


def test_an_older_publication_is_refused_after_a_newer_one(published: Publication) -> None:
    old = dict(published.files)
    published.publish(NOW + DAY)
    _, state = open_(published)
    with pytest.raises(Rollback, match=r"timestamp\.json: version 1, and this device has seen 2"):
        load(old, root=published.root, at=NOW, previous=state)


@pytest.mark.parametrize("name", ["2.snapshot.json", "2.NO.json"])
def test_files_of_two_publications_do_not_mix(published: Publication, norway: Authority, name: str) -> None:
    old = published.files[name.replace("2.", "1.")]
    norway.rotate_key()
    published.publish(NOW + DAY)
    with pytest.raises(UntrustedMetadata, match="says that it is version 1"):
        open_(published, changed={name: old})


def test_a_snapshot_that_rolls_one_flag_back_is_refused(published: Publication, norway: Authority) -> None:
    norway.rotate_key()
    published.publish(NOW + DAY)
    _, state = open_(published)

    def rolled(signed: dict[str, Any]) -> None:
        signed["version"] = 3
        signed["meta"]["NO.json"]["version"] = 1

    snapshot = signed_again(published, "2.snapshot.json", rolled, "snapshot")

    def renewed(signed: dict[str, Any]) -> None:
        signed.update(version=3, meta={"snapshot.json": {"version": 3}})

    timestamp = signed_again(published, "timestamp.json", renewed, "timestamp")
    forged = {"3.snapshot.json": snapshot, "timestamp.json": timestamp}
    with pytest.raises(Rollback, match=r"1\.NO\.json: version 1, and this device has seen 2"):
        open_(published, state, changed=forged)
    assert open_(published, changed=forged)  # a device that has seen nothing yet cannot know


def test_a_flag_cannot_vanish_from_the_snapshot(published: Publication) -> None:
    _, state = open_(published)

    def without(signed: dict[str, Any]) -> None:
        signed["version"] = 2
        del signed["meta"]["DK.json"]

    def renewed(signed: dict[str, Any]) -> None:
        signed.update(version=2, meta={"snapshot.json": {"version": 2}})

    forged = {
        "2.snapshot.json": signed_again(published, "1.snapshot.json", without, "snapshot"),
        "timestamp.json": signed_again(published, "timestamp.json", renewed, "timestamp"),
    }
    with pytest.raises(Rollback, match="vanished"):
        open_(published, state, changed=forged)


def test_two_contents_under_one_version_are_refused(published: Publication) -> None:
    _, state = open_(published)

    def later(signed: dict[str, Any]) -> None:
        signed["ombord"]["signed_at"] += 60

    forged = signed_again(published, "timestamp.json", later, "timestamp")
    with pytest.raises(Rollback, match="another content"):
        open_(published, state, changed={"timestamp.json": forged})


def test_new_online_keys_end_a_count_up_to_the_sky(published: Publication) -> None:
    def sky(signed: dict[str, Any]) -> None:
        signed["version"] = 2**31

    thief = {"timestamp.json": signed_again(published, "timestamp.json", sky, "timestamp")}
    _, state = open_(published, changed=thief)
    with pytest.raises(Rollback):
        open_(published, state)
    published.generation["timestamp"] += 1
    published.publish(NOW + DAY)
    assert open_(published, state)[1].versions["timestamp"] == 2


@pytest.mark.parametrize("name", ["timestamp.json", "1.snapshot.json", "1.targets.json", "1.NO.json"])
def test_a_missing_file_is_named(published: Publication, name: str) -> None:
    with pytest.raises(UntrustedMetadata, match=f"{name}: missing"):
        open_(published, changed={name: None})


def test_a_key_list_must_be_the_one_that_its_flag_signed(published: Publication, norway: Authority) -> None:
    (mine,) = [name for name in published.files if name.startswith("targets/NO/")]
    (other,) = [name for name in published.files if name.startswith("targets/DK/")]
    with pytest.raises(UntrustedMetadata):
        open_(published, changed={mine: published.files[other]})
    with pytest.raises(UntrustedMetadata, match="missing"):
        open_(published, changed={mine: None})


# What a flag may say


def _with_keys(published: Publication, change: Callable[[dict[str, Any]], object]) -> dict[str, bytes]:
    """Files in which NO has signed another list of keys, all versions raised properly."""
    (name,) = [name for name in published.files if name.startswith("targets/NO/")]
    listed = json.loads(published.files[name])
    change(listed)
    data = json.dumps(listed).encode()
    digest = sha256(data).hexdigest()

    def point(signed: dict[str, Any]) -> None:
        signed["targets"] = {"NO/keys.json": {"length": len(data), "hashes": {"sha256": digest}}}

    return {
        f"targets/NO/{digest}.keys.json": data,
        "1.NO.json": signed_again(published, "1.NO.json", point, "NO"),
    }


def _update(change: Mapping[str, object], members: dict[str, Any]) -> None:
    members.update(change)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"issuer": "https://dk.example"}, "not an address of NO"),
        ({"kid": "NO/../DK"}, "no key id"),
        ({"purposes": ["competency", "status"]}, "no other purpose"),
        ({"purposes": ["pass", "medical"]}, "no other purpose"),
        ({"purposes": []}, "purposes"),
        ({"sign_until": 0}, "out of order"),
        ({"verify_until": 2**40}, "verify_until"),
        ({"sign_from": 1.5}, "no integer"),
        ({"sign_from": True}, "sign_from"),
        ({"state": "excellent"}, "excellent"),
        ({"environment": "staging"}, "staging"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, "kty"),
    ],
)
def test_a_flags_list_is_read_strictly(published: Publication, change: dict[str, Any], reason: str) -> None:
    def bend(listed: dict[str, Any]) -> None:
        listed["keys"][0].update(change)

    with pytest.raises(UntrustedMetadata, match=reason):
        open_(published, changed=_with_keys(published, bend))


def test_a_flags_list_names_its_flag_and_format(published: Publication) -> None:
    for change in ({"flag": "DK"}, {"version": 2}, {"format": "other"}):
        with pytest.raises(UntrustedMetadata):
            open_(published, changed=_with_keys(published, partial(_update, change)))


def test_a_purpose_that_this_release_does_not_know_is_kept_and_never_asked_for(
    published: Publication, norway: Authority
) -> None:
    def bend(listed: dict[str, Any]) -> None:
        listed["keys"][0]["purposes"] = ["competency", "seaman-book"]

    read, _ = open_(published, changed=_with_keys(published, bend))
    key = read.key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert key.purposes == {"competency", "seaman-book"}


def test_a_test_key_in_a_production_directory_is_listed_and_objected_to(norway: Authority) -> None:
    production = Authority("NO", environment=Environment.PRODUCTION)
    production.change_key(environment=Environment.TEST)
    published = Publication(production)
    read, _ = open_(published)
    key = read.key(production.iss, production.certificate_kid)
    assert read.environment is Environment.PRODUCTION
    assert key is not None
    assert "test key" in str(
        key.objection("competency", at_signing=NOW, now=NOW, environment=read.environment)
    )


def test_nothing_that_a_flag_signs_raises_the_time_floor(published: Publication) -> None:
    def far(listed: dict[str, Any]) -> None:
        listed["signed_at"] = listed["time_floor"] = 7_000_000_000

    _, state = open_(published, changed=_with_keys(published, far))
    assert state.time_floor == NOW

    def tomorrow(signed: dict[str, Any]) -> None:
        signed["ombord"] = {"signed_at": 7_000_000_000}

    forged = signed_again(published, "1.NO.json", tomorrow, "NO")
    assert open_(published, changed={"1.NO.json": forged})[1].time_floor == NOW


def test_what_the_directory_pins_is_checked(published: Publication) -> None:
    def pins(**changes: object) -> bytes:
        def change(signed: dict[str, Any]) -> None:
            signed["delegations"]["roles"][0]["ombord"].update(changes)

        return signed_again(published, "1.targets.json", change, "targets")

    for changes, reason in (
        ({"issuers": ["https://dk.example"]}, "belongs to two authorities"),
        ({"issuers": ["http://no.example"]}, "not https"),
        ({"issuers": ["https://no.example/"]}, "no plain https address"),
        ({"issuers": ["https://user@no.example"]}, "no plain https address"),
        ({"issuers": ["https://no[.example"]}, "Invalid IPv6"),
        ({"issuers": ["https://no].example"]}, "Invalid IPv6"),
        ({"status_prefix": "https://dk.example/status/2/"}, "lie below"),
        ({"status_prefix": "https://no.example/status"}, "slash"),
        ({"flag": "SE"}, "terminating"),
        ({"name": "Sjø\u202efart"}, "name"),
    ):
        with pytest.raises(UntrustedMetadata, match=reason):
            open_(published, changed={"1.targets.json": pins(**changes)})


@pytest.mark.parametrize(
    "change",
    [{"terminating": False}, {"paths": ["*/keys.json"]}, {"paths": ["NO/keys.json", "DK/keys.json"]}],
)
def test_a_flags_role_is_terminating_and_for_its_own_keys_alone(
    published: Publication, change: dict[str, Any]
) -> None:
    def widen(signed: dict[str, Any]) -> None:
        signed["delegations"]["roles"][0].update(change)

    forged = signed_again(published, "1.targets.json", widen, "targets")
    with pytest.raises(UntrustedMetadata, match="terminating role for its own keys"):
        open_(published, changed={"1.targets.json": forged})


# For ever


def test_one_key_id_means_one_key_for_ever(published: Publication, norway: Authority) -> None:
    _, state = open_(published)
    stolen = norway.certificate_kid
    before, fresh = dict(published.files), seeded_signer("another")
    norway.change_key(key=fresh.public_key)
    with pytest.raises(PublishError, match="already names another key"):
        published.publish(NOW + DAY)
    forgotten = published.ceremony  # the same keys, in the hands of a publisher that forgot its past
    careless = Publication(norway, *published.authorities[1:], ceremony=forgotten)
    read, state = load(careless.files, root=careless.root, at=NOW, previous=replace(state, seen={}))
    assert read.conflicts == {(norway.iss, stolen)}
    good_again = load(before, root=published.root, at=NOW, previous=replace(state, seen={}))[0]
    assert good_again.conflicts == {(norway.iss, stolen)}


def test_a_key_id_twice_in_one_list_is_a_conflict(published: Publication, norway: Authority) -> None:
    def twice(listed: dict[str, Any]) -> None:
        first, second, *_ = listed["keys"]
        second["kid"] = first["kid"]

    read, _ = open_(published, changed=_with_keys(published, twice))
    key = read.key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert key.conflicting


@pytest.mark.parametrize("state", [KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY])
def test_a_compromise_is_never_taken_back(published: Publication, norway: Authority, state: KeyState) -> None:
    norway.retire_key(state=state, reason="stolen")
    published.publish(NOW + DAY)
    _, seen = open_(published)
    norway.retire_key(state=KeyState.ACTIVE)
    published.publish(NOW + 2 * DAY)
    key = open_(published, seen)[0].key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert key.state is state
    fresh = open_(published)[0].key(norway.iss, norway.certificate_kid)
    assert fresh is not None
    assert fresh.state is KeyState.ACTIVE  # only a device that saw it can know


@pytest.mark.parametrize("state", [KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY])
@pytest.mark.parametrize("order", ["old id first", "new id first", "new id alone"])
def test_a_compromised_key_under_another_id_is_as_compromised(
    norway: Authority, state: KeyState, order: str
) -> None:
    norway.retire_key(norway.certificate_kid, state, "stolen")
    stolen = norway.keys[norway.certificate_kid]
    again = replace(stolen, kid="NO-again", state=KeyState.ACTIVE, reason=None)
    both = {"old id first": (stolen, again), "new id first": (again, stolen), "new id alone": (again,)}
    memory, _ = remember({}, [stolen] if order == "new id alone" else [])
    memory, keys = remember(memory, both[order])
    assert {key.state for key in keys.values()} == {state}
    assert memory[again.issuer, again.kid].compromised is state
    elsewhere = replace(again, issuer="https://dk.example")
    assert remember(memory, [elsewhere])[1]["https://dk.example", "NO-again"].state is KeyState.ACTIVE, (
        "no flag can spoil another's key by listing it as its own"
    )


def test_an_allow_listed_key_can_still_be_revoked(published: Publication, norway: Authority) -> None:
    norway.retire_key(state=KeyState.ALLOW_LIST_ONLY)
    published.publish(NOW + DAY)
    _, seen = open_(published)
    norway.retire_key(state=KeyState.REVOKED, reason="all of it")
    published.publish(NOW + 2 * DAY)
    key = open_(published, seen)[0].key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert (key.state, key.reason) == (KeyState.REVOKED, "all of it")


# Time


def test_the_time_floor_is_the_latest_verified_timestamp(published: Publication) -> None:
    read, state = open_(published)
    assert read.time_floor == state.time_floor == read.published_at == NOW
    published.publish(NOW + 9 * DAY)
    assert open_(published, state)[0].time_floor == NOW + 9 * DAY


def test_the_time_floor_is_never_before_the_release() -> None:
    published = Publication(Authority("NO"), at=client.RELEASED - 90 * DAY)
    read, _ = open_(published)
    assert read.time_floor == client.RELEASED
    assert read.published_at == client.RELEASED - 90 * DAY


def test_only_a_new_root_takes_the_time_floor_back(published: Publication) -> None:
    def far(signed: dict[str, Any]) -> None:
        signed["version"] = 9
        signed["ombord"] = {"signed_at": 7_000_000_000}

    thief = {"timestamp.json": signed_again(published, "timestamp.json", far, "timestamp")}
    _, state = open_(published, changed=thief)
    assert state.time_floor.year == 2191
    published.generation["timestamp"] += 1
    published.publish(NOW + DAY)
    assert open_(published, state)[0].time_floor == state.time_floor
    plan = replace(published.plan(), time_floor=NOW)
    published.files = publish(plan, signers=published.signers, at=NOW + 2 * DAY, before=published.files)
    assert open_(published, state)[0].time_floor == NOW + 2 * DAY


def test_publishing_with_a_clock_set_back_is_refused(published: Publication) -> None:
    with pytest.raises(PublishError, match="the clock says"):
        published.publish(NOW - timedelta(seconds=1))


# Versions


def test_only_what_changed_gets_a_new_version(published: Publication, norway: Authority) -> None:
    published.publish(NOW + DAY)
    assert open_(published)[1].versions == {"timestamp": 2, "snapshot": 1, "targets": 1, "NO": 1, "DK": 1}
    norway.rotate_key()
    published.publish(NOW + 2 * DAY)
    assert open_(published)[1].versions == {"timestamp": 3, "snapshot": 2, "targets": 1, "NO": 2, "DK": 1}
    published.generation["targets"] += 1
    published.publish(NOW + 3 * DAY)
    assert open_(published)[1].versions == {"timestamp": 4, "snapshot": 3, "targets": 2, "NO": 2, "DK": 1}


def test_what_nears_its_end_is_signed_again(published: Publication) -> None:
    published.publish(NOW + 100 * DAY)
    assert open_(published)[1].versions == {"timestamp": 2, "snapshot": 2, "targets": 2, "NO": 1, "DK": 1}
    assert "2.root.json" not in published.files
    published.publish(NOW + 400 * DAY)
    assert "2.root.json" in published.files
    assert open_(published)[1].expired == ()


def test_a_new_authority_joins(published: Publication) -> None:
    _, state = open_(published)
    sweden = Authority("SE")
    published.authorities = (*published.authorities, sweden)
    published.publish(NOW + DAY)
    read, state = open_(published, state)
    assert read.authority(sweden.iss) == sweden.entry
    assert state.versions["SE"] == 1


EVENTS = ("rotate a key", "revoke a key", "new online keys", "new directory keys", "new root keys", "wait")


def _happen(event: str, authority: Authority, published: Publication) -> None:
    match event:
        case "rotate a key":
            authority.rotate_key()
        case "revoke a key":
            authority.retire_key(state=KeyState.REVOKED)
        case "new online keys":
            published.generation["snapshot"] += 1
            published.generation["timestamp"] += 1
        case "new directory keys":
            published.generation["targets"] += 1
        case "new root keys":
            published.generation["root"] += 1


@settings(max_examples=40)
@given(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_whatever_happens_a_device_can_follow_and_never_goes_back(events: list[str], random: Random) -> None:
    authority = Authority("NO")
    published = Publication(authority)
    history = [dict(published.files)]
    for days, event in enumerate(events, start=1):
        _happen(event, authority, published)
        history.append(dict(published.publish(NOW + days * DAY)))
    last = len(history) - 1
    visits = sorted(
        {*random.sample(range(last), random.randrange(last + 1)), last}
    )  # others are missed at sea
    state = None
    for visit in visits:
        read, state = load(history[visit], root=published.root, at=NOW, previous=state)
    assert read == load(history[-1], root=published.root, at=NOW)[0]
    for older in range(last):
        with pytest.raises(UntrustedMetadata):
            load(history[older], root=published.root, at=NOW, previous=state)


# Strictness


def test_every_file_has_one_spelling(published: Publication) -> None:
    for name, data in published.files.items():
        if name.startswith("targets/"):
            continue
        members = json.loads(data)
        duplicate = data.replace(b'{"signatures"', b'{"signatures":[],"signatures"', 1)
        for bent in (
            json.dumps(members).encode(),
            data + b"\n",
            b"\xef\xbb\xbf" + data,
            duplicate,
            data.replace(b'"_type"', b'"\\u005ftype"'),
            data.replace(b'{"signatures"', b'{"extra":1,"signatures"', 1),
            b"[]",
            b"",
            b"{" * 100_000,
            b" " * (1 << 21),
        ):
            files = {**published.files, name: bent}
            with pytest.raises(UntrustedMetadata):
                load(files, root=files["1.root.json"], at=NOW)


def test_every_flipped_bit_is_refused(published: Publication) -> None:
    """All bits of the signatures, whose hexadecimal has two cases, and a seeded sample of the rest."""
    random = Random(20260101)
    for name, data in published.files.items():
        signature = data.find(b'"sig":"') + 7
        hexadecimal = range(signature, signature + 128) if signature > 7 else range(0)
        positions = {*random.sample(range(len(data)), 60), *hexadecimal}
        for position in sorted(positions):
            bent = bytearray(data)
            bent[position] ^= 1 << random.randrange(8)
            files = {**published.files, name: bytes(bent)}
            with pytest.raises(UntrustedMetadata):
                load(files, root=files["1.root.json"], at=NOW)


def test_hexadecimal_in_capitals_is_refused(published: Publication) -> None:
    members = json.loads(published.files["timestamp.json"])
    members["signatures"][0]["sig"] = members["signatures"][0]["sig"].upper()
    data = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(UntrustedMetadata, match="small hexadecimal"):
        open_(published, changed={"timestamp.json": data})


def test_every_truncation_is_refused(published: Publication) -> None:
    for name, data in published.files.items():
        for length in range(0, len(data), 37):
            files = {**published.files, name: data[:length]}
            with pytest.raises(UntrustedMetadata):
                load(files, root=files["1.root.json"], at=NOW)


PUBLISHED = Publication(Authority("NO"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(PUBLISHED.files)), st.data())
def test_any_member_replaced_by_anything_is_refused(name: str, data: st.DataObject) -> None:
    """Wrong types everywhere: `tuf.api` raises all sorts of errors, and we one."""
    members = json.loads(PUBLISHED.files[name])
    place = members
    while True:
        step = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[step], dict | list) or not place[step] or data.draw(st.booleans()):
            break
        place = place[step]
    value = data.draw(JSON)
    if json.dumps(value) == json.dumps(place[step]):
        return
    place[step] = value
    bent = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    files = {**PUBLISHED.files, name: bent}
    with pytest.raises(UntrustedMetadata):
        load(files, root=files["1.root.json"], at=NOW)


@given(st.dictionaries(st.sampled_from(sorted(PUBLISHED.files)), st.binary(max_size=60), min_size=1))
def test_arbitrary_files_are_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(UntrustedMetadata):
        load(files, root=PUBLISHED.root, at=NOW)
    with pytest.raises(UntrustedMetadata):
        load(PUBLISHED.files, root=files.get("1.root.json", b""), at=NOW)


def test_role_keys_have_short_ids_that_do_not_depend_on_anything_else(published: Publication) -> None:
    for keyid, signer in published.signers.items():
        assert keyid == key_id(signer.public_key)
        assert len(keyid) == 8
