"""Two names: the same, by transliteration, by one letter, in part, or different (row P1)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.credential.model import Holder
from verifier.inspection.identity import NameMatch, compare_names, differs_because

INGRID = Holder(
    seafarer_id="7K3M9QXA", family_name="Østergård", given_name="Ingrid", birth_date=date(1988, 4, 12)
)
SINGLE = replace(INGRID, family_name="Suharto", given_name=None)

TYPED = [
    (INGRID, "Ingrid Østergård", NameMatch.SAME),
    (INGRID, "østergård ingrid", NameMatch.SAME),
    (INGRID, "  INGRID   ØSTERGÅRD ", NameMatch.SAME),
    (INGRID, "OESTERGAARD<<INGRID", NameMatch.TRANSLITERATION),
    (INGRID, "Oestergaard, Ingrid", NameMatch.TRANSLITERATION),
    (INGRID, "Ostergard Ingrid", NameMatch.TRANSLITERATION),
    (replace(INGRID, family_name="Nuñez"), "INGRID NUNXXEZ", NameMatch.TRANSLITERATION),
    (replace(INGRID, family_name="O'Connor-Li"), "Ingrid OConnor Li", NameMatch.TRANSLITERATION),
    (replace(INGRID, family_name="Müller"), "Ingrid Mueller", NameMatch.TRANSLITERATION),
    (INGRID, "Ingrid Østergårt", NameMatch.ONE_LETTER),
    (INGRID, "Ingrid Østegård", NameMatch.ONE_LETTER),
    (INGRID, "Ingrid Østtergård", NameMatch.ONE_LETTER),
    (INGRID, "Ingird Østergård", NameMatch.ONE_LETTER),
    (INGRID, "Ingrid Berg", NameMatch.PARTLY),
    (INGRID, "Ingrid Marie Østergård", NameMatch.PARTLY),
    (INGRID, "Ingrid Berg-Østergård", NameMatch.PARTLY),
    (INGRID, "Kari Nordmann", NameMatch.DIFFERENT),
    (INGRID, "李伟", NameMatch.DIFFERENT),
    (INGRID, "", NameMatch.DIFFERENT),
    (SINGLE, "SUHARTO", NameMatch.SAME),
    (SINGLE, "Suhardo", NameMatch.ONE_LETTER),
    (SINGLE, "Widodo", NameMatch.DIFFERENT),
]


@pytest.mark.parametrize(("holder", "typed", "found"), TYPED, ids=[f"{typed!r}" for _, typed, _ in TYPED])
def test_a_typed_name_is_compared_with_the_certificates(holder: Holder, typed: str, found: NameMatch) -> None:
    assert compare_names(holder, typed) is found


@given(st.text(max_size=130))
def test_any_text_gets_an_answer_in_bounded_time(typed: str) -> None:
    assert compare_names(INGRID, typed) in NameMatch


@given(st.text("abcdefghij øåäö", min_size=1, max_size=40).filter(str.strip), st.integers(0, 40), st.data())
def test_a_letter_left_out_is_never_a_match_and_never_a_stranger(
    name: str, at: int, data: st.DataObject
) -> None:
    plain = "".join(name.split()) + "xyz"
    holder = replace(INGRID, family_name=plain, given_name=None)
    position = at % len(plain)
    shorter = plain[:position] + plain[position + 1 :]
    assert compare_names(holder, shorter) in (
        NameMatch.ONE_LETTER,
        NameMatch.TRANSLITERATION,
        NameMatch.PARTLY,
    )


@pytest.mark.parametrize("reason", ["", "  ", "\t"])
def test_a_difference_is_excused_by_a_reason_alone(reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        differs_because(reason)
