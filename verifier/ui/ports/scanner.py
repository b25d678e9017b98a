"""QR codes from a picture: on a desktop from a file, read by zxing-cpp where it is installed."""

from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from keys.regular_file import opener


class ScanError(Exception):
    """A picture that cannot be read; says why."""


def missing() -> tuple[str, ...]:
    """What a computer lacks to scan with, by its names in Python (extras `wallet` and `inspector`)."""
    return tuple(name for name in ("av", "zxingcpp", "PIL") if find_spec(name) is None)


class Scanner(Protocol):
    """Finds QR codes in pictures."""

    def read(self, picture: Path) -> list[str]:
        """The text of every QR code in the file. Raises ScanError."""


class PictureScanner:
    """Reads picture files with zxing-cpp; needs the `scan` extra, which phones do not have."""

    def read(self, picture: Path) -> list[str]:
        """The text of every QR code in the file. Raises ScanError."""
        from verifier import scan

        try:
            with open(picture, "rb", opener=opener) as file:  # a pipe would be waited for
                return scan.codes(file.read(scan.MAX_PICTURE + 1))
        except (OSError, scan.PictureError) as error:
            raise ScanError(f"{picture.name}: {error}") from error


class FakeScanner:
    """Finds what it was told to find."""

    def __init__(self, *texts: str) -> None:
        """Find `texts` in every picture."""
        self.texts = list(texts)

    def read(self, picture: Path) -> list[str]:
        """What every picture shows. Raises ScanError for a file that is not there."""
        if not picture.exists():
            raise ScanError(f"no such file: {picture}")
        return self.texts
