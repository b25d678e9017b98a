"""Root and directory with holders apart: each signs on a machine of their own, and nothing else counts."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.ceremony import DIRECTORY, ROOT, Ceremony, cheap_passphrases

from keys.custody.sealed_file import unseal
from keys.trust.folder import read_folder

DAY_2, DAY_3, DAY_4 = (f"2026-11-2{day}T12:00:00Z" for day in (2, 3, 4))
DRAFT = "2.root.draft.json"


@pytest.fixture
def ceremony(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    cheap_passphrases(monkeypatch)
    return Ceremony(tmp_path, capsys)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One ceremony for all tests of this module: each works on a copy."""
    return tmp_path_factory.mktemp("established")


@pytest.fixture
def established(ceremony: Ceremony, once: Path) -> Ceremony:
    if not list(once.iterdir()):
        ceremony.establish()
        shutil.copytree(ceremony.folder, once, dirs_exist_ok=True)
    else:
        shutil.copytree(once, ceremony.folder, dirs_exist_ok=True)
    return ceremony


def change(path: Path, how: Any) -> None:
    members = json.loads(path.read_text("utf-8"))
    how(members)
    path.write_text(json.dumps(members), "utf-8")


# The first root


def test_three_of_five_holders_on_their_own_machines_make_a_root(established: Ceremony) -> None:
    directory, state = established.read()
    assert directory.environment == "test"
    assert state.versions == {"timestamp": 1, "snapshot": 1, "targets": 1}
    files = read_folder(established.machine("operator") / "out")
    assert len(json.loads(files["1.root.json"])["signatures"]) == 3
    assert len(json.loads(files["1.targets.json"])["signatures"]) == 2
    assert not list(established.machine("Eva").glob("*.draft.json")), "one holder has refused"


def test_the_home_has_no_key_of_root_or_directory(established: Ceremony) -> None:
    home = established.machine("operator") / "ombord-keys"
    roles = json.loads((home / "home.json").read_text())["roles"]
    sealed = unseal(home / "roles.sealed", b"the passphrase of operator")
    assert len(sealed) == 2
    assert [len(roles[name]["keys"]) for name in ("root", "targets", "snapshot", "timestamp")] == [5, 3, 1, 1]
    for name in (*ROOT, *DIRECTORY):
        own = unseal(established.machine(name) / f"{name}.sealed", f"the passphrase of {name}".encode())
        assert not set(own) & set(sealed)
        assert {path.name for path in established.machine(name).iterdir()} <= {
            f"{name}.sealed", f"{name}.sealed.signed.json", f"{name}.pub.json",
            "1.root.draft.json", "1.directory.draft.json",
        }  # fmt: skip


def test_nothing_secret_is_in_a_draft(established: Ceremony) -> None:
    for path in established.machine("operator").glob("*.draft.json"):
        text = path.read_text("utf-8")
        assert '"d"' not in text
        assert "sealed" not in text


def test_threshold_minus_one_is_refused(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    established.sign(DRAFT, "Anna", "Dag")
    said = established.refused("operator", "publish", "--out", "out", "--signed", DRAFT, at=DAY_2)
    assert "not signed by enough holders: it needs 1 more of" in said
    established.sign(DRAFT, "Eva")
    established.publish(DRAFT, at=DAY_2)
    assert "2.root.json" in read_folder(established.machine("operator") / "out")


def test_what_is_signed_is_said_in_words_before_it_is_signed(established: Ceremony) -> None:
    pub = established.new_holder("Finn")
    said = established.done(
        "operator", "root", "rotate", "--add", pub, "--remove", "Eva", "--time-floor", "2026-11-01"
    )
    for words in (
        "The root of the test directory, version 2",
        "after version 1",
        "+ Finn",
        "- Eva",
        "3 of 5 keys must sign (before: 3 of 5)",
        "! devices' time floor is set to 2026-11-01",
        "Signed by nobody",
    ):
        assert words in said
    established.carry(DRAFT, "operator", "Anna")
    shown = established.done("Anna", "root", "sign", DRAFT, "--show")
    assert shown.strip() in established.done("Anna", "root", "sign", DRAFT, "--sealed", "Anna.sealed")


def test_a_new_holder_is_known_by_a_thumbprint_that_cannot_be_ground(established: Ceremony) -> None:
    said = established.done("Finn", "holder", "new", "Finn", "--sealed", "Finn.sealed")
    established.carry("Finn.pub.json", "Finn", "operator")
    [thumbprint] = re.findall(r"others know it: (\S{43})", said)
    assert f"key {thumbprint}" in established.done("operator", "root", "rotate", "--add", "Finn.pub.json")


def test_signing_twice_counts_once(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    established.sign(DRAFT, "Anna")
    before = established.snapshot()
    assert "has signed it already" in established.sign(DRAFT, "Anna")
    assert established.snapshot() == before


# What a signer refuses


def test_a_holder_of_another_ceremony_cannot_sign(established: Ceremony) -> None:
    established.new_holder("Mallory")
    established.done("operator", "root", "rotate")
    established.carry(DRAFT, "operator", "Mallory")
    said = established.refused("Mallory", "root", "sign", DRAFT, "--sealed", "Mallory.sealed")
    assert "no key of this file may sign this draft of root; who may: Anna" in said


def test_a_root_holder_cannot_sign_for_the_directory(established: Ceremony) -> None:
    established.done("operator", "directory", "draft")
    draft = "2.directory.draft.json"
    established.carry(draft, "operator", "Anna")
    assert "no key of this file" in established.refused(
        "Anna", "directory", "sign", draft, "--sealed", "Anna.sealed"
    )
    assert "ombord-keys directory sign" in established.refused(
        "Anna", "root", "sign", draft, "--sealed", "Anna.sealed"
    )


TAMPERINGS: dict[str, Any] = {
    "a threshold": lambda draft: draft["signed"]["roles"]["targets"].update(threshold=1),
    "a key": lambda draft: draft["signed"]["roles"]["root"]["keyids"].pop(),
    "the expiry": lambda draft: draft["signed"].update(expires="2027-11-21T12:00:00Z"),
    "the environment": lambda draft: draft["signed"]["ombord"].update(environment="production"),
    "a signature": lambda draft: draft["signatures"][0].update(sig="0" * 128),
    "a signer's name tag": lambda draft: draft["signatures"][0].update(keyid="00000000"),
    "the version": lambda draft: draft["signed"].update(version=3),
    "the version before": lambda draft: draft["before"]["signed"]["roles"]["targets"].update(threshold=1),
    "the holders that it names": lambda draft: draft["signers"].update(threshold=1),
    "another member": lambda draft: draft["signed"].update(extra=1),
    "its format": lambda draft: draft.update(format="something"),
}


@pytest.mark.parametrize("how", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_a_draft_that_was_changed_between_two_signers_is_refused(established: Ceremony, how: Any) -> None:
    established.done("operator", "root", "rotate")
    established.sign(DRAFT, "Anna")
    change(established.machine("operator") / DRAFT, how)
    established.carry(DRAFT, "operator", "Bo")
    established.refused("Bo", "root", "sign", DRAFT, "--sealed", "Bo.sealed")
    established.refused("operator", "publish", "--out", "out", "--signed", DRAFT, at=DAY_2)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"\xff", b'{"format":"ombord-draft","version":1}'])
def test_what_is_no_draft_is_named(established: Ceremony, damage: bytes) -> None:
    for who in ("Anna", "operator"):
        (established.machine(who) / "x.json").write_bytes(damage)
    assert "x.json" in established.refused("Anna", "root", "sign", "x.json", "--sealed", "Anna.sealed")
    assert "x.json" in established.refused("operator", "publish", "--out", "out", "--signed", "x.json")


def test_a_draft_that_has_run_out_is_not_signed(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    established.carry(DRAFT, "operator", "Anna")
    said = established.refused("Anna", "root", "sign", DRAFT, "--sealed", "Anna.sealed", at="2029-01-01")
    assert "too old a draft" in said


def test_a_draft_that_lasts_longer_than_a_root_may_is_not_signed(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    change(
        established.machine("operator") / DRAFT,
        lambda draft: draft["signed"].update(expires="2099-01-01T00:00:00Z"),
    )
    established.carry(DRAFT, "operator", "Anna")
    assert "longer than it may" in established.refused(
        "Anna", "root", "sign", DRAFT, "--sealed", "Anna.sealed"
    )


def test_nobody_signs_two_roots_under_one_number(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    established.sign(DRAFT, "Anna")
    pub = established.new_holder("Mallory")
    established.done("operator", "root", "rotate", "--add", pub, "--out", "other.json")
    established.carry("other.json", "operator", "Anna")
    words = ("root", "sign", "other.json", "--sealed", "Anna.sealed")
    assert "has signed another version 2" in established.refused("Anna", *words)
    assert "Signed as Anna" in established.done("Anna", *words, "--instead")


def test_a_holder_with_a_copy_of_the_last_root_need_not_believe_the_draft_about_it(
    established: Ceremony,
) -> None:
    shutil.copy(
        established.machine("operator") / "out/1.root.json", established.machine("Anna") / "mine.json"
    )
    established.done("operator", "root", "rotate")
    established.carry(DRAFT, "operator", "Anna")
    established.done("Anna", "root", "sign", DRAFT, "--sealed", "Anna.sealed", "--before", "mine.json")
    (established.machine("Bo") / "mine.json").write_bytes(b"{}")
    established.carry(DRAFT, "Anna", "Bo")
    said = established.refused("Bo", "root", "sign", DRAFT, "--sealed", "Bo.sealed", "--before", "mine.json")
    assert "does not follow mine.json" in said


def test_a_holders_key_is_never_overwritten(established: Ceremony) -> None:
    for words in (("--sealed", "Anna.sealed"), ("--sealed", "new.sealed")):
        assert "never overwritten" in established.refused("Anna", "holder", "new", "Anna", *words)


def test_a_wrong_passphrase_signs_nothing(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    shutil.copy(
        established.machine("Anna") / "Anna.sealed", established.machine("operator") / "stolen.sealed"
    )
    said = established.refused("operator", "root", "sign", DRAFT, "--sealed", "stolen.sealed")
    assert "the passphrase does not open" in said


# Rotation


def test_a_new_root_needs_the_elder_holders_and_its_own(established: Ceremony) -> None:
    _, seen = established.read()
    new = [established.new_holder(name) for name in ("Finn", "Gerd", "Hans", "Ida", "Jon")]
    added = [word for pub in new for word in ("--add", pub)]
    gone = [word for name in ROOT for word in ("--remove", name)]
    established.done("operator", "root", "rotate", *added, *gone)
    established.sign(DRAFT, "Finn", "Gerd", "Hans")
    publish = ("publish", "--out", "out", "--signed", DRAFT)
    assert "3 more of" in established.refused("operator", *publish, at=DAY_2)
    established.sign(DRAFT, "Anna", "Bo")
    assert "1 more of" in established.refused("operator", *publish, at=DAY_2)
    established.sign(DRAFT, "Eva")
    established.publish(DRAFT, at=DAY_2)
    _, seen = established.read(seen, at=DAY_2)
    assert json.loads(seen.root)["signed"]["version"] == 2
    assert len(json.loads(seen.root)["signatures"]) == 6
    established.done("operator", "root", "rotate", at=DAY_3)
    draft = "3.root.draft.json"
    established.carry(draft, "operator", "Anna")
    assert "no key of this file" in established.refused(
        "Anna", "root", "sign", draft, "--sealed", "Anna.sealed", at=DAY_3
    )


def test_a_root_that_only_lasts_longer_says_so(established: Ceremony) -> None:
    said = established.done("operator", "root", "rotate", at="2028-01-01T00:00:00Z")
    assert "nothing else changes: it lasts longer" in said


def test_the_directorys_holders_change_by_a_root(established: Ceremony) -> None:
    pub = established.new_holder("Ivar")
    established.done("operator", "root", "rotate", "--directory-add", pub, "--directory-remove", "Hanna")
    established.sign(DRAFT, "Anna", "Bo", "Cai")
    established.done("operator", "directory", "draft", "--signed", DRAFT)
    established.sign("2.directory.draft.json", "Ivar", "Gro", kind="directory")
    established.publish(DRAFT, "2.directory.draft.json", at=DAY_2)
    assert established.read(at=DAY_2)[1].versions["targets"] == 2


def test_a_stolen_online_key_is_replaced_by_a_root_and_devices_start_counting_anew(
    established: Ceremony,
) -> None:
    _, seen = established.read()
    established.done("operator", "root", "rotate", "--renew", "timestamp", "--time-floor", "2026-11-20")
    established.sign(DRAFT, "Anna", "Bo", "Cai")
    established.publish(DRAFT, at=DAY_2)
    directory, _ = established.read(seen, at=DAY_2)
    assert directory.published_at.day == 22
    old, new = (
        json.loads(read_folder(established.machine("operator") / "out")[f"{n}.root.json"])["signed"]["roles"]
        for n in (1, 2)
    )
    assert old["timestamp"]["keyids"] != new["timestamp"]["keyids"]
    assert old["snapshot"] == new["snapshot"]


def test_a_time_floor_that_is_yet_to_come_is_not_drafted(established: Ceremony) -> None:
    said = established.refused("operator", "root", "rotate", "--time-floor", "2099-01-01")
    assert "2099-01-01 00:00 UTC, which is yet to come" in said


def test_the_time_floor_of_one_ceremony_is_not_that_of_the_next(established: Ceremony) -> None:
    established.done("operator", "root", "rotate", "--time-floor", "2026-11-20")
    established.sign(DRAFT, "Anna", "Bo", "Cai")
    established.publish(DRAFT, at=DAY_2)
    assert "Waiting" not in established.publish(at=DAY_3)
    established.done("operator", "root", "rotate", at=DAY_3)
    draft = json.loads((established.machine("operator") / "3.root.draft.json").read_text())
    assert "time_floor" not in draft["signed"]["ombord"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--remove", "Nobody"], "root has no holder Nobody"),
        (["--threshold", "6"], "root would need 6 signatures of 5 holders"),
        (["--threshold", "0"], "root would need 0 signatures"),
        (["--remove", "Anna", "--remove", "Bo", "--remove", "Cai"], "root would need 3 signatures of 2"),
        (["--add", "Anna.pub.json"], "Anna holds a key of root already"),
        (["--directory-add", "Anna.pub.json"], "one key for root and directory"),
        (["--add", "1.root.draft.json"], "is no holder's public key"),
        (["--add", "nowhere.json"], "No such file"),
        (["--replace-flag", "SE"], "no authority SE"),
        (["--out", "1.root.draft.json"], "exists already"),
    ],
)
def test_a_root_that_cannot_be_is_not_drafted(established: Ceremony, words: list[str], reason: str) -> None:
    assert reason in established.refused("operator", "root", "rotate", *words)


@pytest.mark.parametrize("words", [("root", "rotate"), ("directory", "draft")])
def test_a_draft_never_goes_among_what_is_published(
    established: Ceremony, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert established.run("operator", *words, "--out", "ombord-keys/published/x.json") == 3
    assert "the home's own" in capsys.readouterr().err
    assert "is no folder" in established.refused("operator", *words, "--out", "nowhere/x.json")


# Stale drafts


def test_a_root_draft_that_another_has_overtaken_is_refused(established: Ceremony) -> None:
    established.done("operator", "root", "rotate", "--out", "slow.json")
    established.sign("slow.json", "Anna", "Bo", "Cai")
    pub = established.new_holder("Finn")
    established.done("operator", "root", "rotate", "--add", pub, "--out", "fast.json")
    established.sign("fast.json", "Dag", "Eva")
    established.carry("fast.json", "operator", "Cai")
    established.done("Cai", "root", "sign", "fast.json", "--sealed", "Cai.sealed", "--instead")
    established.carry("fast.json", "Cai", "operator")
    established.publish("fast.json", at=DAY_2)
    said = established.refused("operator", "publish", "--out", "out", "--signed", "slow.json", at=DAY_3)
    assert "the draft of root is version 2, not 3" in said
    assert "make a new draft" in said


def test_a_directory_draft_is_refused_once_the_register_says_something_else(established: Ceremony) -> None:
    established.authority("NO")
    established.done("operator", "directory", "draft")
    draft = "2.directory.draft.json"
    established.sign(draft, "Frida", "Gro", kind="directory")
    established.authority("SE")
    said = established.refused("operator", "publish", "--out", "out", "--signed", draft, at=DAY_2)
    assert "not what the register says now" in said


def test_a_draft_that_was_published_already_changes_nothing(established: Ceremony) -> None:
    established.publish("1.root.draft.json", "1.directory.draft.json", at=DAY_2)
    assert established.read(at=DAY_2)[1].versions == {"timestamp": 2, "snapshot": 1, "targets": 1}


def test_two_drafts_of_one_role_are_one_too_many(established: Ceremony) -> None:
    established.done("operator", "root", "rotate")
    established.done("operator", "root", "rotate", "--time-floor", "2026-11-20", "--out", "other.json")
    established.sign(DRAFT, "Anna", "Bo", "Cai")
    established.sign("other.json", "Dag", "Eva")
    established.carry("other.json", "operator", "Anna")
    established.done("Anna", "root", "sign", "other.json", "--sealed", "Anna.sealed", "--instead")
    established.carry("other.json", "Anna", "operator")
    words = ("publish", "--out", "out", "--signed", DRAFT, "--signed", "other.json")
    assert "two drafts of root" in established.refused("operator", *words, at=DAY_2)
    established.publish(DRAFT, DRAFT, at=DAY_2)


def test_a_draft_of_another_directory_is_refused(established: Ceremony, tmp_path: Path) -> None:
    established.done("operator", "--home", "other", "init", "--full")
    established.done("operator", "--home", "other", "root", "rotate", "--out", "strange.json")
    established.refused("operator", "publish", "--out", "out", "--signed", "strange.json", at=DAY_2)


# Nobody waits


def test_the_daily_publication_waits_for_no_ceremony(established: Ceremony) -> None:
    established.authority("NO")
    said = established.publish(at=DAY_2)
    assert "Waiting: directory: a change waits for its holders' signatures" in said
    assert established.read(at=DAY_2)[0].authorities == {}
    established.done("operator", "directory", "draft")
    established.sign("2.directory.draft.json", "Gro", "Hanna", kind="directory")
    assert "Waiting" not in established.publish("2.directory.draft.json", at=DAY_3)
    assert established.read(at=DAY_3)[0].authority("https://no.example") is not None


def test_a_flags_revocation_goes_out_while_the_directory_waits(established: Ceremony) -> None:
    established.authority("NO")
    established.done("operator", "key", "add", "NO", "--sealed", "no.sealed")
    established.done("operator", "directory", "draft")
    established.sign("2.directory.draft.json", "Gro", "Hanna", kind="directory")
    established.publish("2.directory.draft.json")
    established.authority("SE")
    established.done("operator", "key", "retire", "NO", "NO-2026a", "--state", "revoked")
    assert "Waiting: directory" in established.publish(at=DAY_2)
    key = established.read(at=DAY_2)[0].key("https://no.example", "NO-2026a")
    assert key is not None
    assert key.state == "revoked"


def test_a_root_near_its_end_is_called_for_and_stops_nothing(established: Ceremony) -> None:
    said = established.publish(at="2028-06-01T00:00:00Z")
    assert "Waiting: root: ends on 2028-11-20; let its holders sign it again" in said
    assert "Waiting: directory: ends on 2027-05-20" in said


# Where the whole ceremony is in one home


def test_a_full_home_signs_everything_by_itself(ceremony: Ceremony) -> None:
    said = ceremony.done("operator", "init", "--full")
    assert "3 of 5 root keys and 2 of 3 directory keys" in said
    ceremony.authority("NO")
    ceremony.done("operator", "key", "add", "NO", "--sealed", "no.sealed")
    assert "Waiting" not in ceremony.publish()
    files = read_folder(ceremony.machine("operator") / "out")
    root = json.loads(files["1.root.json"])["signed"]["roles"]
    sizes = {name: (role["threshold"], len(role["keyids"])) for name, role in root.items()}
    assert sizes == {"root": (3, 5), "targets": (2, 3), "snapshot": (1, 1), "timestamp": (1, 1)}
    flag = json.loads(files["1.targets.json"])["signed"]["delegations"]["roles"][0]
    assert (flag["threshold"], len(flag["keyids"])) == (1, 2)
    assert len(json.loads(files["1.NO.json"])["signatures"]) == 1
    said = ceremony.done("operator", "root", "rotate", "--renew", "snapshot", at=DAY_2)
    assert "that is enough" in said
    ceremony.publish(DRAFT, at=DAY_2)
    assert json.loads(ceremony.read(at=DAY_2)[1].root)["signed"]["version"] == 2


def test_a_home_is_made_for_at_least_as_many_holders_as_must_sign(ceremony: Ceremony) -> None:
    root, directory = ceremony.new_holder("Anna"), ceremony.new_holder("Gro")
    people = ("--holder", root, "--directory", directory)
    said = ceremony.refused(
        "operator", "root", "init", *people, "--threshold", "3", "--directory-threshold", "1"
    )
    assert "root would need 3 signatures of 1 holders" in said
    same = ("--holder", root, "--directory", root, "--threshold", "1", "--directory-threshold", "1")
    assert "one key for root and directory" in ceremony.refused("operator", "root", "init", *same)
    assert not (ceremony.machine("operator") / "ombord-keys").exists()
