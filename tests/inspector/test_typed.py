"""What an inspector types is read strictly: nonsense is named, and nothing is guessed."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.inspector.core import typed
from verifier.inspector.core.typed import Mistyped, Reader
from verifier.ui.words import Words

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        (" 2026-1-3 ", date(2026, 1, 3)),
        ("3.11.2026", date(2026, 11, 3)),
        ("03. 11. 2026", date(2026, 11, 3)),
        ("3 Nov 2026", date(2026, 11, 3)),
        ("3 november 2026", date(2026, 11, 3)),
        ("29.2.2024", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_as_the_nordics_and_the_standard_write_it(text: str, day: date) -> None:
    assert typed.day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        *("03/11/2026", "11-03-2026", "2026-13-01", "29.2.2026", "3 Foo 2026", "0000-01-01", "1234-01-01"),
        *("today", "9" * 400, "２０２６-11-03", "2026-11-03 12:00", "3.11.26"),
    ],
)
def test_a_day_that_could_be_two_or_none_is_asked_for_again(text: str) -> None:
    with pytest.raises(Mistyped, match=r"Write the day|At most"):
        typed.day(text)


def test_a_day_to_come_is_refused_where_only_a_past_one_makes_sense() -> None:
    assert typed.day("2026-11-21", latest=TODAY) == TODAY
    with pytest.raises(Mistyped, match="not come yet"):
        typed.day("2026-11-22", latest=TODAY)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12400", 12_400), ("12 400", 12_400), ("12,400", 12_400), ("12.400", 12_400), ("0", 0)],
)
def test_a_number_is_read_with_its_thousands_set_apart(text: str, number: int) -> None:
    assert typed.number(text, 20_000) == number


@pytest.mark.parametrize("text", ["-5", "12.4", "1e6", "12 40", "20001", "x", "٣", "9" * 50, "1,0000"])
def test_a_number_that_is_none_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(Mistyped):
        typed.number(text, 20_000)


@pytest.mark.parametrize("text", ["9074728", "907472", "90747290", "IMO", "ABCDEFG"])
def test_an_imo_number_whose_last_digit_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(Mistyped, match="no IMO number"):
        typed.imo(text)


def test_an_imo_number_is_its_seven_digits() -> None:
    assert typed.imo("IMO 9074729") == typed.imo("9074729") == "9074729"


@pytest.mark.parametrize("text", ["N", "NOR", "N0", "Ø"])
def test_a_flag_is_two_letters(text: str) -> None:
    with pytest.raises(Mistyped):
        typed.flag(text)
    assert typed.flag("no") == "NO"


def test_what_cannot_be_seen_is_refused() -> None:
    with pytest.raises(Mistyped, match="cannot be seen"):
        typed.text("Ada\u202eLove")


@pytest.mark.parametrize(
    "read", [typed.day, typed.flag, typed.imo, typed.text, lambda text: typed.number(text, 9)]
)
def test_nothing_typed_is_nothing_said(read: Callable[[str], object]) -> None:
    assert read("") is read("   ") is None


@given(st.text(max_size=300))
def test_whatever_is_typed_ends_in_a_value_or_a_mistake_in_words(text: str) -> None:
    reader = Reader()
    for read in (typed.day, typed.flag, typed.imo, typed.text, lambda one: typed.number(one, 10_000_000)):
        reader.read(str(read), lambda read=read: read(text))  # type: ignore[misc]
    assert all(mistake.in_words(Words()) for mistake in reader.mistakes.values())
