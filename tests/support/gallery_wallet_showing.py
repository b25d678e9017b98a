"""Scenes of the wallet: codes, challenges, what was shown, deleting."""

import zxingcpp
from PIL import Image
from support.carried import disclosure
from support.gallery import Scenes, Stage
from support.gallery_wallet_list import HELD, SAFETY, open_first, restored, synced
from support.scenario import competency
from support.simulator import seeded_signer
from support.sync_office import PASS_KID, SyncOffice, a_pass, an_answer
from support.wallet import fill

from keys import jws
from keys.encoding import json_dumps, json_object
from verifier.credential import presentation, sd_jwt, vc
from verifier.ui.ports.camera import FakeCamera, Frame
from wallet_app import texts_safe, texts_showing
from wallet_app.core.history import Reader, Way

scene = Scenes()


@scene
def code(stage: Stage) -> None:
    unlocked(stage)
    show_first(stage)


@scene
def code_below(stage: Stage) -> None:
    stage.wallet(*HELD)
    show_first(stage)
    stage.eyes.scroll_to(stage.say(texts_showing.ANSWER_CHALLENGE))


@scene
def code_of_another_phone(stage: Stage) -> None:
    restored(stage)
    show_first(stage)


@scene
def code_of_a_long_name(stage: Stage) -> None:
    from support.gallery_wallet_list import named

    stage.wallet(*named("Wolfeschlegelsteinhausenbergerdorff" + "ø" * 85))
    show_first(stage)


@scene
def code_with_a_wrong_clock(stage: Stage) -> None:
    from datetime import UTC, datetime

    stage.wallet(*HELD)
    stage.eyes.set_clock(datetime(1969, 1, 1, tzinfo=UTC))
    show_first(stage)


@scene
def code_for_all(stage: Stage) -> None:
    synced(stage, ("valid",) * 4)
    stage.phone.app.show_all_in_one()
    stage.eyes.wait(0.5)


@scene
def code_for_all_with_photo(stage: Stage) -> None:
    key = stage.phone.keys.holder().public_key
    fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    claims = json_object(sd_jwt.parse(a_pass(key)).jws.payload)
    shown, digest = disclosure("portrait", "A" * 720)
    claims = {**claims, "_sd": [digest]}
    signed = jws.sign(json_dumps(claims), seeded_signer(PASS_KID), typ=vc.TYP, kid=PASS_KID)
    stage.wallet(transport=SyncOffice(an_answer(**{"pass": f"{signed}~{shown}~"}))).eyes.wait(1)
    stage.phone.app.show_all_in_one()
    stage.eyes.wait(0.3)
    stage.phone.app.flip_photo()
    stage.eyes.wait(0.5)


@scene
def code_moving(stage: Stage) -> None:
    stage.wallet(*HELD, SAFETY)
    stage.phone.app.show_all_in_one()
    stage.eyes.wait(0.5)


@scene
def code_handed_over(stage: Stage) -> None:
    code(stage)
    stage.tap(texts_safe.HAND_OVER)


@scene
def code_left_with_the_pin(stage: Stage) -> None:
    code_handed_over(stage)
    stage.eyes.press_back()


# Challenges


@scene
def challenge(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.ask_for_challenge()
    stage.eyes.wait(0.5)


@scene
def challenge_mistyped(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.ask_for_challenge()
    stage.phone.app.answer("K7M2Q0")
    stage.eyes.wait(0.5)


@scene
def challenge_typed_and_answered(stage: Stage) -> None:
    stage.wallet(*HELD)
    show_first(stage)
    stage.phone.app.ask_for_challenge()
    stage.phone.app.answer("K7M2QX")
    stage.eyes.wait(0.5)


@scene
def challenge_scanned_and_answered(stage: Stage) -> None:
    stage.phone.camera = FakeCamera([frame_of(presentation.challenge_text(bytes(range(8))))])
    stage.wallet(*HELD)
    show_first(stage)
    stage.phone.app.ask_for_challenge()
    stage.phone.app.scan("challenge")
    stage.eyes.wait(1)


@scene
def challenge_ran_out(stage: Stage) -> None:
    challenge_typed_and_answered(stage)
    stage.eyes.wait(125)


@scene
def camera(stage: Stage) -> None:
    ground = Image.new("L", (640, 480), 70)
    code = zxingcpp.create_barcode("an offer", zxingcpp.BarcodeFormat.QRCode)
    ground.paste(Image.fromarray(code.to_image(scale=6)).convert("L").rotate(20, fillcolor=70), (180, 120))
    stage.phone.camera = FakeCamera([Frame(ground.tobytes(), 640, 480)])
    stage.wallet(*HELD)
    stage.phone.app.scanned = lambda *_: None  # the inspector's hand shakes: it goes on looking
    stage.phone.app.scan("challenge")
    stage.eyes.wait(0.6)


@scene
def camera_missing(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.scan()
    stage.eyes.wait(0.6)


# What was shown, and deleting


@scene
def history_empty(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.open_history()
    stage.eyes.wait(0.5)


@scene
def history(stage: Stage) -> None:
    stage.wallet(*HELD)
    wallet = stage.phone.app.wallet
    clock = wallet.clock
    from datetime import timedelta

    for hours, way, reader, items in (
        (50, Way.MUSTER, Reader.SCANNER, ()),
        (26, Way.DOCUMENT, Reader.RECIPIENT, wallet.held[:1]),
        (3, Way.CODE, Reader.CHALLENGER, wallet.held[1:2]),
        (1, Way.CODE, Reader.SCANNER, wallet.held[:1]),
    ):
        wallet.clock = lambda hours=hours: clock() - timedelta(hours=hours)
        wallet.remember(way, reader, items)
    wallet.clock = clock
    stage.phone.app.open_history()
    stage.eyes.wait(0.5)


@scene
def delete(stage: Stage) -> None:
    stage.wallet(*HELD)
    stage.phone.app.ask_to_delete(stage.phone.app.wallet.held[0].key)
    stage.eyes.wait(0.5)


@scene
def delete_on_a_full_phone(stage: Stage) -> None:
    stage.wallet(competency())
    open_first(stage)
    stage.fill_up()
    stage.tap(texts_showing.DELETE).tap(texts_showing.DELETE)


def unlocked(stage: Stage) -> None:
    """With a PIN, which was entered: it can be handed over."""
    stage.wallet(*HELD, pin="314159")
    for digit in "314159":
        stage.eyes.tap(digit)
    stage.eyes.wait(0.5)


def show_first(stage: Stage) -> None:
    """The code of the certificate that is on top."""
    stage.phone.app.show_code(stage.phone.app.wallet.held[0].key)
    stage.eyes.wait(0.5)


def frame_of(text: str) -> Frame:
    """What a camera sees that looks at a QR code of this text."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(drawn.to_image(scale=6)).convert("L")
    ground = Image.new("L", (640, 480), 255)
    ground.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    return Frame(ground.tobytes(), 640, 480)
