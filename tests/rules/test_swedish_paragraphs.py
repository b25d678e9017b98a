"""Every paragraph of SFS 2011:1533 is a rule, default, fragment or definition, or says why it is none."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from issuer.adapters.law_files import ACTS, load
from issuer.rules.law import Law

FIRST = date(2012, 1, 1)
FILE = ACTS / "se" / "sfs_2011_1533.yaml"
INDEX = Path(__file__).parents[2] / "docs" / "law" / "sfs-2011-1533.yaml"
WAYS = {"rules", "defaults", "fragments", "definition", "validity", "no_rule"}
# Their numbers fell out of the print at a page break, or stand in a table that it has torn apart.
LOST_IN_PRINT = {"1:3", "2:18"}
_CITED = re.compile(r"(?:(\d) kap\. )?(\d+)(?: [a-z])? §|övergångsbestämmelserna (\d+)")


@pytest.fixture(scope="module")
def index() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load(INDEX.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def law() -> Law:
    return load()


def cited(text: str) -> Iterator[str]:
    """The paragraphs that a text names; `33 §` after `2 kap. 7 §` is of the same chapter."""
    chapter = ""
    for match in _CITED.finditer(text):
        chapter = match[1] or chapter
        yield f"ö:{match[3]}" if match[3] else f"{chapter}:{match[2]}"


def test_each_paragraph_is_mapped_in_one_way(index: dict[str, dict[str, object]]) -> None:
    assert all(len(entry) == 1 and entry.keys() <= WAYS for entry in index.values())
    assert all(str(entry["no_rule"]).strip() for entry in index.values() if "no_rule" in entry)


def test_what_the_index_names_exists(index: dict[str, dict[str, object]], law: Law) -> None:
    act = yaml.compose(FILE.read_text(encoding="utf-8"))
    text = FILE.read_text(encoding="utf-8")
    assert act is not None
    for entry in index.values():
        assert set(entry.get("rules", ())) <= law.rules.keys()  # type: ignore[call-overload]
        assert all(f"\n  {one}:\n" in text for one in entry.get("fragments", ()))  # type: ignore[attr-defined]
        assert all(f'- {{ref: "{one}", where:' in text for one in entry.get("defaults", ()))  # type: ignore[attr-defined]


def test_each_rule_stands_under_its_own_paragraph(index: dict[str, dict[str, object]], law: Law) -> None:
    for rule in law.in_force(FIRST, "SE"):
        (paragraph,) = cited(rule.ref)
        assert rule.id in index[paragraph]["rules"]  # type: ignore[operator]


def test_whatever_is_cited_is_a_paragraph_that_means_something(index: dict[str, dict[str, object]]) -> None:
    refs = re.findall(r'ref: "([^"]+)"', FILE.read_text(encoding="utf-8"))
    named = {paragraph for ref in refs for paragraph in cited(ref)}
    assert named <= index.keys()
    assert not {paragraph for paragraph in named if "no_rule" in index[paragraph]}
    mapped = {paragraph for paragraph, entry in index.items() if "rules" in entry or "fragments" in entry}
    assert mapped <= named


def test_the_index_has_every_paragraph_of_the_print(
    index: dict[str, dict[str, object]], shared_sources: Path
) -> None:
    (source,) = shared_sources.glob("002_*.txt")
    assert _printed(source.read_text(encoding="utf-8")) | LOST_IN_PRINT == index.keys()


def _printed(text: str) -> set[str]:
    """The paragraphs that the print numbers; it lost the heading of chapter 4, where numbers begin anew."""
    body, _, transitional = text.partition("Denna förordning träder i kraft")
    chapter, last, found = 0, 0, set[str]()
    for line in body.splitlines():
        heading = re.match(r"(\d) kap\. [A-ZÅÄÖ]", line)
        if heading:
            chapter, last = int(heading[1]), 0
        numbered = re.match(r"\s*(?:SFS 2011:1533)?\s*(\d+) § [A-ZÅÄÖ]", line)
        if numbered and (chapter, int(numbered[1])) == (3, 1) and last > 1:
            chapter = 4
        if numbered:
            last = int(numbered[1])
            found.add(f"{chapter}:{last}")
    numbers = re.findall(r"^\s*(\d+)\. [A-ZÅÄÖ]", "1. X" + transitional, flags=re.MULTILINE)
    return found | {f"ö:{number}" for number in numbers}
