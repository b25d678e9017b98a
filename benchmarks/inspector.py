"""The inspector's app: start to first frame, a camera frame to its verdict drawn, and how long it blocks.

Frame to verdict: the app runs its own loop off screen, at density 1 and its own 60 frames a second, and looks
through its camera port at films of 720p pictures, ten a second (`FolderCamera`). After three to nine pictures
of a table a code appears. From the moment at which the first picture with a code in it is due: the reading
thread wakes, finds and decodes the code, hands it over; the drawing thread wakes, judges it, fills the
verdict's screen, lays it out and draws it, until OpenGL says that every pixel is there; then a pixel is asked
for. Only the file is read before, as a camera has its picture when it gives it. Each scan is of another
certificate.

Blocked: the longest time between two pauses of the drawing thread, from the app's first frame on, so that the
making of screens and the first scan are in it.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from benchmarks.row import Row
from benchmarks.samples import NOON

STARTS: Final = 5
SCANS: Final = 60
SCENE: Final = (sys.executable, "-m", "benchmarks.inspector")


def rows() -> Iterator[Row]:
    """Each scene in a process of its own, off screen at density 1."""
    with tempfile.TemporaryDirectory(prefix="ombord-bench-") as folder:
        home = Path(folder) / "device"
        _play("import", home)
        seconds = median(_first_frame(home) for _ in range(STARTS))
        yield Row("inspector: start of the process to its first frame", seconds, "s", 2.0, "lower", "issue 4")
        scanned, blocked, imported = map(float, _play("scan", home).split(","))
        name = "inspector: camera frame to verdict on screen, p95"
        yield Row(name, scanned, "ms", 50.0, "lower", "decoded, judged, drawn")
        yield Row("inspector: drawing thread blocked by an import", imported, "ms", 100.0, "lower", "longest")
        yield Row("inspector: drawing thread blocked by a scan", blocked, "ms", 100.0, "lower", "longest")


def _first_frame(home: Path) -> float:
    """The scene prints the time of day after its first frame: clocks of two processes agree on that alone."""
    begun = time.time()
    return float(_play("start", home)) - begun


def _play(scene: str, home: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment["KIVY_METRICS_DENSITY"] = "1"
    done = subprocess.run(
        [*SCENE, scene, str(home)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()[-1]


def _scene(scene: str, home: Path) -> None:
    pack, root = home.with_name("sea.pack"), home.with_name("root.json")
    if scene == "import":
        _import(home, pack, root)
        print("done")
        return
    from verifier.inspector.main import compose
    from verifier.ui.window import prepare_kivy

    prepare_kivy(home)
    from kivy.base import EventLoop

    from benchmarks import films

    folder = home.with_name("films")
    if scene == "scan":
        films.make(folder, SCANS)
    camera = films.Films(folder)
    app = compose(home, clock=lambda: NOON, device=_device(camera), owns_process=True)
    EventLoop.ensure_window()
    EventLoop.start()
    app._run_prepare()
    EventLoop.idle()
    EventLoop.idle()
    print(time.time() if scene == "start" else ",".join(f"{one:.2f}" for one in _scans(app, camera, pack)))
    app.dispatch("on_stop")


def _import(home: Path, pack_file: Path, root: Path) -> None:
    """Sixty flags with 100,000 certificates each, as in the sea pack's own rows."""
    from benchmarks.fleet import fleet
    from keys.trust import client
    from verifier import pack, pack_commands

    published = fleet(at=NOON)
    files = client.needed(published.files, root=published.root, at=NOON)
    pack_file.write_bytes(pack.build(files, published.snapshots()))
    root.write_bytes(published.root)
    pack_commands.take_in(str(pack_file), str(root), NOON, folder=str(home))


def _device(films: Any) -> Any:
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.drives import FakeDrives
    from verifier.ui.ports.scanner import FakeScanner

    return Device(background=ThreadBackground(), scanner=FakeScanner(), drives=FakeDrives(), camera=films)


class _DrawingThread:
    """Runs the app's own loop, frame by frame, and knows how long it let nothing else be done."""

    def __init__(self) -> None:
        """Watches what lies between two pauses of Kivy's clock, which are its only ones."""
        from kivy.clock import Clock

        self.longest, self._woke, self._idle = 0.0, perf_counter(), Clock.idle
        Clock.idle = self._pause

    def _pause(self) -> Any:
        self.longest = max(self.longest, perf_counter() - self._woke)
        try:
            return self._idle()
        finally:
            self._woke = perf_counter()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Draw until then; what is drawn counts once the picture is whole."""
        from kivy.base import EventLoop
        from kivy.graphics.opengl import glFinish

        deadline = perf_counter() + 60
        while not is_so():
            if perf_counter() > deadline:
                raise TimeoutError("the screen that is waited for does not come")
            EventLoop.idle()
            glFinish()


def _scans(app: Any, films: Any, pack_file: Path) -> tuple[float, float, float]:
    """Milliseconds: p95 from a frame to its verdict drawn, the thread's longest stop, and an import's.

    What makes ready for the first scan counts as a stop too.
    """
    thread = _DrawingThread()
    thread.until(lambda: app.is_ready)
    films.goes_on = True
    app.screen("scan").ids.finder.start()
    taken, names = [], set()
    while films.left:
        thread.until(lambda: app.screens.current == "verdict")
        taken.append(perf_counter() - films.arrived)
        names.add(_seen(app))
        thread.until(_later(0.3))
        app.home()  # which opens the camera again, for the next film
    if len(names) != len(taken):
        raise AssertionError("a verdict was drawn twice")
    scanned, trust = thread.longest, app.screen("trust")
    app.go("trust")
    thread.until(_later(0.5))
    thread.longest = 0.0
    trust.take(str(pack_file))
    thread.until(lambda: not trust.busy)
    return 1000 * quantiles(taken, n=20)[-1], 1000 * scanned, 1000 * thread.longest


def _seen(app: Any) -> str:
    """Whose certificate is on the screen, once the pixels say that its verdict is."""
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    from verifier.inspector.ui.verdict_parts import GROUND
    from verifier.ui.theme import STRONG

    body = app.screen("verdict").ids.body
    left, top = map(int, body.to_window(body.x, body.top))
    drawn = bytes(glReadPixels(left + 4, top - 20, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE)[:3]).hex()
    if drawn != STRONG[GROUND[body.state.signal]][0].lower()[1:]:
        raise AssertionError(f"no verdict is drawn, but {drawn}")
    return str(body.state.person.name) + str(body.state.lines)


def _later(seconds: float) -> Callable[[], bool]:
    end = perf_counter() + seconds
    return lambda: perf_counter() >= end


if __name__ == "__main__":
    _scene(sys.argv[1], Path(sys.argv[2]))
