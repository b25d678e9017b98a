"""Limits of a function or capacity, each once and in one order: whoever shows them leaves none out.

The decision's one-line texts are `entitlement`'s. Forms (the wallet's, the printed one) say each limit as a
phrase of its own, by the code list; what the list lacks stays as it is, and so does free text.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.credential.model import Limitations

if TYPE_CHECKING:
    from verifier.credential.codelists import Entry

LISTED: Final = {"areas": "trade_areas", "ship_types": "ship_types"}  # members whose codes a list explains


class Limit(NamedTuple):
    """One member of `Limitations`: at most so much, some codes, or free text."""

    member: str
    held: int | tuple[str, ...] | str


def each(limits: Limitations | None) -> Iterator[Limit]:
    """Every limit that there is, in the model's order, its free text last."""
    for member, held in () if limits is None else limits._asdict().items():
        if held is not None and held not in ((), ""):
            yield Limit(member, held)


def phrases(
    limits: Limitations | None,
    titled: "Callable[[Entry], str]",
    coded: "Callable[[Mapping[str, Entry], str], str]",
) -> Iterator[str]:
    """Each limit as a phrase; none is unlimited.

    `titled` says an entry of a code list in the reader's language; `coded` what a code of one means there,
    which the list may lack.
    """
    from verifier.credential import codelists  # the decision's path needs no list

    kinds: dict[str, dict[str, Entry]] = {}
    for entry in codelists.limitations().values():
        kinds.setdefault(str(entry.facts["member"]), {})[str(entry.facts.get("value", ""))] = entry
    lists = {"trade_areas": codelists.trade_areas, "ship_types": codelists.ship_types}
    for member, held in each(limits):
        entries = kinds.get(member, {})
        if isinstance(held, str):
            yield held
        elif isinstance(held, int):
            yield f"{titled(entries[''])} {held:,}"
        elif member in LISTED:
            of = lists[LISTED[member]]()
            yield f"{titled(entries[''])}: {', '.join(coded(of, code) for code in held)}"
        else:
            yield from (titled(entries[code]) if code in entries else code for code in held)
