"""Personal numbers, checked and brought to one form: each person has one blind index whatever was typed.

python-stdnum knows the rules. Nothing here puts a number into a message.
"""

import re
from datetime import date
from typing import Final

from stdnum import luhn
from stdnum.dk import cpr
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

from issuer.domain.qualifications import IdentityKind, PersonalNumber

_PASSPORT: Final = re.compile(r"([A-Z]{2})-?([0-9A-Z]{4,20})", re.ASCII)
_PERSONNUMMER: Final = re.compile(r"([0-9]{2})?([0-9]{6})([-+]?)([0-9]{4})", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{6}", re.ASCII)
_NUMBERLIKE: Final = re.compile(r"(?<![0-9])[0-9]{6,8}[-+ ]?[0-9]{4,5}(?![0-9])", re.ASCII)
_YOUNGEST: Final = 14  # years of anybody at sea
_COORDINATION: Final = 60  # what a samordningsnummer adds to the day
_LONGEST: Final = 40


class NoSuchNumber(ValueError):
    """What was given is no number of its kind; says why, and not what was given."""


def normalised(number: PersonalNumber, today: date) -> PersonalNumber:
    """The number in the one form that it is stored and found by. Raises NoSuchNumber."""
    text = number.number.strip()
    if len(text) > _LONGEST or not text.isascii():
        raise NoSuchNumber(f"{number.kind.value}: longer than any, or not of plain letters and digits")
    try:
        match number.kind:
            case IdentityKind.FODSELSNUMMER:
                plain = fodselsnummer.validate(text)
            case IdentityKind.CPR:
                plain = cpr.validate(text)
            case IdentityKind.PERSONNUMMER:
                plain = _personnummer(text, today)
            case IdentityKind.PASSPORT:
                plain = _passport(text)
    except ValidationError as error:
        said = str(error).rstrip(".")
        raise NoSuchNumber(f"{number.kind.value}: {said[:1].lower()}{said[1:]}") from None
    return PersonalNumber(kind=number.kind, number=plain)


def _passport(text: str) -> str:
    found = _PASSPORT.fullmatch(text.upper().replace(" ", ""))
    if found is None:
        raise NoSuchNumber("passport: the issuing state's two letters, a hyphen and the number are needed")
    return f"{found[1]}-{found[2]}"


def _personnummer(text: str, today: date) -> str:
    """Twelve digits. With ten, `+` says that the person is a hundred or more (SFS 1991:481, 18 §)."""
    found = _PERSONNUMMER.fullmatch(text.replace(" ", ""))
    if found is None:
        raise NoSuchNumber("se-personnummer: ten or twelve digits are needed")
    century, born, sign, rest = found.groups()
    try:
        luhn.validate(born + rest)
    except ValidationError:
        raise NoSuchNumber("se-personnummer: its check digit does not fit the others") from None
    digits = f"{century or _century(born, sign, today)}{born}"
    day = int(digits[6:])
    day -= _COORDINATION if day > _COORDINATION else 0
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), day)
    except ValueError:
        raise NoSuchNumber("se-personnummer: its first digits are no day of birth") from None
    if born_on > today:
        raise NoSuchNumber("se-personnummer: nobody was born on that day yet")
    return digits + rest


def _century(born: str, sign: str, today: date) -> str:
    """Of the newest year that ends so and is not to come; one before with `+`."""
    century = today.year // 100 - (int(born[:2]) > today.year % 100) - (sign == "+")
    return f"{century:02}"


def looks_like_one(text: str, today: date) -> bool:
    """Whether a text that is stored as it is would hold somebody's personal number."""
    if _DIGITS.search(text) is None:
        return False
    found = _NUMBERLIKE.findall(text)
    kinds = (IdentityKind.FODSELSNUMMER, IdentityKind.CPR, IdentityKind.PERSONNUMMER)
    return any(_is_one(kind, one, today) for one in found for kind in kinds)


def shown(text: str) -> str:
    """What somebody typed, to be told back: not where it might be a number of a person's."""
    return "…" if _DIGITS.search(text) or not text.isprintable() else text[:60]


def _is_one(kind: IdentityKind, text: str, today: date) -> bool:
    try:
        found = normalised(PersonalNumber(kind=kind, number=text), today).number
    except NoSuchNumber:
        return False
    # Twelve digits that begin with a day of these years are a reporter's own number with its date.
    return kind is not IdentityKind.PERSONNUMMER or int(found[:4]) + _YOUNGEST <= today.year
