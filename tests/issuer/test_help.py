"""`ombord-issuer --help` as an operator reads it: every command on a line of its own that ends."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from issuer.cli import app

WIDTH = 80


def groups() -> Iterator[tuple[str, ...]]:
    """Every group of commands, by the words that lead to it."""
    yield ()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined] # a group's
        if hasattr(command, "commands"):
            yield (name,)


def told(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(app, [*words, "--help"], terminal_width=WIDTH)
    assert result.exit_code == 0
    return str(result.output)


@pytest.mark.parametrize("words", list(groups()), ids=lambda words: " ".join(words) or "ombord-issuer")
def test_every_command_is_told_on_one_line_that_is_not_cut_off(words: tuple[str, ...]) -> None:
    _, _, commands = told(words).partition("--help")
    assert "..." not in commands
    assert max(map(len, commands.splitlines())) <= WIDTH


def test_commands_stand_under_what_they_are_about() -> None:
    said = told(())
    panels = re.findall(r"^(\S.*):$", said, re.MULTILINE)
    wanted = ["Register", "Applications and the law", "Certificates", "Phones and paper", "Publishing"]
    assert panels == ["Options", *wanted, "Operating"]
    names = re.findall(r"^  ([a-z][a-z-]*) ", said.partition("--help")[2], re.MULTILINE)
    assert sorted(names) == sorted(get_command(app).commands)  # type: ignore[attr-defined] # each of them once


def test_a_command_imports_no_other() -> None:
    asked = (
        "import sys; from issuer.cli import app; from typer.testing import CliRunner;"
        "assert CliRunner().invoke(app, ['suspend', '--help']).exit_code == 0;"
        "print(*sorted(one for one in sys.modules if one.startswith('issuer.commands.')))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    modules = {one.removeprefix("issuer.commands.") for one in told.stdout.split()}
    assert modules == {"deciding", "grouped", "opening", "repeating"}


def test_a_group_has_all_its_commands_whoever_was_imported_before() -> None:
    asked = (
        "from issuer.cli import app; from typer.main import get_command; of = get_command(app).commands;"
        "subs = lambda one: getattr(of[one], 'commands', ());"
        "print(*(f'{one} {sub}' for one in reversed(list(of)) for sub in subs(one)), sep='|')"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    every = get_command(app).commands  # type: ignore[attr-defined] # a group's
    subs = {f"{name} {sub}" for name in every for sub in getattr(every[name], "commands", ())}
    assert set(told.stdout.strip().split("|")) == subs
    assert {"cases appeal", "rules diff", "audit verify"} <= subs
