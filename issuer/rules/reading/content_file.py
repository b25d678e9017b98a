"""What documents must contain, from a law file; and a document from a file of its own. Both read strictly."""

import re
from typing import Final

import yaml

from issuer.rules.content import PARTS, Field, RequiredContent
from issuer.rules.reading.entry import Entry, names, read

_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,8}")


def contents_of(data: bytes, file: str) -> dict[str, RequiredContent]:
    """Every document that a file describes. Raises LawError."""
    found: dict[str, RequiredContent] = {}
    for entry in read(data, file).members(("contents",))["contents"].items():
        members = entry.members(("id", "act", "ref", "names", "fields"))
        name = members["id"].text()
        if name in found:
            members["id"].fail(f"{name} stands here twice")
        fields = tuple(_field(one, at) for at, one in enumerate(members["fields"].items(), start=1))
        if len({one.id for one in fields}) < len(fields):
            members["fields"].fail("two fields have the same id")
        found[name] = RequiredContent(
            id=name,
            act=members["act"].text(),
            ref=members["ref"].text(),
            names=names(members["names"]),
            fields=fields,
        )
    return found


def _field(entry: Entry, number: int) -> Field:
    members = entry.members(("id", "names", "parts"), ("one_of", "each", "may_be_empty"))
    each = "each" in members and members["each"].flag()
    if "may_be_empty" in members and not each:
        members["may_be_empty"].fail("only a list may be empty: each: true")
    return Field(
        number=number,
        id=members["id"].text(),
        names=names(members["names"]),
        parts=_parts(members["parts"]),
        one_of=_parts(members["one_of"]) if "one_of" in members else {},
        each=each,
        may_be_empty="may_be_empty" in members and members["may_be_empty"].flag(),
    )


def _parts(entry: Entry) -> dict[str, str]:
    found = {name: one.text() for name, one in entry.mapping().items()}
    for name, kind in found.items():
        if kind not in PARTS:
            entry.fail(f"{name}: {kind} is not known here; known: {', '.join(PARTS)}")
    return found


def given_in(data: bytes, file: str) -> dict[str, object]:
    """A document's fields as somebody wrote them down. Raises LawError."""
    entry = read(data, file)
    return {name: _plain(one) for name, one in entry.mapping().items()}


def _plain(entry: Entry) -> object:
    """Names and values, lists, whole numbers where no quotes stand; all else is text, also `NO` and dates."""
    if isinstance(entry.node, yaml.MappingNode):
        return {name: _plain(one) for name, one in entry.mapping().items()}
    if isinstance(entry.node, yaml.SequenceNode):
        return [_plain(one) for one in entry.items()] if entry.node.value else []
    text = str(entry.node.value)
    if not entry.node.style and text in ("", "~", "null"):
        return None
    return int(text) if not entry.node.style and _WHOLE.fullmatch(text) else text
