"""The people of the demo, found in an extract by what they hold rather than by their place in it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from demo.extract import in_force
from demo.seafarer_file import Row


class Persona(NamedTuple):
    """A seafarer of the extract; `numbers` holds the newest document number in force by type."""

    seafarer_id: str
    name: str
    numbers: Mapping[str, str]


def with_all(rows: Iterable[Row], today: date, *types: str) -> Persona:
    """The first seafarer who holds every one of the types in force, and none that is anything else.

    Raises LookupError if the extract has none.
    """
    for seafarer, held in _files(rows):
        good = [row for row in held if in_force(row, today)]
        numbers = {str(row["type"]): str(row["document_number"]) for row in good}
        if len(good) == len(held) and numbers.keys() >= set(types):
            return Persona(str(seafarer["seafarer_id"]), _name(seafarer), numbers)
    raise LookupError(f"no seafarer of the extract holds {', '.join(types)} in force")


def officer(rows: Iterable[Row], today: date) -> Persona:
    """An officer who holds certificate of competency, GMDSS, recognition and medical, all in force."""
    return with_all(rows, today, "competency", "gmdss", "medical", "recognition")


def _files(rows: Iterable[Row]) -> Iterable[tuple[Row, list[Row]]]:
    seafarer: Row | None = None
    held: list[Row] = []
    for row in rows:
        if row.get("kind") == "seafarer":
            if seafarer is not None:
                yield seafarer, held
            seafarer, held = row, []
        elif row.get("kind") == "certificate":
            held.append(row)
    if seafarer is not None:
        yield seafarer, held


def _name(seafarer: Row) -> str:
    return " ".join(str(seafarer[name]) for name in ("given_name", "family_name") if name in seafarer)
