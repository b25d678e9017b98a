"""A certificate seen only on paper and typed in by the inspector: never green, and counted apart (row S)."""

from dataclasses import dataclass
from datetime import date

from verifier.credential.model import (
    Acceptance,
    CapacityGrant,
    CertificateType,
    InvalidCertificate,
    Limitations,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandEntry:
    """What the inspector reads off a paper that carries no code. Nobody's signature vouches for it.

    Raises InvalidCertificate for what cannot be. `name` and `birth_date` say whose it is.
    """

    type: CertificateType
    document_number: str
    issuing_country: str
    name: str
    birth_date: date | None = None
    capacities: tuple[CapacityGrant, ...] = ()
    stcw_code: tuple[str, ...] = ()
    issue_date: date | None = None
    expiry_date: date | None = None  # None: until further notice
    limitations: Limitations | None = None  # of every capacity without its own
    acceptance: Acceptance | None = None

    def __post_init__(self) -> None:
        if not self.document_number.strip() or not self.name.strip():
            raise InvalidCertificate("document_number", "a number and the holder's name are needed")
        if len(self.issuing_country) != 2 or not self.issuing_country.isalpha():
            raise InvalidCertificate("issuing_country", "two capital letters (ISO 3166-1) are needed")

    def in_date(self, today: date) -> bool:
        """Whether its days, as typed, hold today."""
        started = self.issue_date is None or self.issue_date <= today
        return started and (self.expiry_date is None or today <= self.expiry_date)
