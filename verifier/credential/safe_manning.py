"""The minimum safe manning document: the posts that a ship must fill (SOLAS Reg. V/14, IMO A.1047(27)).

`urn:ombord:safe-manning:1` is the ship's certificate: it has no holder and is bound to no phone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.credential.model import CertificateType, InvalidCertificate, Reference, StatusReference

MOST_POSTS: Final = 64
MOST_PERSONS: Final = 200


class Vessel(NamedTuple):
    """The ship that a document is for; None: not limited, or not said."""

    name: str
    imo: str | None = None
    gt: int | None = None
    kw: int | None = None
    type: str | None = None
    area: str | None = None  # trade area in which this manning suffices
    ums: bool | None = None  # manning for a periodically unattended machinery space


@dataclass(frozen=True, slots=True)
class Post:
    """A post, how often it is to be filled, and what else is accepted for it."""

    capacity_code: str
    count: int = 1
    also: tuple[str, ...] = ()  # capacities that the document accepts instead
    regulations: tuple[str, ...] = ()  # each person in it holds a valid certificate under all of these


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeManning:
    """What the flag demands. `expiry_date` None means until further notice."""

    document_number: str
    issuing_country: str
    issuing_authority: str | None = None  # None: as typed by somebody, who vouches for it
    vessel: Vessel
    posts: tuple[Post, ...]
    issue_date: date | None = None
    expiry_date: date | None = None
    remarks: str | None = None

    def __post_init__(self) -> None:
        if not self.document_number:
            raise InvalidCertificate("document_number", "a document needs a number")
        if not 1 <= len(self.posts) <= MOST_POSTS:
            raise InvalidCertificate("posts", "1 to {} posts are needed", MOST_POSTS)
        if any(post.count < 1 for post in self.posts) or self.persons > MOST_PERSONS:
            raise InvalidCertificate("posts", "1 to {} persons are needed", MOST_PERSONS)

    @property
    def type(self) -> CertificateType:
        """Always SAFE_MANNING."""
        return CertificateType.SAFE_MANNING

    @property
    def certificate_id(self) -> Reference:
        """Issuing country and document number: unique in the world."""
        return Reference(self.issuing_country, self.document_number)

    @property
    def persons(self) -> int:
        """How many persons it takes."""
        return sum(post.count for post in self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManning:
    """One signed instance. Times are aware UTC; valid in `not_before` <= t < `expires`."""

    issuer: str
    issued_at: datetime
    not_before: datetime
    expires: datetime | None
    status: StatusReference
    document: SafeManning
