"""Pictures and camera frames to QR texts, with zxing-cpp (the `scan` extra); imported only for pictures."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

MAX_PICTURE: Final = 32 << 20  # bytes of the file
MAX_PIXELS: Final = 64_000_000  # a photograph of today's phones, and room to spare

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


def codes(picture: bytes) -> list[str]:
    """The different texts of all QR codes in a picture, in no certain order. Raises PictureError."""
    try:
        import zxingcpp
        from PIL import Image
    except ImportError:
        raise PictureError("pictures need the scan extra: pip install 'ombord[scan]'") from None
    if len(picture) > MAX_PICTURE:
        raise PictureError(f"the picture has {len(picture)} bytes; at most {MAX_PICTURE} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureError(f"the picture has {image.width} × {image.height} pixels: too many")
                grey = _on_white(image).convert("L")
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("the picture has too many pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(f"the picture is broken: {error}") from None
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2))
    return list(dict.fromkeys(one.text for one in found if one.valid))


def _on_white(image: Image.Image) -> Image.Image:
    """A transparent picture as it would be printed."""
    from PIL import Image

    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image
    shown = image.convert("RGBA")
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown)
