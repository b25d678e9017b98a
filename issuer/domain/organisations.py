"""Organisations that report: their numbers, what they can be granted, and the public keys they sign with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum import lei
from stdnum.dk import cvr
from stdnum.exceptions import ValidationError
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr

from issuer.domain.content_checks import Codes, is_imo
from issuer.domain.countries import COUNTRIES
from issuer.domain.errors import InvalidInput
from issuer.domain.qualification_checks import ROLES
from issuer.rules.facts import Kind, Reporter

ALL: Final = "*"  # approved for every code, or for every ship
_PREFIX: Final = "ombord:qualifications/"
_REGISTERS: Final = {"NO": no_orgnr, "SE": se_orgnr, "DK": cvr}  # else the LEI of ISO 17442
_LEI: Final = 20


class Resource(StrEnum):
    """What is reported, each under an address and two scopes of its own."""

    SEA_SERVICE = "sea-service"
    COURSES = "courses"
    EDUCATION = "education"
    EXAMS = "exams"
    ASSESSMENTS = "assessments"
    ADDITIONAL_COMPETENCE = "additional-competence"
    MEDICAL_DECLARATIONS = "medical-declarations"

    @property
    def kind(self) -> Kind:
        """The records' kind, as the rules know it."""
        return _KINDS[self]

    @property
    def read(self) -> str:
        """The scope that shows an organisation what it has reported, and what it is asked to correct."""
        return f"{_PREFIX}{self}.read"

    @property
    def write(self) -> str:
        """The scope that lets an organisation report, correct and withdraw."""
        return f"{_PREFIX}{self}.write"


_KINDS: Final = {
    Resource.SEA_SERVICE: Kind.SERVICE,
    Resource.COURSES: Kind.COURSE,
    Resource.EDUCATION: Kind.EDUCATION,
    Resource.EXAMS: Kind.EXAM,
    Resource.ASSESSMENTS: Kind.ASSESSMENT,
    Resource.ADDITIONAL_COMPETENCE: Kind.COMPETENCE,
    Resource.MEDICAL_DECLARATIONS: Kind.DOCUMENT,
}
SCOPES: Final = frozenset(scope for one in Resource for scope in (one.read, one.write))
REPORTERS: Final = (Reporter.COMPANY, Reporter.SCHOOL, Reporter.DOCTOR, Reporter.ASSESSOR)
# What each usually reports, which `organisation new` grants; more is granted by name.
USUAL: Final[Mapping[Reporter, tuple[Resource, ...]]] = {
    Reporter.COMPANY: (Resource.SEA_SERVICE, Resource.ADDITIONAL_COMPETENCE),
    Reporter.SCHOOL: (Resource.COURSES, Resource.EDUCATION, Resource.EXAMS),
    Reporter.DOCTOR: (Resource.MEDICAL_DECLARATIONS,),
    Reporter.ASSESSOR: (Resource.ASSESSMENTS,),
}


@dataclass(frozen=True, slots=True)
class Identified:
    """An organisation by the number that its country's register gave it, in compact form."""

    country: str
    number: str
    client_id: str


def identified(country: str, number: str) -> Identified:
    """The organisation of that number. Raises InvalidInput for no country, wrong check digits or form."""
    if country not in COUNTRIES:
        raise InvalidInput(f"{country[:20]!r} is no country", hint="two capital letters, such as NO")
    register = _REGISTERS.get(country, lei)
    what = f"{country} organisation number" if country in _REGISTERS else "LEI (ISO 17442)"
    try:
        compact = register.validate(number)
    except ValidationError as error:
        raise InvalidInput(
            f"{number[:40]!r} is no {what}: {_lowered(error)}",
            hint="check it with the register that gave it; outside NO, SE and DK give the LEI",
        ) from error
    if country not in _REGISTERS and len(compact) != _LEI:  # ISO 17442-1; its check digits fit any length
        raise InvalidInput(
            f"{number[:40]!r} is no {what}: it has {_LEI} letters and digits",
            hint="check it with the company",
        )
    if country == "SE" and compact[2] in "01":
        raise InvalidInput(
            "this is the form of a personal number, which the register does not keep in the clear",
            hint="register the company's organisation number, whose third digit is 2 or more, or its LEI",
        )
    prefix = country if country in _REGISTERS else "LEI"
    return Identified(country, compact, f"{prefix}-{compact}")


def check_role(scopes: frozenset[str], role: Reporter) -> None:
    """Raises InvalidInput for scopes of what nobody in this role reports."""
    wrong = sorted(
        one.value for one in Resource if {one.read, one.write} & scopes and one.kind not in ROLES[role]
    )
    if wrong:
        raise InvalidInput(
            f"{', '.join(wrong)} is nothing that a {role.value} reports",
            hint="grant it in another role of theirs, with --as, or leave it out",
        )


def check_scopes(scopes: frozenset[str]) -> frozenset[str]:
    """The same scopes. Raises InvalidInput, which names those that there are not."""
    unknown = sorted(scopes - SCOPES)
    if unknown:
        raise InvalidInput(
            f"no such scope: {', '.join(unknown)[:200]}",
            hint=f"they are {_PREFIX}NAME.read and .write, where NAME is {', '.join(Resource)}",
        )
    return scopes


def check_approval(resource: Resource, code: str, codes: Codes) -> str:
    """A ship's IMO number or a code on its list, as reports have it, or `*`. Raises InvalidInput.

    Approved for what there is not, an organisation would be refused with all that it reports.
    """
    if code == ALL:
        return code
    if resource is Resource.SEA_SERVICE:
        if not is_imo(code):
            raise InvalidInput(
                f"{code[:40]!r} is no IMO number: seven digits, the last of which follows from the others",
                hint="check it against the ship's papers; '*' approves for all ships",
            )
    elif not codes.knows(resource.kind.value, code):
        raise InvalidInput(
            f"{code[:40]!r} is not on the code list «{resource.kind.value}»",
            hint="take one from the list (`GET /api/v1/codes`), or '*' for all",
        )
    return code


def _lowered(error: ValidationError) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]
