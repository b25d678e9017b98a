"""Where the demo plays: a folder for what it leaves behind, and the real commands run in it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

COMMANDS = Path(sys.executable).parent
START_SECONDS = 60


class DemoFailed(Exception):
    """A command of the demo did not do what it must; says which and what it printed."""


class Stage:
    """The demo's folder, and a line on the screen for everything that happens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started = time.monotonic()

    def clear(self) -> None:
        """Start from an empty folder. What is there came from an earlier run, or nothing is touched."""
        mark = self.folder / ".made-by-ombord-demo"
        if self.folder.exists() and any(self.folder.iterdir()) and not mark.exists():
            raise DemoFailed(f"{self.folder} holds files that no demo made; name another folder")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        mark.touch()

    def path(self, *parts: str) -> Path:
        """A place in the folder; the folders above it are there."""
        place = self.folder.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def say(self, text: str) -> None:
        """A step, and how long the demo has run."""
        print(f"[{time.monotonic() - self._started:5.1f} s] {text}", flush=True)

    def run(
        self,
        command: str,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
        show: bool = True,
        at: datetime | None = None,
    ) -> str:
        """Run one of Ombord's commands to its end and give its output. `quiet` hides its progress.

        `at` is another day for the command's clock. Raises DemoFailed unless it exits with 0.
        """
        words = [str(argument) for argument in arguments]
        program: list[str | Path] = [COMMANDS / command]
        if at is not None:
            program = [sys.executable, "-m", "demo.later", at.isoformat(), command]
        if show:
            self.say(f"$ {command} {' '.join(self.short(word) for word in words)}")
        done = subprocess.run(
            [*program, *words],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr or ''}")
        return done.stdout

    @contextmanager
    def serving(
        self, command: str, *arguments: str | Path, env: Mapping[str, str], url: str
    ) -> Iterator[None]:
        """A server from when `url` answers until the block ends. Its log stays in the folder."""
        self.say(f"$ {command} {' '.join(self.short(str(word)) for word in arguments)}")
        log = self.path("logs", f"{command}-{env['OMBORD_FLAG']}.log")
        with log.open("wb") as output:
            server = subprocess.Popen(
                [COMMANDS / command, *map(str, arguments)],
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _await(server, url, log)
                yield
            finally:
                server.terminate()
                server.wait(timeout=20)

    def short(self, word: str) -> str:
        """Paths within the folder are shown from the folder on."""
        return word.replace(f"{self.folder}{os.sep}", f"{self.folder.name}{os.sep}")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DemoFailed(f"the server ended with {server.returncode}\n{log.read_text()}")
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - a loopback address made above
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise DemoFailed(f"no answer from {url} after {START_SECONDS} s\n{log.read_text()}")
