"""What the operator sees: `error:` and `hint:` lines, and progress on stderr."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from issuer.domain.errors import IssuerError
from verifier.report import escaped

if TYPE_CHECKING:
    from issuer.adapters.database import Database

SHOWN = 20  # lines of what may be a million
STEPS = 10  # plain lines a run, where nobody watches a bar


def complain(error: IssuerError) -> None:
    """Say what is wrong and what to do."""
    say(f"error: {error.message}")
    if error.hint:
        say(f"hint: {error.hint}")


def say(text: str) -> None:
    """A line for people, beside the output that others read. Nobody listening stops no work."""
    try:
        print(escaped(text), file=sys.stderr, flush=True)
    except OSError:
        abandon(sys.stderr)


def say_some(lines: Sequence[str], *, of: int) -> None:
    """The first lines of many, and how many more there are."""
    for line in lines[:SHOWN]:
        say(line)
    if of > SHOWN:
        say(f"and {of - SHOWN} more")


def tell(text: str) -> None:
    """A line of output. What came from a file or an argument moves no cursor and turns no text around."""
    print(escaped(text))


def abandon(stream: TextIO) -> None:
    """What is still to be written goes nowhere, so that the interpreter does not stumble over it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def open_what_is_closed() -> bool:
    """Give closed standard streams (`>&-`) something, or the register's file would take their number.

    Returns whether there is a standard output.
    """
    there = sys.stdout is not None
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as we live
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    return there


def announce(database: "Database") -> None:
    """Say that a register was made: whoever meant another one learns it now."""
    if database.is_new:
        say(f"made a new register at {database.address}")


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
    """Yields `show(done, total)`: a bar on a terminal, ten plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _plain(title)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(escaped(title), total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _plain(title: str) -> Callable[[int, int], None]:
    shown = 0

    def show(done: int, of: int) -> None:
        nonlocal shown
        reached = STEPS if of <= 0 else done * STEPS // of
        if reached > shown:
            shown = reached
            say(f"{title}: {done} of {of}")

    return show
