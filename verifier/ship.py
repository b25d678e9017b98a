"""The ship that a person serves on, as the inspector describes it in a YAML file."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """What rows P need of the ship and the voyage. None: the inspector has not said."""

    flag: str | None = None  # ISO 3166-1 alpha-2
    gt: int | None = None
    kw: int | None = None
    type: str | None = None
    area: str | None = None
    voyage_start: date | None = None
    last_port_with_practitioner: date | None = None  # last call where a recognised practitioner could be seen
    duty: str | None = None


def from_yaml(data: bytes) -> Ship:
    """Read a ship file. Raises `settings_file.SettingsError` for unknown keys and wrong values."""
    from verifier.settings_file import SettingsError, entries

    file = entries(data)
    ship = Ship(
        flag=file.text("flag"),
        gt=file.number("gt", 10_000_000),
        kw=file.number("kw", 10_000_000),
        type=file.text("type"),
        area=file.text("area"),
        voyage_start=file.day("voyage_start"),
        last_port_with_practitioner=file.day("last_port_with_practitioner"),
        duty=file.text("duty"),
    )
    file.close()
    if ship.flag is not None and not (len(ship.flag) == 2 and ship.flag.isascii() and ship.flag.isupper()):
        raise SettingsError("flag: two capital letters are needed, such as NO")
    return ship
