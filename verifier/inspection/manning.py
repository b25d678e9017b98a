"""The safe manning document as the crew is matched against it: from a signed credential or a YAML file."""

from collections.abc import Iterator
from typing import NamedTuple

from verifier.credential.safe_manning import Post, SafeManning, Vessel
from verifier.inspection.ship import Ship

__all__ = ["Difference", "Post", "SafeManning", "Vessel", "differences", "from_yaml", "ship_of"]


class Difference(NamedTuple):
    """What a document says of the ship otherwise than the inspector; `other_ship` where it is not for her."""

    what: str
    of_document: str | int
    of_ship: str | int
    other_ship: bool


def ship_of(document: SafeManning, known: Ship | None = None) -> Ship:
    """The ship of the document; what the inspector has said of the voyage and the rest is kept.

    Where both say something, the inspector's word about the ship as it lies there counts. `known` is what was
    typed, and never what an earlier document said: keep that apart, and another document replaces the first.
    """
    vessel, told = document.vessel, known or Ship()
    return Ship(
        name=told.name or vessel.name,
        imo=told.imo or vessel.imo,
        flag=told.flag or document.issuing_country,
        gt=vessel.gt if told.gt is None else told.gt,
        kw=vessel.kw if told.kw is None else told.kw,
        type=told.type or vessel.type,
        area=told.area or vessel.area,
        propulsion=told.propulsion,
        fitted=told.fitted,
        ums=vessel.ums if told.ums is None else told.ums,
        voyage_start=told.voyage_start,
        last_port_with_practitioner=told.last_port_with_practitioner,
        duty=told.duty,
    )


def differences(document: SafeManning, typed: Ship | None) -> Iterator[Difference]:
    """Where the document and what was typed differ: another IMO number or flag is another ship's."""
    if typed is None:
        return
    vessel = document.vessel
    for what, of_document, of_ship, other_ship in (
        ("IMO", vessel.imo, typed.imo, True),
        ("flag", document.issuing_country, typed.flag, True),
        ("GT", vessel.gt, typed.gt, False),
        ("kW", vessel.kw, typed.kw, False),
    ):
        if of_document is not None and of_ship is not None and of_document != of_ship:
            yield Difference(what, of_document, of_ship, other_ship)


def from_yaml(data: bytes) -> SafeManning:
    """Read a document that somebody has typed. Raises `settings_file.SettingsError`."""
    from verifier.inspection import manning_file

    return manning_file.read(data)
