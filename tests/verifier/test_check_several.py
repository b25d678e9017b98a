"""`ombord-verify check` of several credentials shown at once: a muster, and moving frames put together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.scenario import PHONE, competency, medical, show
from support.ship_store import Shore, ombord_verify
from support.simulator import NOW, Authority

from verifier.credential import carrier, frames, muster

TIME = ("--at", NOW.isoformat(), "--json")


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What a phone shows of two certificates, to a ship that knows their authority."""
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    norway = Authority("NO")
    shore = Shore(tmp_path / "shore", norway)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    return muster.pack(show(norway.issue(competency(), PHONE)), [norway.issue(medical(), PHONE)])


def numbers(said: str) -> list[str]:
    return [one["certificate"]["document_number"] for one in json.loads(said)["credentials"]]


def test_a_muster_has_a_verdict_for_each_credential(shown: bytes) -> None:
    run = ombord_verify("check", carrier.to_qr_text(shown), *TIME)
    assert run.code == 0
    assert numbers(run.out) == ["NO-COC-0001", "NO-MED-0001"]


def test_moving_frames_are_put_together_whatever_else_is_given(shown: bytes, tmp_path: Path) -> None:
    moving = frames.split(shown, size=120)
    chosen = [9, 3, 200, *range(20, 17 + moving.needed)]
    files = []
    for number in chosen:
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(moving.text(number) + "\n")
    run = ombord_verify("check", *files, *TIME)
    assert run.code == 0
    assert numbers(run.out) == ["NO-COC-0001", "NO-MED-0001"]


def test_too_few_frames_are_not_readable_and_say_how_many_there_are(shown: bytes) -> None:
    moving = frames.split(shown, size=120)
    run = ombord_verify("check", *(moving.text(n) for n in range(moving.needed - 1)), *TIME)
    assert run.code == 2
    (verdict,) = json.loads(run.out)["credentials"]
    assert verdict["headline"] == "NOT READABLE"
    assert f"one of {moving.needed} moving frames" in run.out


def test_a_frame_that_is_none_is_not_readable(shown: bytes) -> None:
    run = ombord_verify("check", "OB1:YM0BADCODE", carrier.to_qr_text(shown), *TIME)
    assert run.code == 2
    assert [one["headline"] for one in json.loads(run.out)["credentials"]] == [
        "NOT READABLE",
        "VALID",
        "VALID",
    ]
