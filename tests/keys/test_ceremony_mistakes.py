"""What operators and holders do wrong by an ordinary slip, and what it may not cost."""

from pathlib import Path

import pytest
from support.ceremony import Ceremony, cheap_passphrases

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
