"""Every heading of the Danish page and every paragraph of BEK 861 is mapped, or says why it is none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from issuer.adapters.law_files import ACTS, contents, load, policies

DOCS = Path(__file__).parents[2] / "docs" / "law"
WAYS = {"rules", "fragments", "contents", "policy", "definition", "in_force", "no_rule"}
PAGE, ORDER = "DMA-SOENAERINGSBEVIS", "BEK-861-2024"
FILES = {PAGE: "soenaeringsbeviser.yaml", ORDER: "bek_861_2024.yaml"}
Index = dict[str, dict[str, object]]
_CITED = re.compile(r'ref: "?([^",}\n]+)')


def index_of(act: str) -> Index:
    name = {PAGE: "soenaeringsbevis.yaml", ORDER: "bek-861.yaml"}[act]
    found: Index = yaml.safe_load((DOCS / name).read_text(encoding="utf-8"))
    return found


def text_of(act: str) -> str:
    return (ACTS / "dk" / FILES[act]).read_text(encoding="utf-8")


def place(ref: str) -> str:
    """The entry that a reference belongs to: `§ 40, stk. 1` to `40`; of the page, the heading itself."""
    paragraph = re.match(r"§ (\d+)", ref)
    return paragraph[1] if paragraph else ref


def listed(entry: dict[str, object], way: str) -> Iterator[str]:
    found = entry.get(way, ())
    assert isinstance(found, list | tuple)
    yield from map(str, found)


@pytest.mark.parametrize("act", FILES)
def test_each_place_is_mapped_or_says_why_not(act: str) -> None:
    for name, entry in index_of(act).items():
        ways = entry.keys() - {"also"}
        assert ways, name
        assert ways <= WAYS, name
        assert "no_rule" not in ways or ways == {"no_rule"}, name
        assert all(value for value in entry.values()), name


@pytest.mark.parametrize("act", FILES)
def test_what_the_index_names_exists(act: str) -> None:
    law, known = load(), contents()
    for entry in index_of(act).values():
        assert {*listed(entry, "rules")} <= law.rules.keys()
        assert {*listed(entry, "contents")} <= known.keys()
        assert all(f"\n  {one}:\n" in text_of(act) for one in listed(entry, "fragments"))
    assert "DK" in policies()


@pytest.mark.parametrize("act", FILES)
def test_each_rule_and_document_stands_under_the_place_that_it_cites(act: str) -> None:
    index = index_of(act)
    for versions in load().rules.values():
        for rule in (one for one in versions if one.act.id == act):
            assert rule.id in listed(index[place(rule.ref)], "rules"), rule.id
    for one in contents().values():
        if one.act == act:
            assert one.id in listed(index[place(one.ref)], "contents"), one.id


@pytest.mark.parametrize("act", FILES)
def test_whatever_is_cited_means_something(act: str) -> None:
    index = index_of(act)
    cited = {place(one.strip()) for one in _CITED.findall(text_of(act))}
    assert cited <= index.keys()
    assert not {one for one in cited if "no_rule" in index[one]}
    assert {name for name, entry in index.items() if entry.keys() & {"rules", "fragments"}} <= cited


def test_the_order_is_the_law_from_the_day_that_its_paragraph_48_names() -> None:
    day = index_of(ORDER)["48"]["in_force"]
    assert {
        version.first for all_of in load().rules.values() for version in all_of if version.act.id == ORDER
    } == {day}


def test_the_index_has_every_paragraph_and_letter_of_the_order(shared_sources: Path) -> None:
    (source,) = shared_sources.glob("004_*.txt")
    text = source.read_text(encoding="utf-8")
    body, _, annex = text.partition(" Bilag 1\n")
    paragraphs = re.findall(r"^ ?§ (\d+)\. ", body, flags=re.MULTILINE)
    letters = re.findall(r"^([A-Z])\. [A-ZÅÆØ]", annex, flags=re.MULTILINE)
    assert paragraphs == [str(number) for number in range(1, 50)]
    assert letters == [*"ABCDEFGH"]
    assert index_of(ORDER).keys() == {*paragraphs, *(f"bilag 1 {letter}" for letter in letters)}


def test_the_index_has_every_heading_of_the_page(shared_sources: Path) -> None:
    (source,) = shared_sources.glob("003_*.txt")
    assert index_of(PAGE).keys() == set(_headings(source.read_text(encoding="utf-8")))


def _headings(text: str) -> Iterator[str]:
    """Lines of their own without a full stop; those that begin so are guides that the page links to."""
    for line in map(str.strip, text.replace("\N{NO-BREAK SPACE}", " ").splitlines()):
        is_heading = re.fullmatch(r"[A-ZÆØÅ][^.:•/]{4,60}", line)
        if is_heading and not line.startswith(("Vejledning", "Vores", "Syns-")):
            yield line
