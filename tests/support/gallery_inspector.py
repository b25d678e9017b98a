"""Scenes of the inspector's app."""

from support.gallery import Scenes, Stage

scene = Scenes()


@scene
def first_run(stage: Stage) -> None:
    stage.inspector(imported=False)


@scene
def ready(stage: Stage) -> None:
    stage.inspector()
