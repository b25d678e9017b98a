"""What the inspector says of the ship, apart from what its safe manning document says."""

from dataclasses import fields, replace
from typing import Any

from verifier.inspection.ship import Ship


def beyond(ship: Ship, document: Ship) -> Ship:
    """What is said of a ship that its document does not say as well: another document leaves it standing."""
    same: dict[str, Any] = {
        one.name: None for one in fields(Ship) if getattr(ship, one.name) == getattr(document, one.name)
    }
    return replace(ship, **same)
