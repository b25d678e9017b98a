"""Pictures and camera frames to QR texts, with zxing-cpp (the `scan` extra); imported only for pictures."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

MAX_PICTURE: Final = 32 << 20  # bytes of the file
MAX_PIXELS: Final = 64_000_000  # a photograph of today's phones, and room to spare
MAX_TRANSPARENT: Final = 16_000_000  # a screen, or a page at 300 dots an inch: each takes more memory

_SIGNATURES: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"RIFF",  # WebP
    b"BM",
    b"II*\x00",  # TIFF, and its other byte order
    b"MM\x00*",
)
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


class PictureError(ValueError):
    """A picture that cannot be used; says why."""


def is_picture(start: bytes) -> bool:
    """Whether a file that begins so is a picture of a kind that `codes` reads."""
    return start.startswith(_SIGNATURES)


def grey_rows(picture: bytes) -> tuple[bytes, int, int]:
    """A picture's grey pixels, row by row, with its width and height. Raises PictureError."""
    grey = _grey(picture)
    return grey.tobytes(), grey.width, grey.height


def codes(picture: bytes) -> list[str]:
    """The different texts of all QR codes in a picture, in no certain order. Raises PictureError."""
    try:
        import zxingcpp
    except ImportError:
        raise PictureError("pictures need the scan extra: pip install 'ombord[scan]'") from None
    grey, formats = _grey(picture), zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    try:
        found = zxingcpp.read_barcodes(grey, formats=formats)
    except (OSError, ValueError) as error:
        raise PictureError(f"the picture is broken: {error}") from None
    return list(dict.fromkeys(one.text for one in found if one.valid))


def _grey(picture: bytes) -> Image.Image:
    """A picture of a known format and size in grey; nothing else is opened."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise PictureError("pictures need the scan extra: pip install 'ombord[scan]'") from None
    if len(picture) > MAX_PICTURE:
        raise PictureError(f"the picture has {len(picture)} bytes; at most {MAX_PICTURE} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; and our own limit is lower than Pillow's
            with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
                if image.width * image.height > (MAX_TRANSPARENT if _has_alpha(image) else MAX_PIXELS):
                    raise PictureError(f"the picture has {image.width} × {image.height} pixels: too many")
                return _on_white(image) if _has_alpha(image) else image.convert("L")
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError("the picture is broken: it only begins like one") from None
    except Image.DecompressionBombError:
        raise PictureError("the picture has too many pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(f"the picture is broken: {error}") from None


def frame_codes(pixels: bytes, width: int, height: int, channels: int = 1) -> list[str]:
    """The different texts of all QR codes in a camera's frame: grey, or red, green, blue.

    Takes 3 ms at 720p, since it is not looked at in negative: codes are dark on white. Raises PictureError.
    """
    try:
        import zxingcpp
    except ImportError:
        raise PictureError("cameras need the scan extra: pip install 'ombord[scan]'") from None
    if channels not in (1, 3) or len(pixels) != width * height * channels or not pixels:
        raise PictureError(f"a frame of {len(pixels)} bytes is not {width} × {height} × {channels}")
    if channels == 3:  # green alone, which has most of the light
        pixels = pixels[1::3]
    rows = memoryview(pixels).cast("B", (height, width))
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    found = zxingcpp.read_barcodes(rows, formats=formats, try_invert=False)
    return list(dict.fromkeys(one.text for one in found if one.valid))


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _on_white(image: Image.Image) -> Image.Image:
    """A transparent picture in grey, as it would be printed."""
    from PIL import Image

    shown = image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    alpha, grey = shown.getchannel("A"), shown.convert("L")
    white = Image.new("L", shown.size, 255)
    white.paste(grey, mask=alpha)
    return white
