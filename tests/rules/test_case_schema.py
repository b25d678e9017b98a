"""docs/case.schema.json describes what the reader of case files reads: no name more, none fewer."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from support.scenarios import scenarios

from issuer.rules.facts import ATTACHMENTS, Channel, Kind, Reporter
from issuer.rules.reading.case_file import case_of
from issuer.rules.reading.entry import LawError
from issuer.rules.reading.facts_form import case_form

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "case.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
SOURCE = {"reporter": "company", "channel": "api"}
CASE: dict[str, Any] = {
    "rule": "SE.Lmt", "on": "2014-06-01", "law_of": "2014-05-01",
    "facts": {
        "birth_date": "1990-05-01", "asked": ["A"], "complete": "2014-05-30",
        "services": [
            {"id": "s", "first": "2013-01-01", "last": "2013-06-29", "source": SOURCE, "department": "deck",
             "rank": "a", "gt": 70, "kw": 400, "use": "a", "ship_type": "a", "propulsion": "a", "area": "a",
             "flag": "SE", "hours": "15/2", "marks": "brovakt"}
        ],
        "records": [
            {"id": "r", "kind": "document", "code": "lakarintyg", "day": "2014-01-10", "until": "2016-01-10",
             "source": SOURCE, "marks": ["syn", "horsel"]},
            {"id": "p", "kind": "photo", "day": "2014-01-10", "source": SOURCE},
        ],
        "decided": [{"code": "A", "day": "2014-02-01", "ref": "TS 1", "record": "s"}],
    },
}  # fmt: skip
PLACES = {  # where in the case each definition stands
    "case": (), "facts": ("facts",), "service": ("facts", "services", 0), "record": ("facts", "records", 0),
    "decided": ("facts", "decided", 0), "source": ("facts", "services", 0, "source"),
}  # fmt: skip


def refused(case: object) -> str | None:
    """What the reader says; None when it reads it."""
    try:
        case_of(json.dumps(case).encode(), "case.json")
    except LawError as error:
        return str(error)
    return None


def changed(place: tuple[str | int, ...], change: Callable[[Any], object]) -> Any:
    case = deepcopy(CASE)
    found: Any = case
    for step in place:
        found = found[step]
    change(found)
    return case


def test_the_schema_is_one_and_the_case_that_has_everything_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(CASE)
    assert refused(CASE) is None


@pytest.mark.parametrize("name", PLACES)
def test_it_has_the_names_that_the_reader_knows_and_asks_for_those_that_it_asks_for(name: str) -> None:
    said = refused(changed(PLACES[name], lambda found: found.update(zzzzzzzzzz="x")))
    assert said is not None
    known = set(said.partition("known: ")[2].split(", "))
    assert SCHEMA["$defs"][name]["properties"].keys() == known
    missing = refused(changed(PLACES[name], lambda found: found.clear())) or ""
    asked = re.search(r": ([a-z_, ]+) (?:is|are) missing", missing)
    assert sorted(SCHEMA["$defs"][name].get("required", [])) == (asked[1].split(", ") if asked else [])


def test_its_words_are_the_readers() -> None:
    source, record = SCHEMA["$defs"]["source"]["properties"], SCHEMA["$defs"]["record"]
    assert source["reporter"]["enum"] == list(Reporter)
    assert source["channel"]["enum"] == list(Channel)
    assert set(record["properties"]["kind"]["enum"]) == set(Kind) - {Kind.SERVICE}
    assert set(record["if"]["properties"]["kind"]["enum"]) == ATTACHMENTS


def slips() -> Iterator[Any]:
    """Each value of the case, made something that it must not be."""
    for name, place in PLACES.items():
        for member, schema in SCHEMA["$defs"][name]["properties"].items():
            kind = schema.get("$ref", "").rpartition("/")[2] or schema.get("type") or member
            for wrong in WRONG.get(kind, ("", None, {"a": "b"})):
                yield pytest.param((*place, member), wrong, id=f"{name}.{member}={wrong!r:.20}")
        for member in SCHEMA["$defs"][name].get("required", ()):
            yield pytest.param((*place, member), ..., id=f"{name} without {member}")
    yield pytest.param((*PLACES["record"], "code"), ..., id="record without code")


WRONG: dict[str, tuple[Any, ...]] = {
    "day": ("2014-13-01", "2014-06-32", "0000-01-01", "1 June 2014", "2014-6-1", "20140601", "", [], None),
    "whole": (-1, 1.5, 10**9, "many", "", None, []),
    "hours": (-1, "1/0", "1e3", "15/", "", None, []),
    "text": ("", " ", None, [], {}),
    "texts": ("", [], [""], [[]], None, {}),
    "array": ({}, "x", None),  # an empty one says that nothing is known
    "kind": ("service", "diploma", "", None),
    "reporter": ("employer", "", None, ["company"]),
    "channel": ("post", "", None),
    "source": ({}, [], "company", None),
    "facts": ([], "x", None),
}


@pytest.mark.parametrize(("place", "wrong"), list(slips()))
def test_a_slip_that_the_reader_refuses_the_schema_refuses(place: tuple[str | int, ...], wrong: Any) -> None:
    *above, last = place

    def change(found: Any) -> None:
        if wrong is ...:
            del found[last]
        else:
            found[last] = wrong

    case = changed(tuple(above), change)
    assert refused(case)
    assert not VALIDATOR.is_valid(case)


@pytest.mark.parametrize(
    ("place", "values", "said"),
    [
        (("facts", "services", 0), {"last": "2012-12-31"}, "it ends before it begins"),
        (("facts", "services", 0), {"last": "2014-06-02"}, "service that is still to come"),
        (("facts", "services", 0), {"first": "1950-01-01"}, "a period of more than 60 years"),
        (("facts", "services", 0), {"hours": 4321}, "4321 hours in 180 days: no day has more than 24"),
        (("facts", "records", 0), {"day": "2014-06-02"}, "it is of a day after 2014-06-01"),
        (("facts", "records", 0), {"until": "2014-01-09"}, "it ends before it begins"),
        (("facts", "records", 0), {"id": "s"}, "s is another record's already"),
        (("facts",), {"birth_date": "2014-02-30"}, "a date such as"),
    ],
)
def test_what_it_says_that_no_schema_can_say_the_reader_says(
    place: tuple[str | int, ...], values: dict[str, Any], said: str
) -> None:
    assert said in (refused(changed(place, lambda found: found.update(values))) or "")


class _Yaml(yaml.SafeLoader):
    """YAML 1.2's core: `on` is a name and a date text, as editors that know schemas read it."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in several if tag.endswith((":int", ":float"))]
    for first, several in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def written_down() -> Iterator[Any]:
    """Every case that documentation or a test shows."""
    root = Path(__file__).parents[2]
    for path in (root / "docs" / "rule-language.md", root / "tests" / "rules" / "test_rules_commands.py"):
        blocks = re.findall(r"^rule: \S+\n(?:.*\n)*?(?=\"\"\"|```)", path.read_text("utf-8"), re.MULTILINE)
        yield from (pytest.param(one, id=f"{path.name} {at}") for at, one in enumerate(blocks))


@pytest.mark.parametrize("text", list(written_down()))
def test_every_case_that_is_written_down_is_valid(text: str) -> None:
    VALIDATOR.validate(yaml.load(text, _Yaml))  # noqa: S506 - safe: fewer resolvers than SafeLoader
    case_of(text.encode(), "case.yaml")


def test_the_facts_of_every_scenario_are_valid_and_read_again_as_they_were() -> None:
    some = scenarios()[::5]  # of about a thousand
    assert some
    for one in some:
        form = case_form(one.rule, one.facts, on=one.on, law_of=one.law_of)
        VALIDATOR.validate(form)
        read = case_of(json.dumps(form).encode(), "case.json")
        assert (read.rule, read.on, read.law_of, read.facts) == (one.rule, one.on, one.law_of, one.facts)


def test_json_may_escape_what_yaml_does_not_and_half_of_a_pair_is_refused_by_both() -> None:
    text = json.dumps(CASE).replace('"rule": "SE.Lmt"', '"rule": "\\ud83d\\ude00"')
    assert case_of(text.encode(), "case.json").rule == "\N{GRINNING FACE}"
    for half in ("\\ud83d", "\\ude00"):
        with pytest.raises(LawError):
            case_of(text.replace("\\ud83d\\ude00", half).encode(), "case.json")
