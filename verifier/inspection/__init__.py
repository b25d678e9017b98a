"""The inspection, pure: a person on a ship in a duty (rows P), a crew and its safe manning document (S)."""
