"""The inspector's app opens on the camera, with the age of its trust data in view."""

import pytest
from support.inspector import DeviceInHand

pytestmark = pytest.mark.screen


def test_the_first_screen_scans_and_says_how_old_the_trust_data_is(device: DeviceInHand) -> None:
    eyes = device.open()
    assert eyes.sees("Scan a certificate")
    assert eyes.sees("Trust data today"), eyes.texts()
