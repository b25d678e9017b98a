"""An inspector's device for tests: the app on a phone's window, with trust data that was truly imported."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from support.phone import Phone
from support.ship_store import Shore
from support.simulator import NOW, Authority

from verifier import pack_commands
from verifier.inspector.main import compose
from verifier.inspector.ui.app import InspectorApp
from verifier.inspector.ui.device import Device
from verifier.ui.background import ImmediateBackground
from verifier.ui.ports.scanner import FakeScanner

OURS: Final = -1  # one root for the devices of all tests; whoever else publishes in one has keys of their own
_IMPORTED: Final[dict[tuple[object, ...], Path]] = {}


class DeviceInHand:
    """What is seen and touched is `phone`, what runs is `app`; the home is filled by a real import."""

    def __init__(self, folder: Path, phone: Phone) -> None:
        self.folder, self.phone = folder, phone
        self.home = folder / "device"
        self.scanner = FakeScanner()
        self.norway, self.denmark = Authority("NO"), Authority("DK")
        self._shore: Shore | None = None
        self.app: InspectorApp

    @property
    def _authorities(self) -> tuple[Authority, ...]:
        return self.norway, self.denmark

    @property
    def shore(self) -> Shore:
        """What the authorities publish."""
        if self._shore is None:
            self._shore = Shore(self.folder / "shore", *self._authorities, ceremony=OURS)
        return self._shore

    def imports(self, at: datetime = NOW) -> None:
        """Carry the pack of the authorities on board, as it is now."""
        if self._shore is None and at == NOW:
            shutil.copytree(self._first_import(), self.home, symlinks=True, dirs_exist_ok=True)
            _ = self.shore  # published by now: what changes from now on is another publication
            return
        self._take_in(at, self.home)

    def _first_import(self) -> Path:
        """What a device holds after its first import: truly imported once, for all that begin so."""
        published = tuple((one.entry, one.state_array(), *one.keys.values()) for one in self._authorities)
        if published not in _IMPORTED:
            folder = Path(mkdtemp(prefix="ombord-imported-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            self._take_in(NOW, folder)
            _IMPORTED[published] = folder
        return _IMPORTED[published]

    def _take_in(self, at: datetime, home: Path) -> None:
        pack_commands.take_in(str(self.shore.pack()), str(self.shore.root), at, folder=str(home))

    def open(
        self, *, dark: bool = False, imported: bool = True, owns_process: bool = False, **device: object
    ) -> Phone:
        """Turn the app on."""
        if imported:
            self.imports()
        parts: dict[str, object] = {"background": ImmediateBackground(), "scanner": self.scanner}
        clock: Callable[[], datetime] = self.phone.now
        here = Device(**{**parts, **device})  # type: ignore[arg-type]
        self.app = compose(self.home, clock=clock, device=here, owns_process=owns_process)
        if dark:
            self.app.session.choose(theme="dark")
        return self.phone.launch(self.app)

    def close(self) -> None:
        """Turn it off."""
        self.phone.close()
