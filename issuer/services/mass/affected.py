"""Who is affected: certificates by the key, rule, reporter, provider, configuration or days of their issuing.

What a mass operation works on is such a selection, so that what was counted is what is changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, false, func, select

from issuer.adapters.database import Database
from issuer.adapters.repository import among
from issuer.adapters.tables import certificate, configuration, credential
from issuer.domain.errors import InvalidInput, NotFound
from issuer.domain.register import CertificateState, CredentialState
from keys.encoding import Json
from verifier.credential.model import CertificateType
from verifier.status import Status

PAGE: Final = 100
MOST_NUMBERS: Final = 100_000
_NAMED_AT_MOST: Final = 5  # of what is unknown, in a complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All criteria hold together; those of the credential (key, configuration, period) for one and the same.

    `issued_from` and `issued_until` are Unix seconds, the second one excluded.
    """

    key: str | None = None
    rule: str | None = None
    reporter: str | None = None
    provider: str | None = None
    configuration: str | None = None
    issued_from: int | None = None
    issued_until: int | None = None
    type: str | None = None
    state: str | None = None
    numbers: tuple[str, ...] = ()

    def members(self) -> dict[str, Json]:
        """What was given, for JSON."""
        given = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A credential that meets the selection."""

    serial: str
    key: str
    state: str
    status: str
    issued_at: str
    configuration: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A certificate that meets the selection, with its credentials that do; it names nobody."""

    document_number: str
    type: str
    state: str
    rule: str | None
    reporter: str | None
    provider: str | None
    credentials: tuple[Instance, ...]


class Page(NamedTuple):
    """Certificates in the order in which they were entered; `after` asks for the next page, None: no more."""

    affected: tuple[Affected, ...]
    after: int | None


class Count(NamedTuple):
    """How many certificates meet a selection, and how many of their credentials do."""

    certificates: int
    credentials: int


class Affecting:
    """Answers the queries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, selection: Selection) -> Count:
        """Raises InvalidInput for a selection of nothing in particular, NotFound for what nobody has."""
        with self._database.read() as connection:
            check(connection, selection)
            if not _certificates(connection, selection):  # in one pass over the credentials
                both = func.count(credential.c.certificate_id.distinct()), func.count()
                found = connection.execute(select(*both).where(_instances(selection))).one()
                return Count(*found)
            ids = chosen(connection, selection).subquery()
            certificates = connection.execute(select(func.count()).select_from(ids)).scalar_one()
            mine = credential.c.certificate_id.in_(select(ids.c.id)), _instances(selection)
            return Count(certificates, connection.execute(select(func.count()).where(*mine)).scalar_one())

    def page(self, selection: Selection, *, after: int = 0, limit: int = PAGE) -> Page:
        """At most `limit` certificates, from the one after `after` on. Raises as `count` does."""
        with self._database.read() as connection:
            check(connection, selection)
            query = chosen(connection, selection, after=after).limit(limit)
            ids = connection.execute(query).scalars().all()
            instances = _instances_of(connection, selection, ids)
            mine = among(connection, certificate.c.id, ids)
            rows = connection.execute(select(certificate).where(mine).order_by(certificate.c.id)).all()
        found = tuple(_affected(row, instances.get(row.id, ())) for row in rows)
        return Page(found, ids[-1] if len(ids) == limit else None)


def check(connection: Connection, selection: Selection) -> None:
    """Whether the selection says something, and each of its names is known to the register.

    A name that nobody has is a slip of the pen, and "nobody is affected" would be a dangerous answer to it.
    Raises InvalidInput, NotFound.
    """
    if selection == Selection():
        raise InvalidInput(
            "an empty selection is the whole register", hint="name a key, rule, reporter, provider or days"
        )
    if None not in (selection.issued_from, selection.issued_until) and (
        (selection.issued_from or 0) >= (selection.issued_until or 0)
    ):
        raise InvalidInput("the period ends before it begins", hint="--from is the first day, --to the last")
    _check_words(selection)
    if len(selection.numbers) > MOST_NUMBERS:
        raise InvalidInput(f"more than {MOST_NUMBERS} numbers", hint="take them in several operations")
    for name, column in _KNOWN.items():
        value = getattr(selection, name)
        known = select(exists().where(column == value))
        if value is not None and not connection.execute(known).scalar():
            raise NotFound(
                f"nothing in the register has the {name} {value}", hint="check how it is written there"
            )
    _check_numbers(connection, selection.numbers)


_KNOWN: Final[Mapping[str, ColumnElement[Any]]] = {
    "key": credential.c.kid,
    "rule": certificate.c.rule,
    "reporter": certificate.c.reporter,
    "provider": certificate.c.provider,
    "configuration": configuration.c.digest,
}


def _check_words(selection: Selection) -> None:
    for name, words in (("type", CertificateType), ("state", CertificateState)):
        value = getattr(selection, name)
        if value is not None and value not in list(words):
            raise InvalidInput(f"no such {name}: {value}", hint=f"one of {', '.join(words)}")


def _check_numbers(connection: Connection, numbers: Sequence[str]) -> None:
    if not numbers:
        return
    mine = among(connection, certificate.c.document_number, numbers)
    found = set(connection.execute(select(certificate.c.document_number).where(mine)).scalars())
    missing = sorted(set(numbers) - found)
    if missing:
        more = f" and {len(missing) - _NAMED_AT_MOST} more" if len(missing) > _NAMED_AT_MOST else ""
        raise NotFound(
            f"not in the register: {', '.join(missing[:_NAMED_AT_MOST])}{more}",
            hint="check the document numbers",
        )


def chosen(connection: Connection, selection: Selection, *, after: int = 0) -> Select[Any]:
    """The ids of the certificates that meet the selection, in order, from the one after `after` on.

    One that says nothing of certificates is answered from the credentials' index alone.
    """
    of_certificates = _certificates(connection, selection)
    if not of_certificates:
        mine = select(credential.c.certificate_id.label("id")).where(
            _instances(selection), credential.c.certificate_id > after
        )
        return mine.distinct().order_by(credential.c.certificate_id)
    query = select(certificate.c.id).where(*of_certificates, certificate.c.id > after)
    if _says_of_credentials(selection):
        query = query.where(
            exists().where(credential.c.certificate_id == certificate.c.id, _instances(selection))
        )
    return query.order_by(certificate.c.id)


def _certificates(connection: Connection, selection: Selection) -> list[ColumnElement[bool]]:
    wanted = [
        certificate.c[name] == getattr(selection, name)
        for name in ("rule", "reporter", "provider", "type", "state")
        if getattr(selection, name) is not None
    ]
    if selection.numbers:
        wanted.append(among(connection, certificate.c.document_number, selection.numbers))
    return wanted


def _says_of_credentials(selection: Selection) -> bool:
    of_credentials = (selection.key, selection.configuration, selection.issued_from, selection.issued_until)
    return of_credentials != (None,) * 4


def _instances(selection: Selection) -> ColumnElement[bool]:
    """Credentials that meet the selection. Void ones were never anybody's; those on their way count."""
    wanted = [credential.c.state != CredentialState.VOID.value]
    if selection.key is not None:
        wanted.append(credential.c.kid == selection.key)
    if selection.configuration is not None:
        wanted.append(credential.c.configuration == selection.configuration)
    if selection.issued_from is not None:
        wanted.append(credential.c.issued_at >= selection.issued_from)
    if selection.issued_until is not None:
        wanted.append(credential.c.issued_at < selection.issued_until)
    return and_(*wanted)


def _instances_of(
    connection: Connection, selection: Selection, ids: Sequence[int]
) -> dict[int, list[Instance]]:
    mine = among(connection, credential.c.certificate_id, ids) if ids else false()
    query = select(credential).where(mine, _instances(selection)).order_by(credential.c.id)
    found: dict[int, list[Instance]] = {}
    for row in connection.execute(query):
        found.setdefault(row.certificate_id, []).append(_instance(row))
    return found


def _instance(row: Row[Any]) -> Instance:
    return Instance(
        serial=row.serial,
        key=row.kid,
        state=row.state,
        status=Status(row.status).name.lower(),
        issued_at=datetime.fromtimestamp(row.issued_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        configuration=row.configuration,
    )


def _affected(row: Row[Any], instances: Sequence[Instance]) -> Affected:
    own = [one.name for one in fields(Affected) if one.name != "credentials"]
    return Affected(**{name: getattr(row, name) for name in own}, credentials=tuple(instances))
