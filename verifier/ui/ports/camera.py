"""A camera as the scan loop sees it: the newest frame, when asked. By FFmpeg, or from a folder."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from keys.regular_file import opener

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

# What FFmpeg calls the first camera of a computer, and the kind of device that it is.
_FIRST: Final = {"linux": ("/dev/video0", "v4l2"), "darwin": ("default:none", "avfoundation")}
_FIRST_ELSEWHERE: Final = ("0", "vfwcap")
_WANTED: Final = {"video_size": "1280x720", "framerate": "30"}
FRAMES_PER_SECOND: Final = 10  # that are read: more cost a battery, and show nothing new
_JITTER: Final = 0.01  # seconds that a device's frame may come early
_PICTURES: Final = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp"))


class CameraError(Exception):
    """No camera, or one that gives no pictures; says why."""


READ_ALREADY: Final = 0  # channels of a frame that the device has read itself


class Frame(NamedTuple):
    """One picture: rows from the top without padding, one byte a pixel (grey) or three (red, green, blue).

    With READ_ALREADY channels there is no picture: `pixels` are the texts of its codes, each on its line.
    """

    pixels: bytes
    width: int
    height: int
    channels: int = 1


class Camera(Protocol):
    """Opened before its first frame and closed after the last; may be opened again."""

    def open(self) -> None:
        """Begin to take pictures. Raises CameraError."""

    def close(self) -> None:
        """Let go of the device, and end a wait; again and again is fine."""

    def frame(self) -> Frame | None:
        """The newest picture, or None where there is none since the last. Raises CameraError."""

    def wait(self, seconds: float) -> None:
        """Until there is something new, at most so long: on the thread that reads, never one that draws."""


class DeviceCamera:
    """A computer's own camera, by FFmpeg's device drivers (PyAV); or whatever else FFmpeg can open."""

    def __init__(self, source: str | None = None, driver: str | None = None) -> None:
        """The first camera, or the one that `driver` (FFmpeg's name for it) knows as `source`."""
        self._source, self._driver = source, driver
        self._film = _Film()

    def open(self) -> None:
        """Begin to take pictures, on a thread that keeps the newest. Raises CameraError."""
        self.close()
        self._film = _Film()
        threading.Thread(target=_keep_newest, args=(self._container(), self._film), daemon=True).start()

    def close(self) -> None:
        """Let the thread close the device after its frame."""
        self._film.closing.set()
        self._film.arrived.set()

    def frame(self) -> Frame | None:
        """The newest since the last. Raises CameraError."""
        self._film.arrived.clear()
        try:
            found = self._film.newest.pop()
        except IndexError:
            return None
        if isinstance(found, CameraError):
            raise found
        return found

    def wait(self, seconds: float) -> None:
        """Until the driver's thread has put one there."""
        self._film.arrived.wait(seconds)

    def _container(self) -> "InputContainer":
        try:
            import av
        except ImportError:
            raise CameraError("a camera needs PyAV, of the extras inspector and wallet") from None
        import sys

        source, driver = _FIRST.get(sys.platform, _FIRST_ELSEWHERE)
        if self._source is not None:
            source, driver = self._source, self._driver or ""
        for wanted in (_WANTED, {}) if driver else ({},):  # not every camera has this size
            try:
                return av.open(source, format=driver or None, options=wanted)
            except (av.error.FFmpegError, OSError, ValueError) as error:
                reason = str(error)
        raise CameraError(f"the camera cannot be opened: {reason}")


class _Film:
    """What the driver's thread and the reader share while a camera is open."""

    def __init__(self) -> None:
        self.newest: deque[Frame | CameraError] = deque(maxlen=1)
        self.arrived, self.closing = threading.Event(), threading.Event()

    def put(self, one: Frame | CameraError) -> None:
        """The newest."""
        self.newest.append(one)
        self.arrived.set()


def _keep_newest(container: "InputContainer", film: _Film) -> None:
    """Ten frames a second are turned grey and announced as they come; those between are passed over."""
    import av

    due = 0.0
    try:
        with container:
            for picture in container.decode(video=0):
                if film.closing.is_set():
                    return
                if time.monotonic() >= due:
                    due = time.monotonic() + 1 / FRAMES_PER_SECOND - _JITTER
                    film.put(_grey(picture))
        film.put(CameraError("the camera stopped"))
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        film.put(CameraError(f"the camera gives no pictures: {error}"))


def _grey(picture: "VideoFrame") -> Frame:
    plane = picture.reformat(format="gray").planes[0]
    rows, width = bytes(plane), picture.width
    if plane.line_size != width:
        rows = b"".join(rows[at : at + width] for at in range(0, len(rows), plane.line_size))
    return Frame(rows[: width * picture.height], width, picture.height)


class FolderCamera:
    """A folder of pictures, one after the other by their names and round again: for shows and for tests."""

    def __init__(self, path: Path, clock: Callable[[], float], fps: float = FRAMES_PER_SECOND) -> None:
        """`clock` counts seconds; it alone moves the film."""
        self._path, self._clock, self._fps = path, clock, fps
        self._files: list[Path] = []
        self._started = 0.0
        self._last = -1
        self._ahead: tuple[Path, Frame | None] | None = None
        self._closing = threading.Event()

    def open(self) -> None:
        """Begin with the first picture. Raises CameraError for a folder without any."""
        if find_spec("PIL") is None:
            raise CameraError("pictures need the scan extra: pip install 'ombord[scan]'")
        try:
            found = sorted(one for one in self._path.iterdir() if one.suffix.lower() in _PICTURES)
        except OSError as error:
            raise CameraError(f"{self._path.name}: {error.strerror}") from None
        if not found:
            raise CameraError(f"{self._path.name} holds no pictures")
        self._files, self._started, self._last = found, self._clock(), -1
        self._ahead, self._closing = None, threading.Event()

    def close(self) -> None:
        """No more pictures."""
        self._files = []
        self._closing.set()

    def frame(self) -> Frame | None:
        """The picture that is due now, unless it has been seen; one that cannot be used is skipped."""
        due = int((self._clock() - self._started) * self._fps)
        if not self._files or due == self._last:
            return None
        self._last, path, ahead = due, self._files[due % len(self._files)], self._ahead
        return ahead[1] if ahead is not None and ahead[0] == path else _picture(path)

    def wait(self, seconds: float) -> None:
        """Until the next is due; its file is read before, as a camera has its picture when it says so."""
        files, closing = self._files, self._closing
        if files:
            path = files[(self._last + 1) % len(files)]
            self._ahead = path, _picture(path)
            closing.wait(min(seconds, self.due(self._last + 1) - self._clock()))

    def due(self, number: int) -> float:
        """When picture `number` of the film arrives, by its clock."""
        return self._started + number / self._fps


def _picture(path: Path) -> Frame | None:
    """By the limits of any picture (`verifier.scan`): a folder may hold anything."""
    from verifier import scan

    try:
        with open(path, "rb", opener=opener) as file:  # no pipe and no device
            return Frame(*scan.grey_rows(file.read(scan.MAX_PICTURE + 1)))
    except (OSError, ValueError):  # scan.PictureError is one
        return None


class FakeCamera:
    """Shows each of its frames once; an error among them is raised in its turn."""

    def __init__(self, frames: Iterable[Frame | CameraError | None] = (), broken: str = "") -> None:
        """`broken` says why it cannot even be opened."""
        self.frames = deque(frames)
        self.broken = broken
        self.is_open = False

    def open(self) -> None:
        """Raises CameraError where it is broken."""
        if self.broken:
            raise CameraError(self.broken)
        self.is_open = True

    def close(self) -> None:
        """No more frames until it is opened again."""
        self.is_open = False

    def frame(self) -> Frame | None:
        """The next one."""
        found = self.frames.popleft() if self.is_open and self.frames else None
        if isinstance(found, CameraError):
            raise found
        return found

    def wait(self, seconds: float) -> None:
        """At once while it has frames."""
        if not self.frames:
            time.sleep(seconds)
