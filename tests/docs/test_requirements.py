"""docs/requirements.md has a row for every demand of the sources, and names only what is there."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import typer.main

from issuer import cli

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "requirements.md"
STATES = {"met", "part", "later", "none"}


class Row(NamedTuple):
    id: str
    asks: str
    state: str
    where: str

    @property
    def named(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.where)


def rows() -> list[Row]:
    text = PAGE.read_text(encoding="utf-8")
    cells = [line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| [0-4]-", line)]
    assert all(len(one) == 4 for one in cells)
    return [Row(*(cell.strip() for cell in one)) for one in cells]


ROWS = rows()


def works() -> set[str]:
    """Later work, as the page's head explains it."""
    text = PAGE.read_text(encoding="utf-8").partition("| row |")[0].partition("Later work")[2]
    return set(re.findall(r"\*(\w+)\*", text))


def test_each_row_stands_once_and_in_a_state_that_the_page_explains() -> None:
    assert len({one.id for one in ROWS}) == len(ROWS)
    assert {one.state for one in ROWS} == STATES
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"**{state}**" in text for state in STATES)


def test_the_rows_are_those_of_the_projects_list_of_demands(shared_requirements: Path) -> None:
    listed = shared_requirements.read_text(encoding="utf-8").splitlines()[1:]
    assert {one.split("\t")[0] for one in listed if one.strip()} == {one.id for one in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_names_what_is_there_and_the_work_that_it_waits_for(row: Row) -> None:
    assert not [name for name in row.named if not is_there(name)]
    if row.state == "met":
        assert any("/" in name or name.startswith("ombord-") for name in row.named)
    if row.state == "later":
        assert works() & set(re.findall(r"\w+", row.where))
    if row.state != "later":
        assert row.where


def is_there(name: str) -> bool:
    """A file of the checkout, a command, or a word that is neither, such as an option."""
    if name.startswith("ombord-issuer "):
        command: object = typer.main.get_command(cli.app)
        for word in name.split()[1:]:
            command = getattr(command, "commands", {}).get(word)
        return command is not None
    return (CHECKOUT / name).exists() if "/" in name else True


def test_nothing_sets_a_cookie() -> None:
    """Row 1-11."""
    sources = [
        path
        for folder in ("issuer", "verifier/page")
        for path in (CHECKOUT / folder).rglob("*")
        if path.suffix in (".py", ".js", ".html")
    ]
    assert sources
    assert not [one for one in sources if re.search(r"set_cookie|document\.cookie", one.read_text("utf-8"))]
