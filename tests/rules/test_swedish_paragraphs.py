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
WAYS |= {"alternatives", "decisions", "credited", "amended", "assumed"}
# Their numbers fell out of the print at a page break, or stand in a table that it has torn apart.
LOST_IN_PRINT = {"1:3", "2:18"}
_CITED = re.compile(r"(?:(\d) kap\. )?(\d+)(?: ([a-z]))? §|övergångsbestämmelserna (\d+)")


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
        yield f"ö:{match[4]}" if match[4] else f"{chapter}:{match[2]}{match[3] or ''}"


def test_each_paragraph_is_mapped_or_says_why_it_is_not(index: dict[str, dict[str, object]]) -> None:
    assert all(entry and entry.keys() <= WAYS for entry in index.values())
    assert all(entry.keys() == {"no_rule"} for entry in index.values() if "no_rule" in entry)
    assert all(str(entry["no_rule"]).strip() for entry in index.values() if "no_rule" in entry)


def test_what_the_index_names_exists(index: dict[str, dict[str, object]], law: Law) -> None:
    act = yaml.compose(FILE.read_text(encoding="utf-8"))
    text = FILE.read_text(encoding="utf-8")
    assert act is not None
    for entry in index.values():
        assert set(entry.get("rules", ())) <= law.rules.keys()  # type: ignore[call-overload]
        for way in ("decisions", "amended"):
            assert set(entry.get(way, ())) <= law.rules.keys()  # type: ignore[call-overload]
        assert all(law.rules[one][-1].amended for one in entry.get("amended", ()))  # type: ignore[attr-defined]
        assert all(f"    name: {one}\n" in text for one in entry.get("alternatives", ()))  # type: ignore[attr-defined]
        assert all(f"    code: {one}\n" in text for one in entry.get("credited", ()))  # type: ignore[attr-defined]
        assert all(f"\n  {one}:\n" in text for one in entry.get("fragments", ()))  # type: ignore[attr-defined]
        assert all(f'- {{ref: "{one}", where:' in text for one in entry.get("defaults", ()))  # type: ignore[attr-defined]


def test_each_rule_stands_under_its_own_paragraph(index: dict[str, dict[str, object]], law: Law) -> None:
    for rule in law.in_force(FIRST, "SE"):
        (paragraph,) = cited(rule.ref)
        assert rule.id in index[paragraph]["rules"]  # type: ignore[operator]


def test_whatever_is_cited_is_a_paragraph_that_means_something(index: dict[str, dict[str, object]]) -> None:
    refs = re.findall(r'ref: "([^"]+)"', FILE.read_text(encoding="utf-8"))
    named = {paragraph for ref in refs for paragraph in cited(ref)}
    meant = {paragraph.split()[-1] for paragraph, entry in index.items() if "no_rule" not in entry}
    assert named <= meant
    mapped = {paragraph for paragraph, entry in index.items() if "rules" in entry or "fragments" in entry}
    assert {paragraph for paragraph in mapped if " " not in paragraph} <= named


def test_the_index_has_every_paragraph_of_the_print(
    index: dict[str, dict[str, object]], shared_sources: Path
) -> None:
    (source,) = shared_sources.glob("002_*.txt")
    printed = _printed(source.read_text(encoding="utf-8"))
    assert printed | LOST_IN_PRINT == {paragraph for paragraph in index if " " not in paragraph}


def test_the_index_has_every_later_wording_of_the_consolidated_text(
    index: dict[str, dict[str, object]], shared_sources: Path
) -> None:
    text = (shared_sources / "SFS_2011_1533_consolidated.md").read_text(encoding="utf-8")
    later = {paragraph for paragraph in index if " " in paragraph}
    # What only the later ordinances themselves say, and the new 9 § that 9 a § came with.
    said = {"2012:626 4:15a", "2012:626 ö:2", "2018:19 1:13", "2018:19 5:1", "2024:111 2:9"}
    assert later == _amended(text) | said


def _amended(text: str) -> set[str]:
    """The paragraphs under which the text names a later ordinance, or says which one repealed it."""
    body, _, transitional = text.partition("Övergångsbestämmelser\n\n2011:1533")
    chapter, place, found = "", "", set[str]()
    for line in (*body.splitlines(), "0 kap. Ö", *transitional.splitlines()):
        if heading := re.match(r"(\d) kap\. [A-ZÅÄÖ]", line):
            chapter = heading[1]
        if numbered := re.match(r"(\d+)(?: ([a-z]))? § [A-ZÅÄÖ]" if chapter != "0" else r"(\d+)()\. ", line):
            place = f"{chapter}:{numbered[1]}{numbered[2] or ''}".replace("0:", "ö:")
        if later := re.search(r"örordning(?:en)? \((20\d\d:\d+)\)\.$", line):
            found.add(f"{later[1]} {place}")
    return found


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
