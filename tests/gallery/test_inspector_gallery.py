"""Every screen and state of the inspector's app, in each look: words whole and legible, targets large."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.gallery import LOOKS, Look, Stage, keep_sheets, look_at
from support.gallery_inspector import scene as scenes

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module", autouse=True)
def sheets() -> Iterator[None]:
    """Once all pictures are taken: the page of them, and sheets to judge at a glance."""
    yield
    keep_sheets("inspector")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", scenes)
def test_a_screen_can_be_read_and_touched(name: str, look: Look, tmp_path: Path) -> None:
    stage = Stage(tmp_path, look)
    try:
        scenes[name](stage)
        look_at(stage, "inspector", name)
    finally:
        stage.close()
