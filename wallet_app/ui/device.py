"""What the wallet runs on: the ports of one device, handed to the app as a whole."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from verifier.ui.ports.biometrics import Biometrics, NoBiometrics
from verifier.ui.ports.camera import Camera, DeviceCamera
from verifier.ui.ports.files import Files, FolderFiles
from verifier.ui.ports.picker import NoPicker, Picker
from verifier.ui.ports.scanner import Scanner
from verifier.ui.ports.screen import Screen
from verifier.ui.ports.share import FolderShare, Share, downloads
from verifier.ui.work import Background


def _to_downloads() -> Share:
    return FolderShare(downloads(os.environ, Path.home()))


def _in_downloads() -> Files:
    return FolderFiles(downloads(os.environ, Path.home()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A port more is a member more, with what a device without it answers as its default."""

    background: Background
    screen: Screen
    scanner: Scanner
    biometrics: Biometrics = field(default_factory=NoBiometrics)
    share: Share = field(default_factory=_to_downloads)
    camera: Camera = field(default_factory=DeviceCamera)
    files: Files = field(default_factory=_in_downloads)
    picker: Picker = field(default_factory=NoPicker)
