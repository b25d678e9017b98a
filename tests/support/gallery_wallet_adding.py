"""Scenes of the wallet: adding certificates, and the directory of authorities."""

from typing import Final

from support.gallery import FOLDER, Scene, Scenes, Stage
from support.gallery_wallet_list import HELD, LONG_AUTHORITY
from support.ship_store import Shore
from support.simulator import NOW, Authority

from wallet_app import texts
from wallet_app.core.issuer_metadata import Authority as Issuer
from wallet_app.core.offer import Offer, TransactionCode
from wallet_app.core.pickup import Progress, Proposal
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.trust import Check, Known
from wallet_app.ui.common import WorkingStep

scene = Scenes()
PROPOSAL = Proposal(
    Issuer(
        issuer="https://certificates.example",
        name="Sjøfartsdirektoratet",
        documents={},
        token_endpoint="",
        nonce_endpoint="",
        credential_endpoint="",
        notification_endpoint=None,
    ),
    Offer("https://certificates.example", ("competency", "medical"), "c", TransactionCode(True, 6, "")),
)
LISTED = Known(Check.LISTED, "Sjøfartsdirektoratet", "NO", NOW)


@scene
def add(stage: Stage) -> None:
    stage.wallet(*HELD).tap(texts.ADD)


@scene
def add_asking(stage: Stage) -> None:
    stage.wallet(*HELD).freeze().phone.app.look_at("https://certificates.example/o")
    stage.phone.app.go("add")
    stage.eyes.wait(0.5)


@scene
def consent_listed(stage: Stage) -> None:
    propose(stage, LISTED)


@scene
def consent_unchecked(stage: Stage) -> None:
    propose(stage, Known(Check.NO_DIRECTORY))


@scene
def consent_not_listed(stage: Stage) -> None:
    propose(stage, Known(Check.NOT_LISTED, as_of=NOW))


@scene
def consent_rehearsal(stage: Stage) -> None:
    propose(stage, Known(Check.LISTED, LONG_AUTHORITY, "FI", NOW, is_rehearsal=True))


@scene
def consent_wrong_code(stage: Stage) -> None:
    propose(stage, LISTED)
    words = " ".join(map(stage.say, texts.TROUBLES[Trouble.CODE_REFUSED]))
    stage.phone.app.screen_of("add").propose(PROPOSAL, complaint=words)
    stage.eyes.wait(0.5)


@scene
def picking_up(stage: Stage) -> None:
    stage.wallet().phone.app.go("add")
    step = WorkingStep(message=stage.say(texts.PICKING_UP))
    step.progress, step.share = stage.say(texts.PROGRESS, received=1, total=2), 0.5
    stage.phone.app.screen_of("add")._show(step)
    stage.eyes.wait(0.5)


@scene
def picked_up(stage: Stage) -> None:
    stage.wallet().phone.app.go("add")
    stage.phone.app.screen_of("add").finish(Progress(2, 2))
    stage.eyes.wait(0.5)


def propose(stage: Stage, known: Known) -> None:
    """An offer of an issuer of which the directory says this."""
    stage.wallet(*HELD)
    app = stage.phone.app
    app.wallet.trust.look_up = lambda _: known
    app.add()
    app.screen_of("add").propose(PROPOSAL)
    stage.eyes.wait(0.5)


# What is no offer

OTHER_CODES = {
    "web_address": "https://www.a-very-long-name-of-a-harbour-restaurant.example/menu",
    "wifi": "WIFI:T:WPA;S:Crew;P:secret;;",
    "own_code": "OB1:ABCDEF",
    "some_text": "7312040017072",
    "payment": "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
}


def _other_code(text: str) -> Scene:
    def stop(stage: Stage) -> None:
        stage.wallet(*HELD).phone.app.take(text)
        stage.eyes.wait(0.5)

    return stop


for name, text in OTHER_CODES.items():
    scene.add(f"scanned_{name}", _other_code(text))


# What stops a pick-up


def _stopped(trouble: Trouble) -> Scene:
    def stop(stage: Stage) -> None:
        stage.wallet(*HELD).phone.app.go("add")
        error = PickUpError(trouble, "GET https://certificates.example/o/1: no route to host")
        stage.phone.app.screen_of("add").fail(error, lambda: None)
        stage.eyes.wait(0.5)

    return stop


USUAL_TROUBLES: Final = (Trouble.OFFLINE, Trouble.OFFER_GONE, Trouble.UNFINISHED, Trouble.CLOCKS_APART)
for trouble in Trouble if FOLDER else USUAL_TROUBLES:
    if trouble in texts.TROUBLES:
        scene.add(f"stopped_{trouble.label.replace('-', '_')}", _stopped(trouble))


# The directory


@scene
def directory_none(stage: Stage) -> None:
    stage.wallet(*HELD).phone.app.open_trust()
    stage.eyes.wait(0.5)


@scene
def directory_root_to_compare(stage: Stage) -> None:
    directory_none(stage)
    stage.phone.app.drop(_shore(stage).root)
    stage.eyes.wait(0.5)


@scene
def directory_held(stage: Stage) -> None:
    stage.wallet(*HELD)
    shore, held = _shore(stage), stage.phone.app.wallet.trust
    held.pin(held.look_at_root(shore.root.read_bytes()))
    held.take_in_file(shore.pack(), NOW)
    stage.phone.app.open_trust()
    stage.eyes.wait(0.5)


@scene
def directory_refused(stage: Stage) -> None:
    directory_none(stage)
    stage.phone.app.drop(_shore(stage).pack())
    stage.eyes.wait(0.5)


def _shore(stage: Stage) -> Shore:
    return Shore(stage.phone.home / "shore", Authority("NO", at=NOW), Authority("DK", at=NOW))
