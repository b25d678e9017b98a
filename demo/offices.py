"""Who issues under a flag: authority, place, officials and approved practitioners, all people invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.credential.model import Official


@dataclass(frozen=True, slots=True)
class Office:
    """One authority's office."""

    authority: str
    place: str
    officials: tuple[Official, ...]
    practitioners: tuple[str, ...]


OFFICES: Final[Mapping[str, Office]] = {
    "NO": Office(
        "Sjøfartsdirektoratet",
        "Haugesund",
        (
            Official("Haugen", "Kari", "Senior Adviser"),
            Official("Lunde", "Per Olav", "Senior Adviser"),
            Official("Sæther", "Marit", "Head of Section"),
            Official("Tangen", "Øyvind", "Adviser"),
            Official("Eide", "Silje", "Adviser"),
        ),
        ("Dr. Anne Brekke", "Dr. Tor Aasen", "Dr. Liv Strøm", "Dr. Jan Vik", "Dr. Åse Helland"),
    ),
    "DK": Office(
        "Søfartsstyrelsen",
        "Korsør",
        (
            Official("Kjær", "Mette", "Head of Section"),
            Official("Bruun", "Søren", "Senior Officer"),
            Official("Højgaard", "Jens", "Senior Officer"),
        ),
        ("Dr. Bodil Krogh", "Dr. Rasmus Bødker"),
    ),
    "SE": Office(
        "Transportstyrelsen",
        "Norrköping",
        (Official("Öhman", "Elin", "Handläggare"), Official("Wallin", "Göran", "Sektionschef")),
        ("Dr. Sofia Hedlund", "Dr. Mårten Öhman"),
    ),
}
