"""The wallet: from starting its process to its first frame, and how fast 200 cards scroll off screen."""

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

from benchmarks.row import Row
from benchmarks.samples import NOON, TIME_ZONE, certificates, signer
from keys.encoding import b64url_encode, json_dumps
from verifier.credential import vc
from verifier.credential.model import CertificateType, Credential, StatusReference

CARDS: Final = 200
STARTS: Final = 5
RUNS_OF_BLOCKS: Final = 3
PIN: Final = "314159"
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
        longest = median(float(_play("blocked", home)) for _ in range(RUNS_OF_BLOCKS))
        yield Row(
            "wallet: longest frame beside PIN, sync and backup",
            longest,
            "ms",
            100.0,
            "lower",
            "none",
        )


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


def _fill(home: Path) -> None:
    """A desktop's wallet with 200 certificates of the extract, bound to its key."""
    from wallet_app.core.records import Contents, StoredCredential
    from wallet_app.core.vault import Vault

    holder, vault_key = signer("wallet"), bytes(32)
    keys = {"holder": b64url_encode(holder.private_bytes()), "vault": b64url_encode(vault_key)}
    (home / "keys.json").write_bytes(json_dumps(keys))
    texts = []
    for index, certificate in zip(
        range(CARDS), certificates(CertificateType.PROFICIENCY, "NO", CARDS), strict=False
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
    vault.update(lambda _: Contents(tuple(texts)))
    vault.close()


def _scene(scene: str, home: Path) -> None:
    from wallet_app.main import compose, prepare_kivy

    prepare_kivy(home)
    from kivy.base import EventLoop

    app = compose(home, locks=scene == "blocked", device=_device(home))
    EventLoop.ensure_window()
    EventLoop.start()
    app._run_prepare()
    EventLoop.idle()
    EventLoop.idle()
    print({"start": lambda _: time.time(), "scroll": _scroll, "blocked": _longest_block}[scene](app))
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


def _longest_block(app: Any) -> float:
    """Milliseconds of the longest frame, drawn to the end, while what takes long runs beside it.

    Choosing and trying a PIN, a sync that reaches nobody, sealing a backup of 200 certificates, opening it.
    """
    words = ("abandon", "ability", "able", "about", "above", "absent")
    backups = Path(app.settings_file._path).parent / "downloads"

    def tell(_: float) -> None:
        return None

    def restore() -> object:
        return app.restore_backup(next(backups.iterdir()), words, tell)

    longest = 0.0
    for work in (
        lambda: app.choose_pin(PIN),
        lambda: app.lock.attempt(PIN),
        lambda: app.wallet.syncs.run(lambda _: None),
        lambda: app.make_backup(words, tell),
        restore,
    ):
        longest = max(longest, _frames_beside(app, work))
    return 1_000 * longest


def _frames_beside(app: Any, work: Any) -> float:
    from kivy.base import EventLoop
    from kivy.graphics.opengl import glFinish

    ended: list[object] = []
    app.background.run(work, ended.append, ended.append)
    longest = 0.0
    while not ended:
        begun = perf_counter()
        EventLoop.idle()
        glFinish()
        longest = max(longest, perf_counter() - begun)
    return longest


def _scroll(app: Any) -> float:
    """Frames per second, drawn to the end, while the list runs through all of its cards."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.graphics.opengl import glFinish

    Clock._max_fps = 0
    cards = app.screens.get_screen("list").ids.cards
    begun = perf_counter()
    for frame in range(SCROLL_FRAMES):
        cards.scroll_y = 1 - frame / SCROLL_FRAMES
        EventLoop.idle()
        glFinish()
    return SCROLL_FRAMES / (perf_counter() - begun)


if __name__ == "__main__":
    _scene(sys.argv[1], Path(sys.argv[2]))
