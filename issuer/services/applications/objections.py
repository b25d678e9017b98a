"""What stands against a decision that a person makes about a case: each raises, and says what to do."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from issuer.adapters.tables import certificate as certificate_table
from issuer.adapters.tables import credential
from issuer.adapters.tables_applications import application
from issuer.domain.applications import INTENTION, ApplicationEvent, Decision
from issuer.domain.errors import Conflict, NotFound
from issuer.domain.register import CertificateState
from issuer.rules.outcome import Way
from issuer.services.applications import decisions
from issuer.services.applications.cases import history
from issuer.services.applications.evaluating import Evaluated

_DRAFTED: Final = (CertificateState.DRAFTED, CertificateState.APPROVED, CertificateState.IN_FORCE)
_GIVEN: Final = (Decision.GRANT, Decision.LIMIT)


def refuse_pending(connection: Connection, case_id: str) -> None:
    """One decision at a time."""
    if decisions.the_last(connection, case_id).is_open:
        raise Conflict(
            f"a decision about case {case_id} waits for a second person",
            hint="let somebody else agree or disagree first: ombord-issuer cases second",
        )


def refuse_unheard(connection: Connection, row: Row[Any], today: date) -> None:
    """An applicant who has not answered has had the time."""
    steps = history(connection, row.case_id)
    asked = max(one.number for one in steps if one.event == ApplicationEvent.INTEND_REFUSAL)
    if any(one.event == ApplicationEvent.ANSWER and one.number > asked for one in steps):
        return
    if today <= date.fromisoformat(row.hearing_until):
        raise Conflict(
            f"the applicant of case {row.case_id} may answer until {row.hearing_until}",
            hint="record the answer (ombord-issuer cases answer), or wait for that day to pass",
        )


def refuse_changed(connection: Connection, row: Row[Any], last: decisions.Kept, now: Evaluated) -> None:
    """Two people agree about the same evidence and law, or about nothing."""
    if last.row.what in _GIVEN:
        refuse_unlawful(now)
    evidence = {(one["record"], one["version"]) for one in decisions.evidence(now)}
    law = (now.outcome.rule, now.outcome.version)
    if (last.row.rule, last.row.act_version) != law or last.evidence(connection) != evidence:
        raise Conflict(
            f"the evidence about case {row.case_id}, or the law, has changed since it was put forward",
            hint=f"disagree (ombord-issuer cases second {row.case_id} --disagree), and decide anew",
        )


def refuse_other_than_intended(connection: Connection, case_id: str, now: Evaluated) -> None:
    """An applicant is refused for what they were heard about."""
    kept = decisions.of_case(connection, case_id)
    intended = [one for one in kept if one.row.what == INTENTION and one.is_final][-1]
    if intended.row.way != now.way.value:
        raise Conflict(
            f"evidence about case {case_id} has changed since the applicant was told of the intention",
            hint=f"take it up again: ombord-issuer cases assign {case_id}",
        )


def refuse_certificate(connection: Connection, row: Row[Any], number: str, now: Evaluated) -> None:
    """A certificate drafted by hand is this applicant's, for this case, and of the type applied for."""
    mine = certificate_table.c.document_number == number
    drafted = connection.execute(select(certificate_table).where(mine)).one_or_none()
    if drafted is None or drafted.seafarer_id != row.seafarer_id or drafted.state not in _DRAFTED:
        raise NotFound(
            f"no drafted certificate {number} of this applicant is in the register",
            hint="draft it first: ombord-issuer draft FILE",
        )
    other = application.c.document_number == number, application.c.case_id != row.case_id
    signed = credential.c.certificate_id == drafted.id
    is_taken = connection.execute(select(application.c.case_id).where(*other)).first() is not None
    is_signed = connection.execute(select(credential.c.id).where(signed).limit(1)).first() is not None
    if is_taken or is_signed or drafted.claims_hash is None or number == row.replaces:
        raise Conflict(
            f"certificate {number} was not drafted for this case: it is another's, or was issued before",
            hint="draft one with a number of its own: ombord-issuer draft FILE",
        )
    kind = _kind(connection, row, now)
    if kind not in (None, drafted.type):
        raise Conflict(
            f"certificate {number} is of type {drafted.type}, and {kind} is applied for",
            hint="draft one of that type: ombord-issuer draft FILE",
        )


def _kind(connection: Connection, row: Row[Any], now: Evaluated) -> str | None:
    """The type of what is granted: that of what it replaces; None where nobody wrote it down."""
    if row.replaces is None:
        return None if isinstance(now.content, str) else now.content.type
    same = certificate_table.c.document_number == row.replaces
    found_type = connection.execute(select(certificate_table.c.type).where(same)).scalar_one_or_none()
    return None if found_type is None else str(found_type)


def refuse_unlawful(now: Evaluated) -> None:
    """What the law does not give, and leaves to nobody, a person does not give either."""
    if now.way is Way.INCOMPLETE:
        short = now.outcome.shortfalls[0] if now.outcome.shortfalls else now.outcome.finding
        raise Conflict(
            f"the law's conditions are not met, even with all evidence: {short.kind} {short.code}".rstrip()
            + (f" ({short.ref})" if short.ref else ""),
            hint="ask for what is missing (ombord-issuer cases ask), or refuse",
        )
