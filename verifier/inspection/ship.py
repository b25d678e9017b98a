"""The ship that a person serves on, as the inspector describes it in a YAML file or a form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from verifier.credential import codelists

if TYPE_CHECKING:
    from verifier.settings_file import Entries

MOST_SIZE: Final = 10_000_000  # GT and kW
_IMO: Final = re.compile(r"(?:IMO ?)?([0-9]{7})\Z", re.ASCII)


class InvalidShip(ValueError):
    """Something said of the ship that cannot be; the message names the field and what belongs there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """What rows P need of the ship and the voyage. None: not said, and nothing is assumed."""

    name: str | None = None
    imo: str | None = None  # seven digits
    flag: str | None = None  # ISO 3166-1 alpha-2
    gt: int | None = None
    kw: int | None = None
    type: str | None = None  # a code of codelists/ship_types.json
    area: str | None = None  # a code of codelists/trade_areas.json
    propulsion: str | None = None  # motor, steam or gas-turbine
    fitted: tuple[str, ...] | None = None  # of ecdis, arpa, high-voltage, gmdss: what the ship has
    ums: bool | None = None  # periodically unattended machinery space
    voyage_start: date | None = None
    last_port_with_practitioner: date | None = None  # last call where a recognised practitioner could be seen
    duty: str | None = None  # the person's duty, a code of duties.yaml; CLI only


def imo_number(text: str) -> str:
    """The seven digits of an IMO number whose check digit is right (IMO resolution A.1117(30)).

    Raises InvalidShip. The last digit is that of the sum of the first six, each by its weight from 7 to 2.
    """
    found = _IMO.match(text.strip().upper())
    if found is None:
        raise InvalidShip("imo: the seven digits of the IMO number are needed, such as 9074729")
    digits = found[1]
    if sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 != int(
        digits[6]
    ):
        raise InvalidShip(f"imo: {digits} is no IMO number: its last digit does not fit the others")
    return digits


def listed(field: str, code: str | None) -> str | None:
    """The code of a ship's `type`, `area`, `propulsion` or `fitted` as its list has it, or None for None.

    Raises InvalidShip for a code of no list: a limit that is held against a misspelt one decides nothing.
    """
    known = None if code is None else _known(field)
    if known is None or code in known:
        return code
    raise InvalidShip(f"{field}: {str(code)[:60]!r} is not known; known are {', '.join(known)}")


def _known(field: str) -> tuple[str, ...]:
    match field:
        case "type":
            return tuple(codelists.ship_types())
        case "area":
            return tuple(codelists.trade_areas())
        case "propulsion":
            return tuple(_of_limitation("propulsion"))
    return tuple(_of_limitation("without"))


def _of_limitation(member: str) -> Iterator[str]:
    """The codes that a certificate's limitation to, or without, them may name."""
    for entry in codelists.limitations().values():
        if entry.facts["member"] == member:
            yield str(entry.facts["value"])


def from_yaml(data: bytes) -> Ship:
    """Read a ship file. Raises `settings_file.SettingsError` for unknown keys and wrong values."""
    from verifier.settings_file import entries

    file = entries(data)
    ship = read(file)
    file.close()
    return ship


def read(file: "Entries") -> Ship:
    """The ship's keys among those of a YAML file. Raises `settings_file.SettingsError`."""
    from verifier.settings_file import SettingsError

    try:
        ship = _read(file)
    except InvalidShip as error:
        raise SettingsError(str(error)) from None
    if ship.flag is not None and not (len(ship.flag) == 2 and ship.flag.isascii() and ship.flag.isupper()):
        raise SettingsError("flag: two capital letters are needed, such as NO")
    return ship


def _read(file: "Entries") -> Ship:
    imo, fitted = file.text("imo"), file.texts("fitted", 16)
    ship = Ship(
        name=file.text("name"),
        imo=imo,
        flag=file.text("flag"),
        gt=file.number("gt", MOST_SIZE),
        kw=file.number("kw", MOST_SIZE),
        type=listed("type", file.text("type")),
        area=listed("area", file.text("area")),
        propulsion=listed("propulsion", file.text("propulsion")),
        fitted=fitted,
        ums=file.flag("ums"),
        voyage_start=file.day("voyage_start"),
        last_port_with_practitioner=file.day("last_port_with_practitioner"),
        duty=file.text("duty"),
    )
    for code in fitted or ():
        listed("fitted", code)
    return ship if imo is None else replace(ship, imo=imo_number(imo))
