"""The safe manning document as the crew is matched against it: from a signed credential or a YAML file."""

from verifier.credential.safe_manning import Post, SafeManning, Vessel
from verifier.inspection.ship import Ship

__all__ = ["Post", "SafeManning", "Vessel", "from_yaml", "ship_of"]


def ship_of(document: SafeManning, known: Ship | None = None) -> Ship:
    """The ship of the document; what the inspector has said of the voyage and the rest is kept.

    Where both say something, the inspector's word about the ship as it lies there counts.
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


def from_yaml(data: bytes) -> SafeManning:
    """Read a document that somebody has typed. Raises `settings_file.SettingsError`."""
    from verifier.inspection import manning_file

    return manning_file.read(data)
