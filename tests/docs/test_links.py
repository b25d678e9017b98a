"""What the README and the docs point at is there."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_names_the_two_commands_before_anything_else_is_asked() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert text.index("make demo") < text.index("make test") < text.index("ombord-keys")


def test_decisions_are_numbered_without_a_gap_and_titled_by_their_number() -> None:
    pages = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
    numbers = [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [page.name[:4] for page in pages] == numbers
    assert [page.read_text(encoding="utf-8").split()[1] for page in pages] == numbers
