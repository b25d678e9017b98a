"""QR codes from a picture: on a desktop from a file, read by zxing-cpp where it is installed."""

from pathlib import Path
from typing import Protocol


class ScanError(Exception):
    """A picture that cannot be read; says why."""


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
            with picture.open("rb") as file:
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
