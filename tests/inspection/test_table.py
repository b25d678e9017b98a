"""The table as data: complete, equal to what the code answers, and written out for people."""

from pathlib import Path
from typing import Any

import yaml

from verifier.credential import codelists
from verifier.credential.model import CertificateType
from verifier.inspection import document, table
from verifier.inspection.deficiency import codes
from verifier.inspection.duty import duties
from verifier.verdict import HEADLINE_OF, Headline

FOLDER = Path(document.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"


def listed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return found


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


def test_what_is_called_verified_names_where_it_was_read() -> None:
    """Nothing from memory is: an entry becomes `verified: true` with the source that it was compared with."""
    for file, key in (("duties.yaml", "duties"), ("deficiencies.yaml", "codes")):
        for entry in listed(file)[key]:
            assert not entry["verified"] or str(entry.get("source", "")).strip(), entry


def test_every_suggestion_of_a_deficiency_is_of_a_known_code_for_something_known() -> None:
    suggested = listed("deficiencies.yaml")
    numbers = [entry["code"] for entry in suggested["codes"]]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 5 and number.isdecimal() for number in numbers)
    assert all(entry["title"].strip() for entry in suggested["codes"])
    named = {*suggested["headlines"].values(), *suggested["types"].values()}
    named |= {*suggested["regulations"].values(), suggested["shortfall"]}
    assert named <= set(numbers)
    assert set(suggested["headlines"]) <= {headline.value for headline in Headline}
    assert set(suggested["types"]) <= {kind.value for kind in CertificateType}
    assert set(suggested["regulations"]) <= set(codelists.regulations())


def test_every_code_can_be_suggested_or_is_there_to_be_chosen() -> None:
    assert set(codes()) == {entry["code"] for entry in listed("deficiencies.yaml")["codes"]}
