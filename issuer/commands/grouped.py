"""Many commands, each imported when it is asked for; `--help` of them in sections, one line for each."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperGroup

_MARGIN: Final = 6  # columns beside name and text
Panels = Mapping[str, Mapping[str, str]]


class Grouped(TyperGroup):
    """Shows commands under the panel that each names (`rich_help_panel`, which without Rich is not shown)."""

    panels: ClassVar[Panels]  # by panel and name: `module:function`, or of a Typer application

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = Imported(self.panels)

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, for which none is imported."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One column of names throughout; panels in the order of their first command's name."""
        names = self.list_commands(ctx)
        widest = max(map(len, names))
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in names:
            command: Any = self.get_command(ctx, name)
            told = command.get_short_help_str(formatter.width - _MARGIN - widest)
            panels.setdefault(command.rich_help_panel, []).append((name.ljust(widest), told))
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl(rows)


class Imported(MutableMapping[str, Any]):
    """Commands by name, in the order of `--help`; what one needs is imported with it."""

    def __init__(self, panels: Panels) -> None:
        self._places = {
            name: (panel, place) for panel, named in panels.items() for name, place in named.items()
        }
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            panel, place = self._places[name]
            self._made[name] = _made(name, panel, place)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._places, **self._made})

    def __len__(self) -> int:
        return len(self._places.keys() | self._made.keys())


def _made(name: str, panel: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"issuer.commands.{module}"), attribute)
    one = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    one.callback()(_nothing)  # so that it is a group, of this one
    if isinstance(found, typer.Typer):
        one.add_typer(found, name=name, no_args_is_help=True, rich_help_panel=panel)
    else:
        one.command(name, rich_help_panel=panel)(found)
    group: Any = typer.main.get_command(one)
    return group.commands[name]


def _nothing() -> None:
    """Before a command."""
