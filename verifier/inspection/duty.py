"""What a person does on board, and what that asks of certificates: duties.yaml, read at first use."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from verifier.credential.model import Level

_FILE: Final = "duties.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A post's duty. A duty that the inspector spells out is the inspector's word, and decides.

    `verified` is false for one of duties.yaml that nobody has compared with the STCW Code yet.
    """

    capacity_code: str  # a code of codelists/capacities.json
    functions: tuple[str, ...] = ()  # codes of codelists/functions.json
    level: Level | None = None
    lookout: bool = False  # keeps a look-out: the medical certificate must allow it
    radio: bool = False  # operates radio: no proof of application, no dispensation
    officer: bool = True  # needs a recognised certificate to serve under another flag
    covered_by: tuple[str, ...] = ()  # higher posts whose certificates include this one, nearest first
    regulations: tuple[str, ...] = ()  # any of these on a certificate without capacities entitles
    verified: bool = True


@cache
def duties() -> Mapping[str, Duty]:
    """All duties of duties.yaml by their capacity's code."""
    from verifier.settings_file import entries

    with open(os.path.join(os.path.dirname(__file__), _FILE), "rb") as file:
        listed: Any = entries(file.read()).take("duties")  # ours, and held to its form by tests
    return MappingProxyType({row["capacity_code"]: _duty(row) for row in listed})


def duty_of(code: str) -> Duty | None:
    """The duty of a capacity's code, or None for a code that duties.yaml does not have."""
    return duties().get(code)


def _duty(row: Mapping[str, Any]) -> Duty:
    return Duty(
        capacity_code=row["capacity_code"],
        functions=tuple(row.get("functions", ())),
        level=Level(row["level"]) if "level" in row else None,
        lookout=row.get("lookout", False),
        radio=row.get("radio", False),
        officer=row["officer"],
        covered_by=tuple(row.get("covered_by", ())),
        regulations=tuple(row.get("regulations", ())),
        verified=row["verified"],
    )
