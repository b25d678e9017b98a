"""`affected`: which certificates share a key, rule, reporter, provider, configuration or days of issue."""

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer

from issuer import terminal
from issuer.arguments import AsJson
from issuer.commands.opening import register_of, settings_of
from issuer.commands.selecting import Choice, selecting
from issuer.domain.errors import InvalidInput
from issuer.services.mass.affected import Affected, Affecting

_PAGE: Final = 1_000


@selecting
def affected(
    context: typer.Context,
    choice: Choice,
    count: Annotated[bool, typer.Option("--count", help="how many alone")] = False,
    as_json: AsJson = False,
    limit: Annotated[int | None, typer.Option(min=1, help="certificates at most")] = None,
) -> None:
    """Certificates that share something, one a line. All options that are given hold together."""
    if count and limit is not None:
        raise InvalidInput("--count counts all", hint="leave --limit out")
    settings = settings_of(context)
    selection = choice.selection(settings)
    affecting = Affecting(register_of(context, settings).database)
    if count:
        found = affecting.count(selection)
        line = f"{found.certificates} certificates with {found.credentials} credentials"
        terminal.tell(json.dumps(found._asdict()) if as_json else line)
        return
    after: int | None = 0
    left = limit
    while after is not None and left != 0:
        size = _PAGE if left is None else min(_PAGE, left)
        page = affecting.page(selection, after=after, limit=size)
        for one in page.affected:
            terminal.tell(json.dumps(asdict(one)) if as_json else _line(one))
        after = page.after
        left = None if left is None else left - len(page.affected)
    if after is not None:
        terminal.say("there are more: --count says how many")


def _line(one: Affected) -> str:
    keys = ",".join(sorted({instance.key for instance in one.credentials})) or "-"
    return f"{one.document_number}  {one.type}  {one.state}  {keys}  {len(one.credentials)} credentials"
