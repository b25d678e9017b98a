"""What operators and holders do wrong by an ordinary slip, and what it may not cost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.ceremony import Ceremony, cheap_passphrases

from keys.cli import main
from keys.custody.sealed_file import unseal

ISS = "https://no.example"
DAY_2, DAY_3 = (f"2026-11-2{day}T12:00:00Z" for day in (2, 3))


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """Everything in one home, with Norway and its keys, published once."""
    cheap_passphrases(monkeypatch)
    home = Ceremony(tmp_path, capsys)
    home.done("operator", "init", "--full")
    home.authority("NO")
    home.done("operator", "key", "add", "NO", "--sealed", "no.sealed")
    home.publish()
    return home


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
