"""What operators and holders do wrong by an ordinary slip, and what it may not cost."""

import argparse
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from support.ceremony import Ceremony, cheap_passphrases, full_home

from keys.cli import main
from keys.commands import files
from keys.custody import atomic_file
from keys.custody.sealed_file import unseal
from keys.signer import SoftwareSigner
from keys.trust.holder import Holder

ISS = "https://no.example"
DAY_2, DAY_3 = (f"2026-11-2{day}T12:00:00Z" for day in (2, 3))
DRAFT = "2.root.draft.json"


def secret(name: str) -> bytes:
    return f"the passphrase of {name}".encode()


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """Everything in one home, with Norway and its keys, published once."""
    cheap_passphrases(monkeypatch)
    return full_home(tmp_path, capsys)


@pytest.fixture
def people(home: Ceremony) -> Ceremony:
    """The same, and holders' files of Sven and Siv."""
    home.new_holder("Sven")
    home.new_holder("Siv")
    return home


SWEDEN = ("authority", "add", "SE", "--name", "S", "--iss", "https://se.example")


# Holders


@pytest.mark.parametrize(
    "words",
    [
        (*SWEDEN, *("--holder", "Sven.pub.json", "--holder", "Siv.pub.json", "--holder", "Sven.pub.json")),
        ("authority", "rotate", "NO", *("--holder", "Sven.pub.json", "--holder", "Sven.pub.json")),
        (*("root", "rotate", "--replace-flag", "NO"), *("--flag-holder", "Siv.pub.json") * 2),
        ("root", "rotate", *("--add", "Sven.pub.json") * 2),
    ],
)
def test_a_holder_named_twice_is_refused_and_the_directory_goes_on(
    people: Ceremony, words: tuple[str, ...]
) -> None:
    assert "is named twice" in people.refused("operator", *words)
    people.publish(at=DAY_2)


def test_two_holders_of_one_name_are_told_apart_before_they_are_registered(people: Ceremony) -> None:
    people.done("Another", "holder", "new", "Sven", "--sealed", "s.sealed", "--out", "other.pub.json")
    people.carry("other.pub.json", "Another", "operator")
    words = ("--holder", "Sven.pub.json", "--holder", "other.pub.json")
    assert "two holders called Sven" in people.refused("operator", *SWEDEN, *words)


# Retirement


RETIRE = ("key", "retire", "NO", "NO-2026a")


def sign_until(home: Ceremony, at: str) -> str:
    home.publish(at=at)
    key = home.read(at=at)[0].key(ISS, "NO-2026a")
    assert key is not None
    return f"{key.sign_until:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("2018-12-31", "UTC is past: what NO-2026a has signed since would be void"),
        ("2026-11-21", "2026-11-21 00:00 UTC is past"),
        ("2029-01-01", "NO-2026a signs until 2028-11-20 00:00 UTC at most"),
    ],
)
def test_a_key_retires_neither_in_the_past_nor_beyond_its_own_end(
    home: Ceremony, until: str, reason: str
) -> None:
    assert reason in home.refused("operator", *RETIRE, "--signs-until", until)


def test_a_retirement_that_nobody_has_seen_is_taken_back(home: Ceremony) -> None:
    for mistaken in ((), ("--signs-until", "2026-12-31")):
        home.done("operator", *RETIRE, *mistaken)
        home.done("operator", *RETIRE, "--signs-until", "2027-06-30")
    assert sign_until(home, DAY_2) == "2027-06-30"
    assert "until 2027-06-30 00:00 UTC at most" in home.refused(
        "operator", *RETIRE, "--signs-until", "2028-06-30", at=DAY_2
    )


def test_whoever_signs_a_list_of_keys_sees_that_one_ends_earlier(home: Ceremony) -> None:
    home.done("operator", *RETIRE, "--signs-until", "2026-12-31")
    said = home.done("operator", "authority", "draft", "NO")
    assert "! NO-2026a: active" in said
    assert "before: active" in said


# Two at once


def test_keys_made_at_the_same_time_are_all_sealed(home: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMBORD_PASSPHRASE", "Nora's")
    folder = home.machine("Nora")
    kids = [f"NO-2026{letter}" for letter in "abcdef"]
    words = ("key", "new", "--sealed", str(folder / "no.sealed"))
    with ThreadPoolExecutor(len(kids)) as pool:
        made = [*pool.map(lambda kid: main([*words, kid, "--out", str(folder / kid)]), kids)]
    assert made == [0] * len(kids)
    assert sorted(unseal(folder / "no.sealed", b"Nora's")) == kids
    assert sorted(path.name for path in folder.iterdir()) == [*kids, "no.sealed"]


@pytest.fixture
def apart(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """Root and directory held elsewhere, published once; the next root is drafted."""
    cheap_passphrases(monkeypatch)
    apart = Ceremony(tmp_path, capsys)
    apart.establish()
    apart.done("operator", "root", "rotate")
    return apart


def test_a_draft_that_is_signed_by_three_at_the_same_time_has_three_signatures(
    apart: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = apart.machine("operator") / DRAFT
    names = ("Anna", "Bo", "Cai")
    own = {name: unseal(apart.machine(name) / f"{name}.sealed", secret(name)) for name in names}
    together = Barrier(len(names), timeout=30)

    def own_signers(arguments: argparse.Namespace) -> dict[str, SoftwareSigner]:
        together.wait()  # everybody has read the draft, and nobody has signed it
        return own[arguments.sealed.stem]

    monkeypatch.setattr(files, "own_signers", own_signers)
    words = ("root", "sign", str(draft), "--at", apart.at, "--sealed")
    with ThreadPoolExecutor(len(names)) as pool:
        codes = [*pool.map(lambda one: main([*words, str(apart.machine(one) / f"{one}.sealed")]), names)]
    assert codes == [0, 0, 0]
    apart.publish(DRAFT, at=DAY_2)


def test_copies_that_were_signed_apart_are_published_together(apart: Ceremony) -> None:
    copies = []
    for name in ("Anna", "Bo", "Cai"):
        apart.carry(DRAFT, "operator", name)
        apart.done(name, "root", "sign", DRAFT, "--sealed", f"{name}.sealed")
        copies.append(f"{name}.json")
        (apart.machine("operator") / copies[-1]).write_bytes((apart.machine(name) / DRAFT).read_bytes())
    said = apart.refused("operator", "publish", "--out", "out", "--signed", copies[0], "--signed", copies[1])
    assert "it needs 1 more of" in said
    apart.publish(*copies, at=DAY_2)


def test_a_draft_that_was_exchanged_while_it_was_signed_is_left_alone(
    apart: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.done("operator", "root", "rotate", "--time-floor", "2026-11-20", "--out", "other.json")
    draft, other = (apart.machine("operator") / name for name in (DRAFT, "other.json"))
    own = unseal(apart.machine("Anna") / "Anna.sealed", secret("Anna"))

    def own_signers(arguments: argparse.Namespace) -> dict[str, SoftwareSigner]:
        draft.write_bytes(other.read_bytes())
        return own

    monkeypatch.setattr(files, "own_signers", own_signers)
    assert apart.run("operator", "root", "sign", DRAFT, "--sealed", "../Anna/Anna.sealed") == 1
    assert "say different things" in apart.capsys.readouterr().err
    assert draft.read_bytes() == other.read_bytes()


def test_nobody_hands_over_to_two_different_successors(people: Ceremony) -> None:
    people.done("operator", *SWEDEN, "--holder", "Sven.pub.json", "--holder", "Siv.pub.json")
    for name in ("Stina", "Sture"):
        people.new_holder(name)
        words = ("--holder", f"{name}.pub.json", "--out", f"{name}.json")
        people.done("operator", "authority", "rotate", "SE", *words)
        people.carry(f"{name}.json", "operator", "Siv")
    sign = ("authority", "sign", "Stina.json", "--sealed", "Siv.sealed")
    assert people.run("Siv", *sign, "--before", "Sture.json") == 3
    people.done("Siv", *sign)
    assert "has signed it already" in people.done("Siv", *sign)
    sign = ("authority", "sign", "Sture.json", "--sealed", "Siv.sealed")
    assert "this file has signed another version" in people.refused("Siv", *sign)
    people.done("Siv", *sign, "--instead")


def test_damaged_notes_of_what_was_signed_say_where_they_are(apart: Ceremony) -> None:
    apart.carry(DRAFT, "operator", "Anna")
    (apart.machine("Anna") / "Anna.sealed.signed.json").write_text("{}")
    said = apart.refused("Anna", "root", "sign", DRAFT, "--sealed", "Anna.sealed")
    assert "Anna.sealed.signed.json" in said


def test_a_home_that_has_lost_what_it_published_does_not_begin_anew(home: Ceremony) -> None:
    published = home.machine("operator") / "ombord-keys/published"
    shutil.rmtree(published)
    said = home.refused("operator", "publish", "--out", "out", at=DAY_2)
    assert "has lost what it published" in said
    shutil.copytree(home.machine("operator") / "out", published)
    home.publish(at=DAY_2)


# Whose keys are where


REPLACE = ("root", "rotate", "--replace-flag", "NO", *("--flag-holder", "Sven.pub.json"))


def test_a_flag_that_got_its_keys_by_the_roots_word_keeps_their_holders_names(people: Ceremony) -> None:
    people.done("operator", *REPLACE, "--flag-holder", "Siv.pub.json")
    people.done("operator", "authority", "draft", "NO", "--signed", DRAFT)
    people.sign("2.NO.draft.json", "Siv", kind="authority")
    people.publish(DRAFT, "2.NO.draft.json", at=DAY_2)
    assert "Sven" in people.done("operator", "authority", "draft", "NO")
    before = people.snapshot()
    assert people.run("operator", "authority", "rotate", "NO") == 3, "it holds its keys elsewhere"
    assert people.snapshot() == before


def test_a_home_without_holders_names_makes_no_keys_for_a_flag_that_has_its_own(people: Ceremony) -> None:
    people.done("operator", *SWEDEN, "--holder", "Sven.pub.json", "--holder", "Siv.pub.json")
    register = people.machine("operator") / "ombord-keys/home.json"
    members = json.loads(register.read_text())
    register.write_text(json.dumps({**members, "holders": {}}))
    before = people.snapshot()
    assert people.run("operator", "authority", "rotate", "SE") == 3
    assert people.snapshot() == before


def test_a_draft_names_no_key_that_the_home_knows(home: Ceremony) -> None:
    home.done("operator", "root", "rotate")
    path = home.machine("operator") / DRAFT
    draft = json.loads(path.read_text())
    draft["holders"] = dict.fromkeys(draft["signed"]["keys"], "Mallory")
    path.write_text(json.dumps(draft))
    home.publish(DRAFT, at=DAY_2)
    assert "Mallory" not in home.done("operator", "root", "rotate", "--out", "3.json", at=DAY_2)


@pytest.mark.parametrize(
    "words",
    [
        ("authority", "rotate", "NO", "--threshold", "20"),
        ("authority", "rotate", "NO", "--all", "--threshold", "0"),
        ("authority", "add", "SE", "--name", "S", "--iss", "https://no.example"),
        (*SWEDEN, "--holder", "Sven.pub.json", "--holder", "Siv.pub.json", "--threshold", "0"),
        ("root", "rotate", "--renew", "snapshot", "--replace-flag", "NO", "--time-floor", "2099-01-01"),
    ],
)
def test_what_is_refused_leaves_no_key_behind(people: Ceremony, words: tuple[str, ...]) -> None:
    people.refused("operator", *words)


def test_a_home_whose_first_draft_could_not_be_written_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passphrases(monkeypatch)
    office = Ceremony(tmp_path, capsys)
    people = ("--holder", office.new_holder("Anna"), "--directory", office.new_holder("Gro"))
    words = ("root", "init", *people, "--threshold", "1", "--directory-threshold", "1")
    write = atomic_file.write
    for name in ("1.root.draft.json", "home.json", "roles.sealed"):

        def full(path: Path, data: bytes, *, mode: int = 0o644, name: str = name) -> None:
            if path.name == name:
                raise OSError(28, "No space left on device", str(path))
            write(path, data, mode=mode)

        with monkeypatch.context() as patch:
            patch.setattr(atomic_file, "write", full)
            assert "No space left" in office.refused("operator", *words)
        assert not (office.machine("operator") / "ombord-keys").exists()
    office.done("operator", *words)


# Words


def thumbprint(ceremony: Ceremony, name: str) -> str:
    holder = (ceremony.machine(name) / f"{name}.pub.json").read_bytes()
    return Holder.from_json(holder, name).key.thumbprint()


def test_a_directory_draft_tells_each_key_of_a_new_flag(people: Ceremony) -> None:
    people.done("operator", *SWEDEN, "--holder", "Sven.pub.json", "--holder", "Siv.pub.json")
    said = people.done("operator", "directory", "draft")
    for name in ("Sven", "Siv"):
        assert re.search(rf"\+ {name} \(.+\), key {thumbprint(people, name)}", said)


def test_words_tell_a_handover_from_the_roots_word_and_name_each_key(people: Ceremony) -> None:
    people.done("operator", *SWEDEN, "--holder", "Sven.pub.json", "--holder", "Siv.pub.json")
    people.done("operator", "authority", "draft", "SE")
    people.sign("1.SE.draft.json", "Siv", kind="authority")
    people.publish("1.SE.draft.json", at=DAY_2)
    new = people.new_holder("Stina")
    people.done("operator", "authority", "rotate", "SE", "--holder", new, "--remove", "Sven")
    people.sign("SE.handover.draft.json", "Siv", kind="authority")
    people.done("operator", "authority", "rotate", "SE", "--signed", "SE.handover.draft.json")
    said = people.done("operator", "directory", "draft")
    assert re.search("SE: other keys .*, handed over by its old keys", said)
    assert re.search(rf"\+ Stina \(.+\), key {thumbprint(people, 'Stina')}", said)
    assert re.search(r"- Sven \(", said)
    for name in ("Nora", "Nils"):
        people.new_holder(name)
    given = ("--replace-flag", "NO", "--flag-holder", "Nora.pub.json", "--flag-holder", "Nils.pub.json")
    said = people.done("operator", "root", "rotate", *given)
    assert re.search(rf"\+ Nora \(.+\), key {thumbprint(people, 'Nora')}", said)
    said = people.done("operator", "directory", "draft", "--signed", DRAFT, "--out", "3.json")
    assert re.search("NO: other keys .*, NOT signed by its old keys: .* the root's holders", said)
    assert re.search(rf"\+ Nils \(.+\), key {thumbprint(people, 'Nils')}", said)


def test_a_message_says_directory_where_tuf_says_targets(apart: Ceremony) -> None:
    said = apart.refused("operator", "root", "rotate", "--directory-remove", "Nobody", "--out", "x.json")
    said += apart.refused("operator", "root", "rotate", "--directory-threshold", "9", "--out", "x.json")
    apart.authority()
    said += apart.publish(at=DAY_2)
    apart.done("operator", "directory", "draft")
    apart.carry("2.directory.draft.json", "operator", "Frida")
    words = ("2.directory.draft.json", "--sealed", "Frida.sealed")
    for kind, at in (("root", DAY_2), ("directory", "2099-01-01")):
        said += apart.refused("Frida", kind, "sign", *words, at=at)
    assert "directory" in said
    assert "targets" not in said


# Key ids and role keys


@pytest.mark.parametrize("kid", ["../evil", "NO\n2026a", "", "NO 2026a", "x" * 33])
def test_what_cannot_name_a_key_makes_no_file(home: Ceremony, kid: str) -> None:
    said = home.refused("operator", "key", "new", kid, "--sealed", "other.sealed")
    assert "is no key id" in said


def test_a_key_of_a_role_signs_no_certificates(people: Ceremony) -> None:
    home = json.loads((people.machine("operator") / "ombord-keys/home.json").read_text())
    for role in (home["roles"]["root"], home["roles"]["targets"], home["flags"][0]["role"]):
        (people.machine("operator") / "role.jwk.json").write_text(json.dumps(role["keys"][0]))
        said = people.refused("operator", "key", "add", "NO", "--kid", "NO-x", "--public", "role.jwk.json")
        assert "one key for NO-x and" in said


# Errors that say where


@pytest.mark.parametrize("name", ["home.json", "roles.sealed"])
def test_a_damaged_file_of_the_home_is_named_with_its_path(home: Ceremony, name: str) -> None:
    path = home.machine("operator") / "ombord-keys" / name
    path.write_bytes(path.read_bytes()[:-9])
    assert f"error: ombord-keys/{name}: " in home.refused("operator", "publish", "--out", "out")


def test_a_passphrase_that_does_not_open_a_file_names_the_file_and_where_it_came_from(
    home: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMBORD_KEYS_PASSPHRASE", "another")
    said = home.refused("operator", "publish", "--out", "out")
    assert "ombord-keys/roles.sealed: " in said
    assert "OMBORD_KEYS_PASSPHRASE" in said


def test_a_missing_passphrase_names_the_variables_that_are_looked_at(
    home: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.delenv("OMBORD_PASSPHRASE", raising=False)
    monkeypatch.chdir(home.machine("operator"))
    for words, variables in (
        (("publish", "--out", "out"), "set OMBORD_PASSPHRASE or OMBORD_KEYS_PASSPHRASE, or"),
        (("key", "new", "NO-x", "--sealed", "no.sealed"), "set OMBORD_PASSPHRASE, or"),
    ):
        assert main([*words, "--at", home.at]) == 1
        assert variables in home.capsys.readouterr().err
