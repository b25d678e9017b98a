"""A case as people see it: what it is, what was decided and why; and a decision repeated."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from issuer.adapters.database import Database
from issuer.adapters.tables_applications import application
from issuer.domain.applications import CLOSED, TRANSITIONS, ApplicationState
from issuer.domain.errors import Conflict
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, evaluate
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.case_file import CaseFile, case_of
from issuer.rules.reading.evidence_file import policy_of
from issuer.rules.report import report
from issuer.rules.sources import requirements_report, sources_of
from issuer.rules.words.catalogue import Words
from issuer.rules.words.explaining import explain
from issuer.rules.words.explanation import as_json, plain
from issuer.services.applications import decisions
from issuer.services.applications.cases import found, history
from issuer.services.applications.decisions import Kept
from issuer.services.applications.evaluating import Evaluating
from issuer.services.applications.submitting import Preview, fee_form
from issuer.services.applications.terms import term_form
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.clock import Clock
from issuer.settings import Settings
from keys.encoding import Json

PAGE = 100
_DECIDED = (*CLOSED, ApplicationState.ISSUING)


class Replayed(NamedTuple):
    """A decision repeated from what was kept: the law's text of then, the facts of then."""

    outcome: Outcome
    rule: Rule
    case: CaseFile
    agrees: bool  # it comes to the same, to the last reason


class Explaining:
    """Shows cases; the audit trail notes who looked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        evaluating: Evaluating,
        words: Callable[[str], Words],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._evaluating = evaluating
        self._words = words

    def cases(
        self, *, state: str | None = None, due: bool = False, after: str = "", limit: int = PAGE
    ) -> list[dict[str, Json]]:
        """Cases by number, a page of them; they name nobody but by the register's id.

        With `due` the undecided ones with a deadline, the nearest first. `after` as `next_after` says.
        """
        table = application.c
        day, _, case_id = after.rpartition(".")
        query = select(application).order_by(table.case_id).where(table.case_id > case_id)
        if due:
            is_later = or_(table.decide_by > day, and_(table.decide_by == day, table.case_id > case_id))
            query = (
                select(application)
                .where(table.decide_by.is_not(None), table.state.not_in(_DECIDED), is_later)
                .order_by(table.decide_by, table.case_id)
            )
        if state is not None:
            query = query.where(table.state == ApplicationState(state).value)
        with self._database.read() as connection:
            return [listed(row) for row in connection.execute(query.limit(limit))]

    def show(self, case_id: str, *, actor: str) -> dict[str, Json]:
        """A case with its history and its decisions. Raises NotFound."""
        with self._database.write() as connection:
            row = found(connection, case_id)
            self._look(connection, case_id, actor)
            steps: list[Json] = [step._asdict() for step in history(connection, case_id)]
            decided: list[Json] = [_decision(one) for one in decisions.of_case(connection, case_id)]
        fee: Json = json.loads(row.fee)
        return {
            **listed(row),
            "language": row.language,
            "asks": json.loads(row.asks),
            "fee": fee,
            "complete": row.complete,
            "replaces": row.replaces,
            "assigned_to": row.assigned_to,
            "hearing_until": row.hearing_until,
            "possible": sorted({event.value for state, event in TRANSITIONS if state == row.state}),
            "history": steps,
            "decisions": decided,
        }

    def explain(self, case_id: str, language: str | None, *, actor: str) -> dict[str, Json]:
        """The newest decision told to a person: why, who decided, how to have it looked at or appeal."""
        with self._database.write() as connection:
            row = found(connection, case_id)
            self._look(connection, case_id, actor)
            kept = decisions.the_last(connection, case_id)
            replayed = self._replay(connection, kept)
        words = self._words(language or row.language)
        by_person = not kept.row.automatic
        told = explain(
            replayed.outcome,
            replayed.rule,
            words,
            facts=replayed.case.facts,
            by_person=by_person,
            policy=self._evaluating.book().policies[self._settings.flag],
        )
        by: Json = "automatic" if kept.row.automatic else kept.row.by
        return {
            "case": case_id,
            "state": row.state,
            "what": kept.row.what,
            "decided_by": by,
            "reason": kept.row.reason,
            "waits_for_second": kept.is_open,
            **self._remedies(row, words.language, automatic=bool(kept.row.automatic)),
            "explanation": as_json(told),
            "text": list(plain(told)),
        }

    def replay(self, case_id: str, *, actor: str) -> list[tuple[int, bool]]:
        """Repeat each decision about a case by the law's text of then: its number, and whether it agrees."""
        with self._database.write() as connection:
            found(connection, case_id)
            self._look(connection, case_id, actor)
            kept = decisions.of_case(connection, case_id)
            return [(one.row.id, self._replay(connection, one).agrees) for one in kept]

    def replayed(self, case_id: str) -> Replayed:
        """The newest decision about a case, repeated. Raises NotFound."""
        with self._database.read() as connection:
            return self._replay(connection, decisions.the_last(connection, case_id))

    def preview(self, told: Preview, language: str) -> dict[str, Json]:
        """What an applicant sees before submitting."""
        now, words = told.found, self._words(language)
        policy = self._evaluating.book().policies[self._settings.flag]
        explanation = explain(now.outcome, now.rule, words, facts=now.facts, beforehand=True, policy=policy)
        ways = {"auto": "automatic-or-spot-check"}
        return {
            "rule": now.rule.id,
            "grants": now.grants,
            "way": ways.get(now.way.value, now.way.value),
            "spot_check_percent": round(told.share * 100),
            "casework": list(now.reasons),
            "why": {why.value: list(names) for why, names in now.outcome.why.items()},
            "limitation": now.outcome.limitation,
            "otherwise": now.outcome.otherwise,
            "requirements": requirements_report(sources_of(now.outcome, now.facts, policy)),  # type: ignore[dict-item] # JSON under another name
            "fee": fee_form(told.fee),  # type: ignore[dict-item] # JSON under another name
            "law_of": now.outcome.law_of.isoformat(),
            "decide_by": now.outcome.decide_by.isoformat() if now.outcome.decide_by else None,
            "term": term_form(now.term),  # type: ignore[dict-item] # JSON under another name
            "version": now.outcome.version,
            "explanation": as_json(explanation),  # type: ignore[dict-item] # JSON under another name
            "text": list(plain(explanation)),
        }

    def _replay(self, connection: Connection, kept: Kept) -> Replayed:
        row = kept.row
        texts = decisions.texts(connection, [row.act_version, row.policy_version])
        act, policy_text = texts[row.act_version], texts[row.policy_version]
        case = case_of(row.case_file.encode(), f"decision {row.id}")
        rule = _rule(act_of(act.content, act.name)[1], case)
        _, policy = policy_of(policy_text.content, policy_text.name)
        outcome = evaluate(rule, case.facts, on=case.on, policy=policy, law_of=case.law_of)
        before = json.loads(row.report)
        for beside_the_law in ("casework", "term"):
            before.pop(beside_the_law, None)
        return Replayed(outcome, rule, case, json.loads(json.dumps(report(outcome))) == before)

    def _remedies(self, row: Row[Any], language: str, *, automatic: bool) -> dict[str, Json]:
        practice = self._evaluating.book().practice[self._settings.flag]
        found: dict[str, Json] = {}
        if automatic:
            found["person"] = _in(practice.person, language)
        if row.state in (ApplicationState.REFUSED, ApplicationState.APPEAL):
            found["appeal"] = {"how": _in(practice.appeal, language), "days": practice.appeal_days}
        if row.state == ApplicationState.HEARING:
            found["hearing_until"] = row.hearing_until
        return found

    def _look(self, connection: Connection, case_id: str, actor: str) -> None:
        record(connection, self._clock, [AuditEvent("application-seen", case_id, {}, actor)])


def listed(row: Row[Any]) -> dict[str, Json]:
    """A case on one line."""
    names = (
        "case_id",
        "seafarer_id",
        "rule",
        "asked",
        "state",
        "document_number",
        "submitted_at",
        "issued_at",
        "decide_by",
    )
    told: dict[str, Json] = {name: getattr(row, name) for name in names}
    return {**told, "automatic": None if row.automatic is None else bool(row.automatic)}


def next_after(last: Mapping[str, Json], *, due: bool) -> str:
    """After which case the next page begins."""
    return f"{last['decide_by']}.{last['case_id']}" if due else str(last["case_id"])


def _decision(kept: Kept) -> dict[str, Json]:
    row = kept.row
    names = (
        "id",
        "at",
        "what",
        "way",
        "by",
        "reason",
        "rule",
        "act",
        "act_version",
        "policy_version",
        "law_of",
    )
    told: dict[str, Json] = {name: getattr(row, name) for name in names}
    second: Json = None
    if kept.second is not None:
        second = {"by": kept.second.by, "at": kept.second.at, "agrees": bool(kept.second.agrees)}
    return {
        **told,
        "automatic": bool(row.automatic),
        "limitation": json.loads(row.limitation) if row.limitation else None,
        "waits_for_second": kept.is_open,
        "second": second,
        "report": json.loads(row.report),
    }


def _rule(rules: tuple[Rule, ...], case: CaseFile) -> Rule:
    for rule in rules:
        if rule.id == case.rule and rule.is_in_force(case.law_of):
            return rule
    raise Conflict(
        f"the kept law has no rule {case.rule} on {case.law_of}",
        hint="somebody changed the database: ombord-issuer audit verify",
    )


def _in(texts: Any, language: str) -> str:
    return str(texts.get(language) or texts["en"])
