"""Scenes of the verdict: one for each headline and each reason that looks different."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from support import passes
from support.gallery import Stage
from support.gallery_parts import LongScenes, live, shown
from support.scenario import INGRID, PHONE, TODAY, competency, medical, show, tampered
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys.trust.directory import KeyState
from verifier.credential import frames, muster

scene = LongScenes()
and_below = scene.and_below
Made = Callable[[Stage], "str | bytes"]


def verdict(name: str, *, at: datetime = NOW, below: bool = False) -> Callable[[Made], Made]:
    """A scene: what `made` brings is taken at `at`, with trust data of NOW."""

    def keep(made: Made) -> Made:
        def play(stage: Stage) -> None:
            stage.eyes.set_clock(at)
            presented = made(stage)
            stage.inspector()
            shown(stage, presented)

        play.__name__ = f"verdict_{name}"
        (and_below if below else scene)(play)
        return made

    return keep


def with_status(status: int) -> Made:
    """One that its authority has set so."""

    def made(stage: Stage) -> str:
        credential = stage.device.norway.issue(competency(), PHONE)
        stage.device.norway.revoke(credential, status)
        return show(credential)

    return made


verdict("valid", below=True)(live)
verdict("remark_paper")(lambda stage: stage.device.norway.issue(competency(), None))
verdict("remark_stale_status", at=NOW + 9 * DAY)(live)
verdict("remark_expires_soon")(lambda stage: live(stage, expiry_date=TODAY + 40 * DAY))
verdict("revoked")(with_status(1))
verdict("suspended")(with_status(2))
verdict("replaced")(with_status(3))
verdict("tampered")(lambda stage: show(tampered(stage.device.norway.issue(competency(), PHONE))))
verdict("status_unknown", at=NOW + 60 * DAY)(live)
verdict("clock_untrusted", at=NOW - 400 * DAY)(live)
verdict("unconfirmed")(
    lambda stage: show(stage.device.norway.issue(competency(), PHONE), at=NOW - timedelta(minutes=10))
)
verdict("unknown_issuer")(
    lambda stage: show(Authority("SE").issue(competency(issuing_country="SE"), PHONE), at=NOW)
)
verdict("wrong_holder")(
    lambda stage: show(stage.device.norway.issue(competency(), PHONE), phone=seeded_signer("thief"))
)
verdict("not_yet_valid")(
    lambda stage: live(stage, issue_date=TODAY + 20 * DAY, expiry_date=TODAY + 800 * DAY)
)
verdict("not_readable")(lambda _: "OB1:THIS IS NONSENSE")
verdict("web_address")(lambda _: "https://crew-papers.example/verify?number=NO-COC-0001&holder=ingrid")


@verdict("expired")
def _expired(stage: Stage) -> str:
    past = competency(issue_date=TODAY - 400 * DAY, expiry_date=TODAY - 18 * DAY)
    return show(stage.device.norway.issue(past, PHONE, at=NOW - 300 * DAY))


@verdict("untrusted")
def _untrusted(stage: Stage) -> str:
    presented = live(stage)
    stage.device.norway.retire_key(state=KeyState.REVOKED, reason="the key was stolen")
    return presented


@verdict("one_moving_frame")
def _one_frame(stage: Stage) -> str:
    first, second = (stage.device.norway.issue(one, PHONE) for one in (competency(), medical()))
    return frames.split(muster.pack(show(first), [second])).text(0)


@verdict("long_name", below=True)
def _long_name(stage: Stage) -> str:
    family, given = "Wolfeschlegelsteinhausenbergerdorff-Østergård", "Maria Konstantina Anastasia"
    holder = replace(INGRID, family_name=family, given_name=given, native_name="Οικονομοπούλου Μαρία")
    return live(stage, holder=holder, remarks="Only with a pilot; not valid for tankers.")


@verdict("muster", below=True)
def _muster(stage: Stage) -> bytes:
    first, second = (stage.device.norway.issue(one, PHONE) for one in (competency(), medical()))
    return muster.pack(show(first), [second])


@verdict("pass")
def _pass(stage: Stage) -> str:
    return show(passes.issue(stage.device.norway))


@verdict("pass_worst_first", below=True)
def _bad_pass(stage: Stage) -> str:
    norway = stage.device.norway
    issued = passes.issue(norway)
    norway.revoke(3)
    norway.suspend(5)
    return show(issued)


@and_below
def certificate_of_a_pass(stage: Stage) -> None:
    presented = _bad_pass(stage)
    stage.inspector()
    shown(stage, presented)
    row = next(one for one in stage.eyes.app.screen("verdict").walk() if type(one).__name__ == "MemberRow")
    row.dispatch("on_release")
    stage.eyes.wait(0.6)


@scene
def forgotten_after_a_minute(stage: Stage) -> None:
    presented = live(stage)
    stage.inspector()
    shown(stage, presented)
    for _ in range(8):
        stage.eyes.wait(10)
