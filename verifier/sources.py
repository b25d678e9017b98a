"""What stands on the command line, as text: QR text, a token, a text or picture file, or `-`."""

import codecs
import errno
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

from keys.regular_file import opener
from verifier.unusable import Unusable
from verifier.unverified import QR_PREFIX

MAX_TEXT: Final = 256 << 10  # bytes; a credential has at most 20 kB
_MAX_READ: Final = (32 << 20) + 1  # as large as a picture may be
_MAX_NAME: Final = 255  # characters of a file's name, on every common file system

_MAX_SHOWN: Final = 80
_FRAME: Final = f"{QR_PREFIX}YM0"

# What no one would take for a file's name: a web address, or another QR text in capitals (`HC1:…`).
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:(?://|[^/]*\Z)")
_ALPHANUMERIC: Final = re.compile(r"[A-Z0-9]{2,10}:[0-9A-Z $%*+./:-]{20,}\Z")
ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".txt", ".jwt")
_BOM: Final = "\ufeff"


def text_of(source: str) -> str:
    """The one credential, presentation or QR text that a source stands for. Raises Unusable."""
    if source == "-":
        if sys.stdin is None:
            raise Unusable("standard input is closed", "give QR text, a token, or a file that holds one")
        return _decode(_bounded(sys.stdin.buffer.read(_MAX_READ), "standard input"), "standard input")
    if source.startswith((QR_PREFIX, "eyJ")):
        return source
    try:
        with open(source, "rb", opener=opener) as file:
            data = file.read(_MAX_READ)
    except IsADirectoryError:
        raise Unusable(f"{source} is a folder", "name one file in it") from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        return _no_file(source)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return _no_file(source)
        hint = "check the file and who may read it; what comes through a pipe is read as -"
        raise Unusable(f"{source[:_MAX_SHOWN]}: {error.strerror}", hint) from None
    return _decode(_bounded(data, source), source)


def put_together(texts: Sequence[str]) -> list[str | bytes]:
    """The texts, and instead of moving frames among them the wire that they make.

    Where frames are missing one of them stays as it is: the verdict on it says so.
    """
    if not any(text.startswith(_FRAME) for text in texts):
        return [*texts]
    from verifier.credential import frames
    from verifier.credential.carrier import MalformedCarrier

    collector, incomplete = frames.Collector(), dict[object, str]()
    found: list[str | bytes] = []
    for text in texts:
        if not text.startswith(_FRAME):
            found.append(text)
            continue
        try:
            content, wire = frames.read(text).content, collector.add(text).wire
        except MalformedCarrier:
            found.append(text)  # the verdict says why
            continue
        incomplete[content] = text
        if wire is not None:
            del incomplete[content]
            found += [] if wire in found else [wire]
    return [*found, *incomplete.values()]


def _no_file(source: str) -> str:
    """The source itself, if it is a text. Raises Unusable for what is rather the name of a missing file."""
    text = source.lstrip()
    if text.startswith((QR_PREFIX, "eyJ")):
        return text
    if not source.lower().endswith(ENDINGS):
        if len(source.rpartition("/")[2]) > _MAX_NAME or _ALPHANUMERIC.match(source):
            return source
        if _ADDRESS.match(source) or text[: len(QR_PREFIX)].upper() == QR_PREFIX:
            return source
    problem = f"there is no file {source[:_MAX_SHOWN]}, and that is neither QR text nor a token"
    raise Unusable(problem, "QR text starts with OB1: and is given in quotes")


def _bounded(data: bytes, where: str) -> bytes:
    if len(data) == _MAX_READ:
        raise Unusable(f"{where} has more than {_MAX_READ - 1} bytes", "a credential has at most 20 kB")
    return data or _refuse_empty(where)


def _decode(data: bytes, where: str) -> str:
    """The text in a file, without what editors and shells put around it."""
    from verifier import scan

    if scan.is_picture(data[:16]):
        return _from_picture(data, where)
    if len(data) > MAX_TEXT:
        raise Unusable(f"{where} has {len(data)} bytes of text", "a credential has at most 20 kB")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unusable(f"{where} is text in UTF-16", "save it again as UTF-8")
    try:
        text = _bare(data.decode("utf-8"))
    except UnicodeDecodeError:
        hint = "give a PNG, JPEG, WebP, GIF, BMP or TIFF picture, or UTF-8 text"
        raise Unusable(f"{where} is neither text nor a picture that can be read", hint) from None
    return text or _refuse_empty(where)


def _bare(text: str) -> str:
    """Without a byte order mark, space before, line breaks after. A space after may be a digit of base45."""
    text = text.removeprefix(_BOM).lstrip()
    return text.rstrip() if text.startswith("eyJ") else text.rstrip("\r\n")


def _refuse_empty(where: str) -> NoReturn:
    raise Unusable(f"{where} is empty", "give QR text, a token, or a file that holds one")


def _from_picture(data: bytes, where: str) -> str:
    from verifier import scan

    try:
        with _quiet():
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


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what picture libraries write past Python, on the standard error itself, from the user."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # it is closed
        yield
        return
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
