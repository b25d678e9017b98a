"""Code lists as data: what a code means, in which languages, and whether its source was read.

Each list is one JSON file beside this module, read at first use and never by the decision's hot path. An
entry with `verified` false comes from memory: it labels, it never decides alone. Plain `open` reads them:
wheels, checkouts and Android packages all hold plain files.
"""

import os.path
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from keys.encoding import json_object


class Language(NamedTuple):
    """A language that people are spoken to in; English is the first of all."""

    code: str
    name: str  # as its speakers look for it
    asked_as: tuple[str, ...]  # what devices call it, its code included
    flags: tuple[str, ...]  # whose certificates are printed in it, beside English


class Entry(NamedTuple):
    """One code: titles by language, and what else the list says of it (`level`, `rank`, `member`, …)."""

    code: str
    titles: Mapping[str, str]
    verified: bool
    facts: Mapping[str, str | int]

    def title(self, language: str = "en") -> str:
        """The title in the language, else in English, which every entry has."""
        return self.titles.get(language) or self.titles["en"]


class Flag(NamedTuple):
    """A flag state and the authority that issues under it."""

    code: str
    name: str
    titles: Mapping[str, str]
    authority: str
    own_name: str | None
    issuer: str
    verified: bool

    def title(self, language: str = "en") -> str:
        """The name in the language, else in English, which every flag has."""
        return self.titles.get(language) or self.name


@cache
def languages() -> Mapping[str, Language]:
    """By code: what apps, page and paper speak. One more is one more row, and its catalogue of texts."""
    found = {}
    for row in _rows("languages"):
        asked = (row["code"], *row["asked_as"])
        found[row["code"]] = Language(row["code"], row["name"], asked, tuple(row["flags"]))
    return MappingProxyType(found)


def asked_for(tag: str) -> str | None:
    """The language that a device means by a tag such as `no-NO` or `nn_NO.UTF-8`; None where we lack it."""
    wanted = re.split("[-_.@]", tag.lower(), maxsplit=1)[0]
    return next((one.code for one in languages().values() if wanted in one.asked_as), None)


def functions() -> Mapping[str, Entry]:
    """The seven functions of STCW Code A-I/1."""
    return _entries("functions")


def levels() -> Mapping[str, Entry]:
    """Management, operational, support."""
    return _entries("levels")


def capacities() -> Mapping[str, Entry]:
    """Posts; facts: department, level, regulation."""
    return _entries("capacities")


def regulations() -> Mapping[str, Entry]:
    """STCW regulations by the code that `stcw_code` holds; facts: chapter."""
    return _entries("regulations")


def trade_areas() -> Mapping[str, Entry]:
    """Trade areas; facts: rank, where the areas contain one another; within, an area that contains this."""
    return _entries("trade_areas")


def ship_types() -> Mapping[str, Entry]:
    """Types of ship."""
    return _entries("ship_types")


def limitations() -> Mapping[str, Entry]:
    """Kinds of limitation; facts: member (the claim) and value (where the claim is a list of codes)."""
    return _entries("limitations")


@cache
def flags() -> Mapping[str, Flag]:
    """Flags by ISO 3166-1 alpha-2 code."""
    found = {}
    for row in _rows("flags"):
        own = row.get("own_name")
        named = (row["code"], row["name"], row["titles"], row["authority"], own)
        found[row["code"]] = Flag(*named, row["issuer"], row["verified"])
    return MappingProxyType(found)


def area_contains(wider: str, narrower: str) -> bool | None:
    """Whether one trade area contains the other; None where nothing orders the two."""
    if wider == narrower:
        return True
    areas = trade_areas()
    if narrower in areas and areas[narrower].facts.get("within") == wider:
        return True
    ranks = [areas[code].facts.get("rank") if code in areas else None for code in (wider, narrower)]
    if not isinstance(ranks[0], int) or not isinstance(ranks[1], int):
        return None
    return ranks[0] >= ranks[1]


@cache
def _entries(name: str) -> Mapping[str, Entry]:
    found = {}
    for row in _rows(name):
        facts = {key: value for key, value in row.items() if key not in {"code", "titles", "verified"}}
        found[row["code"]] = Entry(row["code"], row["titles"], row["verified"], facts)
    return MappingProxyType(found)


def _rows(name: str) -> list[dict[str, Any]]:
    """The rows of a list; the files are ours, and tests hold them to their form."""
    with open(os.path.join(os.path.dirname(__file__), f"{name}.json"), "rb") as file:
        rows: Any = json_object(file.read())["entries"]
    return list(rows)
