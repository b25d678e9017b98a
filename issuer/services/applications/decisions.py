"""Decisions as they are kept: with the law's text, the evidence and the tree of reasons. Append-only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from issuer.adapters.law_book import LawBook, LawText
from issuer.adapters.repository import among, insert_many
from issuer.adapters.tables_applications import (
    application,
    decision,
    decision_evidence,
    decision_second,
    law_text,
)
from issuer.domain.errors import NotFound
from issuer.rules.reading.facts_form import case_form
from issuer.rules.report import report
from issuer.services.applications.evaluating import Evaluated
from issuer.services.applications.terms import term_form
from issuer.services.clock import Clock
from keys.encoding import Json


class Verdict(NamedTuple):
    """What is decided, by whom, and why."""

    what: str  # evaluate, grant, limit, intend-refusal, refuse
    by: str
    automatic: bool = False
    reason: str | None = None
    limitation: Mapping[str, Json] | None = None
    needs_second: bool = False


class Kept(NamedTuple):
    """A decision as it was kept; `second`: who agreed or not, and when."""

    row: Row[Any]
    second: Row[Any] | None

    @property
    def is_final(self) -> bool:
        """Whether it stands: it needs nobody else's word, or has it."""
        return not self.row.needs_second or (self.second is not None and bool(self.second.agrees))

    def evidence(self, connection: Connection) -> set[tuple[str, int]]:
        """The records that it rests on, each with its version."""
        mine = decision_evidence.c.decision_id == self.row.id
        query = select(decision_evidence.c.record, decision_evidence.c.version).where(mine)
        return {(row.record, row.version) for row in connection.execute(query)}

    @property
    def is_open(self) -> bool:
        """Whether it waits for another person's word."""
        return bool(self.row.needs_second) and self.second is None


def keep(
    connection: Connection, clock: Clock, book: LawBook, case_id: str, found: Evaluated, verdict: Verdict
) -> int:
    """Store a decision with all that it takes to explain and replay it; returns its number.

    The case is given the deadline that follows from it.
    """
    outcome, country = found.outcome, found.rule.act.country
    for text in (book.acts[outcome.version], book.policy_texts[country]):
        _keep_text(connection, text)
    form = case_form(outcome.rule, found.facts, on=outcome.on, law_of=outcome.law_of)
    values = {
        "case_id": case_id,
        "at": int(clock().timestamp()),
        "what": verdict.what,
        "way": found.way.value,
        "automatic": int(verdict.automatic),
        "by": verdict.by,
        "reason": verdict.reason,
        "limitation": None if verdict.limitation is None else _json(verdict.limitation),
        "needs_second": int(verdict.needs_second),
        "rule": outcome.rule,
        "act": found.rule.act.id,
        "act_version": outcome.version,
        "policy_version": book.policy_texts[country].digest,
        "law_of": outcome.law_of.isoformat(),
        "case_file": _json(form),
        "report": _json({**report(outcome), "casework": list(found.reasons), "term": term_form(found.term)}),
    }
    number = connection.execute(insert(decision).values(**values).returning(decision.c.id)).scalar_one()
    rows = [{"decision_id": number, **one} for one in evidence(found)]
    if rows:
        insert_many(connection, decision_evidence, rows)
    mine = update(application).where(application.c.case_id == case_id)
    connection.execute(mine.values(complete=_day(found.facts.complete), decide_by=_day(outcome.decide_by)))
    return int(number)


def evidence(found: Evaluated) -> list[dict[str, Any]]:
    """The records that a finding rests on, each with its version (`facts_of` names them `id@version`)."""
    split = (name.rpartition("@") for name in sorted(found.outcome.finding.records()))
    versions = {
        name if is_versioned else version: int(version) if is_versioned and version.isdecimal() else 0
        for name, is_versioned, version in split
    }
    return [{"record": name, "version": version} for name, version in versions.items()]


def of_case(connection: Connection, case_id: str) -> Sequence[Kept]:
    """All decisions about a case, oldest first."""
    rows = connection.execute(
        select(decision).where(decision.c.case_id == case_id).order_by(decision.c.id)
    ).all()
    mine = among(connection, decision_second.c.decision_id, [row.id for row in rows])
    seconds = {row.decision_id: row for row in connection.execute(select(decision_second).where(mine))}
    return [Kept(row, seconds.get(row.id)) for row in rows]


def the_last(connection: Connection, case_id: str) -> Kept:
    """The newest decision about a case; each case has one. Raises NotFound."""
    kept = of_case(connection, case_id)
    if not kept:
        raise NotFound(f"nothing was decided about case {case_id}", hint="evaluate it first")
    return kept[-1]


def limitation_of(kept: Kept) -> Mapping[str, Any]:
    """What a person said of the certificate: its limits, or which one it is."""
    said: dict[str, Any] = json.loads(kept.row.limitation or "{}")
    return said


def relied_on(connection: Connection, records: Iterable[str]) -> Sequence[tuple[str, str]]:
    """What was issued, or is being issued, on the evidence of these records: each with a document number."""
    query = (
        select(decision_evidence.c.record, application.c.document_number)
        .join(decision, decision.c.case_id == application.c.case_id)
        .join(decision_evidence, decision_evidence.c.decision_id == decision.c.id)
        .where(among(connection, decision_evidence.c.record, list(records)))
        .where(application.c.document_number.is_not(None))
        .distinct()
        .order_by(decision_evidence.c.record, application.c.document_number)
    )
    return [(row.record, row.document_number) for row in connection.execute(query)]


def texts(connection: Connection, digests: Iterable[str]) -> dict[str, LawText]:
    """The files that decisions were made by, as they were then."""
    query = select(law_text).where(among(connection, law_text.c.digest, list(digests)))
    return {row.digest: LawText(row.digest, row.name, row.content) for row in connection.execute(query)}


def _keep_text(connection: Connection, text: LawText) -> None:
    known = select(law_text.c.digest).where(law_text.c.digest == text.digest)
    if connection.execute(known).first() is None:
        connection.execute(insert(law_text).values(**text._asdict()))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
