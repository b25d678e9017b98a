"""Persons by the register's opaque id: their personal numbers and their keys, looked up, added and erased.

A number is in no message, log, audit event or address; each look at one is noted before it happens.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import among, insert_many
from issuer.adapters.tables import seafarer
from issuer.adapters.tables_qualifications import person, personal_number
from issuer.domain.errors import Conflict, InvalidInput, NotFound, SettingsInvalid, unknown_seafarer
from issuer.domain.personal_numbers import NoSuchNumber, normalised
from issuer.domain.qualifications import IdentityKind, PersonalNumber
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.services.qualifications import refusals
from issuer.services.qualifications.reasons import checked_reason
from issuer.services.qualifications.safe import PersonKey, Place, Safe, SealBroken
from issuer.settings import Settings
from keys.encoding import Json

ADDED: Final = "person-number-added"
FOUND: Final = "person-found"
NOT_FOUND: Final = "person-not-found"
SHOWN: Final = "person-numbers-shown"
ERASED: Final = "person-erased"
_REGISTER: Final = "register"


class Persons:
    """Who a personal number belongs to."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    @cached_property
    def safe(self) -> Safe | None:
        """What seals and finds personal data; None where no key is set. Raises SettingsInvalid."""
        key = self._settings.read_personal_data_key()
        return None if key is None else Safe(key)

    @property
    def needed_safe(self) -> Safe:
        """The same, for what cannot do without. Raises SettingsInvalid."""
        if self.safe is None:
            raise SettingsInvalid(
                "personal_data_key is not set: personal numbers and documents are sealed with it",
                hint="make one with `openssl rand -base64 32`, keep it for good, and set it",
            )
        return self.safe

    def add(self, seafarer_id: str, number: PersonalNumber, *, actor: str) -> bool:
        """Note that the number is this seafarer's; returns whether that is new.

        Raises InvalidInput for what is no such number, NotFound for an unknown seafarer, Conflict where the
        number is another's or the person was erased.
        """
        known = self._normalised(number)
        blind = self.needed_safe.blind_index(known.kind.value, known.number)
        with self._database.write() as connection:
            if seafarer_id not in locked(connection, [seafarer_id]):
                raise unknown_seafarer(seafarer_id)
            owner = self.owners(connection, [blind]).get(blind)
            if owner is not None:
                if owner != seafarer_id:
                    raise Conflict(
                        "this number is another seafarer's",
                        hint="look whose with `ombord-issuer person find`",
                    )
                return False
            key = self.keys(connection, [seafarer_id])[seafarer_id]
            if key is None:
                raise Conflict(f"seafarer {seafarer_id} was erased", hint="enter the person anew")
            row = {
                "blind_index": blind,
                "seafarer_id": seafarer_id,
                "kind": known.kind.value,
                "sealed": key.seal(known.number.encode(), _place(blind)),
                "added_at": int(self._clock().timestamp()),
            }
            connection.execute(insert(personal_number).values(**row))
            event = AuditEvent(ADDED, seafarer_id, {"kind": known.kind.value}, actor)
            record(connection, self._clock, [event])
        return True

    def find(self, number: PersonalNumber, *, actor: str) -> str:
        """The seafarer's id. The look is noted, also one that finds nobody. Raises NotFound, InvalidInput."""
        known = self._normalised(number)
        blind = self.needed_safe.blind_index(known.kind.value, known.number)
        with self._database.write() as connection:
            owner = self.owners(connection, [blind]).get(blind)
            event = NOT_FOUND if owner is None else FOUND
            looked = AuditEvent(event, owner or _REGISTER, {"kind": known.kind.value}, actor)
            record(connection, self._clock, [looked])
        if owner is None:
            raise NotFound(
                "no seafarer in the register has this number",
                hint="check it, or enter it with `ombord-issuer person add`",
            )
        return owner

    def numbers(self, seafarer_id: str, *, actor: str) -> list[PersonalNumber]:
        """All numbers of a person, opened. The look is noted. Raises NotFound, SealBroken."""
        with self._database.write() as connection:
            if seafarer_id not in locked(connection, [seafarer_id]):
                raise unknown_seafarer(seafarer_id)
            record(connection, self._clock, [AuditEvent(SHOWN, seafarer_id, {}, actor)])
            mine = select(personal_number).where(personal_number.c.seafarer_id == seafarer_id)
            rows = connection.execute(mine.order_by(personal_number.c.added_at, personal_number.c.kind)).all()
            key = self.keys(connection, [seafarer_id])[seafarer_id] if rows else None
            return [
                PersonalNumber(
                    kind=IdentityKind(row.kind),
                    number=key.open(row.sealed, _place(row.blind_index)).decode(),
                )
                for row in rows
                if key is not None
            ]

    def erase(self, seafarer_id: str, *, reason: str, actor: str) -> None:
        """Destroy the person's key and forget their numbers: what it sealed is noise from now on.

        What was reported about them and refused lies under the service's key: it is looked for and emptied.
        What the register must keep (certificates, records without number or document) stays under the opaque
        id. Raises NotFound, Conflict when it is done already.
        """
        checked_reason(reason, self._settings.today(self._clock()))
        now = int(self._clock().timestamp())
        mine = person.c.seafarer_id == seafarer_id
        with self._database.read() as connection:  # almost all of it, while others go on
            numbers = select(personal_number.c.blind_index).where(
                personal_number.c.seafarer_id == seafarer_id
            )
            theirs = _Theirs(self, seafarer_id, frozenset(connection.execute(numbers).scalars()))
            theirs.look(connection)
        with self._database.write() as connection:
            if seafarer_id not in locked(connection, [seafarer_id]):
                raise unknown_seafarer(seafarer_id)
            self.keys(connection, [seafarer_id])  # so that there is a row which says that it was erased
            gone = update(person).where(mine, person.c.erased_at.is_(None))
            if not connection.execute(gone.values(wrapped_key=None, erased_at=now)).rowcount:
                raise Conflict(f"seafarer {seafarer_id} was erased before", hint="nothing is left to erase")
            connection.execute(delete(personal_number).where(personal_number.c.seafarer_id == seafarer_id))
            theirs.look(connection)
            refusals.empty(connection, theirs.found)
            record(connection, self._clock, [AuditEvent(ERASED, seafarer_id, {"reason": reason}, actor)])

    def blind_of(self, number: PersonalNumber) -> str:
        """The blind index of a number as somebody wrote it. Raises NoSuchNumber, SettingsInvalid."""
        known = normalised(number, self._settings.today(self._clock()))
        return self.needed_safe.blind_index(known.kind.value, known.number)

    def owners(self, connection: Connection, blind: Iterable[str]) -> Mapping[str, str]:
        """Seafarers by blind index, of those that are known. Raises SealBroken with another service key."""
        any_one = connection.execute(select(person).limit(1)).one_or_none()
        if any_one is not None:
            _check_key(self.needed_safe, any_one)
        chosen = among(connection, personal_number.c.blind_index, list(blind))
        query = select(personal_number.c.blind_index, personal_number.c.seafarer_id).where(chosen)
        return {row.blind_index: row.seafarer_id for row in connection.execute(query)}

    def keys(self, connection: Connection, seafarers: Iterable[str]) -> Mapping[str, PersonKey | None]:
        """Each person's key, made where there is none yet; None: the person was erased.

        Raises SettingsInvalid without a service key, and SealBroken with another than sealed them.
        """
        safe, wanted = self.needed_safe, sorted(set(seafarers))
        rows = connection.execute(select(person).where(among(connection, person.c.seafarer_id, wanted)))
        found: dict[str, PersonKey | None] = {}
        for row in rows:
            found[row.seafarer_id] = None if row.wrapped_key is None else _opened(safe, row)
        made = [self._new(safe, one, found) for one in wanted if one not in found]
        if made:
            insert_many(connection, person, made)
        return found

    def _new(self, safe: Safe, seafarer_id: str, found: dict[str, PersonKey | None]) -> dict[str, object]:
        found[seafarer_id], wrapped = safe.new_key(seafarer_id)
        return {
            "seafarer_id": seafarer_id,
            "wrapped_key": wrapped,
            "sealed_under": safe.fingerprint,
            "created_at": int(self._clock().timestamp()),
            "erased_at": None,
        }

    def _normalised(self, number: PersonalNumber) -> PersonalNumber:
        try:
            return normalised(number, self._settings.today(self._clock()))
        except NoSuchNumber as error:
            raise InvalidInput(str(error), hint="check what was typed; it is not repeated here") from error


class _Theirs:
    """Refused reports about one person: by id, or by a number of theirs, however it was typed."""

    def __init__(self, persons: Persons, seafarer_id: str, numbers: frozenset[str]) -> None:
        self.found: list[str] = []
        self._persons = persons
        self._seafarer_id = seafarer_id
        self._numbers = numbers
        self._last = ""

    def look(self, connection: Connection) -> None:
        """At those that came since the last look."""
        for name, is_theirs in refusals.of_person(
            connection, self._persons.needed_safe, self._is_theirs, after=self._last
        ):
            self._last = name
            if is_theirs:
                self.found.append(name)

    def _is_theirs(self, members: Mapping[str, Json]) -> bool:
        if members.get("seafarer_id") == self._seafarer_id:
            return True
        said = members.get("personal_number")
        kind, number = (said.get("kind"), said.get("number")) if isinstance(said, dict) else (None, None)
        if kind not in list(IdentityKind) or not isinstance(number, str):
            return False
        try:
            blind = self._persons.blind_of(PersonalNumber(kind=IdentityKind(kind), number=number))
        except NoSuchNumber:
            return False
        return blind in self._numbers


def locked(connection: Connection, seafarers: Iterable[str]) -> Mapping[str, str]:
    """Holder claims by seafarer's id, of those in the register.

    They are locked in one order, so that what is reported about a person is one after the other.
    """
    query = select(seafarer.c.seafarer_id, seafarer.c.claims)
    mine = query.where(among(connection, seafarer.c.seafarer_id, sorted(set(seafarers))))
    rows = connection.execute(mine.order_by(seafarer.c.seafarer_id).with_for_update(key_share=True))
    return {row.seafarer_id: row.claims for row in rows}


def _opened(safe: Safe, row: Row[Any]) -> PersonKey:
    _check_key(safe, row)
    return safe.unwrap(row.wrapped_key, row.seafarer_id)


def _check_key(safe: Safe, row: Row[Any]) -> None:
    """With another key nobody would be found, and everybody entered anew."""
    if row.sealed_under != safe.fingerprint:
        raise SealBroken(
            f"personal data was sealed under key {row.sealed_under}; personal_data_key is {safe.fingerprint}",
            hint="set the key that was set before: with another nothing opens",
        )


def _place(blind: str) -> Place:
    return Place(table="personal_number", column="sealed", row=blind)
