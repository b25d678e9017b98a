"""A line of JSON as an entry: read as strictly as YAML is, and many times as fast, for populations. Pure."""

import json
from typing import Any, Final

import yaml

from issuer.rules.reading.entry import MAX_FILE, Entry, LawError

_STRING: Final = "tag:yaml.org,2002:str"
_LIST: Final = "tag:yaml.org,2002:seq"
_MAPPING: Final = "tag:yaml.org,2002:map"


class _Pairs(list[tuple[str, Any]]):
    """An object's members, none lost that stands twice: `Entry.mapping` refuses it."""


def json_entry(data: bytes, file: str, line: int) -> Entry:
    """What one line holds, and errors that name it. Raises LawError."""
    if len(data) > MAX_FILE:
        raise LawError(file, line, "", f"{len(data)} bytes; at most {MAX_FILE} are read")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
        json.dumps(value, ensure_ascii=False).encode()  # half of an escaped pair is no text
        return Entry(_node(value, yaml.Mark(file, 0, line - 1, 0, None, 0)), file)
    except UnicodeError as error:
        raise LawError(file, line, "", "it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise LawError(
            file, line, "", f"it is not JSON: {error.msg}, at character {error.pos + 1}"
        ) from error
    except RecursionError as error:
        raise LawError(file, line, "", "it is nested too deeply") from error


def _node(value: Any, mark: yaml.Mark) -> yaml.Node:
    if isinstance(value, _Pairs):
        members = [(yaml.ScalarNode(_STRING, name, mark), _node(one, mark)) for name, one in value]
        return yaml.MappingNode(_MAPPING, members, mark)
    if isinstance(value, list):
        return yaml.SequenceNode(_LIST, [_node(one, mark) for one in value], mark)
    # null is no text, so that whoever wants a value refuses it
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else value
    return yaml.ScalarNode(_STRING, text, mark)
