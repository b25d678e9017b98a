"""The person with the phone: patient with a slow machine."""

from types import SimpleNamespace

import pytest
from support.simulator import NOW

from demo import phone


@pytest.mark.screen
def test_on_a_slow_machine_a_wait_still_draws_the_frames_that_a_touch_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(seconds=0.0, frames=0)

    def slow_frame() -> None:
        clock.seconds += 0.5
        clock.frames += 1

    monkeypatch.setattr(phone, "EventLoop", SimpleNamespace(idle=slow_frame))
    monkeypatch.setattr(
        phone, "time", SimpleNamespace(perf_counter=lambda: clock.seconds, sleep=lambda _: None)
    )
    person = phone.Phone(NOW, in_real_time=True)
    person.wait(0.4)
    assert clock.frames == phone.FEWEST_FRAMES
    assert (person.now() - NOW).total_seconds() == pytest.approx(0.5 * phone.FEWEST_FRAMES)
