"""Every screen and state of the wallet, in each look: words whole and legible, targets large."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from support.gallery import LOOKS, OTHER_LOOKS, Look, Stage, keep_sheets, play
from support.gallery_wallet import scene as scenes

pytestmark = pytest.mark.screen
SOME: Final = ("list_mixed", "code")


@pytest.fixture(scope="module", autouse=True)
def sheets() -> Iterator[None]:
    """Once all pictures are taken: the page of them, and sheets to judge at a glance."""
    yield
    keep_sheets("wallet")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", scenes)
def test_a_screen_can_be_read_and_touched(name: str, look: Look, tmp_path: Path) -> None:
    play(scenes, "wallet", name, Stage(tmp_path, look))


@pytest.mark.parametrize("look", OTHER_LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", SOME)
def test_some_screens_can_be_read_and_touched_in_every_other_look(
    name: str, look: Look, tmp_path: Path
) -> None:
    play(scenes, "wallet", name, Stage(tmp_path, look))
