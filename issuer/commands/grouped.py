"""`--help` of many commands: in sections, one line for each command."""

from typing import Any, Final

from typer.core import TyperGroup

_MARGIN: Final = 6  # columns beside name and text


class Grouped(TyperGroup):
    """Shows commands under the panel that each names (`rich_help_panel`, which without Rich is not shown)."""

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
