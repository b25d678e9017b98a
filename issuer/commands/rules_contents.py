"""`rules contents`: what a document must contain by law, and what one that somebody wrote lacks."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.adapters import law_files
from issuer.arguments import AsJson
from issuer.commands.opening import PART
from issuer.commands.rules import clearly, tell_json
from issuer.domain.errors import NotFound
from issuer.rules.content import Field, Flaw, RequiredContent
from issuer.rules.statement import STATEMENTS, check


def contents(
    document: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT]", help="such as DK.fartstidserklaering; else all")
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="one of these, YAML or JSON: what does it lack?")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a document must contain by law, field by field. And what one in a file lacks."""
    with clearly():
        known = law_files.contents()
        given = law_files.document(file) if file else None
    if document is None:
        _list(known.values(), as_json)
        return
    if document not in known:
        raise NotFound(
            f"no law here says what a {document!r} must contain", hint=f"known: {', '.join(known)}"
        )
    content = known[document]
    if given is None:
        _tell(content, as_json)
        return
    found = check(content, given) if document in STATEMENTS else content.flaws(given)
    if as_json:
        tell_json({"document": document, "complete": not found, "flaws": [_flaw(one) for one in found]})
    for line in () if as_json else _lines(content, found):
        terminal.tell(line)
    if found:
        raise typer.Exit(PART)


def _list(known: Iterable[RequiredContent], as_json: bool) -> None:
    if as_json:
        tell_json([_json(one) for one in known])
        return
    for one in known:
        terminal.tell(f"{one.id:24} {one.act:22} {one.ref:20} {' · '.join(one.names.values())}")


def _tell(content: RequiredContent, as_json: bool) -> None:
    if as_json:
        tell_json(_json(content))
        return
    terminal.tell(f"{content.id}, {' · '.join(content.names.values())} ({content.ref}), at the least:")
    for field in content.fields:
        terminal.tell(f"{field.number:3}. {' · '.join(field.names.values())}")
        terminal.tell(f"     {field.id}: {_form(field)}")


def _form(field: Field) -> str:
    """How it is written down."""
    parts = [f"{name}: {kind}" for name, kind in field.parts.items()]
    if field.one_of:
        parts.append(" or ".join(f"{name}: {kind}" for name, kind in field.one_of.items()))
    form = f"{{{', '.join(parts)}}}"
    return form if not field.each else f"[{form}, …]{', or [] for none' if field.may_be_empty else ''}"


def _lines(content: RequiredContent, found: tuple[Flaw, ...]) -> Iterator[str]:
    if not found:
        yield f"complete: {content.names.get('en', content.id)} ({content.ref})"
    for one in found:
        yield f"{one.number}. {one.pointer}: {one.message}"


def _flaw(one: Flaw) -> dict[str, Any]:
    return {
        "number": one.number,
        "pointer": one.pointer,
        "code": one.slip.value,
        "message": one.message,
        "names": dict(one.names),
    }


def _json(content: RequiredContent) -> dict[str, Any]:
    return {
        "id": content.id,
        "act": content.act,
        "ref": content.ref,
        "names": dict(content.names),
        "fields": [
            {
                "number": one.number,
                "id": one.id,
                "names": dict(one.names),
                "parts": dict(one.parts),
                "one_of": dict(one.one_of),
                "each": one.each,
                "may_be_empty": one.may_be_empty,
            }
            for one in content.fields
        ],
    }
