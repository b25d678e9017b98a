"""What the inspector chooses takes effect at once and stays; a damaged file costs the choices alone."""

from dataclasses import asdict
from pathlib import Path

import pytest
from kivy.metrics import Metrics
from support.inspector import DeviceInHand
from support.scenario import PHONE, competency, show
from support.simulator import DAY, NOW

from keys.encoding import json_dumps
from verifier.inspector.core import settings
from verifier.inspector.core.settings import FILE, Settings, SettingsNotKept

pytestmark = pytest.mark.screen


def test_dark_colours_and_larger_text_take_effect_at_once_and_stay(device: DeviceInHand) -> None:
    eyes = device.open().tap("Settings")
    eyes.scroll_to("Dark")
    eyes.tap("Dark")
    assert sum(eyes.screenshot().getpixel((2, 400))[:3]) < 150  # type: ignore[index] # RGB
    eyes.scroll_to("Largest")
    eyes.tap("Largest")
    assert Metrics.fontscale == 1.5
    device.close()
    device.open(imported=False)
    assert device.app.theme.mode == "dark"
    assert Metrics.fontscale == 1.5


def test_the_language_is_remembered_and_the_app_speaks_on(device: DeviceInHand) -> None:
    eyes = device.open().tap("Settings").tap("Svenska")
    assert device.app.session.settings.language == "sv"
    assert eyes.sees("Svenska")


def test_another_policy_demands_something_else(device: DeviceInHand) -> None:
    credential = device.norway.issue(competency(), PHONE)
    eyes = device.open()
    eyes.set_clock(NOW + 50 * DAY)
    device.app.refresh_trust()
    device.app.take(show(credential, at=eyes.now()))
    assert eyes.wait(0.4).sees("STATUS UNKNOWN")
    device.app.home()
    eyes.wait(0.4).tap("Settings")
    company = eyes.scroll_to("Company")
    eyes.tap(company)
    assert device.app.session.policy.name == "company"
    device.app.take(show(credential, at=eyes.now()))
    assert eyes.wait(0.4).sees("VALID WITH REMARK"), eyes.texts()


def test_records_are_kept_only_where_somebody_asks_for_it(device: DeviceInHand) -> None:
    eyes = device.open()
    assert not device.app.session.settings.keeps_records
    eyes.tap("Settings")
    words = "On: what you save is kept on this device"
    eyes.scroll_to(words)
    eyes.tap(words)
    assert device.app.session.settings.keeps_records


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rubbish",
        b"{}",
        json_dumps({"language": "xx", "text_size": 900, "theme": 1, "policy": "mine", "keeps_records": 1}),
        json_dumps({"text_size": True, "keeps_records": "yes"}),
    ],
)
def test_a_damaged_file_costs_the_choices_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert settings.read(tmp_path) == Settings()


def test_choices_come_back_as_they_were(tmp_path: Path) -> None:
    chosen = Settings(language="nb", text_size=125, theme="dark", policy="psc", keeps_records=True)
    settings.write(tmp_path / "new", chosen)
    assert asdict(settings.read(tmp_path / "new")) == asdict(chosen)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SettingsNotKept):
        settings.write(tmp_path / "file", Settings())
