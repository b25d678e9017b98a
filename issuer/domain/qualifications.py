"""Qualification records as they are reported: what, about whom, by whom, and what is wrong with one.

A record is reported, corrected by its reporter (a new version, the old one kept) and withdrawn. It is never
changed in place and never removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from issuer.rules.facts import Channel, Kind, Reporter, Source
from keys.encoding import Json

# What a reporter may report; certificates held are the register's own.
REPORTED: Final = frozenset(Kind) - {Kind.HOLDING}
LONGEST_REFERENCE: Final = 100  # characters: a reporter's own name for a record


class IdentityKind(StrEnum):
    """Whose number it is that a person is known by."""

    FODSELSNUMMER = "no-fodselsnummer"  # a D-number too
    CPR = "dk-cpr"
    PERSONNUMMER = "se-personnummer"  # a samordningsnummer too
    PASSPORT = "passport"  # `number` is the state's two letters, a hyphen and the document's number


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNumber:
    """A national identity number, or a passport's. Its text is in no repr, log or message."""

    kind: IdentityKind
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """The ship of a period of service, as the reporter has it. None: not said."""

    imo: str | None = None  # seven digits
    name: str | None = None
    call_sign: str | None = None  # or another identifying mark, such as a fishing number
    home_port: str | None = None
    flag: str | None = None  # ISO 3166-1 alpha-2
    gt: int | None = None
    kw: int | None = None
    use: str | None = None  # merchant, fishing, naval, …
    type: str | None = None
    propulsion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaService:
    """Service on board, or in a workshop, from one day to another: both count, so one day is a period."""

    first: date
    last: date
    department: str
    rank: str | None = None
    ship: Ship | None = None  # None: ashore, in a workshop
    area: str | None = None
    hours: Fraction | None = None  # worked
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What is of one day: course, education, exam, assessment, additional competence, medical declaration."""

    code: str
    day: date  # completed, passed, examined
    until: date | None = None  # its last day
    marks: frozenset[str] = frozenset()
    number: str | None = None  # of the course certificate or declaration, as its issuer numbers it


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photograph or a signature: taken, or received, on a day. Its bytes are the report's `document`."""

    day: date


RecordContents = SeaService | Completed | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One record as somebody reports it, about a person by the register's id or by a personal number."""

    kind: Kind
    contents: RecordContents
    seafarer_id: str | None = None
    personal_number: PersonalNumber | None = None
    reference: str | None = None  # the reporter's own, once for each of its records of a kind
    document: bytes | None = field(default=None, repr=False)  # PDF, JPEG or PNG; needed where it is uploaded
    # What an uploaded sea-service statement says: held against the law and the report; the document is kept.
    statement: Mapping[str, Json] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What came in a report's place and is none; it is refused, and kept as it came."""

    problems: tuple["Problem", ...]
    raw: bytes = field(repr=False)
    kind: Kind | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingParty:
    """Who reports, and what they are approved for. Made from a token or a login, never from a body."""

    organisation_id: str  # its client id, such as NO-974760673; a seafarer's own id for an applicant
    role: Reporter
    channel: Channel
    # Kinds, each with what they are approved for (a school's course codes, a company's ships by IMO number);
    # None: all.
    may_report: Mapping[Kind, frozenset[str] | None]
    only_about: str | None = None  # the one seafarer that they may report about: themselves

    @property
    def kinds(self) -> list[str]:
        """Of what they may report: others of their records they neither see nor change."""
        return [kind.value for kind in self.may_report]

    @property
    def source(self) -> Source:
        """As the rules know it."""
        return Source(reporter=self.role, channel=self.channel)

    @property
    def actor(self) -> str:
        """As the audit trail names them."""
        return f"{self.role.value}:{self.organisation_id}"[:100]


def applicant(seafarer_id: str, channel: Channel = Channel.SELF_REPORT) -> ReportingParty:
    """Seafarers about themselves: anything, and whether it counts is for the country's evidence policy."""
    return ReportingParty(
        organisation_id=seafarer_id,
        role=Reporter.APPLICANT,
        channel=channel,
        may_report=dict.fromkeys(REPORTED),
        only_about=seafarer_id,
    )


class Code(StrEnum):
    """What can be wrong with a report; stable, for programs."""

    # the person
    PERSON_MISSING = "person-missing"
    PERSON_UNKNOWN = "person-unknown"
    PERSONAL_NUMBER_INVALID = "personal-number-invalid"
    PERSON_ERASED = "person-erased"
    # the reporter
    OUTSIDE_APPROVAL = "outside-approval"
    # the period
    REVERSED = "period-reversed"
    FUTURE = "period-in-the-future"
    TOO_LONG = "period-too-long"
    BEFORE_BIRTH = "before-birth"
    # what it says
    CODE_UNKNOWN = "code-unknown"
    SHIP_UNKNOWN = "ship-unknown"
    MALFORMED = "malformed"  # a member is missing, of another type, or out of bounds
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_REFUSED = "document-refused"
    STATEMENT_INCOMPLETE = "statement-incomplete"  # a field is missing, or its sum is another
    STATEMENT_DIFFERS = "statement-differs"  # from what is reported with it
    # the record that is there
    REFERENCE_TAKEN = "reference-taken"
    RECORD_WITHDRAWN = "record-withdrawn"
    DUPLICATE = "duplicate-of-another"
    OTHER_RECORD = "other-kind-or-person"  # a correction is of the same kind and about the same person
    TOO_MANY = "too-many-records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with one report. No personal data: it may be logged and sent."""

    pointer: str  # RFC 6901, from the report: `/contents/last`
    code: Code
    message: str  # what is wrong
    hint: str  # what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The record stands. `is_new` is false for one that was there already, word for word."""

    record_id: str
    version: int
    is_new: bool = True
    remarks: tuple[str, ...] = ()  # codes of `Remark`


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing of the report counts; it is kept sealed under `refusal_id`, for its reporter to look up."""

    refusal_id: str
    problems: tuple[Problem, ...]


class Remark(StrEnum):
    """What is worth knowing of a record that was accepted."""

    OVERLAPS = "overlaps-own-records"  # on another ship of the same reporter: those days count once
    CONTRADICTED = "contradicted"  # by another reporter: neither counts before a person has looked
    ONE_DAY = "one-day"  # first and last are the same day


class Act(StrEnum):
    """What made a version of a record."""

    REPORTED = "reported"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
