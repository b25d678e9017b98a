"""What scenes of the inspector's app share: screens longer than a phone, and certificates that are shown."""

from __future__ import annotations

from support.gallery import Scene, Scenes, Stage
from support.scenario import PHONE, competency, show


class LongScenes(Scenes):
    """Scenes, some of them longer than a phone."""

    def and_below(self, one: Scene) -> Scene:
        """A screen from its top, and at its end."""
        self.below[one.__name__] = to_the_end
        return self(one)


def to_the_end(stage: Stage) -> None:
    """Scroll as far as it goes."""
    scroll = stage.device.app.screens.current_screen.ids.scroll
    if scroll.viewport_size[1] <= scroll.height:
        return
    scroll.effect_y.velocity, scroll.effect_y.value = 0, scroll.effect_y.min
    scroll.scroll_y = 0
    stage.eyes.wait(0.4)


def shown(stage: Stage, presented: str | bytes) -> None:
    """The verdict on it."""
    stage.device.app.take(presented)
    stage.eyes.wait(0.6)


def live(stage: Stage, **changes: object) -> str:
    """A certificate of Ingrid's on her own phone."""
    return show(stage.device.norway.issue(competency(**changes), PHONE), at=stage.eyes.now())
