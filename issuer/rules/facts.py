"""What is known of an applicant: records of service, training, documents, what is held. Frozen values.

Whether a record counts as verified is not said here: `evidence.EvidencePolicy` decides by its source.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from issuer.rules.calendar import Span


class Channel(StrEnum):
    """How a record came in."""

    API = "api"
    WEB = "web"
    UPLOAD = "upload"  # a document that somebody has to read
    SELF_REPORT = "self-report"


class Reporter(StrEnum):
    """Who reported a record."""

    COMPANY = "company"
    SCHOOL = "school"
    DOCTOR = "doctor"
    ASSESSOR = "assessor"
    AUTHORITY = "authority"
    APPLICANT = "applicant"


class Kind(StrEnum):
    """Kinds of records."""

    SERVICE = "service"
    EXAM = "exam"
    EDUCATION = "education"
    COURSE = "course"
    ASSESSMENT = "assessment"
    COMPETENCE = "competence"  # additional competence, such as a training journal
    DOCUMENT = "document"
    HOLDING = "holding"
    PHOTO = "photo"
    SIGNATURE = "signature"


LONGEST_SERVICE: Final = 60  # years of one period: longer is a slip of the pen
HOURS_A_DAY: Final = 24
UNTIL_FURTHER_NOTICE: Final = "until-further-notice"  # mark of what is held and has no last day
ATTACHMENTS: Final = frozenset({Kind.PHOTO, Kind.SIGNATURE})  # the applicant's own, and of no further code


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a record came from."""

    reporter: Reporter
    channel: Channel


REGISTER = Source(reporter=Reporter.AUTHORITY, channel=Channel.API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Service on board, or in a workshop, from one day to another; both count. None: not reported."""

    id: str
    first: date
    last: date
    source: Source
    department: str  # deck, engine, radio, workshop, electrical-workshop, …
    rank: str | None = None
    gt: int | None = None
    kw: int | None = None
    use: str | None = None  # merchant, fishing, naval, …
    ship_type: str | None = None
    propulsion: str | None = None  # steam or motor
    area: str | None = None
    flag: str | None = None
    hours: Fraction | None = None  # worked, where the country counts them
    marks: frozenset[str] = frozenset()  # what else was reported to be so, such as bridge-watch, supervised

    @property
    def span(self) -> Span:
        """Its days."""
        return Span.of(self.first, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything that is of one day: an exam passed, a course, a document, a certificate held."""

    id: str
    kind: Kind
    code: str
    day: date  # passed, completed, issued
    source: Source
    until: date | None = None  # its last day, where it has one
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the authority has decided in this case alone, such as that other service is equivalent."""

    code: str
    day: date
    ref: str = ""
    record: str = ""  # the record that it is about; empty: all of the case


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one applicant."""

    birth_date: date | None = None
    services: tuple[Service, ...] = ()
    records: tuple[Record, ...] = ()
    decided: tuple[Decided, ...] = ()
    asked: frozenset[str] = field(default_factory=frozenset)  # individual decisions that are asked for
    complete: date | None = None  # the day on which all documents were in
