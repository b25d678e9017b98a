"""A development organisation: everything granted, to try the machine interface with; never in production."""

import io
from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

from sqlalchemy import select

from issuer.adapters.database import Database
from issuer.adapters.tables import seafarer
from issuer.domain.client_keys import ClientKey
from issuer.domain.errors import InvalidInput
from issuer.domain.organisations import ALL, REPORTERS, Resource
from issuer.services.organisations.registering import Organisations
from issuer.services.organisations.showing import Organisation
from issuer.services.register.importing import RegisterImport
from issuer.settings import Settings
from keys.encoding import Json, json_dumps

# Norwegian numbers that begin with 3 are synthetic: no enterprise will ever have them.
_FIRST: Final = 31_000_000
_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2)
# Nobody: only in a test environment whose register is empty.
_SEAFARER: Final[dict[str, Json]] = {
    "seafarer_id": "DEV00001",
    "family_name": "Testesen",
    "given_name": "Synne",
    "birth_date": "1990-01-01",
}


class Developed(NamedTuple):
    """The organisation, and somebody whom it can report about."""

    organisation: Organisation
    seafarer_id: str


def refuse_in_production(settings: Settings) -> None:
    """Raises InvalidInput unless this is a test environment."""
    if settings.environment != "test":
        raise InvalidInput(
            "a development organisation may report anything about anybody: not in production",
            hint="use `organisation new` here; or another register, with environment: test",
        )


class Developing:
    """Makes development organisations."""

    def __init__(
        self, database: Database, organisations: Organisations, importing: RegisterImport, settings: Settings
    ) -> None:
        self._database = database
        self._organisations = organisations
        self._importing = importing
        self._settings = settings

    def make(self, key: ClientKey, *, actor: str) -> Developed:
        """One with every role, scope and approval, under a synthetic number that is free."""
        refuse_in_production(self._settings)
        with self._database.write():
            known = {one.client_id for one in self._organisations.list()}
            number = next(one for one in synthetic_numbers() if f"NO-{one}" not in known)
            made = self._organisations.new(
                "NO", number, "Development", REPORTERS, actor=actor, is_development=True
            )
            for resource in Resource:
                self._organisations.approve(made.client_id, resource, [ALL], actor=actor)
            organisation = self._organisations.add_key(made.client_id, key, actor=actor)
            return Developed(organisation, self._somebody(actor))

    def _somebody(self, actor: str) -> str:
        """The first seafarer of the register, or a synthetic one where there is none."""
        with self._database.read() as connection:
            query = select(seafarer.c.seafarer_id).order_by(seafarer.c.seafarer_id).limit(1)
            found = connection.execute(query).scalar_one_or_none()
        if found is not None:
            return str(found)
        head = {"format": "ombord-register", "version": 1, "authority": self._settings.flag}
        lines = [json_dumps(one) for one in (head, {"kind": "seafarer", **_SEAFARER})]
        report = self._importing.load(io.BytesIO(b"\n".join(lines)), actor=actor)
        assert not report.rejected, report.rejected  # noqa: S101 - it is our own
        return str(_SEAFARER["seafarer_id"])


def synthetic_numbers() -> Iterator[str]:
    """Synthetic organisation numbers with their check digit (modulus 11)."""
    for start in count(_FIRST):
        digits = f"{start:08}"
        rest = -sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
        if rest != 10:
            yield f"{digits}{rest}"
