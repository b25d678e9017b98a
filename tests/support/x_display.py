"""An X display that nobody sees (Xvfb), whose pixels are read from its frame buffer; xdotool is the hand."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

import pytest
from PIL import Image

PROGRAMS: Final = ("Xvfb", "xdotool")
SIZE: Final = (480, 1000)
PATIENCE: Final = 240.0  # seconds: two cores may have others to serve
LOOK_EVERY: Final = 0.05
_HEADER: Final = struct.Struct(">25I")  # of an XWD file (X11/XWDFile.h), version 7
_COLOUR_BYTES: Final = 12


class XDisplay:
    """A display of its own; `start` runs a program on it, and `close` ends both."""

    def __init__(self, folder: Path) -> None:
        """Start one in `folder`; skips the test, by name, where a program is not installed."""
        for program in PROGRAMS:
            if shutil.which(program) is None:
                pytest.skip(f"the program {program} is needed (deploy/setup.sh installs it)")
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        reads, writes = os.pipe()
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        shape = ("-nolisten", "tcp", "-screen", "0", size, "-fbdir", str(folder))
        command = ["Xvfb", "-displayfd", str(writes), *shape]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(command, pass_fds=(writes,), stdout=quiet, stderr=quiet)
        os.close(writes)
        with os.fdopen(reads) as told:  # it says its number once it can be connected to
            self.name = f":{told.readline().strip()}"
        self._programs: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, command: Sequence[str], **environment: str) -> subprocess.Popen[bytes]:
        """Run a program in a window here; what it says is kept in `output`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY_", "SDL_"))}
        surroundings = {**kept, "DISPLAY": self.name, "LIBGL_ALWAYS_SOFTWARE": "1", **environment}
        surroundings.pop("WAYLAND_DISPLAY", None)
        with self.output.open("wb") as output:
            running = subprocess.Popen(command, env=surroundings, stdout=output, stderr=subprocess.STDOUT)
        self._programs.append(running)
        return running

    @property
    def output(self) -> Path:
        """What the program said."""
        return self._folder / "output.txt"

    def xdotool(self, *arguments: str) -> str:
        """The hand on mouse and keys; what it answers."""
        done = subprocess.run(
            ["xdotool", *arguments],
            env={**os.environ, "DISPLAY": self.name},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.stdout.strip()

    def screenshot(self) -> Image.Image:
        """What is on the display now."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        header = _HEADER.unpack_from(data)
        size, width, height, line, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = data[size + colours * _COLOUR_BYTES :]
        return Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", line, 1)

    def wait_for(self, is_so: Callable[[], bool], else_say: str) -> None:
        """Look until it is so; else say what the program said."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            ended = [one.returncode for one in self._programs if one.poll() is not None]
            if ended or time.monotonic() > deadline:
                said = self.output.read_text(errors="replace")[-2000:] if self._programs else ""
                raise AssertionError(f"{else_say}; ended: {ended}; it said: {said}")
            time.sleep(LOOK_EVERY)

    def close(self) -> None:
        """End the programs, then the display."""
        for process in (*self._programs, self._server):
            process.terminate()
        for process in (*self._programs, self._server):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
