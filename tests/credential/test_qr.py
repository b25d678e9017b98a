"""QR codes: what is drawn is read, by another decoder, and as another encoder would draw it."""

import re
import xml.etree.ElementTree as ET
from random import Random
from typing import Any

import pytest
from support.carried import credential, presented

from verifier.credential import carrier, qr
from verifier.credential.qr import TooMuchForQr

zxingcpp = pytest.importorskip("zxingcpp", reason="the scan extra is not installed")
qrcode = pytest.importorskip("qrcode", reason="qrcode, of the development group, is not installed")
Image = pytest.importorskip("PIL.Image", reason="the scan extra is not installed")

CREDENTIAL = carrier.to_qr_text(carrier.pack(credential()))
PRESENTED = carrier.to_qr_text(carrier.pack(presented()))
TEXTS = pytest.mark.parametrize("text", [CREDENTIAL, PRESENTED], ids=["credential", "presentation"])


def picture(matrix: tuple[bytes, ...], module: int = 4, quiet: int = qr.QUIET_ZONE) -> Any:
    side = len(matrix) + 2 * quiet
    flat = Image.new("L", (side, side), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                flat.putpixel((x + quiet, y + quiet), 0)
    return flat.resize((side * module, side * module), Image.Resampling.NEAREST)


def read(image: Any) -> list[str]:
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    return [found.text for found in zxingcpp.read_barcodes(image, formats=formats)]


@TEXTS
def test_what_is_drawn_is_read(text: str) -> None:
    assert read(picture(qr.matrix(text))) == [text]


@TEXTS
def test_text_is_read_from_simulated_camera_frames(text: str) -> None:
    pytest.importorskip("numpy", reason="numpy, of the development group, is not installed")
    from benchmarks.frames import Conditions, frame

    random = Random(7)
    frames = [frame(qr.matrix(text), Conditions.draw(random), seed) for seed in range(5)]
    assert [read(one) for one in frames] == [[text]] * 5


def other_encoder(text: str) -> Any:
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=2)
    drawn.add_data(qrcode.util.QRData(text.encode("ascii"), mode=qrcode.util.MODE_ALPHA_NUM), optimize=0)
    drawn.make(fit=True)
    return drawn


@pytest.mark.parametrize("size", [64, 204, 240, 318, 500])
def test_the_symbol_is_module_by_module_as_another_encoder_draws_it_at_level_m(
    size: int,
) -> None:
    """Sizes without padding to fill: there segno writes a zero byte first, at which no decoder looks."""
    text = carrier.to_qr_text(Random(size).randbytes(size))
    other = other_encoder(text)
    assert qr.version(text) == other.version
    assert [[bool(dark) for dark in row] for row in qr.matrix(text)] == other.modules


@TEXTS
def test_what_another_encoder_draws_is_no_smaller_and_reads_the_same(text: str) -> None:
    other = other_encoder(text)
    assert qr.version(text) == other.version
    assert read(picture(tuple(bytes(map(bool, row)) for row in other.modules))) == [text]


def test_a_certificate_of_competency_needs_at_most_version_11_and_13_live() -> None:
    assert qr.version(CREDENTIAL) <= 11
    assert qr.version(PRESENTED) <= 13
    assert len(qr.matrix(CREDENTIAL)) == 17 + 4 * qr.version(CREDENTIAL)


@pytest.mark.parametrize("size", [1, 5, 40])
def test_small_text_is_never_a_micro_qr(size: int) -> None:
    text = carrier.to_qr_text(bytes(size))
    assert len(qr.matrix(text)) >= 21
    assert read(picture(qr.matrix(text))) == [text]


def test_svg_for_paper_has_its_quiet_zone_its_size_and_nothing_from_elsewhere() -> None:
    drawn = qr.svg(CREDENTIAL, module_mm=0.4)
    root = ET.fromstring(drawn)  # noqa: S314 -- our own text
    modules = len(qr.matrix(CREDENTIAL)) + 2 * qr.QUIET_ZONE
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(root.attrib["width"].removesuffix("mm")) == pytest.approx(modules * 0.4)
    assert not re.search(r"href|script|<!", drawn)


def test_text_that_is_no_carrier_text_is_not_drawn() -> None:
    for text in ("https://example.org", "ob1:BB8", ""):
        with pytest.raises(ValueError, match="OB1:"):
            qr.matrix(text)


def test_too_much_for_one_code_is_refused_by_name() -> None:
    with pytest.raises(TooMuchForQr, match="level M"):
        qr.matrix(carrier.to_qr_text(bytes(2_400)))
