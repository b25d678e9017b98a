"""Codes of a case that no list has: each may be a slip of the pen, and would decide in silence. Pure."""

from collections.abc import Iterator
from typing import Final

from issuer.rules.evidence import CONTRADICTED
from issuer.rules.facts import ATTACHMENTS, Facts, Record, Service
from issuer.rules.reading.code_lists import CodeLists

_OF_SERVICE: Final = ("department", "rank", "use", "ship_type", "propulsion", "area", "flag")
_ALPHA_2: Final = 2  # letters of a country in ISO 3166-1
_OURS: Final = frozenset({CONTRADICTED})  # marks that nobody reports


def unknown_codes(facts: Facts, lists: CodeLists) -> tuple[str, ...]:
    """A line for each, such as `nordlys: rank captian`, and for a decision about a record that is none."""
    return tuple(dict.fromkeys(_unknown(facts, lists)))


def _unknown(facts: Facts, lists: CodeLists) -> Iterator[str]:
    for service in facts.services:
        for field in _OF_SERVICE:
            code = getattr(service, field)
            if code is not None and not lists.knows(field, code) and not _is_another_flag(field, code):
                yield f"{service.id}: {field} {code}"
        yield from _marks(service, lists)
    for record in facts.records:
        if record.kind not in ATTACHMENTS and not lists.knows(record.kind.value, record.code):
            yield f"{record.id}: {record.kind.value} {record.code}"
        yield from _marks(record, lists)
    for code in sorted(facts.asked | {one.code for one in facts.decided}):
        if not lists.knows("discretion", code):
            yield f"decided or asked: discretion {code}"
    known = {one.id for one in facts.services} | {one.id for one in facts.records}
    for one in facts.decided:
        if one.record and one.record not in known:
            yield f"decided {one.code}: record {one.record}"


def _is_another_flag(field: str, code: str) -> bool:
    """The list has the flags that the law tells apart; any other state's code is no slip."""
    return field == "flag" and len(code) == _ALPHA_2 and code.isascii() and code.isalpha() and code.isupper()


def _marks(one: Service | Record, lists: CodeLists) -> Iterator[str]:
    for mark in sorted(one.marks - _OURS):
        if not lists.knows("mark", mark):
            yield f"{one.id}: mark {mark}"
