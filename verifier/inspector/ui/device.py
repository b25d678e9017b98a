"""What the inspector's app runs on: one port each, with a desktop's answer and a fake."""

from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.ui.ports.camera import Camera
from verifier.ui.ports.drives import DesktopDrives, Drives
from verifier.ui.ports.picker import NoPicker, Picker
from verifier.ui.ports.scanner import Scanner
from verifier.ui.ports.share import Share
from verifier.ui.work import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`camera` opens one, or is None where the device has none."""

    background: Background
    scanner: Scanner  # of picture files
    drives: Drives = field(default_factory=DesktopDrives)
    picker: Picker = field(default_factory=NoPicker)
    camera: Callable[[], Camera] | None = None
    share: Share | None = None  # None: files go to the user's downloads
