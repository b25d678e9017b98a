"""An app that was closed is let go, with all its screens: hundreds of them share a process in the tests.

On a ship's tablet an app that kept every screen it once showed would end for want of memory, too.
"""

import gc
from pathlib import Path
from typing import Final

import pytest
from kivy.app import App
from support import gallery_inspector, gallery_wallet
from support.gallery import LOOKS, Scenes, Stage

pytestmark = pytest.mark.screen
INSPECTOR: Final = gallery_inspector.scene
WALLET: Final = gallery_wallet.scene


@pytest.mark.parametrize(
    ("scenes", "name"),
    [
        (INSPECTOR, "person_fit_for_duty"),  # rows, certificates, drawers; a comparison over it
        (INSPECTOR, "report"),
        (INSPECTOR, "scan_moving_frames"),  # an animation that has not ended
        (WALLET, "settings"),
        (WALLET, "list_syncing"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_of_closed_apps_nothing_is_kept(scenes: Scenes, name: str, tmp_path: Path) -> None:
    gc.collect()
    before = apps()
    for number in range(2):
        play(scenes, name, tmp_path / str(number))
    gc.collect()
    assert apps() <= before


def play(scenes: Scenes, name: str, folder: Path) -> None:
    stage = Stage(folder, LOOKS[0])
    try:
        scenes[name](stage)
        assert apps()
    finally:
        stage.close()


def apps() -> int:
    """How many there are in the process."""
    return sum(issubclass(type(one), App) for one in gc.get_objects())
