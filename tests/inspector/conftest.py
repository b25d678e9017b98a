"""What the inspector's tests share: two authorities ashore, one device on one window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.metrics import Metrics
from support.inspector import DeviceInHand
from support.phone import Phone
from support.simulator import NOW


@pytest.fixture
def device(tmp_path: Path) -> Iterator[DeviceInHand]:
    """A device that is off; `open` turns it on."""
    in_hand = DeviceInHand(tmp_path, Phone(NOW))
    yield in_hand
    in_hand.close()
    Metrics.fontscale = 1.0
