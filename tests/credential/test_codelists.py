"""The code lists are whole, and say what they do not know."""

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from verifier.credential import codelists
from verifier.credential.codelists import Entry, area_contains
from verifier.credential.model import Level

LISTS = [
    codelists.functions,
    codelists.levels,
    codelists.capacities,
    codelists.regulations,
    codelists.trade_areas,
    codelists.ship_types,
    codelists.limitations,
]
FILES = sorted(Path(codelists.__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_list_names_what_it_is_and_its_source_and_has_no_code_twice(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    assert data["what"]
    assert data["source"]
    codes = [entry["code"] for entry in data["entries"]]
    assert len(codes) == len(set(codes)) > 0
    assert all(type(entry["verified"]) is bool for entry in data["entries"])


@pytest.mark.parametrize("entries", LISTS, ids=lambda f: f.__name__)
def test_each_entry_has_an_english_title_and_falls_back_to_it(
    entries: Callable[[], Mapping[str, Entry]],
) -> None:
    for code, entry in entries().items():
        assert entry.code == code
        assert entry.titles.keys() <= codelists.languages().keys()
        assert entry.title("en")
        assert entry.title("fi") == entry.title("en")


def test_there_are_seven_functions_and_the_models_three_levels() -> None:
    assert sorted(entry.facts["number"] for entry in codelists.functions().values()) == [1, 2, 3, 4, 5, 6, 7]
    assert list(codelists.levels()) == [level.value for level in Level]


def test_each_capacity_names_a_regulation_and_a_level_that_exist() -> None:
    for entry in codelists.capacities().values():
        assert entry.facts["regulation"] in codelists.regulations()
        assert entry.facts["level"] in codelists.levels()


def test_swedish_trade_areas_contain_each_other_in_order() -> None:
    order = ("inre-fart", "narfart", "europafart", "oceanfart")
    for narrow, wide in pairwise(order):
        assert area_contains(wide, narrow) is True
        assert area_contains(narrow, wide) is False


def test_areas_of_different_states_are_not_ordered_by_guess() -> None:
    assert area_contains("oceanfart", "no-coastal") is None
    assert area_contains("oceanfart", "moon") is None
    assert area_contains("moon", "moon") is True


def test_an_area_that_lies_in_another_is_contained_in_it_and_not_the_other_way_round() -> None:
    assert area_contains("no-waters", "no-inner-waters") is True
    assert area_contains("no-inner-waters", "no-waters") is None
    assert area_contains("no-waters", "oceanfart") is None


def test_sixty_flags_with_their_authorities() -> None:
    flags = codelists.flags()
    assert len(flags) >= 60
    assert all(len(code) == 2 and code.isupper() and flag.authority for code, flag in flags.items())
    assert flags["NO"].own_name == "Sjøfartsdirektoratet"
    assert [code for code, flag in flags.items() if flag.verified] == ["NO", "DK", "SE"]


def test_what_came_from_memory_says_so() -> None:
    assert not any(entry.verified for entry in codelists.regulations().values())
    assert codelists.trade_areas()["narfart"].verified
