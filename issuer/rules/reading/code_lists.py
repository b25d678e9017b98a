"""Codes that law, cases and reporters use, and what each is called: lists as data. Pure.

A list is called as the field that holds its codes: `rank` of service, `course` of a record, `mark` of both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from issuer.rules.reading.entry import Entry, names, read

_OWN = "own"


class Code(NamedTuple):
    """One code. `own`: the language whose name is the law's own term; every other name is unverified."""

    code: str
    names: Mapping[str, str]
    own: str | None

    def name(self, language: str, otherwise: str) -> str:
        """What it is called in a language, else in the other."""
        return self.names.get(language) or self.names.get(otherwise) or self.code

    def is_verified(self, language: str) -> bool:
        """Whether the name in that language was read in a source."""
        return language == self.own


class CodeList(NamedTuple):
    """Codes of one field."""

    name: str
    names: Mapping[str, str]
    codes: Mapping[str, Code]


@dataclass(frozen=True, slots=True)
class CodeLists:
    """Every list, by the name of the field."""

    lists: Mapping[str, CodeList]

    def knows(self, name: str, code: str) -> bool:
        """Whether a code is on a list; KeyError where there is no such list."""
        return code in self.lists[name].codes

    def name(self, name: str, code: str, language: str, otherwise: str = "en") -> str:
        """What a code is called; a code that is on no list is called as it is written."""
        listed = self.lists[name].codes.get(code) if name in self.lists else None
        return code if listed is None else listed.name(language, otherwise)


def code_lists_of(files: Iterable[tuple[bytes, str]]) -> CodeLists:
    """Lists from their files: content and name of each. Raises LawError, which says where."""
    found: dict[str, CodeList] = {}
    for data, file in files:
        one = code_list_of(data, file)
        if one.name in found:
            read(data, file).fail(f"list {one.name} stands in another file already")
        found[one.name] = one
    return CodeLists(found)


def code_list_of(data: bytes, file: str) -> CodeList:
    """The list in one file. Raises LawError."""
    members = read(data, file).members(("list", "names", "codes"))
    codes = {code: _code(code, entry) for code, entry in members["codes"].mapping().items()}
    return CodeList(members["list"].text(), names(members["names"]), codes)


def _code(code: str, entry: Entry) -> Code:
    found = entry.mapping()
    own = found[_OWN].text() if _OWN in found else None
    called = names(entry, beside=(_OWN,))
    if own is not None and own not in called:
        entry.fail(f"it has no name in {own}, which is said to be the law's own")
    return Code(code, called, own)
