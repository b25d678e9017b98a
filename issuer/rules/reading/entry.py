"""A place in a law file, read strictly: errors name file, line and path, and what was expected.

Nothing but `true`, `false`, whole numbers and dates is more than text: `NO` stays a country, `on` a name.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, NoReturn

import yaml

from issuer.rules.calendar import Period

MAX_FILE: Final = 2 << 20
MAX_DEPTH: Final = 60
# libyaml where PyYAML has it: five times faster.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_NULL: Final = "tag:yaml.org,2002:null"
_LANGUAGE: Final = re.compile(r"[a-z]{2}")


class LawError(ValueError):
    """A law file that cannot be used: where, and what to do."""

    def __init__(self, file: str, line: int, path: str, problem: str) -> None:
        super().__init__(f"{file}:{line}: {path or 'the file'}: {problem}")
        self.file, self.line, self.path = file, line, path


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a law file, and where it stands."""

    node: Any  # a node of PyYAML's tree
    file: str
    path: str = ""

    @property
    def line(self) -> int:
        """Counted from 1."""
        return int(self.node.start_mark.line) + 1

    def fail(self, problem: str) -> NoReturn:
        """Raise LawError for this place."""
        raise LawError(self.file, self.line, self.path, problem)

    def members(self, required: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, "Entry"]:
        """A mapping's values by name; no name twice, none missing, none that is not known."""
        found = self.mapping()
        known = {*required, *optional}
        for name, value in found.items():
            if name not in known:
                near = get_close_matches(name, known, n=1)
                meant = f"; perhaps {near[0]}" if near else f"; known: {', '.join(sorted(known))}"
                value.fail(f"{name} is not known here{meant}")
        if missing := sorted(set(required) - found.keys()):
            self.fail(f"{', '.join(missing)} is missing")
        return found

    def mapping(self) -> dict[str, "Entry"]:
        """A mapping's values by name, whatever the names; none twice."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("names and values are expected")
        found: dict[str, Entry] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail("a name is expected")
            name = str(key.value)
            if name in found:
                Entry(key, self.file, self._below(name)).fail("stands here twice")
            found[name] = Entry(value, self.file, self._below(name))
        return found

    def items(self) -> tuple["Entry", ...]:
        """A list's values; at least one."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.fail("a list of at least one is expected")
        return tuple(Entry(one, self.file, f"{self.path}[{at}]") for at, one in enumerate(self.node.value))

    def is_empty_list(self) -> bool:
        """Whether it is a list of nothing."""
        return isinstance(self.node, yaml.SequenceNode) and not self.node.value

    def texts(self) -> tuple[str, ...]:
        """One text, or a list of them."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(one.text() for one in self.items())
        return (self.text(),)

    def text(self) -> str:
        """Text that is not empty; `null` is none, unless it stands in quotes."""
        is_text = isinstance(self.node, yaml.ScalarNode) and self.node.tag != _NULL
        if not is_text or not str(self.node.value).strip():
            self.fail("text is expected")
        return str(self.node.value)

    def whole(self) -> int:
        """A whole number, not negative."""
        text = self.text()
        if not _WHOLE.fullmatch(text):
            self.fail(f"a whole number is expected, not {text!r}")
        return int(text)

    def is_list(self) -> bool:
        """Whether a list stands here."""
        return isinstance(self.node, yaml.SequenceNode)

    def is_mapping(self) -> bool:
        """Whether names and values stand here."""
        return isinstance(self.node, yaml.MappingNode)

    def flag(self) -> bool:
        """`true` or `false`."""
        text = self.text()
        if text not in ("true", "false"):
            self.fail(f"true or false is expected, not {text!r}")
        return text == "true"

    def day(self) -> date:
        """A date such as 2012-01-01."""
        text = self.text()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fail(f"a date such as 2012-01-01 is expected, not {text!r}")
        if day.isoformat() != text:
            self.fail(f"a date such as 2012-01-01 is expected, not {text!r}")
        return day

    def period(self) -> Period:
        """A period such as P5Y."""
        try:
            return Period.parse(self.text())
        except ValueError as error:
            self.fail(str(error))

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def read(data: bytes, file: str) -> Entry:
    """The one document of a law file. Raises LawError."""
    if len(data) > MAX_FILE:
        raise LawError(file, 1, "", f"{len(data)} bytes; at most {MAX_FILE} are read")
    try:
        text = data.decode("utf-8")
        _refuse_odd(text, file)
        node = yaml.compose(text, _LOADER)
    except UnicodeDecodeError as error:
        raise LawError(file, 1, "", "it is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LawError(file, line, "", f"it is not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise LawError(file, 1, "", f"it is not YAML: {error}") from error
    if node is None:
        raise LawError(file, 1, "", "it is empty")
    return Entry(node, file)


def _refuse_odd(text: str, file: str) -> None:
    """No aliases, and no nesting that would exhaust whoever reads the tree; before there is one."""
    depth = 0
    for event in yaml.parse(text, _LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise LawError(file, line, "", "anchors and aliases are not read: write it out, or `use` a part")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise LawError(file, line, "", f"it is nested deeper than {MAX_DEPTH} times")


def names(entry: Entry, beside: Collection[str] = ()) -> dict[str, str]:
    """A name in one language or several, by their ISO 639-1 codes; `beside` is what else may stand there."""
    found = {name: one for name, one in entry.mapping().items() if name not in beside}
    for language, one in found.items():
        if not _LANGUAGE.fullmatch(language):
            one.fail(f"{language} is no language's code such as sv")
    if not found:
        entry.fail("a name is expected, such as {en: Master mariner}")
    return {language: one.text() for language, one in found.items()}
