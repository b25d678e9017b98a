"""Scenes of the inspector's app: scanning, comparing, challenges, trust data, settings; and all others."""

from __future__ import annotations

import io
import shutil
from base64 import urlsafe_b64encode
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFilter
from support import gallery_crew, gallery_verdicts, passes
from support.carried import disclosure
from support.gallery import Stage
from support.gallery_parts import LongScenes, live, shown, to_the_end
from support.scenario import PHONE, competency, show
from support.ship_store import Shore
from support.simulator import DAY, NOW, Authority

from keys import jws
from keys.encoding import json_dumps, json_object
from verifier.credential import frames, muster, presentation, sd_jwt, vc
from verifier.credential.presentation import Audience
from verifier.inspection.identity import Document
from verifier.inspector import texts
from verifier.inspector.core import compared_view
from verifier.ui import texts as shared
from verifier.ui.ports.camera import FakeCamera, Frame
from verifier.ui.ports.drives import FakeDrives

scene = LongScenes()
and_below = scene.and_below


# Scanning


def picture(text: str = "", turn: float = 0) -> Frame:
    """What the camera sees on a bridge at night: a phone, held aslant, with a code on it."""
    view = Image.new("L", (1280, 720), 60)
    draw = ImageDraw.Draw(view)
    for x in range(0, 1280, 4):
        draw.rectangle((x, 0, x + 4, 720), fill=40 + x // 16)
    if text:
        out = io.BytesIO()
        segno.make(text, error="M", mode="alphanumeric", micro=False).save(out, kind="png", scale=4, border=4)
        code = Image.open(io.BytesIO(out.getvalue())).convert("L")
        phone = Image.new("L", (code.width + 40, code.height + 160), 24)
        phone.paste(code, (20, 80))
        turned = phone.convert("LA").rotate(turn, expand=True)
        view.paste(
            turned.convert("L"), (640 - turned.width // 2, 360 - turned.height // 2), turned.split()[1]
        )
    return Frame(view.tobytes(), view.width, view.height)


@scene
def first_run(stage: Stage) -> None:
    stage.inspector(imported=False)


@and_below
def first_run_trust(stage: Stage) -> None:
    stage.inspector(imported=False, drives=FakeDrives()).tap(texts.IMPORT)


@scene
def scan(stage: Stage) -> None:
    stage.inspector(camera=lambda: FakeCamera([blurred()])).eyes.wait(1)


def blurred() -> Frame:
    """A code that comes nearer, and cannot be read yet."""
    seen = picture("A CODE", turn=38)
    view = Image.frombytes("L", (seen.width, seen.height), seen.pixels)
    return seen._replace(pixels=view.filter(ImageFilter.GaussianBlur(9)).tobytes())


@scene
def scan_without_a_camera(stage: Stage) -> None:
    stage.inspector()


@scene
def scan_with_a_broken_camera(stage: Stage) -> None:
    stage.inspector(camera=lambda: FakeCamera(broken="busy")).eyes.wait(1)


@scene
def scan_moving_frames(stage: Stage) -> None:
    norway = stage.device.norway
    first, *others = (norway.issue(competency(document_number=f"NO-{n}"), PHONE) for n in range(12))
    loop = frames.split(muster.pack(show(first), others))
    camera = FakeCamera([picture(loop.text(number)) for number in range(loop.needed // 2 + 1)])
    stage.inspector(camera=lambda: camera).eyes.wait(2)


@scene
def scan_a_picture_without_a_code(stage: Stage) -> None:
    stage.inspector()
    path = stage.device.folder / "holiday.png"
    path.write_bytes(b"a picture, to a fake scanner")
    stage.device.app.screen("scan").read_picture(path)
    stage.eyes.wait(0.4)


@scene
def paste(stage: Stage) -> None:
    stage.inspector().tap(texts.ENTER)


@scene
def paste_of_a_file_that_is_not_there(stage: Stage) -> None:
    stage.inspector().tap(texts.ENTER)
    stage.eyes.find(stage.say(texts.ENTER_HINT)).text = "/media/usb/ingrid-ostergard-certificate.png"
    stage.eyes.wait(0.2)
    stage.tap(texts.CHECK_IT)


# Comparing


def comparing(stage: Stage, presented: str = "", document: Document | None = Document.PASSPORT) -> None:
    """The comparison, with a document chosen."""
    presented = presented or live(stage)
    stage.inspector()
    shown(stage, presented)
    stage.tap(texts.DO_COMPARE)
    if document is not None:
        stage.tap(compared_view.DOCUMENTS[document])


def answer(stage: Stage, *, name: str = "", birth: str = "", photo: str = "") -> None:
    """Tap these answers."""
    asked = ((texts.NAME, name), (texts.BIRTH_DATE, birth), (texts.PHOTO, photo))
    for question, words in asked:
        if words:
            spoken = f"{stage.say(question)}: {stage.say(words)}"
            stage.eyes.tap(stage.eyes.scroll_to(spoken))


@scene
def compare_with_what(stage: Stage) -> None:
    comparing(stage, document=None)


@and_below
def compare_passport(stage: Stage) -> None:
    comparing(stage)


@scene
def compare_seafarers_identity(stage: Stage) -> None:
    comparing(stage, document=Document.SEAFARERS_IDENTITY)


@scene
def compare_other_document(stage: Stage) -> None:
    comparing(stage, document=Document.OTHER)


@scene
def compare_no_document(stage: Stage) -> None:
    comparing(stage, document=Document.NONE)


@and_below
def compare_matches(stage: Stage) -> None:
    comparing(stage)
    answer(stage, name=texts.MATCHES, birth=texts.MATCHES)


@scene
def compare_name_differs(stage: Stage) -> None:
    comparing(stage)
    answer(stage, name=texts.DIFFERS)


@scene
def compare_a_typed_name(stage: Stage) -> None:
    comparing(stage)
    stage.device.app.screen("compare").ids.typed.text = "Ingrid Østergart"
    to_the_end(stage)


@scene
def compare_with_photograph(stage: Stage) -> None:
    comparing(stage, with_photograph(stage))
    to_the_end(stage)


@scene
def verdict_compared(stage: Stage) -> None:
    comparing(stage)
    answer(stage, name=texts.MATCHES, birth=texts.MATCHES, photo=texts.MATCHES)
    stage.tap(texts.DONE)


@scene
def verdict_another_person(stage: Stage) -> None:
    comparing(stage)
    answer(stage, name=texts.MATCHES, birth=texts.MATCHES, photo=texts.DIFFERS)
    stage.tap(texts.DONE)


@scene
def verdict_without_a_document(stage: Stage) -> None:
    comparing(stage, document=Document.NONE)
    stage.tap(texts.DONE)


def with_photograph(stage: Stage) -> str:
    """A live pass that discloses a drawn face (RFC 9901 § 4.2)."""
    face, out = Image.new("RGB", (120, 160), "#B9CBDD"), io.BytesIO()
    draw = ImageDraw.Draw(face)
    draw.ellipse((34, 26, 86, 96), fill="#E3B48F")
    draw.pieslice((30, 18, 90, 80), 180, 360, fill="#4A2F1B")
    draw.pieslice((8, 104, 112, 220), 180, 360, fill="#123A63")
    for x in (50, 70):
        draw.ellipse((x - 3, 58, x + 3, 64), fill="#1B1B1B")
    draw.arc((48, 66, 72, 84), 20, 160, fill="#8A3B32", width=3)
    face.save(out, "WEBP")
    norway = stage.device.norway
    text, digest = disclosure("portrait", urlsafe_b64encode(out.getvalue()).decode().rstrip("="))
    claims = json_object(sd_jwt.parse(passes.issue(norway)).jws.payload)
    payload = json_dumps({**claims, "_sd": [digest], "_sd_alg": "sha-256"})
    signed = jws.sign(payload, norway.signers[norway.pass_kid], typ=vc.TYP, kid=norway.pass_kid)
    return show(f"{signed}~{text}~")


# Challenges


@scene
def challenge(stage: Stage) -> None:
    stage.inspector().tap(texts.CHALLENGE)


@scene
def challenge_over(stage: Stage) -> None:
    stage.inspector().tap(texts.CHALLENGE)
    for _ in range(13):
        stage.device.app.session.touch()
        stage.eyes.wait(10)


@scene
def challenge_waits_for_its_answer(stage: Stage) -> None:
    stage.inspector().tap(texts.CHALLENGE).tap(texts.SCAN_ANSWER)


@scene
def verdict_challenge_answered(stage: Stage) -> None:
    credential = stage.device.norway.issue(competency(), PHONE)
    stage.inspector().tap(texts.CHALLENGE)
    nonce = stage.device.app.session.challenge.nonce
    shown(
        stage,
        presentation.make(credential, PHONE, at=stage.eyes.now(), nonce=nonce, audience=Audience.CHALLENGE),
    )


@scene
def verdict_challenge_not_answered(stage: Stage) -> None:
    presented = live(stage)
    stage.inspector().tap(texts.CHALLENGE)
    shown(stage, presented)


# Trust data


def stick(stage: Stage) -> Path:
    """A USB stick with a sea pack, and the root beside it."""
    folder = stage.device.folder / "stick"
    folder.mkdir(parents=True)
    shutil.copy(stage.device.shore.pack(), folder / "sea-pack-2026-11-21.pack")
    shutil.copy(stage.device.shore.root, folder / "root.json")
    return folder


def trust_screen(stage: Stage, *, days: int = 0, **options: object) -> Stage:
    """The trust screen, `days` after the import."""
    stage.eyes.set_clock(NOW + days * DAY)
    stage.inspector(**options).eyes.tap(stage.say(texts.SHOW_TRUST)).wait(0.5)
    return stage


@and_below
def trust_current(stage: Stage) -> None:
    trust_screen(stage, drives=FakeDrives(stick(stage)))


@scene
def trust_old(stage: Stage) -> None:
    trust_screen(stage, days=9, drives=FakeDrives())


@scene
def trust_too_old(stage: Stage) -> None:
    trust_screen(stage, days=60, drives=FakeDrives())


@scene
def trust_clock(stage: Stage) -> None:
    trust_screen(stage, days=-400, drives=FakeDrives())


@scene
def trust_damaged(stage: Stage) -> None:
    stage.device.imports()
    for path in stage.device.home.rglob("*"):
        if path.is_file() and path.name in ("current", "memory"):
            path.write_bytes(b"rubbish")
    trust_screen(stage, imported=False, drives=FakeDrives())


@scene
def trust_whom(stage: Stage) -> None:
    drives = FakeDrives(stick(stage))
    trust_screen(stage, imported=False, drives=drives)
    stage.eyes.tap(stage.eyes.scroll_to("sea-pack-2026-11-21.pack")).wait(0.5)


@scene
def trust_importing(stage: Stage) -> None:
    trust_screen(stage, days=9, drives=FakeDrives())
    stage.device.app.background = _Busy()
    (stage.device.home / "incoming").write_bytes(bytes(480_000))
    stage.device.app.screen("trust").take("https://packs.example")
    stage.eyes.wait(1)


class _Busy:
    """Work that takes longer than anybody watches."""

    def run(self, *_: object) -> None:
        """Begin, and do not end."""


@scene
def trust_imported(stage: Stage) -> None:
    folder = stick(stage)
    trust_screen(stage, drives=FakeDrives(folder))
    stage.device.app.screen("trust").take(str(folder / "sea-pack-2026-11-21.pack"))
    stage.eyes.wait(0.6)


@scene
def trust_refused(stage: Stage) -> None:
    strangers = Shore(stage.device.folder / "strangers", Authority("SE")).pack()
    trust_screen(stage, drives=FakeDrives())
    stage.device.app.screen("trust").take(str(strangers))
    stage.eyes.wait(0.6)


# Settings


@and_below
def settings(stage: Stage) -> None:
    stage.inspector().tap(shared.SETTINGS)


@scene
def settings_not_kept(stage: Stage) -> None:
    stage.inspector().tap(shared.SETTINGS)
    stage.device.app.screen("settings").complaint = stage.say(
        texts.NOT_KEPT, detail="No space left on device"
    )
    stage.eyes.wait(0.4)


scene.include(gallery_verdicts.scene)
scene.include(gallery_crew.scene)
