"""The inspector's app: start to first frame, a camera frame to its verdict drawn, and how long it blocks."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from benchmarks.row import Row
from benchmarks.samples import NOON, TODAY, signer

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

    camera = _Camera()
    app = compose(home, clock=lambda: NOON, device=_device(camera))
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


class _Camera:
    """Shows what it is given, once."""

    def __init__(self) -> None:
        self.shown: Any = None

    def open(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def frame(self) -> Any:
        """The frame that has just arrived."""
        shown, self.shown = self.shown, None
        return shown


def _device(camera: _Camera) -> Any:
    from verifier.inspector.ui.device import Device
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.drives import FakeDrives
    from verifier.ui.ports.scanner import FakeScanner

    return Device(
        background=ThreadBackground(),
        scanner=FakeScanner(),
        drives=FakeDrives(),
        camera=lambda: camera,
    )


def _scans(app: Any, camera: _Camera, pack_file: Path) -> tuple[float, float, float]:
    """Milliseconds: p95 from a frame to its verdict drawn, the thread's longest stop, and an import's."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.graphics.opengl import glFinish

    from verifier.ui.ports.camera import Frame

    def drawn() -> float:
        """Seconds that one frame of the drawing thread takes."""
        begun = perf_counter()
        EventLoop.idle()
        glFinish()
        return perf_counter() - begun

    Clock._max_fps = 0
    scanner = app.screen("scan")
    _until(drawn, lambda: app.screens.has_screen("verdict"))
    taken, longest = [], 0.0
    for picture in _pictures(SCANS):
        scanner.ids.finder.forget()
        arrived = perf_counter()
        camera.shown = Frame(picture.tobytes(), picture.width, picture.height)
        longest = max(longest, _until(drawn, lambda: app.screens.current == "verdict"))
        longest = max(longest, drawn())
        taken.append(perf_counter() - arrived)
        app.home()
        _until(drawn, lambda: not app.screens.transition.is_active)
    trust = app.screen("trust")
    app.go("trust")
    _until(drawn, lambda: not app.screens.transition.is_active)
    trust.take(str(pack_file))
    imported = _until(drawn, lambda: not trust.busy)
    return 1000 * quantiles(taken, n=20)[-1], 1000 * longest, 1000 * imported


def _until(drawn: Any, is_so: Any) -> float:
    """Draw until then; the longest frame, in seconds."""
    longest = 0.0
    deadline = perf_counter() + 60
    while not is_so():
        if perf_counter() > deadline:
            raise TimeoutError("the screen that is waited for does not come")
        longest = max(longest, drawn())
    return longest


def _pictures(count: int) -> Iterator[Any]:
    """Ordinary camera frames of live codes, each of another certificate."""
    from random import Random

    from benchmarks.fleet import LIST_NAME, flag_states
    from benchmarks.frames import Conditions, frame
    from benchmarks.samples import certificates
    from keys.trust.directory import Environment
    from verifier.credential import carrier, presentation, qr, vc
    from verifier.credential.model import CertificateType, Credential, StatusReference
    from verifier.credential.presentation import Audience

    (norway,) = flag_states(["NO"], 100_000, 0.01, 4, 2026, NOON, Environment.TEST)
    random, iss = Random(TODAY.year), norway.authority.issuers[0]
    found = certificates(CertificateType.COMPETENCY, "NO", 1_000)
    for number, certificate in zip(range(count), found, strict=False):
        start, end = vc.issue_times(certificate, "UTC", NOON)
        holder = signer(f"holder {number}")
        credential = Credential(
            issuer=iss,
            issued_at=NOON,
            not_before=start,
            expires=end,
            holder_key=holder.public_key,
            status=StatusReference(norway.authority.status_prefix + LIST_NAME, number),
            certificate=certificate,
        )
        text = vc.sign(credential, norway.signers["NO-2026a"], "NO-2026a")
        live = presentation.make(text, holder, at=NOON, nonce=bytes(8), audience=Audience.TIME)
        matrix = qr.matrix(carrier.to_qr_text(carrier.pack(live)))
        yield frame(matrix, Conditions.draw(random), number).convert("L")


if __name__ == "__main__":
    _scene(sys.argv[1], Path(sys.argv[2]))
