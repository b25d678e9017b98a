"""A photograph as the register keeps it: a small WebP picture, made of whatever an office has, or refused.

What is refused is refused before its pixels are unpacked: a file may be hostile, and its head says its size.
"""

import io
import struct
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from issuer.domain.errors import InvalidInput

MAX_FILE: Final = 16 << 20  # bytes
MAX_PIXELS: Final = 25_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")
LEAST: Final = (60, 80)  # below, no face is told from another
MOST: Final = (120, 160)
# Beside a pass of twelve certificates ten moving frames, which a phone shows in a second and a quarter.
TARGET_BYTES: Final = 2_400
_QUALITIES: Final = range(90, 0, -6)

_KEEP: Final = "the photograph was not stored, and what was there before is kept"
_HINT: Final = f"give an upright JPEG, PNG or WebP picture, cropped as in a passport; {_KEEP}"


class PictureRefused(InvalidInput):
    """No photograph, or none that may be read; nothing of it is stored."""

    code = "picture-refused"


def normalised(data: bytes) -> bytes:
    """A still WebP picture of at most 120 x 160 pixels and 2,400 bytes without metadata.

    What is so already comes back as it is. Raises PictureRefused.
    """
    if len(data) > MAX_FILE:
        raise _refused(f"the file has more than {MAX_FILE >> 20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; our own limit is lower than Pillow's
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(*image.size)
                if _is_plain(data, image):
                    image.load()  # it is stored as it is: let it be whole
                    return data
                return _small(image)
    except UnidentifiedImageError:
        raise _refused("that is no JPEG, PNG or WebP picture") from None
    except (Image.DecompressionBombError, MemoryError):
        raise _refused("the picture has too many pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise _refused(f"the picture is broken: {str(error)[:80] or type(error).__name__}") from None


def _check_size(width: int, height: int) -> None:
    size = f"the picture has {width} × {height} pixels"
    if width * height > MAX_PIXELS:
        raise _refused(f"{size}: at most {MAX_PIXELS // 1_000_000} million are read")
    if min(width, height) < LEAST[0] or max(width, height) < LEAST[1]:
        raise _refused(f"{size}: at least {LEAST[0]} × {LEAST[1]} are needed")


def _is_plain(data: bytes, image: Image.Image) -> bool:
    """One lossy WebP chunk and no byte more: no metadata, animation or transparency (RFC 9649, 2.5)."""
    if len(data) > TARGET_BYTES or image.format != "WEBP":
        return False
    width, height = image.size
    whole = len(data) == 8 + int.from_bytes(data[4:8], "little")
    chunk = data[12:16] == b"VP8 " and len(data) - 20 - int.from_bytes(data[16:20], "little") in (0, 1)
    return whole and chunk and width <= min(MOST[0], height) and height <= MOST[1]


def _small(image: Image.Image) -> bytes:
    image.draft("RGB", (4 * MOST[0], 4 * MOST[1]))  # a large JPEG is unpacked at a fraction of its size
    upright = ImageOps.exif_transpose(image)
    width, height = upright.size
    if width > height or height > 2 * width:
        raise _refused(f"the picture is {width} × {height}: an upright one is needed")
    shown = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    shown.thumbnail(MOST, Image.Resampling.LANCZOS)
    if shown.mode == "RGBA":
        white = Image.new("RGB", shown.size, "white")
        white.paste(shown, mask=shown.getchannel("A"))
        shown = white
    for quality in _QUALITIES:
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=quality, method=6, exif=b"", icc_profile=b"", xmp=b"")
        if len(out.getvalue()) <= TARGET_BYTES:
            return out.getvalue()
    raise _refused("the picture cannot be made small enough: it looks like noise")


def _refused(problem: str) -> PictureRefused:
    return PictureRefused(problem, hint=_HINT)
