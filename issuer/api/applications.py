"""Applications over HTTP: told beforehand, submitted, shown, explained, withdrawn, counted."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from issuer.adapters import law_files
from issuer.api.certificates import SEAFARER, Actor
from issuer.api.changes import Change, Changes
from issuer.api.requests import Because, RequestBody, documented, shaped
from issuer.api.routing import new_router
from issuer.domain.applications import ApplicationState, Asked
from issuer.services.applications.cases import Wish
from issuer.services.applications.explaining import PAGE, next_after
from issuer.services.applications.handling import Applications
from issuer.services.applications.statistics import Statistics
from keys.encoding import Json

_NUMBER = "[A-Z]{2}[0-9]{2}-[0-9A-Z]{8}"
CASE = f"^{_NUMBER}$"
_AFTER = rf"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\.)?{_NUMBER}$"
CaseId = Annotated[str, Path(pattern=CASE)]
LANGUAGE = f"^({'|'.join(sorted(law_files.languages()))})$"  # that explanations are written in
Language = Annotated[str, Field(pattern=LANGUAGE)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Finish = Callable[[str], object]
Count = Callable[[date, date], Statistics]


class Application(RequestBody):
    """What is applied for: a rule's id, or the code of what is held, and why."""

    seafarer_id: Annotated[str, Field(pattern=SEAFARER)]
    rule: Code
    asked: Asked = Field(Asked.FIRST, alias="kind", strict=False)
    language: Language = "en"
    asks: Annotated[
        tuple[Code, ...],
        Field(max_length=20, strict=False, description="decisions that the law leaves to the authority"),
    ] = ()

    def wish(self) -> Wish:
        """As the services take it."""
        return Wish(self.seafarer_id, self.rule, self.asked, self.language, self.asks)


class Foreseen(BaseModel):
    """What would become of the application if it were submitted now; `fee.amount` null: not known.

    `term`: of a renewal or replacement that is granted today; its last day null: until further notice.
    """

    rule: str
    grants: str
    way: str
    spot_check_percent: int
    casework: list[str]
    why: dict[str, list[str]]
    limitation: str | None
    otherwise: str | None
    requirements: list[dict[str, Any]]
    fee: dict[str, Any]
    law_of: str
    decide_by: str | None
    term: dict[str, str | None] | None
    version: str
    explanation: dict[str, Any]
    text: list[str]


class Listed(BaseModel):
    """A case on one line; it names nobody. `decide_by`: the day by which the law wants it decided."""

    case_id: str
    seafarer_id: str
    rule: str
    asked: str
    state: str
    document_number: str | None
    submitted_at: int
    issued_at: int | None
    automatic: bool | None
    decide_by: str | None


class CasePage(BaseModel):
    """Cases, a page of them; ask again with `after` set to `next` until that is null."""

    cases: list[Listed]
    next: str | None


class Case(Listed):
    """A case with its history and its decisions; `complete`: since when nothing is missing."""

    language: str
    asks: list[str]
    fee: dict[str, Any]
    complete: str | None
    replaces: str | None
    assigned_to: str | None
    hearing_until: str | None
    possible: list[str]
    history: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


class Explained(BaseModel):
    """The newest decision, told to a person; `person`: how to have a person look at an automatic one."""

    case: str
    state: str
    what: str
    decided_by: str
    reason: str | None
    waits_for_second: bool
    person: str | None = None
    appeal: dict[str, Any] | None = None
    hearing_until: str | None = None
    explanation: dict[str, Any]
    text: list[str]


class Took(BaseModel):
    """Seconds from submission to issue; null where nothing was issued."""

    median: int | None
    p95: int | None
    mean: float | None
    longest: int | None


class Counted(BaseModel):
    """Applications submitted from one day to another."""

    first: date
    last: date
    submitted: int
    by_state: dict[str, int]
    by_asked: dict[str, int]
    issued: int
    issued_automatically: int
    automatic_share: float | None
    durations: Took
    automatic_durations: Took


def applications_router(
    applications: Applications, finish: Finish, count: Count, changes: Changes, actor: Actor, base: str
) -> APIRouter:
    """`POST {base}/applications/preview`, `{base}/applications`, and what becomes of them."""
    router = new_router(tags=["applications"])
    _add_submitting(router, applications, finish, changes, actor, f"{base}/applications")
    _add_showing(router, applications, actor, f"{base}/applications")
    _add_counting(router, count, actor, f"{base}/statistics/applications")
    return router


def _add_submitting(
    router: APIRouter,
    applications: Applications,
    finish: Finish,
    changes: Changes,
    actor: Actor,
    path: str,
) -> None:
    @router.post(
        f"{path}/preview",
        summary="What would become of an application; nothing changes, and the audit trail notes who looked",
        response_model=Foreseen,
        openapi_extra=documented(Application),
    )
    def preview(
        who: Annotated[str, Depends(actor)],
        body: Annotated[Application, Depends(shaped(Application))],
    ) -> dict[str, Json]:
        told = applications.submitting.preview(body.wish(), actor=who)
        return applications.explaining.preview(told, body.language)

    @router.post(
        path,
        summary="Submit an application; what is automatic is signed before the answer",
        status_code=201,
        response_model=Case,
        openapi_extra=documented(Application),
    )
    def submit(change: Annotated[Change[Application], Depends(changes.of(Application))]) -> Response:
        def act() -> dict[str, Json]:
            row = applications.submitting.submit(change.body.wish(), key=change.key, actor=change.actor)
            finish(row.case_id)
            return applications.explaining.show(row.case_id, actor=change.actor)

        return change.once(act, in_steps=True)

    @router.post(
        path + "/{case_id}/withdraw",
        summary="End an application before anything is issued",
        response_model=Case,
        openapi_extra=documented(Because),
    )
    def withdraw(
        case_id: CaseId, change: Annotated[Change[Because], Depends(changes.of(Because))]
    ) -> Response:
        def act() -> dict[str, Json]:
            applications.submitting.withdraw(case_id, reason=change.body.reason, actor=change.actor)
            return applications.explaining.show(case_id, actor=change.actor)

        return change.once(act)


def _add_showing(router: APIRouter, applications: Applications, actor: Actor, path: str) -> None:
    @router.get(path, summary="Cases, a page at a time", dependencies=[Depends(actor)])
    def cases(
        state: ApplicationState | None = None,
        due: Annotated[bool, Query(description="undecided ones with a deadline, the nearest first")] = False,
        after: Annotated[str | None, Query(pattern=_AFTER, description="`next` of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> CasePage:
        chosen = None if state is None else state.value
        found = applications.explaining.cases(state=chosen, due=due, after=after or "", limit=limit)
        more = next_after(found[-1], due=due) if len(found) == limit else None
        return CasePage(cases=[Listed.model_validate(one) for one in found], next=more)

    @router.get(path + "/{case_id}", summary="One case in full; the audit trail notes who looked")
    def case(case_id: CaseId, who: Annotated[str, Depends(actor)]) -> Case:
        return Case.model_validate(applications.explaining.show(case_id, actor=who))

    @router.get(path + "/{case_id}/explanation", summary="Its newest decision, told to a person")
    def explanation(
        case_id: CaseId,
        who: Annotated[str, Depends(actor)],
        language: Annotated[str | None, Query(pattern=LANGUAGE)] = None,
    ) -> Explained:
        return Explained.model_validate(applications.explaining.explain(case_id, language, actor=who))


def _add_counting(router: APIRouter, count: Count, actor: Actor, path: str) -> None:
    @router.get(
        path, summary="How long applications take, how many are automatic", dependencies=[Depends(actor)]
    )
    def statistics(
        first: Annotated[date, Query(alias="from")], last: Annotated[date, Query(alias="to")]
    ) -> Counted:
        found = count(first, last)
        return Counted.model_validate(
            {
                **found._asdict(),
                "automatic_share": found.automatic_share,
                "durations": found.durations._asdict(),
                "automatic_durations": found.automatic_durations._asdict(),
            }
        )
