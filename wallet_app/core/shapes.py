"""Members of stored JSON by the type that they must have: what the vault's records are read with."""

from collections.abc import Mapping

from keys.encoding import Json


class RecordError(ValueError):
    """Stored data of another shape or version."""


class NewerVersion(RecordError):
    """Stored data of a newer app: good, and not ours to read or to replace."""


def object_of(value: Json) -> dict[str, Json]:
    """Raises RecordError for anything but an object."""
    if not isinstance(value, dict):
        raise RecordError("an object was expected")
    return value


def list_of(value: Json) -> list[Json]:
    """Raises RecordError for anything but a list."""
    if not isinstance(value, list):
        raise RecordError("a list was expected")
    return value


def texts_of(value: Json) -> tuple[str, ...]:
    """Raises RecordError for anything but a list of texts."""
    texts = tuple(text for text in list_of(value) if isinstance(text, str))
    if len(texts) != len(list_of(value)):
        raise RecordError("a list of texts was expected")
    return texts


def text(members: Mapping[str, Json], name: str) -> str:
    """The text of that name. Raises RecordError."""
    value = members.get(name)
    if not isinstance(value, str):
        raise RecordError(f'"{name}" is no text')
    return value


def number(members: Mapping[str, Json], name: str) -> int:
    """The whole number of that name. Raises RecordError."""
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordError(f'"{name}" is no number')
    return value
