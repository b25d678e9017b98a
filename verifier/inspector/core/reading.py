"""What an inspector may bring instead of a certificate's code, told apart by its form; nothing is opened."""

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.credential.presentation import CHALLENGE_PREFIX
from verifier.inspector import texts
from verifier.ui import texts as shared
from verifier.ui.ports.scanner import ScanError, Scanner
from verifier.unverified import QR_PREFIX

MOST_SHOWN: Final = 60
MOST_TYPED: Final = 130_000  # characters: more than any code has, the text of a full muster
_NOTHING: Final = MappingProxyType[str, object]({})
_BEGINNINGS: Final = (
    (("http://", "https://", "www."), texts.WEB_ADDRESS),
    (("openid-credential-offer:",), texts.OFFER),
    ((CHALLENGE_PREFIX.lower(),), texts.A_CHALLENGE),
    (("wifi:",), texts.WIFI),
    (("begin:vcard", "mecard:", "bizcard:"), texts.CONTACT),
    (("hc1:", "shc:/"), texts.HEALTH),
    ((QR_PREFIX.lower(),), texts.SMALL_LETTERS),
)
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12}(?:[/?#]\S*)?\Z", re.IGNORECASE)


class Trouble(NamedTuple):
    """Why there is nothing to judge: a text of the app and its values."""

    message: str
    values: MappingProxyType[str, object] = _NOTHING


def not_a_certificate(text: str) -> Trouble | None:
    """What a text is instead, or None where it may be a certificate."""
    if text.startswith((QR_PREFIX, "eyJ")):
        return None
    shown, lower = _shown(text), text[:60].strip().lower()
    values = MappingProxyType({"shown": shown})
    for beginnings, message in _BEGINNINGS:
        if lower.startswith(beginnings):
            return Trouble(message, values)
    return Trouble(texts.WEB_ADDRESS if _HOST.match(lower) else texts.NOT_OURS, values)


def from_picture(scanner: Scanner, path: Path) -> str | Trouble:
    """The one code in a picture."""
    try:
        found = scanner.read(path)
    except ScanError as error:
        return Trouble(texts.PICTURE_BROKEN, MappingProxyType({"detail": _shown(str(error))}))
    if len(found) == 1:
        return found[0]
    if found:
        return Trouble(texts.SEVERAL_CODES, MappingProxyType({"count": len(found)}))
    return Trouble(texts.NO_CODE)


def too_long(text: str) -> Trouble | None:
    """Why a text cannot be a code, before anything lays it out."""
    if len(text) <= MOST_TYPED:
        return None
    return Trouble(shared.TOO_LONG, MappingProxyType({"most": MOST_TYPED}))


def typed(scanner: Scanner, text: str) -> str | Trouble:
    """What was pasted: a code's text, else the name of a picture. A space at the end may be a digit."""
    text = text.lstrip().rstrip("\r\n")
    if text.startswith((QR_PREFIX, "eyJ")):
        return text
    if text.startswith("file://"):
        text = text.removeprefix("file://")
    try:
        if Path(text).is_file():
            return from_picture(scanner, Path(text))
    except (OSError, ValueError):  # too long a name, or a NUL in it
        pass
    if text.startswith("/") or text.lower().endswith((".png", ".jpg", ".jpeg")):
        return Trouble(texts.NO_SUCH_PICTURE, MappingProxyType({"name": _shown(text)}))
    return text


def _shown(text: str) -> str:
    """Short, on one line, nothing in it that changes how a line reads."""
    plain = "".join(one if one.isprintable() else " " for one in text[: 4 * MOST_SHOWN])
    plain = " ".join(plain.split())
    return plain if len(plain) <= MOST_SHOWN else f"{plain[: MOST_SHOWN - 1]}…"
