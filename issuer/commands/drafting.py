"""`draft` and `pending`: certificates that are made here, entered and shown to those who approve them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import AsJson
from issuer.commands.opening import PART, actor, register_of
from issuer.commands.repeating import once
from issuer.composition import Register
from issuer.domain.errors import InvalidInput, IssuerError
from issuer.domain.register import CertificateState
from issuer.services.approval import draft_file
from issuer.services.approval.awaiting import Waiting
from keys.encoding import Json
from keys.regular_file import opener


def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML, JSON, or rows of an extract")],
) -> None:
    """Enter certificates that wait for approval. Each that cannot be signed is named with its rule."""
    data = _read(file)
    register = register_of(context)

    def act() -> dict[str, Json]:
        told: list[Json] = []
        refused: list[Json] = []
        for row in draft_file.read(data, register.settings.flag):
            try:
                one = register.proposing.draft(row.members, actor=actor())
            except IssuerError as error:
                refused.append(f"{row.where}: {error.message}")
                continue
            told.append(f"{one.document_number}: {'drafted' if one.is_new else 'as it was drafted'}")
        return {"drafted": told, "refused": refused}

    done = once(context, register, act, reading=data)
    for line in done["drafted"]:
        terminal.tell(line)
    for line in done["refused"]:
        terminal.say(line)
    if done["refused"]:
        raise typer.Exit(PART)


def pending(
    context: typer.Context,
    as_json: AsJson = False,
    state: Annotated[
        CertificateState,
        typer.Option("--state", help="in another state: the numbers of those that nobody has approved"),
    ] = CertificateState.DRAFTED,
) -> None:
    """Show what waits for approval. With its claims and what is missing."""
    register = register_of(context)
    found = False
    for line in (
        _drafted(register, as_json) if state is CertificateState.DRAFTED else _lacking(register, state)
    ):
        terminal.tell(line)
        found = True
    if not found:
        terminal.say("nothing waits")


def _drafted(register: Register, as_json: bool) -> Iterator[str]:
    after = ""
    while page := register.awaiting.waiting(after=after, actor=actor()):
        after = page[-1].document_number
        for one in page:
            if as_json:
                yield json.dumps(_members(one), ensure_ascii=False)
            else:
                yield from shown(one)


def _lacking(register: Register, state: CertificateState) -> Iterator[str]:
    """Such as a copy that `replace` made: in force, and not signed before somebody has approved it."""
    policy = register.approving.policy
    for kind in () if policy is None else policy.types:
        for numbers in register.awaiting.lacking(state, kind):
            yield from (f"{number}: {kind}" for number in numbers)


def shown(one: Waiting) -> Iterator[str]:
    """A certificate as its approvers read it, in lines."""
    yield f"{one.document_number}: {one.type}"
    yield f"  claims hash: {one.claims_hash}"
    for name, value in one.claims.items():
        yield f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
    for each in one.said:
        yield f"  {each.rule or each.act.value} by {each.kid}"
    yield f"  lacks: {one.lacks or 'nothing'}"


def _members(one: Waiting) -> dict[str, Json]:
    said: list[Json] = [{"act": each.act.value, "kid": each.kid, "at": each.at} for each in one.said]
    return {**one._asdict(), "said": said}


def _read(file: Path) -> bytes:
    """As much as a file may have, and a byte. Raises InvalidInput."""
    try:
        with open(file, "rb", opener=opener) as data:
            return data.read(draft_file.MAX_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
