"""Cameras: the newest picture when asked, from a device's driver, a folder or a test; trouble is said."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from verifier.ui.ports.camera import CameraError, DeviceCamera, FakeCamera, FolderCamera, Frame


class Clock:
    """Seconds, as a test sets them."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three pictures, told apart by their grey, and a note."""
    for number in range(3):
        Image.new("L", (4, 3), 50 * number).save(tmp_path / f"{number}.png")
    (tmp_path / "note.txt").write_text("not a picture")
    return tmp_path


def test_a_folders_pictures_come_as_the_clock_goes_and_round_again(film: Path) -> None:
    clock = Clock()
    camera = FolderCamera(film, clock, fps=10)
    camera.open()
    greys = []
    for tick in range(8):
        clock.now = 100 + tick * 0.05 + 0.001
        found = camera.frame()
        greys.append(None if found is None else found.pixels[0])
    assert greys == [0, None, 50, None, 100, None, 0, None]


def test_a_slow_reader_gets_the_newest_alone(film: Path) -> None:
    clock = Clock()
    camera = FolderCamera(film, clock, fps=10)
    camera.open()
    clock.now += 0.201
    assert camera.frame() == Frame(bytes([100]) * 12, 4, 3)
    assert camera.frame() is None


def test_a_closed_folder_shows_nothing_and_begins_anew(film: Path) -> None:
    clock = Clock()
    camera = FolderCamera(film, clock)
    camera.open()
    camera.close()
    assert camera.frame() is None
    clock.now += 55
    camera.open()
    found = camera.frame()
    assert found is not None
    assert found.pixels[0] == 0


def test_a_folder_without_pictures_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no pictures"):
        FolderCamera(tmp_path, Clock()).open()
    with pytest.raises(CameraError, match="gone"):
        FolderCamera(tmp_path / "gone", Clock()).open()


def test_a_picture_that_cannot_be_used_is_skipped_and_the_film_goes_on(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    Image.new("1", (9000, 8000)).save(tmp_path / "1.png")  # more pixels than any picture may have
    Image.new("L", (4, 3)).save(tmp_path / "2.png", format="PPM")  # a format that no picture has
    os.mkfifo(tmp_path / "3.png")
    Image.new("L", (4, 3), 50).save(tmp_path / "4.png")
    clock = Clock()
    camera = FolderCamera(tmp_path, clock, fps=10)
    camera.open()
    found = []
    for tick in range(5):
        clock.now = 100 + tick * 0.1 + 0.001
        found.append(camera.frame())
    assert found == [None, None, None, None, Frame(bytes([50]) * 12, 4, 3)]


def test_the_next_picture_is_waited_for_and_no_longer(film: Path) -> None:
    camera = FolderCamera(film, Clock(), fps=10)
    camera.open()
    camera.wait(600)  # the first is due at once
    assert camera.frame() is not None
    closing = Thread(target=camera.wait, args=(600,))
    camera._fps = 0.001
    closing.start()
    camera.close()
    closing.join(10)
    assert not closing.is_alive(), "a camera that is closed keeps nobody waiting"


def test_a_picture_is_read_before_it_is_due(film: Path) -> None:
    camera = FolderCamera(film, Clock())
    camera.open()
    camera.wait(600)
    (film / "0.png").unlink()
    assert camera.frame() == Frame(bytes(12), 4, 3)


def waited_for(camera: DeviceCamera) -> Frame:
    """The next frame of a driver that is at work."""
    for _ in range(100):
        camera.wait(0.1)
        found = camera.frame()
        if found is not None:
            return found
    raise AssertionError("no picture in ten seconds")


def test_a_driver_gives_grey_frames_of_the_size_it_has() -> None:
    """FFmpeg's own test picture, through the driver that makes such; 322 pixels leave padding in its rows."""
    pytest.importorskip("av", reason="av is not installed: the inspector extra is missing")
    camera = DeviceCamera("testsrc=size=322x240:rate=30", "lavfi")
    camera.open()
    found = waited_for(camera)
    camera.close()
    assert (found.width, found.height, found.channels) == (322, 240, 1)
    assert len(found.pixels) == 322 * 240
    assert len(set(found.pixels)) > 5


def test_a_driver_that_stops_is_trouble() -> None:
    pytest.importorskip("av", reason="av is not installed: the inspector extra is missing")
    camera = DeviceCamera("testsrc=size=32x32:rate=30:duration=0.1", "lavfi")
    camera.open()
    with pytest.raises(CameraError, match="stopped"):
        deque(iter(lambda: waited_for(camera), None), maxlen=0)


def test_a_computer_without_a_camera_says_so() -> None:
    pytest.importorskip("av", reason="av is not installed: the inspector extra is missing")
    with pytest.raises(CameraError, match="cannot be opened"):
        DeviceCamera("/dev/no-such-camera", "v4l2").open()
    DeviceCamera().close()


def test_a_fake_shows_each_frame_once_while_it_is_open() -> None:
    one, two = Frame(b"1", 1, 1), Frame(b"2", 1, 1)
    camera = FakeCamera([one, None, two, CameraError("pulled out")])
    assert camera.frame() is None
    camera.open()
    assert [camera.frame() for _ in range(3)] == [one, None, two]
    with pytest.raises(CameraError, match="pulled out"):
        camera.frame()
    assert camera.frame() is None
    camera.close()
