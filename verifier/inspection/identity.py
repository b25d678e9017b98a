"""The inspector's comparison with an identity document, and of two names (row P1)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from verifier.credential import icao
from verifier.credential.model import Holder


class Document(StrEnum):
    """What the seafarer's face and name were compared with."""

    PASSPORT = "passport"
    SEAFARERS_IDENTITY = "seafarers-identity"  # ILO C108, C185
    OTHER = "other"
    NONE = "none"  # none at hand: then nothing is confirmed


class Match(StrEnum):
    """What the inspector says of one thing that stands on both."""

    MATCHES = "matches"
    DIFFERS = "differs"
    DIFFERS_WITH_REASON = "differs-with-reason"  # such as a name changed by marriage, with proof seen


class Answer(NamedTuple):
    """The inspector's answer, with the reason where one excuses a difference."""

    match: Match
    reason: str = ""


MATCHES: Final = Answer(Match.MATCHES)
DIFFERS: Final = Answer(Match.DIFFERS)


def differs_because(reason: str) -> Answer:
    """A difference that the inspector explains. Raises ValueError without a reason: it is never automatic."""
    if not reason.strip():
        raise ValueError("a difference is excused by a reason alone: say what you have seen")
    return Answer(Match.DIFFERS_WITH_REASON, reason.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the inspector has compared. `name` and `birth_date` are as typed from the document.

    A typed value is compared here; an answer is the inspector's own. None: not answered.
    """

    document: Document
    name: str | None = None
    birth_date: date | None = None
    name_answer: Answer | None = None
    birth_answer: Answer | None = None
    photo: Answer | None = None


class NameMatch(StrEnum):
    """How a typed name relates to a certificate's, the nearest first."""

    SAME = "same"
    TRANSLITERATION = "transliteration"  # ØSTERGÅRD is OESTERGAARD (ICAO Doc 9303)
    ONE_LETTER = "one-letter"  # one letter more, less, other, or two swapped: a misprint or another person
    PARTLY = "partly"  # some names in common, as after a marriage
    DIFFERENT = "different"


def compare_names(holder: Holder, typed: str) -> NameMatch:
    """How the name on the document relates to the certificate's, family name first or last.

    SAME and TRANSLITERATION match (row P1); whatever else is the inspector's to judge.
    """
    family, given = holder.family_name, holder.given_name
    forms = (family,) if given is None else (f"{given} {family}", f"{family} {given}")
    written = typed.replace("<", " ").replace(",", " ")
    spoken = " ".join(written.split())
    if any(" ".join(form.split()).casefold() == spoken.casefold() for form in forms):
        return NameMatch.SAME
    if any(icao.same_name(form, spoken) for form in forms):
        return NameMatch.TRANSLITERATION
    if any(_one_letter(form, spoken) for form in forms):
        return NameMatch.ONE_LETTER
    return NameMatch.PARTLY if _parts(forms[0]) & _parts(spoken) else NameMatch.DIFFERENT


def _one_letter(one: str, other: str) -> bool:
    """Whether two names are an edit apart, as they are spelt or in the machine-readable letters."""
    spelt = "".join(one.casefold().split()), "".join(other.casefold().split())
    return _an_edit_apart(*spelt) or _an_edit_apart(_plain(one), _plain(other))


def _an_edit_apart(first: str, second: str) -> bool:
    """A letter more, less or other, or two neighbours swapped."""
    if abs(len(first) - len(second)) > 1 or first == second:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    one_end, other_end = first[start:], second[start:]
    swapped = len(one_end) > 1 and one_end[1::-1] + one_end[2:] == other_end
    return one_end[1:] == other_end[1:] or one_end[1:] == other_end or one_end == other_end[1:] or swapped


def _plain(name: str) -> str:
    """The machine-readable letters alone; a name in another script is itself."""
    try:
        return icao.transliterate(name).replace("<", "")
    except icao.NotLatin:
        return "".join(name.casefold().split())


def _parts(name: str) -> frozenset[str]:
    """The names that a name is made of."""
    return frozenset(_plain(part) for part in name.replace("-", " ").split())
