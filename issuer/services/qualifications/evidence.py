"""What the register and the reporters know of a seafarer, as the facts that the rules decide on.

Each record is named `<record id>@<version>`, so that a decision says which version it rests on.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from issuer.adapters.repository import among
from issuer.adapters.tables import certificate, seafarer
from issuer.adapters.tables_qualifications import qualification_record, qualification_version
from issuer.domain.errors import unknown_seafarer
from issuer.domain.qualifications import Completed, SeaService, Ship
from issuer.domain.register import CertificateState
from issuer.rules.evidence import CONTRADICTED
from issuer.rules.facts import (
    REGISTER,
    UNTIL_FURTHER_NOTICE,
    Channel,
    Facts,
    Kind,
    Record,
    Reporter,
    Service,
    Source,
)
from issuer.rules.law import Law
from issuer.services.qualifications.reading import stored_contents
from keys.encoding import json_object

_CODES: Final = {Kind.PHOTO: "portrait", Kind.SIGNATURE: "handwritten"}
_NOTHING: Final = Ship()
_NO_MARKS: Final[frozenset[str]] = frozenset()
_ENDLESS: Final = frozenset(
    (UNTIL_FURTHER_NOTICE,)
)  # a certificate in the register without a last day says so
_MOST_CONTENTS: Final = 65_536
# A certificate that was lost is still held: that is why it can be replaced. What ran out was held until then.
_HELD: Final = frozenset({CertificateState.IN_FORCE, CertificateState.LOST, CertificateState.DESTROYED})


def facts_of(connection: Connection, seafarer_id: str, law: Law) -> Facts:
    """Everything that stands. Raises NotFound for somebody who is not in the register."""
    query = select(seafarer.c.claims).where(seafarer.c.seafarer_id == seafarer_id)
    claims = connection.execute(query).scalar_one_or_none()
    if claims is None:
        raise unknown_seafarer(seafarer_id)
    born = json.loads(claims).get("birth_date")
    services: list[Service] = []
    records: list[Record] = list(_held(connection, seafarer_id, law))
    for row in connection.execute(_standing(seafarer_id)):
        fact = _fact(row)
        if isinstance(fact, Service):
            services.append(fact)
        else:
            records.append(fact)
    return Facts(
        birth_date=None if born is None else date.fromisoformat(born),
        services=tuple(services),
        records=tuple(records),
    )


def reporters_of(connection: Connection, records: Collection[str]) -> Mapping[str, str]:
    """Who reported each of these records, named with their version or without."""
    names = {one.partition("@")[0] for one in records}
    table = qualification_record.c
    query = select(table.record_id, table.organisation_id)
    rows = connection.execute(query.where(among(connection, table.record_id, sorted(names))))
    return {row.record_id: row.organisation_id for row in rows}


def last_reported(connection: Connection, evidence: Collection[str]) -> int | None:
    """When the newest of these came in, each named as `facts_of` does; None where none is a record."""
    table = qualification_version.c
    names = {one.rpartition("@")[0] for one in evidence}
    rows = connection.execute(
        select(table.record_id, table.version, table.at).where(
            among(connection, table.record_id, sorted(names))
        )
    )
    return max((row.at for row in rows if f"{row.record_id}@{row.version}" in evidence), default=None)


def _standing(seafarer_id: str) -> Any:
    record, version = qualification_record.c, qualification_version.c
    return (
        select(
            record.record_id, record.version, record.kind, record.role, record.channel, record.contradicted,
            version.contents,
        )
        .join(
            qualification_version,
            (version.record_id == record.record_id) & (version.version == record.version),
        )
        .where(record.seafarer_id == seafarer_id, record.standing == 1)
        .order_by(record.record_id)
    )  # fmt: skip


def _fact(row: Row[Any]) -> Service | Record:
    kind = Kind(row.kind)
    said = stored_contents(kind, json_object(row.contents.encode(), max_size=_MOST_CONTENTS))
    name = f"{row.record_id}@{row.version}"
    source = Source(reporter=Reporter(row.role), channel=Channel(row.channel))
    against = frozenset((CONTRADICTED,)) if row.contradicted else frozenset()
    match said:
        case SeaService():
            return _service(name, said, source, against)
        case Completed():
            return Record(
                id=name, kind=kind, code=said.code, day=said.day, source=source, until=said.until,
                marks=said.marks | against,
            )  # fmt: skip
        case _:
            return Record(id=name, kind=kind, code=_CODES[kind], day=said.day, source=source, marks=against)


def _service(name: str, said: SeaService, source: Source, against: frozenset[str]) -> Service:
    ship = said.ship or _NOTHING
    return Service(
        id=name,
        first=said.first,
        last=said.last,
        source=source,
        department=said.department,
        rank=said.rank,
        gt=ship.gt,
        kw=ship.kw,
        use=ship.use,
        ship_type=ship.type,
        propulsion=ship.propulsion,
        area=said.area,
        flag=ship.flag,
        hours=said.hours,
        marks=said.marks | against,
    )


def _held(connection: Connection, seafarer_id: str, law: Law) -> Iterator[Record]:
    """Certificates by what they prove. One without a rule proves nothing that the law has a name for."""
    mine = certificate.c.seafarer_id == seafarer_id
    rows = {row.document_number: row for row in connection.execute(select(certificate).where(mine))}
    for row in rows.values():
        last = _stands_for(row, rows)
        if row.rule is None or CertificateState(last.state) not in _HELD:
            continue
        name = row.rule.partition("@")[0]
        for code in sorted({version.grants for version in law.rules.get(name, ())}):
            yield Record(
                id=row.document_number,
                kind=Kind.HOLDING,
                code=code,
                day=_issued(row),
                source=REGISTER,
                until=_until(row, replaced=last is not row),
                marks=_ENDLESS if row.expiry_date is None else _NO_MARKS,
            )


def _stands_for(row: Row[Any], rows: Mapping[str, Row[Any]]) -> Row[Any]:
    """The certificate that took its place in the end, or itself: where that was revoked, neither is held."""
    seen = {row.document_number}
    while row.state == CertificateState.REPLACED and row.replaced_by in rows and row.replaced_by not in seen:
        row = rows[row.replaced_by]
        seen.add(row.document_number)
    return row


def _issued(row: Row[Any]) -> date:
    said = json.loads(row.claims).get("issue_date") or row.state_since
    return date.max if said is None else date.fromisoformat(str(said))  # not said: held from no day on


def _until(row: Row[Any], *, replaced: bool) -> date | None:
    ends = [row.expiry_date] + ([row.state_since] if replaced else [])
    days = [date.fromisoformat(one) for one in ends if one is not None]
    return min(days, default=None)
