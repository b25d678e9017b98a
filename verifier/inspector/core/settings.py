"""What the inspector has chosen for the app: a small file, replaced whole, with a default for all of it."""

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final

from keys.custody import atomic_file
from keys.encoding import EncodingError, json_dumps, json_object
from keys.regular_file import opener
from verifier import policy
from verifier.policy import Policy
from verifier.ui.words import LANGUAGES

FILE: Final = "inspector.json"
TEXT_SIZES: Final = (100, 125, 150)  # per cent
THEMES: Final = ("light", "dark")
POLICIES: Final = (policy.DEFAULT_NAME, *policy.SHIPPED)
_MOST: Final = 4_096


class SettingsNotKept(Exception):
    """The file cannot be written; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One choice each; a value that is not offered is never taken."""

    language: str = "en"
    text_size: int = 100
    theme: str = "light"
    policy: str = policy.DEFAULT_NAME
    keeps_records: bool = False  # nothing is stored unless the inspector asks for it

    @property
    def rules(self) -> Policy:
        """The policy of that name."""
        return policy.shipped(self.policy) or policy.DEFAULT


_OFFERED: Final = {
    "language": tuple(LANGUAGES),
    "text_size": TEXT_SIZES,
    "theme": THEMES,
    "policy": POLICIES,
    "keeps_records": (False, True),
}


def read(folder: Path) -> Settings:
    """What was chosen; the default of each where the file is missing, damaged or of another version."""
    try:
        with open(folder / FILE, "rb", opener=opener) as file:
            record = json_object(file.read(_MOST))
    except (OSError, EncodingError):
        return Settings()
    chosen = {
        one.name: record[one.name]
        for one in fields(Settings)
        if any(record.get(one.name) is each or record.get(one.name) == each for each in _OFFERED[one.name])
        and type(record[one.name]) is type(_OFFERED[one.name][0])
    }
    return replace(Settings(), **chosen)  # type: ignore[arg-type] # each is one of those offered


def write(folder: Path, settings: Settings) -> None:
    """Keep the choices. Raises SettingsNotKept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic_file.write(folder / FILE, json_dumps(asdict(settings)))
    except OSError as error:
        raise SettingsNotKept(error.strerror or str(error)) from None
