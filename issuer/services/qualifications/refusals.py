"""Reports of which nothing counts: kept as they came, sealed, with what was wrong, for their reporter."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, select, update

from issuer.adapters.repository import among, insert_many
from issuer.adapters.tables_qualifications import refused_report
from issuer.domain.personal_numbers import looks_like_one
from issuer.domain.qualifications import (
    LONGEST_REFERENCE,
    Code,
    Problem,
    Refused,
    Report,
    ReportingParty,
    Unreadable,
)
from issuer.services.audit.trail import AuditEvent
from issuer.services.qualifications.safe import Place, Safe
from issuer.services.qualifications.writing import report_json
from keys.encoding import Json

REFUSED: Final = "record-refused"
_MOST_CODES: Final = 5  # named in the audit trail
_AT_ONCE: Final = 1_000  # of the kept ones, opened


class KeptRefusal(NamedTuple):
    """A refused report, as its reporter looks it up."""

    refusal_id: str
    at: int
    kind: str | None
    reference: str | None
    problems: tuple[Problem, ...]


class Refusal(NamedTuple):
    """A report that is refused now."""

    refusal_id: str
    what: Report | Unreadable
    problems: tuple[Problem, ...]

    @property
    def answer(self) -> Refused:
        """What its reporter is told."""
        return Refused(refusal_id=self.refusal_id, problems=self.problems)


def keep(
    connection: Connection,
    refusals: Sequence[Refusal],
    by: ReportingParty,
    safe: Safe | None,
    *,
    at: int,
    today: date,
) -> list[AuditEvent]:
    """Store them; the events that say so, without what was reported."""
    if refusals:
        insert_many(connection, refused_report, [_row(one, by, safe, at, today) for one in refusals])
    return [AuditEvent(REFUSED, one.refusal_id, _details(one), by.actor) for one in refusals]


def of_reporter(
    connection: Connection, by: ReportingParty, *, after: str | None, limit: int
) -> list[KeptRefusal]:
    """A reporter's refused reports, oldest first, from after one of them."""
    table = refused_report.c
    mine = select(refused_report).where(table.organisation_id == by.organisation_id)
    mine = mine.where(table.kind.in_(by.kinds))
    if after is not None:
        mine = mine.where(refused_report.c.refusal_id > after)
    rows = connection.execute(mine.order_by(refused_report.c.refusal_id).limit(limit))
    return [
        KeptRefusal(row.refusal_id, row.at, row.kind, row.reference, _problems(row.problems)) for row in rows
    ]


def of_person(
    connection: Connection, safe: Safe, is_theirs: Callable[[Mapping[str, Json]], bool], *, after: str = ""
) -> Iterator[tuple[str, bool]]:
    """Every kept report from after one of them, opened, and whether it is one person's: erasing is rare.

    Rows name nobody: of most the register did not know whom they were about. Raises SealBroken.
    """
    table = refused_report.c
    query = select(table.refusal_id, table.sealed).order_by(table.refusal_id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(table.refusal_id > after)).all():
        for row in rows:
            came = None if row.sealed is None else safe.open(row.sealed, place_of(row.refusal_id))
            members = None if came is None else json.loads(came)
            yield row.refusal_id, isinstance(members, dict) and is_theirs(members)
        after = rows[-1].refusal_id


def empty(connection: Connection, refusals: Collection[str]) -> None:
    """Forget what was reported, and the reporter's own name for it; that it was refused, and why, stays."""
    chosen = among(connection, refused_report.c.refusal_id, refusals)
    connection.execute(update(refused_report).where(chosen).values(sealed=None, reference=None, digest=""))


def place_of(refusal_id: str) -> Place:
    """Where a refused report lies."""
    return Place(table="refused_report", column="sealed", row=refusal_id)


def _row(one: Refusal, by: ReportingParty, safe: Safe | None, at: int, today: date) -> dict[str, Any]:
    what = one.what
    came = what.raw if isinstance(what, Unreadable) else report_json(what)
    is_erased = any(each.code is Code.PERSON_ERASED for each in one.problems)
    safe = None if is_erased else safe  # nothing of theirs is kept any more
    problems = [
        {"pointer": each.pointer, "code": each.code, "message": each.message, "hint": each.hint}
        for each in one.problems
    ]
    return {
        "refusal_id": one.refusal_id,
        "organisation_id": by.organisation_id,
        "role": by.role.value,
        "channel": by.channel.value,
        "kind": None if what.kind is None else what.kind.value,
        "reference": _reference(what.reference, today),
        "problems": orjson.dumps(problems).decode(),
        "sealed": None if safe is None else safe.seal(came, place_of(one.refusal_id)),
        "digest": "" if safe is None else safe.digest(came),
        "at": at,
    }


def _reference(text: str | None, today: date) -> str | None:
    """For the reporter to know it by, unless it may hold what is to be sealed."""
    if text is None or not text.isprintable() or len(text) > LONGEST_REFERENCE:
        return None
    return None if looks_like_one(text, today) else text


def _details(one: Refusal) -> Mapping[str, str | int | None]:
    codes = sorted({each.code.value for each in one.problems})
    return {"problems": " ".join(codes[:_MOST_CODES])}


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(pointer=one["pointer"], code=Code(one["code"]), message=one["message"], hint=one["hint"])
        for one in orjson.loads(text)
    )
