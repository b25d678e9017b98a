"""YAML files that people write for the verifier, read strictly: known keys, each once, of the right type."""

import re
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from typing import Final

import yaml

from keys.strict_yaml import StrictLoader

MAX_FILE: Final = 65_536
_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_INTEGER: Final = "tag:yaml.org,2002:int"


class SettingsError(ValueError):
    """A policy or ship file that cannot be used; says which key and what belongs there."""


class _Strict(StrictLoader):
    """In which NO is a flag, not false."""

    refusal = SettingsError


# YAML 1.1 reads no, yes, on and off as booleans, 0777 as octal and 1:30 as ninety; YAML 1.2's core schema
# knows true and false alone, and a number here is decimal.
_Strict.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] not in (_BOOLEAN, _INTEGER)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z", re.ASCII)
_Strict.add_implicit_resolver(_INTEGER, _DECIMAL, list("-+0123456789"))
_Strict.add_implicit_resolver(_BOOLEAN, re.compile(r"(?:true|false)\Z", re.ASCII), list("tf"))


class Entries:
    """The keys of one file, each asked for by name and type; `close` refuses what nobody asked for."""

    def __init__(self, values: Mapping[Hashable, object]) -> None:
        self._values = dict(values)
        self._known: list[str] = []

    def take(self, name: str) -> object:
        """The value as YAML has it, or None where the key is absent or empty."""
        self._known.append(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """A short text without control characters."""
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable():
            return value
        raise SettingsError(f"{name}: a short text is needed (in quotes, where YAML reads something else)")

    def number(self, name: str, high: int) -> int | None:
        """A whole number from 0 to `high`."""
        value = self.take(name)
        if value is None:
            return None
        if type(value) is int and 0 <= value <= high:
            return value
        raise SettingsError(f"{name}: a whole number from 0 to {high} is needed")

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return value
        raise SettingsError(f"{name}: true or false is needed")

    def texts(self, name: str, most: int) -> tuple[str, ...] | None:
        """A list of 1 to `most` different short texts."""
        values = self.take(name)
        if values is None:
            return None
        if not isinstance(values, list) or not 0 < len(values) <= most:
            raise SettingsError(f"{name}: a list of 1 to {most} texts is needed, such as [NO, DK]")
        texts = tuple(one for one in values if isinstance(one, str) and one.isprintable() and len(one) <= 200)
        if len(texts) != len(values) or len(set(texts)) != len(texts):
            raise SettingsError(f"{name}: different short texts are needed, such as [NO, DK]")
        return texts

    def day(self, name: str) -> date | None:
        """A calendar date, YYYY-MM-DD."""
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime) and 1970 <= value.year < 2200:
            return value
        raise SettingsError(f"{name}: a date such as 2026-11-21 is needed")

    def close(self) -> None:
        """Raise SettingsError for a key that no one has asked for: most are misspelt."""
        for name in self._values:
            if name not in self._known:
                known = ", ".join(self._known)
                raise SettingsError(f"{str(name)[:60]!r} is no key of this file; known are {known}")


def entries(data: bytes) -> Entries:
    """The keys of a YAML file of at most 64 kB. Raises SettingsError."""
    if len(data) > MAX_FILE:
        raise SettingsError(f"the file has {len(data)} bytes; at most {MAX_FILE} are read")
    try:
        value = yaml.load(data, Loader=_Strict)  # noqa: S506 - a subclass of SafeLoader
    except SettingsError:
        raise
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise SettingsError(f"{line}{error.problem or 'not YAML'}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"not YAML: {str(error).splitlines()[0]}") from None
    except (UnicodeError, OverflowError, RecursionError, ValueError, TypeError) as error:
        raise SettingsError(f"not YAML that can be read: {error}") from None
    if not isinstance(value, dict):
        raise SettingsError("lines of `key: value` are needed")
    return Entries(value)
