"""Scenes of the wallet."""

from support.gallery import Scenes, Stage
from support.scenario import TODAY, competency, medical
from support.simulator import DAY

from wallet_app import texts

scene = Scenes()
HELD = (competency(), medical(TODAY + 27 * DAY), competency(document_number="NO-2", expiry_date=TODAY - DAY))


@scene
def empty(stage: Stage) -> None:
    stage.wallet()


@scene
def certificates(stage: Stage) -> None:
    stage.wallet(*HELD)


@scene
def add(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts.ADD)
