"""The table as data: complete, equal to what the code answers, and written out for people."""

from pathlib import Path

from verifier.credential import codelists
from verifier.inspection import document, table
from verifier.inspection.deficiency import codes
from verifier.inspection.duty import duties
from verifier.verdict import HEADLINE_OF, Headline

DOCS = Path(__file__).parents[2] / "docs"


def test_the_document_is_what_the_data_say() -> None:
    assert (DOCS / "inspection.md").read_text("utf-8") == document.render()


def test_rows_c_are_those_of_the_decision_in_their_order() -> None:
    assert {row.id: row.headline for row in table.ROWS_C} == dict(HEADLINE_OF)
    assert [row.id for row in table.ROWS_C] == list(HEADLINE_OF)


def test_rows_p_stand_in_their_order() -> None:
    ids = [row.id for row in table.ROWS_P]
    assert ids == sorted(ids)
    assert set(ids) == {f"P{number}" for number in range(1, 9)}


def test_every_headline_says_what_to_do_next() -> None:
    assert set(table.ADVICE) == set(Headline)
    assert all(table.advice(headline).strip() for headline in Headline)


def test_every_post_of_the_code_list_is_a_duty_and_every_code_in_a_duty_is_known() -> None:
    assert set(duties()) == set(codelists.capacities())
    for duty in duties().values():
        assert set(duty.functions) <= set(codelists.functions())
        assert set(duty.covered_by) <= set(duties())
        assert set(duty.regulations) <= set(codelists.regulations())


def test_nothing_from_memory_is_called_verified() -> None:
    assert not any(duty.verified for duty in duties().values())
    assert not any(code.verified for code in codes().values())
