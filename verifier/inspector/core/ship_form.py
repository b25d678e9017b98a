"""The form in which the inspector describes ship and voyage: from what was typed to a `Ship`, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from verifier.credential import codelists
from verifier.inspection.ship import MOST_SIZE, Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import typed
from verifier.inspector.core.typed import Form, Mistake, Reader
from verifier.ui import titles
from verifier.ui.words import Words

PROPULSION: Final = ("motor", "steam", "gas-turbine")
FITTED: Final = ("ecdis", "arpa", "high-voltage", "gmdss")
YES: Final = "yes"
NO: Final = "no"
DAYS: Final = frozenset({"voyage_start", "last_port_with_practitioner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipTyped(Form):
    """The form's fields as they stand; empty is "not said". Codes are those of the code lists."""

    name: str = ""
    imo: str = ""
    flag: str = ""
    gt: str = ""
    kw: str = ""
    type: str = ""
    area: str = ""
    propulsion: str = ""
    ums: str = ""  # yes, no
    fitted: str = ""  # codes with a space between, `none`, or not said
    voyage_start: str = ""
    last_port_with_practitioner: str = ""


class ShipRead(NamedTuple):
    """What the form amounts to: a ship, or mistakes by field."""

    ship: Ship | None
    mistakes: Mapping[str, Mistake]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipFormState:
    """The ship screen: each field's complaint, or how it was understood."""

    typed: ShipTyped
    complaints: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""  # what cannot be told without the fields left empty


def read(form: ShipTyped, *, today: date) -> ShipRead:
    """The ship that was typed. A day to come is refused: a voyage that has not begun excuses nothing."""
    reader = Reader()
    day = partial(typed.day, latest=today)
    ship = Ship(
        name=reader.read("name", lambda: typed.text(form.name, most=80)),
        imo=reader.read("imo", lambda: typed.imo(form.imo)),
        flag=reader.read("flag", lambda: typed.flag(form.flag)),
        gt=reader.read("gt", lambda: typed.number(form.gt, MOST_SIZE)),
        kw=reader.read("kw", lambda: typed.number(form.kw, MOST_SIZE)),
        type=form.type or None,
        area=form.area or None,
        propulsion=form.propulsion or None,
        fitted=None if not form.fitted else tuple(code for code in form.fitted.split() if code in FITTED),
        ums={YES: True, NO: False}.get(form.ums),
        voyage_start=reader.read("voyage_start", lambda: day(form.voyage_start)),
        last_port_with_practitioner=reader.read(
            "last_port_with_practitioner", lambda: day(form.last_port_with_practitioner)
        ),
    )
    return ShipRead(None if reader.mistakes else ship, reader.mistakes)


def typed_of(ship: Ship) -> ShipTyped:
    """The form filled in with a ship that came from a document or a file."""
    texts_of = {name.name: _typed(getattr(ship, name.name)) for name in fields(ShipTyped)}
    if ship.fitted is not None:
        texts_of["fitted"] = " ".join(ship.fitted) or "none"
    return ShipTyped(**texts_of)


def state(form: ShipTyped, *, today: date, say: Words, shown: frozenset[str] | None = None) -> ShipFormState:
    """The form with its complaints; of a field not in `shown` nothing is said yet."""
    found = read(form, today=today)
    return ShipFormState(
        typed=form,
        complaints=typed.complaints(found.mistakes, say, shown),
        readings=_readings(form, today, say),
        missing="" if found.ship is None else missing(found.ship, say),
    )


def missing(ship: Ship, say: Words) -> str:
    """What cannot be told of a person while fields of the ship are empty; empty where nothing is missing."""
    left = []
    if ship.flag is None:
        left.append(say(texts.NEEDS_FLAG))
    if ship.gt is None or ship.kw is None or ship.type is None or ship.area is None:
        left.append(say(texts.NEEDS_LIMITS))
    if ship.voyage_start is None or ship.last_port_with_practitioner is None:
        left.append(say(texts.NEEDS_VOYAGE))
    return " ".join(left)


def line(ship: Ship | None, say: Words) -> str:
    """The ship in one line: its name or number, flag, tonnage and power."""
    if ship is None or ship == Ship():
        return say(texts.NO_SHIP)
    parts = [
        ship.name or (f"IMO {ship.imo}" if ship.imo else ""),
        ship.flag or "",
        "" if ship.gt is None else f"{ship.gt:,}\u00a0GT",
        "" if ship.kw is None else f"{ship.kw:,}\u00a0kW",
    ]
    return "  ·  ".join(part for part in parts if part) or say(texts.SHIP_PARTLY)


def title_of(list_name: str, code: str, say: Words) -> str:
    """What people call a code of a code list; a code that is not listed stays as it is."""
    return options(list_name, say).get(code, code)


def options(list_name: str, say: Words) -> Mapping[str, str]:
    """Codes and titles to choose from."""
    match list_name:
        case "type":
            return titles.options(codelists.ship_types(), say)
        case "area":
            return titles.options(codelists.trade_areas(), say)
        case "flag":
            return {code: flag.title(say.language) for code, flag in codelists.flags().items()}
        case "propulsion":
            return dict(zip(PROPULSION, map(say, texts.PROPULSION), strict=True))
        case "ums" | "yes-no":
            return {YES: say(texts.YES), NO: say(texts.NO)}
        case _:
            return titles.options(codelists.capacities(), say)


def _typed(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case int():
            return str(value)
        case tuple():
            return " ".join(map(str, value))
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _readings(form: ShipTyped, today: date, say: Words) -> dict[str, str]:
    """How days and the flag were understood."""
    found = typed.days_read(form, DAYS, say, latest=today)
    code = Reader().read("flag", lambda: typed.flag(form.flag))
    if code is not None:
        known = code in codelists.flags()
        found["flag"] = titles.country(code, say) if known else say(texts.UNLISTED_FLAG)
    return found
