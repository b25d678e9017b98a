"""What stands on the command line, as text: QR text, a token, a text or picture file, or `-`."""

import re
import sys
from typing import Final

from verifier.decision import QR_PREFIX
from verifier.unusable import Unusable

MAX_TEXT: Final = 256 << 10  # bytes; a credential has at most 20 kB
_MAX_READ: Final = (32 << 20) + 1  # as large as a picture may be
_MAX_NAME: Final = 255  # characters of a file's name, on every common file system

# What no one would take for a file's name: another QR text (`HC1:…`, `https://…`), or a JWS.
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(~.*)?", re.DOTALL)


def text_of(source: str) -> str:
    """The one credential, presentation or QR text that a source stands for. Raises Unusable."""
    if source == "-":
        if sys.stdin is None:
            raise Unusable("standard input is closed", "give QR text, a token, or a file that holds one")
        return _decode(_bounded(sys.stdin.buffer.read(_MAX_READ), "standard input"), "standard input")
    if source.startswith((QR_PREFIX, "eyJ")):
        return source
    try:
        with open(source, "rb") as file:
            return _decode(_bounded(file.read(_MAX_READ), source), source)
    except IsADirectoryError:
        raise Unusable(f"{source} is a folder", "name one file in it") from None
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the name
        if _is_text(source):
            return source
        problem = f"there is no file {source[:80]}, and that is neither QR text nor a token"
        raise Unusable(problem, "QR text starts with OB1: and is given in quotes") from None
    except OSError as error:
        if _is_text(source):  # too long for a file's name
            return source
        raise Unusable(f"{source[:80]}: {error.strerror}", "check the file and who may read it") from None


def _is_text(source: str) -> bool:
    if len(source) > _MAX_NAME:
        return True
    return _SCHEME.match(source) is not None or (
        source.count(".") == 2 and _TOKEN.fullmatch(source) is not None
    )


def _bounded(data: bytes, where: str) -> bytes:
    if len(data) == _MAX_READ:
        raise Unusable(f"{where} has more than {_MAX_READ - 1} bytes", "a credential has at most 20 kB")
    if not data:
        raise Unusable(f"{where} is empty", "give QR text, a token, or a file that holds one")
    return data


def _decode(data: bytes, where: str) -> str:
    """Text without its last line break, which editors add; nothing else is stripped: base45 has spaces."""
    from verifier import scan

    if scan.is_picture(data[:16]):
        return _from_picture(data, where)
    if len(data) > MAX_TEXT:
        raise Unusable(f"{where} has {len(data)} bytes of text", "a credential has at most 20 kB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        hint = "give a PNG, JPEG, WebP, GIF, BMP or TIFF picture, or UTF-8 text"
        raise Unusable(f"{where} is neither text nor a picture that can be read", hint) from None
    return text.removesuffix("\n").removesuffix("\r")


def _from_picture(data: bytes, where: str) -> str:
    from verifier import scan

    try:
        texts = scan.codes(data)
    except scan.PictureError as error:
        raise Unusable(f"{where}: {error}", "save the picture again, as PNG or JPEG") from None
    if not texts:
        hint = "take it again: straight, in good light, the whole code with its white border"
        raise Unusable(f"{where}: no QR code can be read in the picture", hint)
    if len(texts) > 1:
        hint = "cut out the one that is meant, or give a picture of each"
        raise Unusable(f"{where}: {len(texts)} QR codes in one picture", hint)
    return texts[0]
