"""The scan loop: codes as they come, moving frames with progress, trouble said, nothing after the stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import pytest
from support import passes
from support.carried import HOLDER, MASTER, NORWAY, presented
from support.scenario import PHONE, show

from benchmarks.frames import Conditions
from benchmarks.frames import frame as photograph
from verifier.credential import carrier, frames, muster, qr
from verifier.credential.frames import Progress
from verifier.ui.background import ThreadBackground
from verifier.ui.ports.camera import FRAMES_PER_SECOND, CameraError, FakeCamera, Frame
from verifier.ui.scanning import Reader, ScanLoop, decode

LIVE = carrier.to_qr_text(carrier.pack(presented()))
TWELVE = [NORWAY.issue(one, PHONE) for one in passes.twelve()]
WIRE = muster.pack(show(TWELVE[0]), TWELVE[1:])
MOVING = frames.split(WIRE)
OTHER = frames.split(muster.pack(presented(), [NORWAY.issue(MASTER), NORWAY.issue(MASTER, HOLDER)]), size=100)
NOTHING = Frame(bytes(4), 2, 2)


class ByHand:
    """Work that is repeated when a test says so; what is handed over waits if a test wants it to."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.work: Callable[[], None] | None = None
        self.seconds = 0.0
        self.at_once = at_once
        self.waiting: list[Callable[[], None]] = []

    def run(self, work: object, done: object, failed: object) -> None:
        raise AssertionError("not asked for here")

    def hand_over(self, call: Callable[[], None]) -> None:
        if self.at_once:
            call()
        else:
            self.waiting.append(call)

    def repeat(
        self, work: Callable[[], None], seconds: float, wait: Callable[[float], object] | None = None
    ) -> Callable[[], None]:
        self.work, self.seconds = work, seconds

        def cancel() -> None:
            self.work = None

        return cancel

    def spare(self, steps: object) -> None:
        raise AssertionError("not asked for here")

    def pass_time(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            if self.work is not None:
                self.work()


class Watched:
    """A loop over a fake camera whose frames are the texts in them, and what it has said."""

    def __init__(self, *shown: tuple[str, ...] | CameraError | None, broken: str = "", **how: bool) -> None:
        self.texts: list[str] = []
        self.progress: list[Progress] = []
        self.troubles: list[str] = []
        self.drawn: list[Frame] = []
        self.background = ByHand(**how)
        contents: dict[bytes, list[str]] = {}
        pictures: list[Frame | CameraError | None] = []
        for number, one in enumerate(shown):
            if not isinstance(one, tuple):
                pictures.append(one)
                continue
            contents[number.to_bytes(4, "big")] = list(one)
            pictures.append(Frame(number.to_bytes(4, "big"), 2, 2))
        self.camera = FakeCamera(pictures, broken)
        self.loop = ScanLoop(
            self.camera,
            self.background,
            self.texts.append,
            on_progress=self.progress.append,
            on_frame=self.drawn.append,
            on_trouble=self.troubles.append,
            decode=lambda frame: contents[frame.pixels],
        )
        self.loop.start()
        self.background.pass_time(len(shown))


def test_it_looks_ten_times_a_second() -> None:
    assert FRAMES_PER_SECOND == 10
    assert Watched().background.seconds == pytest.approx(0.1)


def test_a_code_is_told_once_while_it_stays_in_view() -> None:
    seen = Watched((), (LIVE,), (LIVE,), (), (LIVE,), ("another",), (LIVE,))
    assert seen.texts == [LIVE, "another", LIVE]
    assert seen.progress == []


def test_each_picture_is_drawn_once_it_was_read() -> None:
    assert [frame.pixels[-1] for frame in Watched((), None, (LIVE,)).drawn] == [0, 2]


def test_a_code_is_judged_before_its_picture_is_drawn() -> None:
    drawn: list[Frame] = []
    loop = ScanLoop(
        FakeCamera([NOTHING]),
        ByHand(),
        lambda _: loop.stop(),  # as the app does, to show the verdict
        on_frame=drawn.append,
        decode=lambda _: [LIVE],
    )
    loop.start()
    loop.tick()
    assert drawn == []


def test_every_code_in_view_is_told() -> None:
    assert Watched(("one", "two"), ("two", "one", "three")).texts == ["one", "two", "three"]


def test_moving_frames_are_told_as_progress_and_then_as_one_text() -> None:
    numbers = (3, 4, 4, 9, 0, 200, 201)
    seen = Watched(*((MOVING.text(number),) for number in numbers))
    assert [one.received for one in seen.progress] == [1, 2, 2, 3, 4, 5, 5]
    assert {one.needed for one in seen.progress} == {5}
    assert seen.texts == [carrier.to_qr_text(WIRE)]
    assert muster.unpack(carrier.from_qr_text(seen.texts[0])) == muster.unpack(WIRE)


def test_a_misread_frame_is_passed_over() -> None:
    shown = [("OB1:YM0",), ("OB1:YM0???",), *((MOVING.text(number),) for number in range(5))]
    assert Watched(*shown).texts == [carrier.to_qr_text(WIRE)]


def test_two_phones_in_view_are_both_read() -> None:
    seen = Watched(*((MOVING.text(number), OTHER.text(number)) for number in range(OTHER.needed)))
    assert len(seen.texts) == 2


def test_what_is_in_view_is_told_again_when_that_is_asked_for() -> None:
    seen = Watched((LIVE,))
    seen.camera.frames.append(Frame(bytes(4), 2, 2))
    seen.loop.forget()
    seen.background.pass_time()
    assert seen.texts == [LIVE, LIVE]


def test_a_camera_that_cannot_be_opened_says_why_and_nothing_runs() -> None:
    seen = Watched((LIVE,), broken="no camera here")
    assert seen.troubles == ["no camera here"]
    assert not seen.loop.is_running
    assert seen.background.work is None


def test_a_camera_that_stops_ends_the_loop_and_says_why() -> None:
    seen = Watched((LIVE,), CameraError("pulled out"), ("never",))
    assert seen.troubles == ["pulled out"]
    assert seen.texts == [LIVE]
    assert not seen.loop.is_running
    assert not seen.camera.is_open


def test_a_fault_of_our_own_is_shown_and_ends_the_loop() -> None:
    troubles: list[str] = []
    broken: dict[Frame, list[str]] = {}
    loop = ScanLoop(
        FakeCamera([NOTHING]), ByHand(), print, on_trouble=troubles.append, decode=broken.__getitem__
    )
    loop.start()
    with pytest.raises(KeyError):
        loop.tick()
    assert troubles == ["the app stopped; see its messages"]
    assert not loop.is_running


def test_nothing_is_told_after_the_stop() -> None:
    seen = Watched((LIVE,), at_once=False)
    assert len(seen.background.waiting) == 1
    seen.loop.stop()
    seen.loop.stop()
    seen.background.waiting[0]()
    assert seen.texts == []
    seen.loop.start()
    seen.background.waiting[0]()  # what one run has seen is not told to the next
    assert seen.texts == []


def test_a_listener_may_stop_the_loop() -> None:
    seen = Watched()
    loop = ScanLoop(FakeCamera([NOTHING]), ByHand(), lambda _: loop.stop(), decode=lambda _: ["one", "two"])
    loop.start()
    loop.tick()
    assert not loop.is_running
    assert seen.texts == []


def test_a_thread_reads_and_ends_with_the_loop() -> None:
    done, calls = threading.Event(), []

    def work() -> None:
        calls.append(threading.current_thread())
        done.set()

    cancel = ThreadBackground().repeat(work, 0.001)
    assert done.wait(10)
    cancel()
    thread = calls[0]
    thread.join(10)
    assert not thread.is_alive()
    assert thread is not threading.current_thread()


def test_a_thread_works_when_there_is_something_to_do_and_not_by_the_clock() -> None:
    """Ten minutes between two looks, but for the camera's word."""
    arrived, done = threading.Event(), threading.Event()
    cancel = ThreadBackground().repeat(done.set, 600, arrived.wait)
    assert not done.is_set()
    arrived.set()
    assert done.wait(10)
    cancel()


def picture(text: str, conditions: Conditions, seed: int) -> Frame:
    image = photograph(qr.matrix(text), conditions, seed)
    return Frame(image.tobytes(), *image.size)


@pytest.mark.parametrize("occasion", [Conditions.draw, Conditions.hard, Conditions.dim])
def test_simulated_frames_of_a_live_code_are_read(occasion: Callable[[Random], Conditions]) -> None:
    assert decode(picture(LIVE, occasion(Random(3)), 3)) == [LIVE]


def test_moving_frames_are_put_together_from_simulated_pictures() -> None:
    """Every third is missed by the hand that holds the camera."""
    reader, random, found = Reader(), Random(20260101), []
    for number in range(9):
        shown = NOTHING if number % 3 == 1 else picture(MOVING.text(number), Conditions.hard(random), number)
        found += reader.read(shown)[0]
    assert found == [carrier.to_qr_text(WIRE)]


def test_colour_frames_are_read_too() -> None:
    grey = picture(LIVE, Conditions.draw(Random(5)), 5)
    coloured = bytes(value for pixel in grey.pixels for value in (pixel, pixel, pixel))
    assert decode(Frame(coloured, grey.width, grey.height, 3)) == [LIVE]


def test_a_frame_of_another_size_than_it_says_is_trouble() -> None:
    with pytest.raises(CameraError, match="3 bytes"):
        decode(Frame(bytes(3), 2, 2))
