"""What stands on the certificate of a grant: data beside the law, by the code of what is granted. Pure.

Nothing of it is law: which type of document it is, which capacity, which limitation. What nobody has compared
with its source says `verified: false`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from issuer.rules.calendar import Period
from issuer.rules.reading.entry import Entry, names, read

_NUMBERS: Final = ("max_gt", "max_kw")
_LISTS: Final = ("areas", "ship_types", "propulsion", "without")
Limits = Mapping[str, int | str | Sequence[str]]  # a certificate's limitations, by their claims' names


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateContent:
    """The certificate that proves a grant."""

    type: str  # as in `vct`: competency, proficiency, …
    title: Mapping[str, str]  # by language; empty: the rule's names
    capacities: tuple[tuple[str, Limits], ...] = ()
    functions: tuple[tuple[str, str], ...] = ()  # code, level
    flags: tuple[str, ...] = ()  # where it is accepted; empty: anywhere
    areas: tuple[str, ...] = ()
    valid: Period | None = None  # where the law says no period
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateContents:
    """A country's certificates."""

    country: str
    of: Mapping[
        str, CertificateContent | str
    ]  # by what is granted; a text: why there is no certificate of it
    limitations: Mapping[str, Limits]  # by the law's code of a limitation


def contents_of(data: bytes, file: str) -> CertificateContents:
    """Read a country's file. Raises LawError."""
    members = read(data, file).members(("country", "certificates"), ("limitations",))
    limits = members["limitations"].mapping() if "limitations" in members else {}
    return CertificateContents(
        country=members["country"].text(),
        of={name: _one(entry) for name, entry in members["certificates"].mapping().items()},
        limitations={name: _limits(entry) for name, entry in limits.items()},
    )


def _one(entry: Entry) -> CertificateContent | str:
    if "no_certificate" in entry.mapping():
        return entry.members(("no_certificate",))["no_certificate"].text()
    optional = ("title", "capacities", "functions", "accepted", "valid")
    members = entry.members(("type", "verified"), optional)
    accepted = members["accepted"].members((), ("flags", "areas")) if "accepted" in members else {}
    return CertificateContent(
        type=members["type"].text(),
        title=names(members["title"]) if "title" in members else {},
        capacities=tuple(map(_capacity, _items(members, "capacities"))),
        functions=tuple(map(_function, _items(members, "functions"))),
        flags=accepted["flags"].texts() if "flags" in accepted else (),
        areas=accepted["areas"].texts() if "areas" in accepted else (),
        valid=members["valid"].period() if "valid" in members else None,
        verified=members["verified"].flag(),
    )


def _capacity(entry: Entry) -> tuple[str, Limits]:
    members = entry.members(("code",), (*_NUMBERS, *_LISTS, "text"))
    return members.pop("code").text(), _limited(members)


def _function(entry: Entry) -> tuple[str, str]:
    members = entry.members(("code", "level"))
    return members["code"].text(), members["level"].text()


def _limits(entry: Entry) -> Limits:
    return _limited(entry.members((), (*_NUMBERS, *_LISTS, "text")))


def _limited(members: Mapping[str, Entry]) -> Limits:
    found: dict[str, int | str | Sequence[str]] = {}
    for name, entry in members.items():
        if name in _NUMBERS:
            found[name] = entry.whole()
        else:
            found[name] = list(entry.texts()) if name in _LISTS else entry.text()
    return found


def _items(members: Mapping[str, Entry], name: str) -> tuple[Entry, ...]:
    return members[name].items() if name in members else ()
