"""Synthetic seafarers: names of many countries combined at random, ids that look random and never collide."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from verifier.credential.model import Gender, Holder

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# The first seafarers of every extract: the names that break software, and the people of the demo.
SPECIMENS = (
    ("Østergård", "Ingrid", None, Gender.FEMALE),
    ("Þórsdóttir", "Sigríður", None, Gender.FEMALE),
    ("Nuñez", "José", None, Gender.MALE),
    ("Li", "Wei", "李伟", Gender.MALE),
    ("Suharto", None, None, Gender.MALE),
    ("Li", None, "李", Gender.FEMALE),
    ("Åkerström", "Märta", None, Gender.FEMALE),
    ("Groß", "Götz", None, Gender.MALE),
    ("D'Souza", "Priya", None, Gender.FEMALE),
    ("Dela Cruz", "Jun-Jun", None, Gender.MALE),
    ("Błaszczyk", "Łukasz", None, Gender.MALE),
    ("Ægisdóttir", "Ásta", None, Gender.FEMALE),
)


def seafarer(flag: str, index: int, random: Random, *, born: date) -> Holder:
    """The seafarer at a place of the register; the first ones have the names of `SPECIMENS`."""
    if index < len(SPECIMENS):
        family, given, native, gender = SPECIMENS[index]
    else:
        family, given, native, gender = _name(flag, random)
    return Holder(
        seafarer_id=seafarer_id(flag, index),
        family_name=family,
        given_name=given,
        native_name=native,
        birth_date=born,
        gender=gender,
    )


def seafarer_id(flag: str, index: int) -> str:
    """Eight characters, unique: an odd factor permutes the 40-bit numbers."""
    number = ((index + 1) * 0x9E3779B97B + sum(flag.encode()) * 0x51ED270B57) % 2**40
    return "".join(_BASE32[number >> shift & 31] for shift in range(35, -1, -5))


def birth_date(random: Random, today: date, youngest: int, oldest: int) -> date:
    """A birthday that makes the seafarer `youngest` to `oldest` years old today."""
    return today - timedelta(days=random.randrange(youngest * 366, oldest * 365))


def _name(flag: str, random: Random) -> tuple[str, str | None, str | None, Gender]:
    names = _names()
    countries: Mapping[str, Any] = names["countries"]
    weights = {country: entry["weight"] for country, entry in countries.items()}
    weights |= {"CN": names["chinese"]["weight"], "*": names["single"]["weight"]}
    if flag != "NO" and flag in weights:  # the weights are those of the Norwegian register
        weights["NO"], weights[flag] = weights[flag], weights["NO"]
    origin = random.choices(list(weights), list(weights.values()))[0]
    gender = random.choices((Gender.MALE, Gender.FEMALE, Gender.UNSPECIFIED), (80, 19, 1))[0]
    if origin == "*":
        return random.choice(names["single"]["names"]), None, None, gender
    if origin == "CN":
        family, given, native = random.choice(names["chinese"]["names"])
        return family, given, native, gender
    entry = countries[origin]
    sex = "M" if gender is Gender.MALE else "F"
    families = entry.get("family") or entry[f"family_{sex}"]
    return random.choice(families), random.choice(entry[sex]), None, gender


@cache
def _names() -> dict[str, Any]:
    text = (Path(__file__).parent / "names.json").read_text("utf-8")
    names: dict[str, Any] = json.loads(text)
    return names
