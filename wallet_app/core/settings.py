"""What the seafarer has set, in a plain file of its own: nothing in it is secret or about a person.

A file that is damaged, or of a newer app, is left out of account, member by member: settings never keep
anybody from the certificates.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from keys.encoding import EncodingError, Json, json_dumps, json_object
from verifier.credential import codelists

LANGUAGES: Final = ("", *codelists.languages())  # "" is the device's own
TEXT_SIZES: Final = (100, 115, 130, 150)  # per cent of what the device asks for
THEMES: Final = ("light", "dark")
LOCK_SECONDS: Final = (30, 60, 120, 300, 900)
MAX_BYTES: Final = 16 * 1024
MOST_ADDRESS: Final = 200


class SettingsError(Exception):
    """The settings cannot be stored; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`text_size` is in per cent of the device's own; no `sync_address` is each authority's own address."""

    language: str = ""
    text_size: int = 100
    theme: str = "light"
    lock_seconds: int = 120
    biometrics: bool = False
    sync_address: str = ""


def is_address(text: str) -> bool:
    """Whether syncs can go through it: an https origin, without a path, a query or a user."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    origin = f"https://{parts.hostname}" + (f":{port}" if port is not None else "")
    return bool(parts.hostname) and text.isascii() and len(text) <= MOST_ADDRESS and text.lower() == origin


def _fits(name: str, value: Json) -> bool:
    match name:
        case "language":
            return value in LANGUAGES
        case "text_size":
            return not isinstance(value, bool) and value in TEXT_SIZES
        case "theme":
            return value in THEMES
        case "lock_seconds":
            return not isinstance(value, bool) and value in LOCK_SECONDS
        case "biometrics":
            return isinstance(value, bool)
        case "sync_address":
            return isinstance(value, str) and (value == "" or is_address(value))
    return False


def from_json(members: Mapping[str, Json]) -> Settings:
    """Each member that this version knows and that fits; the others as they are at first."""
    known = [field.name for field in fields(Settings)]
    fitting = {name: members[name] for name in known if name in members and _fits(name, members[name])}
    return Settings(**fitting)  # type: ignore[arg-type] # each was just held against its own kind


class SettingsFile:
    """The file at `path`."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path

    def read(self) -> Settings:
        """What was set; as at first where the file is missing, damaged or cannot be read."""
        try:
            with self._path.open("rb") as file:
                return from_json(json_object(file.read(MAX_BYTES)))
        except (OSError, EncodingError):
            return Settings()

    def write(self, settings: Settings) -> None:
        """Store these, whole or not at all. Raises SettingsError."""
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(json_dumps(asdict(settings)))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise SettingsError(f"the settings cannot be stored: {error.strerror}: {self._path}") from error
