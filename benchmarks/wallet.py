"""The wallet: from starting its process to its list, how fast 200 cards scroll, and its longest frames."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from benchmarks import wallet_frames
from benchmarks.row import Row
from benchmarks.samples import NOON, TIME_ZONE, certificates, signer
from keys.encoding import b64url_encode, json_dumps
from verifier.credential import vc
from verifier.credential.model import CertificateType, Credential, StatusReference

CARDS: Final = 200
STARTS: Final = 5
MANY: Final = 500
RUNS: Final = 5
SCROLL_FRAMES: Final = 150
SCENE: Final = (sys.executable, "-m", "benchmarks.wallet")


def rows() -> Iterator[Row]:
    """First frame with 200 certificates in the store, and frames per second while they scroll."""
    with tempfile.TemporaryDirectory(prefix="ombord-bench-") as folder:
        home = Path(folder)
        _fill(home)
        seconds = median(_first_frame(home) for _ in range(STARTS))
        yield Row("wallet: start of the process to its first frame", seconds, "s", 2.5, "lower", "1.2-2.9 s")
        rate = float(_play("scroll", home))
        yield Row(
            "wallet: 200 cards scrolling off screen", rate, "fps", 15.0, "higher", "prototype 15-25 fps"
        )
        yield Row(
            f"wallet: longest frame unlocking {MANY} certificates",
            _shortest_of_runs("unlock", locked=True), "ms", 100.0, "lower", "none",
        )  # fmt: skip
        yield Row(
            f"wallet: longest frame in any action with {MANY} certificates",
            _shortest_of_runs("act", locked=False), "ms", 100.0, "lower", "none",
        )  # fmt: skip


def _shortest_of_runs(scene: str, *, locked: bool) -> float:
    """Of each run its longest frame; of the runs the one that the machine disturbed least."""
    return min(_longest_frame(scene, locked=locked) for _ in range(RUNS))


def _longest_frame(scene: str, *, locked: bool) -> float:
    with tempfile.TemporaryDirectory(prefix="ombord-bench-") as folder:
        home = Path(folder)
        _fill(home, MANY, locked=locked)
        wallet_frames.lay_out_pack(home)
        return float(_play(scene, home))


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


def _fill(home: Path, count: int = CARDS, *, locked: bool = False) -> None:
    """A desktop's wallet with certificates of the extract, bound to its key, and a full history."""
    from wallet_app.core.contents import Contents
    from wallet_app.core.records import StoredCredential
    from wallet_app.core.vault import Vault

    holder, vault_key = signer("wallet"), bytes(32)
    keys = {"holder": b64url_encode(holder.private_bytes()), "vault": b64url_encode(vault_key)}
    (home / "keys.json").write_bytes(json_dumps(keys))
    texts = []
    for index, certificate in zip(
        range(count), certificates(CertificateType.PROFICIENCY, "NO", count), strict=False
    ):
        start, end = vc.issue_times(certificate, TIME_ZONE["NO"], NOON)
        credential = Credential(
            issuer="https://no.example",
            issued_at=NOON,
            not_before=start,
            expires=end,
            holder_key=holder.public_key,
            status=StatusReference("https://no.example/status/1", index),
            certificate=certificate,
        )
        texts.append(StoredCredential(vc.sign(credential, signer("authority"), "NO-2026a"), 0))
    vault = Vault(home / "vault", vault_key)
    names = wallet_frames.keys_of([one.text for one in texts], holder.public_key)
    shown = wallet_frames.history_of(names, int(NOON.timestamp()))
    vault.update(lambda _: Contents(tuple(texts), shown=shown))
    if locked:
        wallet_frames.lock_of(home, vault)
    vault.close()


def _scene(scene: str, home: Path) -> None:
    from wallet_app.main import compose, prepare_kivy

    prepare_kivy(home)
    from kivy.base import EventLoop

    app = compose(
        home,
        locks=scene == "unlock",
        device=_device(home),
        transport=wallet_frames.Ashore(),
        owns_process=True,
    )
    EventLoop.ensure_window()
    EventLoop.start()
    app._run_prepare()
    print(SCENES[scene](app))
    app.dispatch("on_stop")


def _device(home: Path) -> Any:
    """A desktop's, whose downloads are below `home`."""
    from verifier.ui.background import ThreadBackground
    from verifier.ui.ports.scanner import PictureScanner
    from verifier.ui.ports.screen import DesktopScreen
    from verifier.ui.ports.share import FolderShare
    from wallet_app.ui.app import Device

    return Device(
        background=ThreadBackground(),
        screen=DesktopScreen(),
        scanner=PictureScanner(),
        share=FolderShare(home / "downloads"),
    )


def _start(app: Any) -> float:
    """The time of day once the list is in view."""
    from kivy.base import EventLoop

    while app.navigation.current != "list" or not app.screen_of("list").rows:
        EventLoop.idle()
    EventLoop.idle()
    return time.time()


def _scroll(app: Any) -> float:
    """Frames per second, drawn to the end, while the list runs through all of its cards."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.graphics.opengl import glFinish

    Clock._max_fps = 0
    while len(app.screen_of("list").rows) < CARDS:  # another screen once the store was read
        EventLoop.idle()
    cards = app.screen_of("list").ids.cards
    begun = perf_counter()
    for frame in range(SCROLL_FRAMES):
        cards.scroll_y = 1 - frame / SCROLL_FRAMES
        EventLoop.idle()
        glFinish()
    return SCROLL_FRAMES / (perf_counter() - begun)


SCENES: Final = {
    "start": _start,
    "scroll": _scroll,
    "unlock": wallet_frames.unlocking,
    "act": wallet_frames.acting,
}

if __name__ == "__main__":
    _scene(sys.argv[1], Path(sys.argv[2]))
