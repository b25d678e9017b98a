"""The scan loop: ten frames a second from a camera, off the thread that draws, to texts and progress.

A code of its own is handed over as it is read; moving frames are put together first, with their progress for
a ring. What one frame cannot give, the next one may: a misread code is tried again, never complained of.
"""

from collections.abc import Callable
from threading import Lock

from verifier.credential import carrier, frames
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.frames import Collector, Progress
from verifier.ui.ports.camera import FRAMES_PER_SECOND, READ_ALREADY, Camera, CameraError, Frame
from verifier.ui.work import Background

Decode = Callable[[Frame], list[str]]
Told = tuple[Callable[..., None], object]  # a listener, and what it is told


def decode(frame: Frame) -> list[str]:
    """The texts of the codes in a frame, by zxing-cpp (the `scan` extra). Raises CameraError without it."""
    if frame.channels == READ_ALREADY:
        return frame.pixels.decode().split("\n")
    from verifier import scan

    try:
        return scan.frame_codes(frame.pixels, frame.width, frame.height, frame.channels)
    except scan.PictureError as error:
        raise CameraError(str(error)) from None


class Reader:
    """What the codes of one frame after the other amount to. Pure: frames in, texts and progress out."""

    def __init__(self, decode: Decode = decode) -> None:
        """Nothing seen yet."""
        self._decode = decode
        self._collector = Collector()
        self._in_view: frozenset[str] = frozenset()
        self._whole: bytes | None = None

    def read(self, frame: Frame) -> tuple[list[str], Progress | None]:
        """Texts that were not in view just before, and how far moving frames are. Raises CameraError."""
        seen = self._decode(frame)
        moving = [text for text in seen if frames.is_frame(text)]
        texts = [text for text in seen if text not in moving and text not in self._in_view]
        if seen:  # a frame in which nothing could be read has nothing to say of what is in view
            self._in_view = frozenset(seen)
        progress = None
        for text in moving:
            try:
                progress = self._collector.add(text)
            except MalformedCarrier:  # a misread, or a mixture, which has been forgotten
                continue
            if progress.wire is not None and progress.wire != self._whole:
                self._whole = progress.wire
                texts.append(carrier.to_qr_text(progress.wire))
        return texts, progress


class ScanLoop:
    """Runs a camera through a reader from `start` to `stop`; all calls back come on the drawing thread.

    `on_text` gets the text of each code, also "OB1:…" of what moving frames amount to: `decision.verify_all`
    takes any of them. `on_progress` gets the progress of moving frames, `on_frame` each picture when it was
    read, to be shown; `on_trouble` why there are no pictures: then the loop has ended. No call comes after
    `stop`.
    """

    def __init__(
        self,
        camera: Camera,
        background: Background,
        on_text: Callable[[str], None],
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_frame: Callable[[Frame], None] = lambda _: None,
        on_trouble: Callable[[str], None] = lambda _: None,
        decode: Decode = decode,
    ) -> None:
        """Nothing runs before `start`."""
        self._camera, self._background = camera, background
        self._on_text, self._on_progress, self._on_trouble = on_text, on_progress, on_trouble
        self._on_frame = on_frame
        self._decode, self._reader = decode, Reader(decode)
        self._lock = Lock()  # the camera is not closed while a frame is taken from it
        self._cancel: Callable[[], None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether frames are being read."""
        return self._cancel is not None

    def start(self) -> None:
        """Open the camera and read; what was in view before counts as new. Trouble is told, not raised."""
        self.stop()
        self.forget()
        try:
            self._camera.open()
        except CameraError as error:
            self._on_trouble(str(error))
            return
        self._cancel = self._background.repeat(self.tick, 1 / FRAMES_PER_SECOND, self._camera.wait)

    def stop(self) -> None:
        """Close the camera; again and again is fine."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
            with self._lock:
                self._camera.close()

    def forget(self) -> None:
        """Read what is in view once more, as after a verdict was put away."""
        self._reader = Reader(self._decode)

    def tick(self) -> None:
        """Read one frame, if there is a new one: as it comes, off the drawing thread."""
        run = self._cancel  # of this run: what comes late is not told to the next
        told: list[Told] = [(self._fail, "the app stopped; see its messages")]
        try:
            told = self._seen()
        finally:  # a fault of our own goes to stderr as any other does; the screen must not wait for ever
            if told:
                self._background.hand_over(lambda: self._tell(run, told))

    def _seen(self) -> list[Told]:
        """Whom to tell what of the newest frame: first what it says, for no verdict waits for a picture."""
        try:
            with self._lock:
                frame = self._camera.frame() if self.is_running else None
            if frame is None:
                return []
            texts, progress = self._reader.read(frame)
        except CameraError as error:
            return [(self._fail, str(error))]
        moving: list[Told] = [] if progress is None else [(self._on_progress, progress)]
        return [*moving, *((self._on_text, text) for text in texts), (self._on_frame, frame)]

    def _tell(self, run: object, told: list[Told]) -> None:
        for listener, what in told:
            if run is not None and self._cancel is run:  # a listener may stop the loop
                listener(what)

    def _fail(self, reason: str) -> None:
        self.stop()
        self._on_trouble(reason)
