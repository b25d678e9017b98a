"""Every screen and state of the inspector's app, in each look: words whole and legible, targets large."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from support.gallery import LOOKS, OTHER_LOOKS, Look, Stage, keep_sheets, play
from support.gallery_inspector import scene as scenes

pytestmark = pytest.mark.screen
SOME: Final = ("verdict_valid", "crew_without_a_document")


@pytest.fixture(scope="module", autouse=True)
def sheets() -> Iterator[None]:
    """Once all pictures are taken: the page of them, and sheets to judge at a glance."""
    yield
    keep_sheets("inspector")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", scenes)
def test_a_screen_can_be_read_and_touched(name: str, look: Look, tmp_path: Path) -> None:
    play(scenes, "inspector", name, Stage(tmp_path, look))


@pytest.mark.parametrize("look", OTHER_LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", SOME)
def test_some_screens_can_be_read_and_touched_in_every_other_look(
    name: str, look: Look, tmp_path: Path
) -> None:
    play(scenes, "inspector", name, Stage(tmp_path, look))
