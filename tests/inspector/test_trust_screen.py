"""Trust data on board: from a drive, a folder or an address, with each trouble in words of its own."""

import shutil
from pathlib import Path

import pytest
from kivy.core.window import Window
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import PHONE, competency, show
from support.simulator import DAY, NOW, Authority

from verifier.inspector.core import importing
from verifier.inspector.core.importing import ImportFailed, RootFound, Trouble, Wanted
from verifier.ui.ports.drives import FakeDrives
from verifier.ui.ports.picker import FakePicker, PickError

pytestmark = pytest.mark.screen


@pytest.fixture
def stick(device: DeviceInHand, tmp_path: Path) -> Path:
    """A USB stick with a sea pack and the root beside it."""
    folder = tmp_path / "stick"
    folder.mkdir()
    shutil.copy(device.shore.pack(), folder / "anything.bin")
    shutil.copy(device.shore.root, folder / "root.json")
    return folder


def first_run(device: DeviceInHand, stick: Path) -> Phone:
    eyes = device.open(imported=False, drives=FakeDrives(stick))
    return eyes.tap("Show trust data").wait(0.3)


def test_a_first_pack_asks_whom_to_trust_and_shows_the_roots_fingerprint(
    device: DeviceInHand, stick: Path
) -> None:
    eyes = first_run(device, stick)
    eyes.tap("anything.bin").wait(0.5)
    assert eyes.sees("Whom to trust?")
    assert eyes.sees(importing.fingerprint(stick / "root.json"))
    assert device.app.session.trust.held is None, "nothing is imported before somebody agrees"
    eyes.scroll_to("They are the same: trust it")
    eyes.tap("They are the same: trust it").wait(0.5)
    assert eyes.sees("Imported. Every signature in it was checked."), eyes.texts()
    assert eyes.sees("Trust data is current")
    device.app.take(show(device.norway.issue(competency(), PHONE)))
    assert eyes.wait(0.5).sees("VALID")


def test_a_root_that_is_not_trusted_imports_nothing(device: DeviceInHand, stick: Path) -> None:
    eyes = first_run(device, stick)
    eyes.tap("anything.bin").wait(0.5)
    eyes.scroll_to("Do not trust it")
    eyes.tap("Do not trust it")
    assert not eyes.sees("Whom to trust?")
    assert not (device.home / "current").exists()


def test_a_newer_pack_is_one_tap(device: DeviceInHand, stick: Path) -> None:
    device.imports()
    later = NOW + 9 * DAY
    device.shore.published.publish(later)
    for authority in device.shore.authorities:
        authority.at = later
    shutil.copy(device.shore.pack("newer.pack"), stick / "newer.pack")
    device.phone.set_clock(later)
    eyes = device.open(imported=False, drives=FakeDrives(stick))
    assert eyes.sees("Trust data 9 days old")
    eyes.tap("Show trust data").wait(0.3)
    eyes.scroll_to("newer.pack")
    eyes.tap("newer.pack").wait(0.5)
    assert eyes.sees("Trust data today"), eyes.texts()


def test_a_file_that_is_dropped_on_the_screen_is_imported(device: DeviceInHand, stick: Path) -> None:
    eyes = device.open(drives=FakeDrives())
    assert eyes.tap("Show trust data").wait(0.3).sees("No sea pack was found")
    Window.dispatch("on_drop_file", str(stick / "anything.bin").encode(), 0, 0)
    assert eyes.wait(0.5).sees("Imported."), eyes.texts()


def trouble_with(device: DeviceInHand, source: Path | str, **how: object) -> Trouble:
    with pytest.raises(ImportFailed) as found:
        importing.take_in(device.home, Wanted(source=str(source), **how), NOW)  # type: ignore[arg-type]
    return found.value.trouble


def test_each_trouble_has_its_kind_and_changes_nothing(
    device: DeviceInHand, stick: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.pack"
    shutil.copy(stick / "anything.bin", bare)
    assert trouble_with(device, bare) is Trouble.NO_ROOT
    device.imports()
    before = (device.home / "current").read_bytes()
    data = (stick / "anything.bin").read_bytes()
    (tmp_path / "broken.pack").write_bytes(data[: len(data) // 2])
    (tmp_path / "rubbish.pack").write_bytes(b"rubbish")
    assert trouble_with(device, tmp_path / "broken.pack") is Trouble.NOT_A_PACK
    assert trouble_with(device, tmp_path / "rubbish.pack") is Trouble.NOT_A_PACK
    assert trouble_with(device, tmp_path / "missing.pack") is Trouble.FILE
    assert trouble_with(device, "http://packs.example") is Trouble.FETCH
    assert (device.home / "current").read_bytes() == before


def test_a_pack_of_strangers_is_refused_in_words(device: DeviceInHand, tmp_path: Path, stick: Path) -> None:
    from support.ship_store import Shore

    strangers = Shore(tmp_path / "strangers", Authority("SE"))
    (tmp_path / "drive").mkdir()
    shutil.copy(strangers.pack(), tmp_path / "drive" / "stranger.pack")
    eyes = device.open(drives=FakeDrives(tmp_path / "drive"))
    eyes.tap("Show trust data").wait(0.3)
    eyes.scroll_to("stranger.pack")
    eyes.tap("stranger.pack").wait(0.5)
    assert eyes.sees("does not prove itself by the root"), eyes.texts()
    assert eyes.sees("What was held before stays in force.")
    assert eyes.sees("For support:")
    assert eyes.sees("Trust data today")


def test_a_folder_of_a_site_is_fetched_from_and_remembered(
    device: DeviceInHand, stick: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site" / "packs"
    site.mkdir(parents=True)
    shutil.copy(stick / "anything.bin", site / "latest")
    eyes = device.open(drives=FakeDrives()).tap("Show trust data").wait(0.3)
    eyes.find("https://packs.example").text = str(site.parent)
    eyes.wait(0.2).scroll_to("Fetch what is new")
    eyes.tap("Fetch what is new").wait(0.5)
    assert eyes.sees("Imported."), eyes.texts()
    assert eyes.scroll_to(str(site.parent))


def test_packs_are_known_by_how_they_begin_and_a_vanished_drive_is_none(stick: Path, tmp_path: Path) -> None:
    (stick / "holiday.pack").write_bytes(b"not one")
    found = importing.found((stick, tmp_path / "gone"))
    assert [one.path.name for one in found] == ["anything.bin"]


def test_a_damaged_home_goes_on_only_where_somebody_says_so(device: DeviceInHand, stick: Path) -> None:
    device.imports()
    for path in device.home.rglob("*"):
        if path.is_file() and path.name in ("current", "memory"):
            path.write_bytes(b"rubbish")
    pack = stick / "anything.bin"
    assert trouble_with(device, pack) is Trouble.FORGET
    with pytest.raises(RootFound):
        importing.take_in(device.home, Wanted(source=str(pack), forget=True), NOW)
    importing.take_in(device.home, Wanted(source=str(pack), forget=True, root=stick / "root.json"), NOW)
    eyes = device.open(imported=False)
    assert eyes.sees("Trust data today")


@pytest.mark.parametrize("is_readable", [True, False])
def test_a_pack_is_chosen_by_the_systems_own_picker(device: DeviceInHand, is_readable: bool) -> None:
    picker = FakePicker(device.shore.pack() if is_readable else PickError("gone"))
    eyes = device.open(picker=picker)
    eyes.tap("Show trust data").wait(0.3)
    eyes.tap(eyes.scroll_to("Choose a file")).wait(0.5)
    if is_readable:
        assert eyes.sees("Imported. Every signature in it was checked."), eyes.texts()
    else:
        assert eyes.sees("What was held before stays in force."), eyes.texts()


def test_a_desktop_has_no_picker_to_offer(device: DeviceInHand) -> None:
    eyes = device.open()
    assert "Choose a file" not in eyes.tap("Show trust data").wait(0.3).texts()
