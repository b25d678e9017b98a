"""One synthetic seafarer's file in one authority's register: the holder, and a row for each certificate."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from demo import careers, fates, people
from demo.careers import Grant
from demo.fates import Fate, Period
from demo.offices import OFFICES
from keys.encoding import Json
from verifier.credential.model import (
    Certificate,
    CertificateType,
    Endorsement,
    Holder,
    MedicalCertificate,
    MedicalFitness,
    Reference,
)
from verifier.credential.vc import certificate_claims

Row = dict[str, Json]

HOLDER_CLAIMS: Final = ("seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender")

# What the first seafarers of every extract are; their names stand in `people`, their fates in `fates`.
_SPECIMENS: Final = (
    "master", "chief-engineer", "officer-deck", "second-engineer", "rating-deck", "electro-technical",
    "apprentice", "chief-mate", "officer-engine", "hotel", "master-3000", "master-small",
)  # fmt: skip
_OLD_COLOUR_TEST: Final = 5

_PER_SEAFARER: Final = 40
_PRIMES: Final = (999_983, 9_999_991)
_EXPONENT: Final = 17


class SeafarerFile:
    """Filled when made: `holder` and `rows`. The same arguments give the same file, whatever else is made."""

    def __init__(self, flag: str, index: int, seed: int, today: date) -> None:
        self.flag, self.index, self.today = flag, index, today
        self.random = Random(f"ombord/{seed}/{flag}/{index}")
        self.office = OFFICES[flag]
        self.specimen = index < len(_SPECIMENS)
        self.career = careers.CAREER[_SPECIMENS[index] if self.specimen else self._draw_career()]
        self.rows: list[Row] = []
        self.serial = -1
        self.competency: Reference | None = None
        self.holder = self._holder()
        guest = self._guest(seed)
        if guest is None:
            self._fill()
        else:
            self._endorse(*guest)

    def _draw_career(self) -> str:
        weights = [career.weight for career in careers.CAREERS]
        return self.random.choices(careers.CAREERS, weights)[0].name

    def _holder(self) -> Holder:
        born = people.birth_date(self.random, self.today, self.career.youngest, self.career.oldest)
        return people.seafarer(self.flag, self.index, self.random, born=born)

    def _fill(self) -> None:
        held = list(careers.grants(self.career.name, self.random))
        kinds = {grant.type for grant in held}
        if (
            self.index == 0 and CertificateType.RECOGNITION not in kinds
        ):  # the demo's officer holds one of each
            held.append(careers.recognition_of(self.career.name))
        for grant in held:
            fate = (
                fates.specimen_fate(self.index, grant.type)
                if self.specimen
                else fates.choose_fate(self.random)
            )
            self._issue(grant, fate)

    def _guest(self, seed: int) -> "tuple[SeafarerFile, Row] | None":
        """Every third file of another flag is of an officer whom Norway certified, if one has this place."""
        if self.flag == "NO" or self.index % 3:
            return None
        norwegian = SeafarerFile("NO", self.index, seed, self.today)
        competencies = [row for row in norwegian.rows if row["type"] == "competency"]
        return (norwegian, competencies[-1]) if competencies else None

    def _endorse(self, norwegian: "SeafarerFile", competency: Row) -> None:
        """The recognition of a Norwegian certificate, which never outlives it (Reg. I/10)."""
        known = norwegian.holder
        self.holder = Holder(
            seafarer_id=self.holder.seafarer_id,
            family_name=known.family_name,
            given_name=known.given_name,
            native_name=known.native_name,
            birth_date=known.birth_date,
            gender=known.gender,
        )
        last = date.fromisoformat(str(competency["expiry_date"]))
        first = max(date.fromisoformat(str(competency["issue_date"])), last - timedelta(days=1500))
        grant = careers.recognition_of(norwegian.career.name)
        recognised = Reference("NO", str(competency["document_number"]))
        self._add(self._certificate(grant, Period(first, last), recognises=recognised), "in-force")

    def _issue(self, grant: Grant, fate: Fate) -> None:
        earliest = 15 if self.career.name == "apprentice" else 17
        of_age = self.holder.birth_date + timedelta(days=earliest * 366)
        when = fates.period(
            fate, grant.years, self.random, today=self.today, of_age=of_age, settled=self.specimen
        )
        if fate in {Fate.RENEWED, Fate.REISSUED}:
            self._issue_twice(grant, when, of_age, lost=fate is Fate.REISSUED)
        else:
            state, reason = fates.STATES.get(fate, ("in-force", None))
            self._add(self._certificate(grant, when), state, reason=reason)

    def _issue_twice(self, grant: Grant, when: Period, of_age: date, *, lost: bool) -> None:
        """The older certificate and the one in its place; that for a lost one names it."""
        old_period = when if lost else fates.earlier(when, grant.years, self.random)
        if old_period.issued < of_age:  # too young to have had one before
            self._add(self._certificate(grant, when), "in-force")
            return
        old = self._certificate(grant, old_period)
        new = self._certificate(grant, when, replaces=old.document_number if lost else None)
        since = min(self.today, when.issued + timedelta(days=60)) if lost else when.issued
        self._add(old, "lost" if lost else "replaced", since=since, replaced_by=new.document_number)
        self._add(new, "in-force")

    def _certificate(
        self, grant: Grant, when: Period, *, replaces: str | None = None, recognises: Reference | None = None
    ) -> Certificate:
        medical = grant.type is CertificateType.MEDICAL
        self.serial += 1
        fields: dict[str, Any] = {
            "type": grant.type,
            "document_number": self._number(when.issued),
            "issuing_country": self.flag,
            "issuing_authority": self.office.authority,
            "holder": self.holder,
            "stcw_code": grant.stcw_code,
            "functions": grant.functions,
            "capacities": grant.capacities,
            "issue_date": when.issued,
            "issue_place": None if medical else self.office.place,
            "expiry_date": when.expires,
            "official": None if medical else self.random.choice(self.office.officials),
            "replaces": replaces,
            "rests_on": self.competency if grant.rests_on_first else None,
        }
        if medical:
            return MedicalCertificate(**fields, fitness=self._fitness(when))
        if grant.type is CertificateType.RECOGNITION:
            return Endorsement(**fields, recognises=recognises or self._foreign())
        return Certificate(**fields)

    def _add(
        self,
        certificate: Certificate,
        state: str,
        *,
        reason: str | None = None,
        since: date | None = None,
        replaced_by: str | None = None,
    ) -> None:
        if certificate.type is CertificateType.COMPETENCY:
            self.competency = certificate.certificate_id
        claims = certificate_claims(certificate)
        row: Row = {"kind": "certificate", "type": certificate.type.value, "state": state}
        row["seafarer_id"] = self.holder.seafarer_id
        row |= {name: value for name, value in claims.items() if name not in HOLDER_CLAIMS}
        if reason is not None:
            days = (self.today - certificate.issue_date).days
            since = certificate.issue_date + timedelta(days=self.random.randint(1, max(1, days)))
            row["state_reason"] = reason
        if since is not None:
            row["state_since"] = since.isoformat()
        if replaced_by is not None:
            row["replaced_by"] = replaced_by
        self.rows.append(row)

    def _number(self, issued: date) -> str:
        """`NO-24-118402`: flag, year of issue, a serial that no other certificate of the register has."""
        place = self.index * _PER_SEAFARER + self.serial
        start = 1_000 * sum(self.flag.encode())  # each flag starts elsewhere
        prime = next(prime for prime in _PRIMES if place < prime)
        serial = pow(place + start, _EXPONENT, prime)  # a permutation: 17 divides neither prime less one
        return f"{self.flag}-{issued.year % 100:02d}-{serial:0{len(str(prime))}d}"

    def _foreign(self) -> Reference:
        country = self.random.choice([flag for flag in careers.FOREIGN if flag != self.flag])
        return Reference(country, f"{country}{self.random.randrange(100_000, 1_000_000)}")

    def _fitness(self, when: Period) -> MedicalFitness:
        random, deck = self.random, "deck" in self.career.name or "master" in self.career.name
        old = self.index == _OLD_COLOUR_TEST or random.random() < 0.02
        years = random.uniform(6.2, 7.5) if old else random.uniform(0, 3.5)
        tested = (self.today if old else when.issued) - timedelta(days=int(years * 365.25))
        sharp = self.specimen or random.random() >= 0.04
        eyes = self.career.name != "hotel"
        return MedicalFitness(
            identity_checked=True,
            hearing=True,
            hearing_unaided=self.specimen or random.random() >= 0.02,
            visual_acuity=True,
            colour_vision=True if eyes else None,
            colour_test_date=max(tested, self.holder.birth_date + timedelta(days=5_500)) if eyes else None,
            lookout=deck or self.specimen or random.random() >= 0.03,
            areas=() if self.specimen or random.random() >= 0.01 else ("near-coastal",),
            restrictions=None if sharp else random.choice(_RESTRICTIONS),
            free_from_aggravated_condition=True,
            examination_date=when.issued,
            practitioner=random.choice(self.office.practitioners),
            review_informed=True,
        )


_RESTRICTIONS: Final = (
    "Visual correction must be worn, spare pair on board",
    "Hearing aid must be worn on watch",
    "No work at height",
)
