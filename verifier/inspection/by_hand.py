"""A certificate seen only on paper and typed in by the inspector: never green, and counted apart (row S)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from verifier.credential.model import (
    ALWAYS_EXPIRES,
    Acceptance,
    CapacityGrant,
    Certificate,
    CertificateType,
    Holder,
    InvalidCertificate,
    Limitations,
)

_NOBODY: Final = "00000000"  # the seafarer's id is the authority's to give, and no paper shows it
_LONG_AGO: Final = date(1970, 1, 1)
_FAR_AHEAD: Final = date(2199, 12, 31)
_OF_OWN_FORM: Final = frozenset({CertificateType.MEDICAL, CertificateType.RECOGNITION})  # no post by these
_NOBODYS: Final = frozenset({CertificateType.PASS, CertificateType.SAFE_MANNING})


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


def as_certificate(entry: HandEntry) -> Certificate | None:
    """The entry as the rows read it, or None for what entitles to no post. Nothing vouches for it."""
    if entry.type in _OF_OWN_FORM:
        return None
    capacities = tuple(
        grant if grant.limitations is not None else grant._replace(limitations=entry.limitations)
        for grant in entry.capacities
    )
    return Certificate(
        type=entry.type,
        document_number=entry.document_number,
        issuing_country=entry.issuing_country.upper(),
        issuing_authority="",
        holder=Holder(seafarer_id=_NOBODY, family_name=entry.name, birth_date=entry.birth_date or _LONG_AGO),
        stcw_code=entry.stcw_code,
        capacities=capacities,
        issue_date=entry.issue_date or _LONG_AGO,
        expiry_date=entry.expiry_date or (_FAR_AHEAD if entry.type in ALWAYS_EXPIRES else None),
        acceptance=entry.acceptance,
    )


def from_yaml(data: bytes) -> HandEntry:
    """Read an entry that somebody has typed. Raises `settings_file.SettingsError`."""
    from verifier.settings_file import SettingsError, entries

    file = entries(data)
    kind, number, flag, name = (
        file.text(key) for key in ("type", "document_number", "issuing_country", "name")
    )
    types = {one.value: one for one in CertificateType if one not in _NOBODYS}
    if kind not in types or number is None or flag is None or name is None:
        known = ", ".join(types)
        raise SettingsError(f"type ({known}), document_number, issuing_country and name are needed")
    most_gt, most_kw = file.number("max_gt", 10_000_000), file.number("max_kw", 10_000_000)
    limits = None if most_gt is None and most_kw is None else Limitations(max_gt=most_gt, max_kw=most_kw)
    try:
        entry = HandEntry(
            type=types[kind],
            document_number=number,
            issuing_country=flag,
            name=name,
            birth_date=file.day("birth_date"),
            capacities=tuple(CapacityGrant(code) for code in file.texts("capacities", 16) or ()),
            stcw_code=file.texts("stcw_code", 16) or (),
            issue_date=file.day("issue_date"),
            expiry_date=file.day("expiry_date"),
            limitations=limits,
        )
    except InvalidCertificate as error:
        raise SettingsError(str(error)) from None
    file.close()
    return entry
