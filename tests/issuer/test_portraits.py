"""Photographs: what becomes of a good one, what is refused, and that nothing is stored then."""

import io
import struct
import zlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import select
from support.desk import SEAFARER, Desk

from demo.faces import jpeg
from issuer.adapters import picture
from issuer.adapters.picture import TARGET_BYTES, PictureRefused, normalised
from issuer.adapters.tables import audit_event
from issuer.domain.errors import NotFound
from issuer.services.register.portraits import Portraits, portrait_of
from keys.encoding import b64url_encode
from verifier.credential.sea_pass import MAX_PORTRAIT

FACE = jpeg("one")


def drawn(
    form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (420, 560), **options: object
) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(FACE)).resize(size).convert(mode).save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), Random(1).randbytes(width * height * 3)).save(out, "PNG")
    return out.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head promises more pixels than memory has room for."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\0IDAT\x35\xaf\x06\x1e"
    )  # fmt: skip


def turned() -> bytes:
    """A camera's picture that lies on its side, and says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "somebody's camera"
    out = io.BytesIO()
    Image.open(io.BytesIO(FACE)).rotate(90, expand=True).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        FACE,
        drawn("WEBP"),
        drawn("WEBP", lossless=True),
        drawn("PNG", "P"),
        drawn("PNG", "LA"),
        drawn("PNG", "RGBA"),
        drawn("PNG", "1"),
        drawn("JPEG", "L"),
        drawn("JPEG", "CMYK"),
        drawn(size=(60, 80)),
        turned(),
        noise(300, 400),
    ],
)
def test_a_photograph_becomes_a_small_upright_webp_that_fits_the_pass(file: bytes) -> None:
    small = normalised(file)
    image = Image.open(io.BytesIO(small))
    assert (image.format, image.mode, getattr(image, "n_frames", 1)) == ("WEBP", "RGB", 1)
    assert 60 <= image.width <= 120
    assert image.width < image.height <= 160
    assert len(small) <= TARGET_BYTES
    assert len(b64url_encode(small)) <= MAX_PORTRAIT
    assert not image.getexif(), "where and with what it was taken is nobody's business"
    assert normalised(small) == small, "so that what is exported is imported as it was"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "no JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no JPEG, PNG or WebP"),
        (drawn("GIF"), "no JPEG, PNG or WebP"),
        (drawn("TIFF"), "no JPEG, PNG or WebP"),
        (b"\xff\xd8\xff" + b"rubbish" * 9, "no JPEG, PNG or WebP"),
        (FACE[: len(FACE) // 2], "broken"),
        (drawn("WEBP")[:600], "broken"),
        (drawn("PNG")[:900], "broken"),
        (png_that_says(60_000, 60_000), "pixels"),
        (png_that_says(5_001, 5_001), "at most 25 million"),
        (drawn(size=(50, 70)), "at least 60 × 80"),
        (drawn(size=(560, 420)), "upright"),
        (drawn(size=(100, 900)), "upright"),
        (FACE + bytes(picture.MAX_FILE), "more than 16 MB"),
    ],
)
def test_what_is_no_photograph_is_refused_and_nothing_is_stored(desk: Desk, file: bytes, says: str) -> None:
    desk.enter()
    portraits = Portraits(desk.database, desk.clock)
    portraits.put(SEAFARER, FACE, actor="test")
    before = list(portraits.each())
    with pytest.raises(PictureRefused, match=says) as refused:
        portraits.put(SEAFARER, file, actor="test")
    assert "what was there before is kept" in refused.value.hint
    assert list(portraits.each()) == before


def test_text_chunks_that_unpack_to_more_than_memory_holds_are_refused() -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("bomb", "A" * (80 << 20), zip=True)
    out = io.BytesIO()
    Image.open(io.BytesIO(FACE)).save(out, "PNG", pnginfo=chunks)
    with pytest.raises(PictureRefused, match="broken"):
        normalised(out.getvalue())


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(["PNG", "JPEG", "WEBP"]),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes_end_in_a_small_picture_or_a_refusal(form: str, flips: list[tuple[float, int]]) -> None:
    file = bytearray(DAMAGED[form])
    for where, mask in flips:
        file[int(where * len(file))] ^= mask
    try:
        assert len(normalised(bytes(file))) <= TARGET_BYTES
    except PictureRefused:
        return


DAMAGED = {form: drawn(form, size=(90, 120)) for form in ("PNG", "JPEG", "WEBP")}


def test_a_photograph_is_changed_taken_away_and_noted_without_saying_whose_face(desk: Desk) -> None:
    desk.enter()
    portraits = Portraits(desk.database, desk.clock)
    assert portraits.put(SEAFARER, FACE, actor="clerk")
    assert not portraits.put(SEAFARER, FACE, actor="clerk"), "the same one again"
    assert portraits.put(SEAFARER, jpeg("two"), actor="clerk")
    assert [one.picture for one in portraits.each()] == [normalised(jpeg("two"))]
    portraits.remove(SEAFARER, actor="clerk")
    with pytest.raises(NotFound, match="no photograph"):
        portraits.remove(SEAFARER, actor="clerk")
    with desk.database.read() as connection:
        assert portrait_of(connection, SEAFARER) is None
        events = connection.execute(select(audit_event).where(audit_event.c.subject == SEAFARER)).all()
    assert [event.event for event in events] == ["portrait-stored"] * 2 + ["portrait-removed"]
    assert {event.details for event in events} == {"{}"}


def test_a_photograph_of_somebody_unknown_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound, match="00000000"):
        Portraits(desk.database, desk.clock).put("00000000", FACE, actor="test")


def test_faces_are_drawn_from_their_seed_alone() -> None:
    assert jpeg("one") == FACE
    assert jpeg("two") != FACE
