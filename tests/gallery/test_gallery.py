"""Every screen and state of both apps, in each look: words whole and legible, targets large, named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import gallery_inspector, gallery_wallet
from support.gallery import FOLDER, LOOKS, Look, Stage, contact_sheet, look_at, write_index

pytestmark = pytest.mark.screen

SCENES = [
    pytest.param(app, name, scene, id=f"{app}-{name}")
    for app, scenes in (("wallet", gallery_wallet.scene), ("inspector", gallery_inspector.scene))
    for name, scene in scenes.items()
]


@pytest.fixture(scope="module", autouse=True)
def sheets() -> Iterator[None]:
    """Once all pictures are taken: the page of them, and sheets to judge at a glance."""
    yield
    if FOLDER:
        for app in ("wallet", "inspector"):
            for look in LOOKS:
                contact_sheet(Path(FOLDER), app, look, Path(FOLDER) / f"{app}.{look.name}.png")
        write_index(Path(FOLDER))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize(("app", "name", "scene"), SCENES)
def test_a_screen_can_be_read_and_touched(app: str, name: str, scene, look: Look, tmp_path: Path) -> None:  # type: ignore[no-untyped-def] # a Scene
    stage = Stage(tmp_path, look)
    try:
        scene(stage)
        look_at(stage, app, name)
    finally:
        stage.close()
