"""What is said where nothing can be scanned: no camera, or an installation without what reads pictures."""

import pytest
from support.wallet import PhoneInHand

from verifier.ui.ports.camera import CameraError, DeviceCamera, FakeCamera
from verifier.ui.ports.scanner import missing
from wallet_app.ui import scan_screen

pytestmark = pytest.mark.screen


class NoDevice(DeviceCamera):
    """A computer without a camera."""

    def open(self) -> None:
        raise CameraError("no such device")


@pytest.mark.parametrize(
    ("camera", "lacks", "seen"),
    [
        (NoDevice(), (), "No camera can be used. Take a picture of the code, or paste the link."),
        (NoDevice(), ("av", "zxingcpp"), "This installation of ombord cannot scan: it lacks av, zxingcpp."),
        (FakeCamera(broken="taken"), ("av",), "No camera can be used."),  # a phone reads codes by itself
    ],
)
def test_why_nothing_can_be_scanned_is_said_with_what_to_do(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch, camera: FakeCamera, lacks: tuple[str, ...], seen: str
) -> None:
    monkeypatch.setattr(scan_screen, "missing", lambda: lacks)
    phone.camera = camera
    eyes = phone.open_wallet()
    phone.app.scan()
    assert eyes.wait(1).sees(seen), eyes.texts()
    assert "paste the link" in " ".join(eyes.texts())


def test_this_installation_lacks_nothing() -> None:
    assert missing() == ()
