"""Combining marks on one letter: as many as languages need are shown, a flood is shown as numbers."""

import pytest

from verifier.report import escaped

NAMES = ("ကျွှိုံ့", "Nguyễn", "Nguye\u0302\u0303n", "שָׁ֔לוֹם", "مُحَمَّدٌ", "น้ำ", "ශ්\u200dරී", "ख़्\u200dया")


@pytest.mark.parametrize("name", NAMES)
def test_names_as_they_are_spelt_stay(name: str) -> None:
    assert escaped(name) == name


@pytest.mark.parametrize("between", ["", "\u0323", "\ufe0f", "\u20dd"])
def test_marks_that_would_cover_other_lines_are_numbers(between: str) -> None:
    shown = escaped("Kari" + ("\u0301" + between) * 40 + " Ek")
    assert shown.count("\\u{0301}") >= 34
    assert shown.endswith(" Ek")


def test_joiners_end_no_flood() -> None:
    assert "\\u{064e}" in escaped("ع" + "\u064e\u200c" * 40 + "ع")
