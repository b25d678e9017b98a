"""Flags' own keys: here or on the flag's machines, handed over, replaced by the root, compromised."""

import json
import re
from pathlib import Path

import pytest
from support.ceremony import Ceremony, cheap_passphrases, full_home

from keys.custody.sealed_file import unseal
from keys.trust.allow_list import build
from keys.trust.directory import CERTIFICATES, KeyState
from keys.trust.folder import read_folder
from keys.trust.state import TrustState

ISS = "https://no.example"
DAY_2, DAY_3, DAY_4, DAY_5 = (f"2026-11-2{day}T12:00:00Z" for day in (2, 3, 4, 5))


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """Everything in one home, with Norway and its keys, published once."""
    cheap_passphrases(monkeypatch)
    return full_home(tmp_path, capsys)


def signed(home: Ceremony, name: str) -> dict[str, object]:
    members: dict[str, object] = json.loads(read_folder(home.machine("operator") / "out")[name])
    return members


def role_keys(state: TrustState, flag: str = "NO") -> tuple[str, ...]:
    return state.roles[flag].keys


# Handed over by the old keys


def test_a_flag_has_a_current_key_and_the_next_and_one_of_them_signs(home: Ceremony) -> None:
    _, state = home.read()
    assert len(role_keys(state)) == 2
    assert state.roles["NO"].threshold == 1
    assert len(signed(home, "1.NO.json")["signatures"]) == 1  # type: ignore[arg-type]


def test_the_next_key_becomes_the_current_one_and_devices_follow(home: Ceremony) -> None:
    _, state = home.read()
    for days, at in enumerate((DAY_2, DAY_3, DAY_4), start=2):
        said = home.done("operator", "authority", "rotate", "NO", at=at)
        assert "that is enough" in said
        home.publish(at=at)
        before = set(role_keys(state))
        _, state = home.read(state, at=at)
        assert len(before & set(role_keys(state))) == 1
        assert state.versions["targets"] == days


def test_a_device_that_slept_through_several_handovers_walks_them_all(home: Ceremony) -> None:
    _, asleep = home.read()
    for at in (DAY_2, DAY_3, DAY_4):
        home.done("operator", "authority", "rotate", "NO", "--all", at=at)
        home.publish(at=at)
    _, state = home.read(asleep, at=DAY_4)
    assert not set(role_keys(asleep)) & set(role_keys(state))


def test_a_home_of_an_earlier_release_opens_publishes_and_gets_its_second_key_by_a_rotation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passphrases(monkeypatch)
    home = Ceremony(tmp_path, capsys)
    home.done("operator", "init")
    with monkeypatch.context() as patch:
        patch.setattr("keys.trust.home.FLAG_KEYS", 1)
        home.authority("NO")
    register = home.machine("operator") / "ombord-keys/home.json"
    members = json.loads(register.read_text())
    del members["replaced"], members["holders"], members["flags"][0]["handovers"]
    del members["flags"][0]["allow_lists"]
    register.write_text(json.dumps({**members, "version": 1}))
    home.publish()
    _, state = home.read()
    assert len(role_keys(state)) == 1
    home.done("operator", "authority", "rotate", "NO", at=DAY_2)
    home.publish(at=DAY_2)
    assert set(role_keys(state)) < set(role_keys(home.read(state, at=DAY_2)[1]))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["SE"], "no authority SE"),
        (["NO", "--remove", "Nobody"], "NO has no holder Nobody"),
        (["NO", "--holder", "nowhere.json"], "No such file"),
        (["NO", "--threshold", "9"], "already|would have"),
        (["NO", "--signed", "no.sealed"], "no draft of a handover"),
    ],
)
def test_a_rotation_that_cannot_be_is_refused(home: Ceremony, words: list[str], reason: str) -> None:
    if "9" in words:
        home.new_holder("Nils")
        words = [*words, "--holder", "Nils.pub.json"]
    assert re.search(reason, home.refused("operator", "authority", "rotate", *words))


# Replaced by the root's holders


def test_a_flag_whose_keys_are_all_lost_gets_new_ones_by_the_roots_word(home: Ceremony) -> None:
    _, state = home.read()
    said = home.done("operator", "root", "rotate", "--replace-flag", "NO", at=DAY_2)
    assert "! NO gets new keys without its old keys' word" in said
    home.publish("2.root.draft.json", at=DAY_2)
    _, replaced = home.read(state, at=DAY_2)
    assert not set(role_keys(state)) & set(role_keys(replaced))
    assert replaced.roles["NO"].fingerprint in str(json.loads(replaced.root)["signed"]["ombord"])


def test_after_the_roots_word_the_new_keys_hand_over_by_themselves(home: Ceremony) -> None:
    _, asleep = home.read()
    home.done("operator", "root", "rotate", "--replace-flag", "NO", at=DAY_2)
    home.publish("2.root.draft.json", at=DAY_2)
    for at in (DAY_3, DAY_4):
        home.done("operator", "authority", "rotate", "NO", "--all", at=at)
        home.publish(at=at)
    assert len(role_keys(home.read(asleep, at=DAY_4)[1])) == 2
    home.done("operator", "root", "rotate", at=DAY_5)
    home.publish("3.root.draft.json", at=DAY_5)
    assert home.read(asleep, at=DAY_5)[1].versions["NO"] >= 1


def test_the_directory_alone_cannot_replace_a_flags_keys(home: Ceremony) -> None:
    """Whoever has the directory's keys and the operator's home, and neither the flag's nor the root's."""
    register = home.machine("operator") / "ombord-keys/home.json"
    pub = home.new_holder("Mallory"), home.new_holder("Malvolio")
    keys = [json.loads((home.machine("operator") / name).read_text())["key"] for name in pub]
    members = json.loads(register.read_text())
    members["flags"][0]["role"]["keys"] = keys
    register.write_text(json.dumps(members))
    home.done("operator", "authority", "draft", "NO")
    for name in ("Mallory",):
        home.carry("2.NO.draft.json", "operator", name)
        home.done(name, "authority", "sign", "2.NO.draft.json", "--sealed", f"{name}.sealed")
        home.carry("2.NO.draft.json", name, "operator")
    words = ("publish", "--out", "out", "--signed", "2.NO.draft.json")
    assert "replaced without its old keys or the root's holders" in home.refused("operator", *words, at=DAY_2)


# A flag that signs on machines of its own


@pytest.fixture
def abroad(home: Ceremony) -> Ceremony:
    """Sweden holds its role's keys itself: two people, of whom one must sign."""
    pubs = [home.new_holder(name) for name in ("Sven", "Siv")]
    holders = [word for pub in pubs for word in ("--holder", pub)]
    home.done("operator", "authority", "add", "SE", "--name", "Transportstyrelsen", "--iss",
              "https://se.example", *holders)  # fmt: skip
    home.done("Sven", "key", "new", "SE-2026a", "--sealed", "se.sealed")
    home.carry("SE-2026a.jwk.json", "Sven", "operator")
    home.done("operator", "key", "add", "SE", "--public", "SE-2026a.jwk.json")
    home.done("operator", "authority", "draft", "SE")
    said = home.sign("1.SE.draft.json", "Sven", kind="authority")
    assert "that is enough" in said
    home.publish("1.SE.draft.json")
    return home


def test_a_flag_that_signs_by_itself_leaves_no_key_with_the_operator(abroad: Ceremony) -> None:
    key = abroad.read()[0].key("https://se.example", "SE-2026a")
    assert key is not None
    assert key.purposes == set(CERTIFICATES)
    machine = abroad.machine("Sven")
    assert unseal(machine / "se.sealed", b"the passphrase of Sven")["SE-2026a"].public_key == key.key
    assert not list(abroad.machine("operator").glob("se.*"))


def test_a_flag_reads_what_it_signs(abroad: Ceremony) -> None:
    abroad.done("operator", "key", "retire", "SE", "SE-2026a", "--state", "revoked", "--reason", "stolen")
    said = abroad.done("operator", "authority", "draft", "SE")
    assert "! SE-2026a: revoked" in said
    assert "stolen" in said
    assert "before: active" in said


def test_a_flag_that_has_not_signed_holds_nobody_up(abroad: Ceremony) -> None:
    abroad.done("operator", "key", "retire", "SE", "SE-2026a", "--state", "revoked")
    assert "Waiting: SE: a change waits" in abroad.publish(at=DAY_2)
    key = abroad.read(at=DAY_2)[0].key("https://se.example", "SE-2026a")
    assert key is not None
    assert key.state is KeyState.ACTIVE


def test_a_flag_that_never_signed_is_named_once_it_has(home: Ceremony) -> None:
    pubs = [home.new_holder(name) for name in ("Sven", "Siv")]
    holders = [word for pub in pubs for word in ("--holder", pub)]
    home.done("operator", "authority", "add", "SE", "--name", "S", "--iss", "https://se.example", *holders)
    assert "Waiting: directory: a change waits" in home.publish(at=DAY_2)
    assert set(home.read(at=DAY_2)[0].authorities) == {ISS}


def test_a_list_of_keys_changed_on_its_way_to_the_flag_is_refused(abroad: Ceremony) -> None:
    abroad.done("operator", "key", "retire", "SE", "SE-2026a")
    abroad.done("operator", "authority", "draft", "SE")
    draft = abroad.machine("operator") / "2.SE.draft.json"
    draft.write_text(draft.read_text().replace("SE-2026a", "SE-2026b"))
    abroad.carry(draft.name, "operator", "Sven")
    said = abroad.refused("Sven", "authority", "sign", draft.name, "--sealed", "Sven.sealed")
    assert "the list of keys that the draft shows is not the one that it signs" in said


def test_one_flag_cannot_sign_for_another(abroad: Ceremony) -> None:
    abroad.done("operator", "authority", "draft", "NO")
    abroad.carry("2.NO.draft.json", "operator", "Sven")
    said = abroad.refused("Sven", "authority", "sign", "2.NO.draft.json", "--sealed", "Sven.sealed")
    assert "no key of this file may sign this draft of NO" in said


def test_a_flag_hands_over_from_machine_to_machine(abroad: Ceremony) -> None:
    _, asleep = abroad.read()
    pub = abroad.new_holder("Stina")
    words = ("authority", "rotate", "SE", "--holder", pub, "--remove", "Sven")
    said = abroad.done("operator", *words)
    assert "+ Stina" in said
    assert "- Sven" in said
    draft = "SE.handover.draft.json"
    assert "0 of 1 old keys have signed" in abroad.refused(
        "operator", "authority", "rotate", "SE", "--signed", draft
    )
    abroad.carry(draft, "operator", "Stina")
    assert "no key of this file" in abroad.refused(
        "Stina", "authority", "sign", draft, "--sealed", "Stina.sealed"
    )
    abroad.sign(draft, "Siv", kind="authority")
    abroad.done("operator", "authority", "rotate", "SE", "--signed", draft)
    abroad.done("operator", "authority", "draft", "SE")
    abroad.sign("2.SE.draft.json", "Stina", kind="authority")
    abroad.publish("2.SE.draft.json", at=DAY_2)
    _, state = abroad.read(asleep, at=DAY_2)
    assert role_keys(state, "SE") != role_keys(asleep, "SE")
    assert "not from SE's present keys" in abroad.refused(
        "operator", "authority", "rotate", "SE", "--signed", draft
    )


def test_a_handover_changed_after_it_was_signed_is_refused(abroad: Ceremony) -> None:
    pubs = abroad.new_holder("Stina"), abroad.new_holder("Mallory")
    for name, pub in zip(("one.json", "two.json"), pubs, strict=True):
        abroad.done("operator", "authority", "rotate", "SE", "--holder", pub, "--out", name)
    abroad.sign("one.json", "Siv", kind="authority")
    one, two = (abroad.machine("operator") / name for name in ("one.json", "two.json"))
    forged = {**json.loads(two.read_text()), "signatures": json.loads(one.read_text())["signatures"]}
    two.write_text(json.dumps(forged))
    said = abroad.refused("operator", "authority", "rotate", "SE", "--signed", "two.json")
    assert "signed something else" in said
    abroad.carry("two.json", "operator", "Sven")
    abroad.refused("Sven", "authority", "sign", "two.json", "--sealed", "Sven.sealed")


@pytest.mark.parametrize("holders", [["Sven.pub.json"], ["Sven.pub.json", "Siv.pub.json"]])
def test_a_flag_needs_two_different_keys_and_as_many_as_must_sign(home: Ceremony, holders: list[str]) -> None:
    home.new_holder("Sven")
    home.new_holder("Siv")
    words = [word for name in holders for word in ("--holder", name)]
    words += ["--threshold", "3"] if len(holders) == 2 else []
    said = home.refused(
        "operator", "authority", "add", "SE", "--name", "S", "--iss", "https://s.example", *words
    )
    assert "SE needs 2 different keys" in said


def test_one_person_may_hold_two_keys_and_one_key_has_one_role(abroad: Ceremony) -> None:
    new = abroad.new_holder("Nina")
    sven = ("--holder", "Sven.pub.json")
    name = ("--name", "D", "--iss", "https://dk.example", "--time-zone", "UTC")
    for words in (
        ("authority", "add", "DK", *name, *sven, "--holder", new),
        ("authority", "rotate", "NO", *sven),
        ("root", "rotate", "--add", "Sven.pub.json"),
        ("root", "rotate", "--replace-flag", "NO", "--flag-holder", "Sven.pub.json", "--flag-holder", new),
    ):
        assert "one key for " in abroad.refused("operator", *words)


# Compromised keys and what they truly signed


def allow_list(home: Ceremony, *inputs: bytes) -> str:
    (home.machine("operator") / "true.bin").write_bytes(build("NO-2026a", inputs, bytes(16)))
    return "true.bin"


def test_what_a_stolen_key_truly_signed_stays_good(home: Ceremony) -> None:
    name = allow_list(home, b"one", b"two")
    words = ("key", "retire", "NO", "NO-2026a", "--state", "allow-list-only", "--allow-list", name)
    said = home.done("operator", *words, "--reason", "laptop stolen")
    assert "allow-list-only: 2 credentials that it signed count on" in said
    (home.machine("operator") / name).unlink()  # the home keeps it
    home.publish(at=DAY_2)
    directory, _ = home.read(at=DAY_2)
    found = directory.allow_list(ISS, "NO-2026a")
    assert found is not None
    assert [found.holds(one) for one in (b"one", b"two", b"three")] == [True, True, False]
    home.publish(at=DAY_3)
    assert home.read(at=DAY_3)[0].allow_list(ISS, "NO-2026a") == found


def test_a_key_without_an_allow_list_counts_for_nothing_and_that_is_said(home: Ceremony) -> None:
    words = ("key", "retire", "NO", "NO-2026a", "--state", "allow-list-only")
    assert "nothing that it signed counts" in home.done("operator", *words)
    home.done("operator", *words, "--allow-list", allow_list(home, b"one"))
    home.publish(at=DAY_2)
    assert home.read(at=DAY_2)[0].allow_list(ISS, "NO-2026a") is not None


def test_revoked_for_good_there_is_no_allow_list(home: Ceremony) -> None:
    words = ("key", "retire", "NO", "NO-2026a", "--state")
    home.done("operator", *words, "allow-list-only", "--allow-list", allow_list(home, b"one"))
    home.publish(at=DAY_2)
    home.done("operator", *words, "revoked")
    home.publish(at=DAY_3)
    directory, _ = home.read(at=DAY_3)
    assert directory.allow_list(ISS, "NO-2026a") is None
    assert "revoked for ever" in home.refused(
        "operator", *words, "allow-list-only", "--allow-list", allow_list(home, b"one")
    )


@pytest.mark.parametrize(
    ("state", "data", "reason"),
    [
        ("allow-list-only", b"", "no allow list for NO-2026a"),
        ("allow-list-only", b"OBAL\x02" + bytes(23), "no allow list for NO-2026a"),
        ("allow-list-only", build("NO-2026a", [b"x"], bytes(16)) + b"\0", "no allow list for NO-2026a"),
        ("allow-list-only", build("NO-2026b", [b"x"], bytes(16)), "the allow list of another key"),
        ("revoked", build("NO-2026a", [b"x"], bytes(16)), "which is to be revoked"),
        ("retired", build("NO-2026a", [b"x"], bytes(16)), "which is to be retired"),
    ],
)
def test_a_wrong_allow_list_is_refused(home: Ceremony, state: str, data: bytes, reason: str) -> None:
    (home.machine("operator") / "x.bin").write_bytes(data)
    words = ("key", "retire", "NO", "NO-2026a", "--state", state, "--allow-list", "x.bin")
    assert reason in home.refused("operator", *words)


def test_a_status_key_has_no_allow_list(home: Ceremony) -> None:
    home.done("operator", "key", "add", "NO", "--purpose", "status", "--sealed", "s.sealed")
    kid = "NO-status-2026a"
    (home.machine("operator") / "x.bin").write_bytes(build(kid, [b"x"], bytes(16)))
    words = ("key", "retire", "NO", kid, "--state", "allow-list-only", "--allow-list", "x.bin")
    assert f"{kid} signs no certificates" in home.refused("operator", *words)


def test_a_damaged_allow_list_in_the_home_is_named(home: Ceremony) -> None:
    words = ("key", "retire", "NO", "NO-2026a", "--state", "allow-list-only")
    home.done("operator", *words, "--allow-list", allow_list(home, b"one"))
    [path] = (home.machine("operator") / "ombord-keys/allow-lists").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert "the allow list of NO-2026a is missing" in home.refused("operator", "publish", "--out", "out")


# Retirement with overlap; environments


def test_a_key_retires_on_a_day_to_come_and_its_successor_signs_beside_it(home: Ceremony) -> None:
    home.done("operator", "key", "add", "NO", "--sealed", "no.sealed")
    words = ("key", "retire", "NO", "NO-2026a", "--signs-until", "2026-12-31")
    assert "signs until 2026-12-31 00:00" in home.done("operator", *words)
    home.publish(at=DAY_2)
    directory, _ = home.read(at=DAY_2)
    old, new = (directory.key(ISS, f"NO-2026{letter}") for letter in "ab")
    assert old is not None
    assert new is not None
    assert (old.state, old.sign_until.isoformat()) == (KeyState.ACTIVE, "2026-12-31T00:00:01+00:00")
    assert new.sign_from < old.sign_until


def test_a_stolen_key_is_not_retired_on_a_day_to_come(home: Ceremony) -> None:
    words = ("key", "retire", "NO", "NO-2026a", "--state", "revoked", "--signs-until", "2026-12-31")
    assert home.run("operator", *words) == 3


def test_a_test_key_in_a_production_directory_is_complained_about(home: Ceremony) -> None:
    production = ("--home", "production")
    home.done("operator", *production, "init", "--environment", "production")
    home.done("operator", *production, "authority", "add", "NO", "--name", "N", "--iss", ISS)
    add = (*production, "key", "add", "NO", "--sealed", "p.sealed", "--environment", "test")
    assert "Warning: NO-2026a is a test key in a production directory" in home.done("operator", *add)
    said = home.done("operator", *production, "publish", "--out", "production-out")
    assert "Warning: NO-2026a is a test key in a production directory" in said


def test_everything_in_one_production_home_is_warned_about(home: Ceremony) -> None:
    said = home.done("operator", "--home", "p", "init", "--environment", "production")
    assert "ombord-keys root init keeps the keys apart" in said
