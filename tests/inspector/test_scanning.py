"""Scanning by camera, picture and pasting; moving frames with their ring; no camera, and a broken one."""

import io
from pathlib import Path

import pytest
import segno
from PIL import Image
from support.inspector import DeviceInHand
from support.phone import Phone
from support.scenario import PHONE, competency, show
from support.simulator import DAY, NOW

from verifier.credential import carrier, frames, muster
from verifier.inspector.core import reading
from verifier.ui.ports.camera import CameraError, FakeCamera, FolderCamera, Frame
from verifier.ui.ports.scanner import FakeScanner

pytestmark = pytest.mark.screen


def picture(text: str) -> Image.Image:
    """What a camera sees of a code, at its sharpest."""
    out = io.BytesIO()
    code = segno.make(text, error="M", mode="alphanumeric", micro=False, boost_error=False)
    code.save(out, kind="png", scale=4, border=4)
    shown = Image.open(io.BytesIO(out.getvalue())).convert("L")
    view = Image.new("L", (1280, 720), 90)
    view.paste(shown, ((1280 - shown.width) // 2, (720 - shown.height) // 2))
    return view


def frame(text: str) -> Frame:
    view = picture(text)
    return Frame(view.tobytes(), view.width, view.height)


def live(device: DeviceInHand) -> str:
    return show(device.norway.issue(competency(), PHONE))


def code(device: DeviceInHand) -> str:
    return carrier.to_qr_text(carrier.pack(live(device)))


def moving(device: DeviceInHand, count: int = 8) -> frames.Frames:
    first, *others = (device.norway.issue(competency(document_number=f"NO-{n}"), PHONE) for n in range(count))
    return frames.split(muster.pack(show(first), others))


def test_a_code_before_the_camera_is_judged_without_a_tap(device: DeviceInHand) -> None:
    camera = FakeCamera([None, frame(code(device))])
    eyes = device.open(camera=lambda: camera)
    assert eyes.wait(1).sees("VALID"), eyes.texts()
    assert not camera.is_open, "nothing is watched while a verdict is read"
    eyes.tap("Close, and forget this person")
    assert camera.is_open


def test_moving_frames_fill_a_ring_and_end_in_a_verdict(device: DeviceInHand) -> None:
    loop = moving(device)
    camera = FakeCamera([frame(loop.text(number)) for number in range(loop.needed - 1)])
    eyes = device.open(camera=lambda: camera).wait(2)
    assert eyes.sees(f"{loop.needed - 1} of {loop.needed} parts: keep the camera on the code"), eyes.texts()
    finder = next(one for one in eyes.widgets() if type(one).__name__ == "Viewfinder")
    assert finder.share == pytest.approx((loop.needed - 1) / loop.needed)
    camera.frames.append(frame(loop.text(loop.needed)))  # any of them will do
    assert eyes.wait(1).sees("8 certificates shown together")


def test_a_single_moving_frame_in_a_picture_says_that_it_is_one_of_several(device: DeviceInHand) -> None:
    loop = moving(device)
    eyes = device.open()
    device.app.take(loop.text(0))
    assert eyes.wait(0.4).sees(f"One of {loop.needed} moving frames: keep the camera on the code.")


def test_a_folder_of_frames_stands_in_for_a_camera(device: DeviceInHand, tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    picture(code(device)).save(folder / "0001.png")
    eyes = device.open(camera=lambda: FolderCamera(folder, lambda: 0.0))
    assert eyes.wait(1).sees("VALID")


def test_what_the_camera_sees_is_drawn_and_forgotten(device: DeviceInHand) -> None:
    camera = FakeCamera([Frame(bytes([200]) * (64 * 48), 64, 48)])
    eyes = device.open(camera=lambda: camera).wait(1)
    finder = next(one for one in eyes.widgets() if type(one).__name__ == "Viewfinder")
    shot = eyes.screenshot().getpixel((int(finder.center_x), 240))
    assert shot == (200, 200, 200)
    finder.stop()
    assert finder.preview is None


def test_the_cameras_picture_is_upright_and_not_squeezed(device: DeviceInHand) -> None:
    view = Image.new("L", (1280, 720), 90)
    view.paste(255, (600, 240, 680, 320))  # a square, above the middle
    camera = FakeCamera([Frame(view.tobytes(), *view.size)])
    eyes = device.open(camera=lambda: camera).wait(1)
    shot = eyes.screenshot().convert("L").point(lambda grey: 255 * (grey > 250))
    finder = next(one for one in eyes.widgets() if type(one).__name__ == "Viewfinder")
    middle = shot.height - finder.center_y
    found = shot.crop((130, int(middle - 120), 282, int(middle + 60))).getbbox()
    assert found is not None
    left, top, right, bottom = found
    assert right - left == pytest.approx(bottom - top, abs=2)
    assert right - left > 40
    assert bottom < 120


@pytest.mark.parametrize(
    "camera",
    [FakeCamera(broken="busy"), FakeCamera([CameraError("it was pulled out")])],
    ids=["shut", "lost"],
)
def test_a_camera_that_does_not_answer_is_said_with_what_to_do(
    device: DeviceInHand, camera: FakeCamera
) -> None:
    eyes = device.open(camera=lambda: camera).wait(1)
    assert eyes.sees("The camera does not answer")
    assert eyes.sees("or paste the code")


def test_without_a_camera_a_picture_or_the_text_will_do(device: DeviceInHand) -> None:
    text = code(device)
    eyes = device.open()
    assert eyes.sees("No camera here")
    eyes.tap("Paste or picture")
    field = eyes.find("OB1:… or a file's name")
    field.text = text
    eyes.wait(0.2).tap("Check it")
    assert eyes.sees("VALID")


def test_a_picture_that_is_dropped_is_judged(device: DeviceInHand, tmp_path: Path) -> None:
    from kivy.core.window import Window

    (tmp_path / "code.png").write_bytes(b"a picture, to a fake scanner")
    device.scanner.texts = [code(device)]
    eyes = device.open()
    Window.dispatch("on_drop_file", str(tmp_path / "code.png").encode(), 0, 0)
    assert eyes.wait(0.4).sees("VALID")


@pytest.mark.parametrize(
    ("found", "words"),
    [([], "No code can be read in the picture"), (["OB1:1", "OB1:2"], "There are 2 codes in the picture")],
)
def test_a_picture_of_no_code_or_several_is_said(
    device: DeviceInHand, tmp_path: Path, found: list[str], words: str
) -> None:
    from kivy.core.window import Window

    (tmp_path / "code.png").write_bytes(b"a picture")
    device.scanner.texts = found
    eyes = device.open()
    Window.dispatch("on_drop_file", str(tmp_path / "code.png").encode(), 0, 0)
    assert eyes.wait(0.4).sees(words), eyes.texts()


STRANGE = [
    ("https://evil.example/x", "web address"),
    ("evil.example/x", "web address"),
    ("openid-credential-offer://?credential_offer=1", "an offer"),
    ("OMBORD-CHALLENGE:0001020304050607", "inspector's challenge"),
    ("WIFI:S:crew;;", "wireless network"),
    ("BEGIN:VCARD\nFN:X", "contact card"),
    ("HC1:6BFOXN", "health certificate"),
    ("ob1:abc", "capitals"),
    ("hello", "it says “hello”"),
    ("\u202eolleh\x07", "it says “olleh”"),
]


@pytest.mark.parametrize(("text", "words"), STRANGE, ids=[text[:12] for text, _ in STRANGE])
def test_what_is_no_certificate_is_called_what_it_is(text: str, words: str) -> None:
    trouble = reading.not_a_certificate(text)
    assert trouble is not None
    assert words in trouble.message.format(**trouble.values)


def test_what_may_be_a_certificate_is_left_to_the_decision() -> None:
    assert reading.not_a_certificate("OB1:XYZ") is None
    assert reading.not_a_certificate("eyJ") is None


def test_pasted_text_keeps_a_last_space_which_may_be_a_digit(tmp_path: Path) -> None:
    assert reading.typed(FakeScanner(), "  OB1:AB \n") == "OB1:AB "
    missing = reading.typed(FakeScanner(), str(tmp_path / "no.png"))
    assert isinstance(missing, reading.Trouble)
    assert reading.typed(FakeScanner(), "nul\x00in it") == "nul\x00in it"


def test_a_home_without_trust_data_says_so_and_leads_to_it(device: DeviceInHand) -> None:
    eyes = device.open(imported=False)
    assert eyes.sees("No trust data yet")
    assert eyes.sees("No trust data: nothing can be judged")
    eyes.tap("Bring newer trust data")
    assert eyes.sees("Found on this device and its USB drives")


def test_a_damaged_home_says_so_and_judges_nothing(device: DeviceInHand) -> None:
    presented = live(device)
    device.imports()
    (device.home / "current").write_bytes(b"g-000001 00000000\nrubbish")
    eyes = device.open(imported=False)
    assert eyes.sees("The trust data is damaged"), eyes.texts()
    device.app.take(presented)
    assert not eyes.wait(0.4).sees("VALID")
    assert eyes.sees("Nothing can be judged until a sea pack is imported again.")


def test_old_trust_data_is_amber_and_still_counts(device: DeviceInHand) -> None:
    eyes: Phone = device.open()
    eyes.set_clock(NOW + 20 * DAY)
    eyes.wait(61)
    assert eyes.sees("Trust data 20 days old")
    assert device.app.trust_tone == "caution"
