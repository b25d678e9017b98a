"""What the wallet runs on: the ports of one device, handed to the app as a whole."""

from dataclasses import dataclass, field

from verifier.ui.ports.biometrics import Biometrics, NoBiometrics
from verifier.ui.ports.scanner import Scanner
from verifier.ui.ports.screen import Screen
from verifier.ui.work import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A port more is a member more, with what a device without it answers as its default."""

    background: Background
    screen: Screen
    scanner: Scanner
    biometrics: Biometrics = field(default_factory=NoBiometrics)
