"""Records in the database: their rows, the periods of service of a person, and what contradicts what."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from issuer.adapters.repository import among, insert_many
from issuer.adapters.tables_qualifications import (
    qualification_document,
    qualification_record,
    qualification_version,
)
from issuer.domain.contradictions import Clashes, Stay, clashes, post_of, ship_of
from issuer.domain.qualifications import Act, Completed, RecordContents, Report, ReportingParty, SeaService
from issuer.rules.facts import Kind


class Draft(NamedTuple):
    """A report that is about to become a record, or a record's next version."""

    record_id: str
    version: int
    report: Report
    seafarer_id: str
    text: str
    digest: str


def new_ids(at: int) -> Callable[[int], str]:
    """Of each of a batch by its number: twenty characters that sort by time and by the place in it."""
    of_batch = secrets.token_hex(4)  # once: asking the kernel for each takes longer than all else does
    return lambda n: f"{at:08x}{n:04x}{of_batch}"


def days_of(contents: RecordContents) -> tuple[str, str]:
    """First and last day as texts."""
    match contents:
        case SeaService(first=first, last=last):
            return first.isoformat(), last.isoformat()
        case Completed(day=day, until=until):
            return day.isoformat(), (until or day).isoformat()
        case _:
            return contents.day.isoformat(), contents.day.isoformat()


def stated(draft: Draft) -> dict[str, Any]:
    """The columns of a record that its newest version decides."""
    first, last = days_of(draft.report.contents)
    service = draft.report.contents if isinstance(draft.report.contents, SeaService) else None
    return {
        "version": draft.version,
        "digest": draft.digest,
        "first_day": first,
        "last_day": last,
        "ship": None if service is None else ship_of(service),
        "post": None if service is None else post_of(service),
    }


def record_row(draft: Draft, by: ReportingParty, at: int, contradicted: Collection[str]) -> dict[str, Any]:
    """A new record's row."""
    return {
        "record_id": draft.record_id,
        "seafarer_id": draft.seafarer_id,
        "kind": draft.report.kind.value,
        "organisation_id": by.organisation_id,
        "role": by.role.value,
        "channel": by.channel.value,
        "reference": draft.report.reference,
        "standing": 1,
        "contradicted": int(draft.record_id in contradicted),
        "reported_at": at,
        **stated(draft),
    }


def version_row(draft: Draft, act: Act, actor: str, at: int, reason: str | None = None) -> dict[str, Any]:
    """A version's row."""
    return {
        "record_id": draft.record_id,
        "version": draft.version,
        "act": act.value,
        "contents": draft.text,
        "digest": draft.digest,
        "actor": actor,
        "reason": reason,
        "at": at,
    }


def insert_all(
    connection: Connection,
    records: Sequence[dict[str, Any]],
    versions: Sequence[dict[str, Any]],
    documents: Sequence[dict[str, Any]],
) -> None:
    """New rows, in the order of their references to each other."""
    for table, rows in (
        (qualification_record, records),
        (qualification_version, versions),
        (qualification_document, documents),
    ):
        if rows:
            insert_many(connection, table, rows)


def stay_of(draft: Draft, organisation_id: str) -> Stay:
    """A new period of service."""
    said = stated(draft)
    return Stay(
        draft.record_id, organisation_id, said["first_day"], said["last_day"], said["ship"], said["post"]
    )


def stays_of(
    connection: Connection, seafarers: Collection[str], between: tuple[str, str] | None = None
) -> dict[str, list[Stay]]:
    """Standing service by person; with `between` only what has days there."""
    record = qualification_record.c
    query = select(
        record.seafarer_id, record.record_id, record.organisation_id, record.first_day, record.last_day,
        record.ship, record.post,
    ).where(
        among(connection, record.seafarer_id, list(seafarers)),
        record.kind == Kind.SERVICE.value,
        record.standing == 1,
    )  # fmt: skip
    if between is not None:
        query = query.where(record.first_day <= between[1], record.last_day >= between[0])
    found: dict[str, list[Stay]] = {}
    for row in connection.execute(query):
        found.setdefault(row.seafarer_id, []).append(Stay(*row[1:]))
    return found


def clashes_of(stays: Mapping[str, Iterable[Stay]]) -> Clashes:
    """Of several persons together."""
    found = [clashes(mine) for mine in stays.values()]
    return Clashes(
        frozenset().union(*(one.contradicted for one in found)),
        frozenset().union(*(one.overlapping for one in found)),
    )


def mark_contradicted(connection: Connection, records: Collection[str], *, to: bool) -> list[str]:
    """Set or lift the mark; which records that changed."""
    if not records:
        return []
    record = qualification_record.c
    chosen = among(connection, record.record_id, list(records)), record.contradicted == int(not to)
    changed = connection.execute(select(record.record_id).where(*chosen)).scalars().all()
    if changed:
        connection.execute(update(qualification_record).where(*chosen).values(contradicted=int(to)))
    return sorted(changed)
