"""QR codes of carrier text and of challenges: one symbol at level M, for a screen and, as SVG, for paper.

Always an alphanumeric Model 2 symbol (never Micro QR) with a fixed mask: base45 of compressed, signed bytes
has no pattern for a mask to break, and trying all eight takes four times as long.
"""

from io import BytesIO
from typing import Any, Final

from verifier.credential.carrier import PREFIX
from verifier.credential.presentation import CHALLENGE_PREFIX

QUIET_ZONE: Final = 4  # modules on each side (ISO/IEC 18004 § 6.3.8): scanners need it
LEVEL: Final = "M"
_MASK: Final = 2


class TooMuchForQr(ValueError):
    """Text that no single QR code holds at level M."""


def matrix(text: str) -> tuple[bytes, ...]:
    """Rows of modules, 1 dark and 0 light, without the quiet zone."""
    return tuple(bytes(row) for row in _symbol(text).matrix)


def svg(text: str, *, module_mm: float = 0.5) -> str:
    """A standalone SVG with its quiet zone, on white. 25-30 mm across are enough for version 11 on paper."""
    out = BytesIO()
    size: dict[str, Any] = {"scale": module_mm, "unit": "mm", "border": QUIET_ZONE}
    _symbol(text).save(out, kind="svg", dark="#000", light="#fff", xmldecl=False, nl=False, **size)
    return out.getvalue().decode("utf-8")


def version(text: str) -> int:
    """The version (1-40) that `text` makes; each is 4 modules wider than the one before, from 21."""
    return int(_symbol(text).version)


def _symbol(text: str) -> Any:
    """The symbol of segno, a package without types."""
    import segno  # 40 ms to load: only who draws needs it

    if not text.startswith((PREFIX, CHALLENGE_PREFIX)):
        raise ValueError(f'only carrier text is drawn, which starts with "{PREFIX}", and challenges')
    try:
        return segno.make(text, error=LEVEL, mode="alphanumeric", mask=_MASK, micro=False, boost_error=False)
    except segno.DataOverflowError:
        raise TooMuchForQr(f"{len(text)} characters do not fit into one code at level {LEVEL}") from None
