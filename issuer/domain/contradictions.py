"""Periods of service that cannot both be so: one person, the same days, two reporters, two ships. Pure.

Leaving one ship and joining another on the same day is usual. Two ships of one reporter are that reporter's
own affair: the days count once. What two reporters say of the same ship and post agrees.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from issuer.domain.qualifications import SeaService

ASHORE: Final = "ashore"


class Stay(NamedTuple):
    """A period as far as it matters here; days are ISO texts, which sort as days do."""

    record_id: str
    organisation_id: str
    first: str
    last: str
    ship: str
    post: str  # department, rank, GT and kW; empty: not said


class Clashes(NamedTuple):
    """Records, by id."""

    contradicted: frozenset[str]
    overlapping: frozenset[str]  # with another ship of the same reporter


def ship_of(service: SeaService) -> str:
    """By what a ship is the same as another's: its IMO number, else its name and mark."""
    ship = service.ship
    if ship is None:
        return ASHORE
    return ship.imo or f"{ship.name or ''}/{ship.call_sign or ''}".casefold()[:100]


def post_of(service: SeaService) -> str:
    """Department, rank and the ship's size, for `Stay.post`."""
    ship = service.ship
    size = ("", "") if ship is None else (_said(ship.gt), _said(ship.kw))
    return "/".join((service.department, service.rank or "", *size))


def clashes(stays: Iterable[Stay]) -> Clashes:
    """Among the periods of one person."""
    contradicted: set[str] = set()
    overlapping: set[str] = set()
    going_on: list[Stay] = []
    for stay in sorted(stays, key=lambda one: one.first):
        going_on = [one for one in going_on if one.last > stay.first]
        for other in going_on:
            if stay.last == other.first or _agree(stay, other):
                continue
            both = (stay.record_id, other.record_id)
            (overlapping if stay.organisation_id == other.organisation_id else contradicted).update(both)
        going_on.append(stay)
    return Clashes(frozenset(contradicted), frozenset(overlapping))


def _agree(one: Stay, other: Stay) -> bool:
    if one.ship != other.ship:
        return False
    if one.post == other.post:
        return True
    if one.organisation_id == other.organisation_id:
        return True  # promoted, or rebuilt: the reporter knows
    said = zip(one.post.split("/"), other.post.split("/"), strict=True)
    return all(mine == theirs or not mine or not theirs for mine, theirs in said)


def _said(number: int | None) -> str:
    return "" if number is None else str(number)
