"""Inspections that the inspector chose to keep: one encrypted file each, below the app's own folder.

A file is the magic `OBR1`, a nonce (12 bytes) and JSON under AES-256-GCM, with the magic and the file's own
name as associated data: what was renamed or moved is not opened. Names of files tell a time, and nothing of
persons. Nothing is kept unless asked for, and what is deleted is gone.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.custody import atomic_file
from keys.encoding import EncodingError, json_dumps, json_object
from keys.regular_file import opener

MAGIC: Final = b"OBR1"
MOST_RECORDS: Final = 2_000
MAX_RECORD: Final = 8 << 20
_NONCE: Final = 12
_NAME: Final = re.compile(r"([0-9]{8}T[0-9]{6}Z)-[0-9a-f]{8}\.record\Z", re.ASCII)
_TIME: Final = "%Y%m%dT%H%M%SZ"


class RecordError(Exception):
    """A record cannot be kept, read or deleted; says what to do."""


class Kept(NamedTuple):
    """An inspection that was kept. `signed` is the report's JWS, or empty where only `report` was kept."""

    title: str
    headline: str
    report: str  # JSON, as exported
    signed: str = ""


class Line(NamedTuple):
    """One record of the list; `kept` None where its file is damaged or another device's."""

    name: str
    made_at: datetime
    kept: Kept | None


class Records:
    """The records in `folder`, under the device's secret."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        """Nothing is made before the first record is kept."""
        self._folder, self._key = folder, AESGCM(secret)

    def keep(self, kept: Kept, at: datetime) -> str:
        """Keep an inspection; returns the record's name. Raises RecordError, and then nothing was kept."""
        if sum(1 for _ in self._names()) >= MOST_RECORDS:
            raise RecordError(f"{MOST_RECORDS} inspections are kept already: delete some first")
        text = json_dumps(dict(kept._asdict()))
        if len(text) > MAX_RECORD - 100:
            raise RecordError("this inspection is too large to keep: export it instead")
        name = f"{at.astimezone(UTC).strftime(_TIME)}-{secrets.token_hex(4)}.record"
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._key.encrypt(nonce, text, _bound_to(name))
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder.chmod(0o700)
            atomic_file.write(self._folder / name, MAGIC + nonce + sealed, mode=0o600)
        except OSError as error:
            raise RecordError(f"the inspection could not be kept: {error.strerror}") from error
        return name

    def lines(self) -> tuple[Line, ...]:
        """All records, newest first. Raises RecordError where the folder cannot be read."""
        return tuple(self._line(name, made_at) for name, made_at in sorted(self._names(), reverse=True))

    def read(self, name: str) -> Kept:
        """One record. Raises RecordError."""
        if _NAME.match(name) is None:
            raise RecordError("there is no such inspection")
        try:
            with open(self._folder / name, "rb", opener=opener) as file:
                data = file.read(MAX_RECORD + 1)
        except OSError as error:
            raise RecordError(f"the inspection cannot be read: {error.strerror}") from error
        start = len(MAGIC) + _NONCE
        if not data.startswith(MAGIC) or not start < len(data) <= MAX_RECORD:
            raise RecordError("the file of this inspection is damaged")
        try:
            text = self._key.decrypt(data[len(MAGIC) : start], data[start:], _bound_to(name))
            members = json_object(text, max_size=MAX_RECORD)
        except (InvalidTag, EncodingError):
            raise RecordError("the file of this inspection is damaged, or another device's") from None
        return Kept(**{field: str(members.get(field, "")) for field in Kept._fields})

    def delete(self, name: str) -> None:
        """Remove one record; one that is gone already is fine. Raises RecordError."""
        if _NAME.match(name) is None:
            raise RecordError("there is no such inspection")
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise RecordError(f"the inspection could not be deleted: {error.strerror}") from error

    def _names(self) -> Iterator[tuple[str, datetime]]:
        try:
            if not self._folder.is_dir():
                return
            for path in self._folder.iterdir():
                found = _NAME.match(path.name)
                if found is not None:
                    yield path.name, _moment(found[1])
        except OSError as error:
            raise RecordError(f"the folder of inspections cannot be read: {error.strerror}") from error

    def _line(self, name: str, made_at: datetime) -> Line:
        try:
            return Line(name, made_at, self.read(name))
        except RecordError:
            return Line(name, made_at, None)


def _bound_to(name: str) -> bytes:
    return MAGIC + name.encode("ascii")


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:  # digits that are no time: somebody else's file
        return datetime(1970, 1, 1, tzinfo=UTC)
