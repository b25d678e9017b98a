"""docs/scaling.md stands on rows that the benchmarks have."""

import json
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "scaling.md").read_text(encoding="utf-8")
MEASURED = PAGE.partition("| row of the benchmarks |")[2].partition("\n\n")[0]
ROWS = [line.split("|")[1].strip() for line in MEASURED.splitlines()[2:]]


@pytest.fixture(scope="module")
def known() -> str:
    """The names of the last whole run, and what the benchmarks' sources spell out."""
    folder = CHECKOUT / "benchmarks"
    names = [row["name"] for row in json.loads((folder / "results.json").read_text("utf-8"))]
    return "\n".join([*names, *(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))])


def test_there_is_a_table_of_rows() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize("row", ROWS)
def test_every_row_that_the_plan_names_is_measured(row: str, known: str) -> None:
    assert row in known


def test_commands_that_it_names_are_there() -> None:
    for module in re.findall(r"python -m benchmarks\.(\w+)", PAGE):
        assert (CHECKOUT / "benchmarks" / f"{module}.py").exists()
