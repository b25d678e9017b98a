"""What a case worker does over HTTP, and how anybody checks a spot check's draw.

The operator's token is everybody's, until people log in: `by` says who of them it is, and the audit trail
keeps that as they said it.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import Row
from starlette.responses import Response

from issuer.api.applications import Case, CaseId, Code, Finish
from issuer.api.certificates import Actor
from issuer.api.changes import Change, Changes
from issuer.api.requests import Number, RequestBody, documented
from issuer.api.routing import new_router
from issuer.domain.applications import Decision
from issuer.domain.errors import InvalidInput
from issuer.services.applications.drawing import Draw
from issuer.services.applications.handling import Applications
from keys.encoding import Json

By = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{1,60}$", description="which of the operator's people; no name of theirs"),
]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]


class Person(RequestBody):
    """Who does it."""

    by: By


class Spoken(Person):
    """Who does it, and what they say: a reason, a question, the applicant's answer."""

    text: Text


class Look(Person):
    """How a spot check ended."""

    is_good: Annotated[bool, Field(alias="good")]
    text: Annotated[str, Field(max_length=4_000)] = ""


class Verdict(Person):
    """How a person ends a case; a limitation by the law's code, or as a certificate's own claims."""

    decision: Decision = Field(strict=False)
    reason: Text
    limitation: Code | None = None
    limits: Annotated[
        dict[str, Any] | None, Field(description="max_gt, areas, …, where the law has no code")
    ] = None
    certificate: Number | None = None
    until: Annotated[date | None, Field(strict=False)] = None


class Second(Person):
    """Another person's word about a decision that was put forward."""

    agrees: bool


class DrawShown(BaseModel):
    """A draw that anybody can recompute: HMAC-SHA256(secret, case), its first 64 bits, below `limit`.

    `earlier`: the case of the same seafarer that was drawn and withdrawn, for which this one is looked at.
    """

    case_id: str
    day: str
    commitment: str
    secret: str
    share: float
    number: str
    limit: str
    was_drawn: bool
    earlier: str | None
    agrees: bool


class DayShown(BaseModel):
    """A day of draws; `secret` null until it is over."""

    day: str
    commitment: str
    secret: str | None


class Days(BaseModel):
    """The newest first."""

    algorithm: str
    days: list[DayShown]


def casework_router(
    applications: Applications, finish: Finish, changes: Changes, actor: Actor, path: str
) -> APIRouter:
    """`POST {path}/{case_id}/…` for each thing that a case worker does."""
    router = new_router(tags=["casework"])
    deciding = applications.deciding

    def add(name: str, kind: type[Any], act: Callable[[str, Any, str], Row[Any]], summary: str) -> None:
        _add(router, applications, finish, changes, f"{path}/{{case_id}}/{name}", kind, act, summary)

    add("assign", Person, lambda case, _, by: deciding.assign(case, by=by), "Take a manual case up")
    add(
        "check",
        Look,
        lambda case, said, by: deciding.check(case, is_good=said.is_good, reason=said.text, by=by),
        "End a spot check",
    )
    add("ask", Spoken, lambda case, said, by: deciding.ask(case, what=said.text, by=by), "Ask the applicant")
    add("decide", Verdict, lambda case, said, by: _decide(applications, case, said, by), "Decide a case")
    add(
        "second",
        Second,
        lambda case, said, by: deciding.second(case, agrees=said.agrees, by=by),
        "Agree or disagree with what another person put forward",
    )
    add(
        "answer",
        Spoken,
        lambda case, said, by: deciding.answer(case, text=said.text, by=by),
        "Record the applicant's answer to the intention to refuse",
    )
    add(
        "appeal",
        Spoken,
        lambda case, said, by: deciding.appeal(case, text=said.text, by=by),
        "Record the applicant's appeal",
    )
    _add_draw(router, applications, actor, path)
    return router


def spot_checks_router(applications: Applications, path: str) -> APIRouter:
    """`GET {path}`: for everybody."""
    router = new_router(tags=["public"])

    @router.get(
        path, summary="Hashes of the secrets that draw spot checks, and the secrets of days that are over"
    )
    def spot_checks() -> Days:
        days = [DayShown(**one._asdict()) for one in applications.drawing.days()]
        return Days(algorithm="HMAC-SHA256(secret, case number), first 64 bits < share * 2^64", days=days)

    return router


def _add(
    router: APIRouter,
    applications: Applications,
    finish: Finish,
    changes: Changes,
    path: str,
    kind: type[Any],
    act: Callable[[str, Any, str], Row[Any]],
    summary: str,
) -> None:
    @router.post(
        path,
        summary=summary,
        name=path.rpartition("/")[2],
        response_model=Case,
        openapi_extra=documented(kind),
    )
    def apply(case_id: CaseId, change: Annotated[Change[Any], Depends(changes.of(kind))]) -> Response:
        who = f"{change.actor}:{applications.deciding.said(change.body.by)}"

        def once() -> dict[str, Json]:
            act(case_id, change.body, who)
            return applications.explaining.show(case_id, actor=who)

        answer = change.once(once)
        finish(case_id)
        return answer


def _decide(applications: Applications, case: str, said: Verdict, by: str) -> Row[Any]:
    if said.limitation is not None and said.limits is not None:
        raise InvalidInput("limitation and limits are given", hint="say one of them: the other has no effect")
    limitation = said.limits if said.limitation is None else {"code": said.limitation}
    return applications.deciding.decide(
        case,
        said.decision,
        reason=said.reason,
        by=by,
        limitation=limitation,
        certificate=said.certificate,
        until=said.until,
    )


def _add_draw(router: APIRouter, applications: Applications, actor: Actor, path: str) -> None:
    @router.get(
        path + "/{case_id}/draw",
        summary="The draw of a day that is over, recomputed",
        dependencies=[Depends(actor)],
    )
    def draw(case_id: CaseId) -> DrawShown:
        found: Draw = applications.drawing.verify(case_id)
        told = {**found._asdict(), "number": str(found.number), "limit": str(found.limit)}
        return DrawShown(**told, agrees=found.agrees)
