"""What is said as a template and what fills it: English as it stands, other languages by a catalogue."""

from typing import NamedTuple


class Said(NamedTuple):
    """A text: its template, and what fills it, which may be a text of its own."""

    template: str
    values: tuple[object, ...] = ()

    def __str__(self) -> str:
        """In English."""
        return self.template.format(*self.values)


class Reasoned(ValueError):
    """An error that can be said in other languages: `said` has its template, and what fills it."""

    def __init__(self, template: str, *values: object) -> None:
        """Say `template` with `values`; another `Reasoned` among them keeps its own template."""
        filled = tuple(map(_filling, values))
        # Without values nothing is filled: braces are then somebody's own.
        self.said = (
            Said(template, filled) if values or not {"{", "}"} & {*template} else Said("{}", (template,))
        )
        super().__init__(str(self.said))


def _filling(value: object) -> object:
    if isinstance(value, Reasoned):
        return value.said
    return str(value) if isinstance(value, Exception) else value
