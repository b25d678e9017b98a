"""What the operator sees: `error:` and `hint:` lines, and progress on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from issuer.adapters.database import Database
from issuer.domain.errors import IssuerError

STEPS = 10  # plain lines a run, where nobody watches a bar


def complain(error: IssuerError) -> None:
    """Say what is wrong and what to do."""
    print(f"error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


def say(text: str) -> None:
    """A line for people, beside the output that others read."""
    print(text, file=sys.stderr, flush=True)


def announce(database: Database) -> None:
    """Say that a register was made: whoever meant another one learns it now."""
    if database.is_new:
        say(f"made a new register at {database.address}")


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
    """Yields `show(done, total)`: a bar on a terminal, ten plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _plain(title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
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
