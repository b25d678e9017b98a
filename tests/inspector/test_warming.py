"""What is done before anybody waits: screens made piece by piece, verdicts in the same widgets again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from kivy.tests.common import UnitTestTouch
from support.inspector import DeviceInHand
from support.scenario import PHONE, competency, show

from verifier.inspector.ui import routes
from verifier.ui.background import ImmediateBackground, ThreadBackground

pytestmark = pytest.mark.screen


class Patient(ImmediateBackground):
    """Keeps what is to be done ahead; a test goes through it."""

    def __init__(self) -> None:
        self.steps: Iterator[None] = iter(())

    def spare(self, steps: Iterator[None]) -> None:
        self.steps = steps


def warmed(device: DeviceInHand, *, owns_process: bool = False) -> tuple[Any, Patient]:
    background = Patient()
    eyes = device.open(background=background, owns_process=owns_process)
    eyes.wait(0.6)
    return eyes, background


def test_all_screens_are_made_ahead_one_after_the_other(device: DeviceInHand) -> None:
    _, background = warmed(device)
    counts = []
    for _ in background.steps:
        counts.append(len(device.app.screens.screen_names))
    assert set(device.app.screens.screen_names) == set(routes.ROUTES)
    assert all(after - before <= 1 for before, after in pairwise(counts))
    assert device.app.screens.current == routes.HOME
    assert device.app.is_ready


def test_nothing_is_made_while_a_finger_is_on_the_screen(device: DeviceInHand) -> None:
    _, background = warmed(device)
    next(background.steps)
    made = list(device.app.screens.screen_names)
    finger = UnitTestTouch(1, 1)
    finger.touch_down()
    for _ in range(20):
        next(background.steps)
    assert device.app.screens.screen_names == made
    finger.touch_up()
    for _ in background.steps:
        pass
    assert len(device.app.screens.screen_names) > len(made)


def test_screens_that_are_made_anew_end_what_was_begun_for_the_old_ones(device: DeviceInHand) -> None:
    _, background = warmed(device)
    old = background.steps
    next(old)
    device.app.rebuild()
    assert list(old) == []
    assert len(device.app.screens.screen_names) == 1


def test_what_was_made_is_kept_from_the_collector_until_the_app_ends(device: DeviceInHand) -> None:
    _, background = warmed(device, owns_process=True)
    before = gc.get_freeze_count()
    next(background.steps)
    assert gc.get_freeze_count() > before + 1_000
    device.close()
    assert gc.get_freeze_count() == 0


def test_in_a_process_of_somebody_else_the_collector_is_left_alone(device: DeviceInHand) -> None:
    _, background = warmed(device)
    before = gc.get_freeze_count()
    next(background.steps)
    assert gc.get_freeze_count() == before


def test_one_verdict_after_the_other_is_shown_in_the_same_widgets(device: DeviceInHand) -> None:
    eyes = device.open()
    device.app.take(show(device.norway.issue(competency(document_number="NO-1"), PHONE)))
    eyes.wait(0.4)
    before = set(device.app.screen("verdict").walk())
    device.app.home()
    device.app.take(show(device.norway.issue(competency(document_number="NO-2"), PHONE)))
    eyes.wait(0.4)
    assert set(device.app.screen("verdict").walk()) == before
    assert eyes.scroll_to("NO-2")


def test_lines_of_a_longer_verdict_are_gone_with_it(device: DeviceInHand) -> None:
    eyes = device.open()
    device.app.take(show(device.norway.issue(competency(document_number="NO-1"), PHONE)))
    eyes.wait(0.4)
    device.app.take("OB1:rubbish")
    eyes.wait(0.4)
    everything = [getattr(one, "value", "") for one in device.app.screen("verdict").walk()]
    assert not [words for words in everything if "NO-1" in str(words)]


def test_a_thread_leaves_time_between_two_steps(device: DeviceInHand) -> None:
    eyes = device.open()
    done: list[int] = []

    def steps() -> Iterator[None]:
        for number in range(3):
            done.append(number)
            yield

    ThreadBackground().spare(steps())
    seen = []
    for _ in range(12):
        eyes.frame(0.02)
        seen.append(len(done))
    assert seen[0] <= 1
    assert seen[-1] == 3
    assert all(after - before <= 1 for before, after in pairwise(seen))
